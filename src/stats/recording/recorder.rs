//! What a shard counts in, once per request.

use std::collections::HashMap;

use crate::model::{CopiedAnswer, Failure, FeedId, NameId, Phases, Samples};
use crate::stats::recording::bucket::{BUCKETS, bucket_of};
use crate::stats::recording::interval::{BucketCount, FailureDelta, Interval, NameDelta};
use crate::stats::recording::raw_samples::SampleSlots;
use crate::stats::{Counted, Counts, Ledger, MAX_FAILURES};

/// One request as it is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Its row.
    pub name: NameId,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// The status of its answer, 0 without one.
    pub status: u16,
    /// When its last byte came, on the run's axis.
    pub ended_us: u64,
    /// From wanting to send to the last byte; `None` for a request that was not sent.
    pub service_us: Option<u64>,
    /// From the planned start to the last byte, where there is a plan.
    pub response_us: Option<u64>,
    /// Body bytes received.
    pub bytes: u64,
    /// Where the time went.
    pub phases: Phases,
}

/// A group of steps as it is recorded.
#[derive(Clone, Copy, Debug)]
pub struct GroupSample {
    pub(crate) name: NameId,
    /// Whether something in it failed.
    pub(crate) has_failed: bool,
    /// When its last step ended, on the run's axis.
    pub(crate) ended_us: u64,
    /// From its first step to the end of its last, thinking included.
    pub(crate) took_us: u64,
}

/// A shard's counters. Owned by one thread, emptied into an [`Interval`] by
/// [`drain`](Self::drain).
///
/// Memory: 95 KB a name that was ever touched, once more for a name that
/// fails and for one with planned starts.
#[derive(Debug)]
pub struct Recorder {
    /// Counts of the current interval; raised by the engine in place.
    pub(crate) counts: Counts,
    /// Planned task starts of the current interval, likewise.
    pub(crate) ledger: Ledger,
    /// Why the latest user that could not start could not.
    pub(crate) start_failure: Option<(NameId, Failure)>,
    /// When the load ends, on the run's axis; `u64::MAX` while that is open.
    pub(crate) end_us: u64,
    last_us: u64,
    /// The data in which the latest user without a row found none.
    pub(crate) used_up: Option<FeedId>,
    names: Vec<NameRecorder>,
    touched: Vec<NameId>,
    failures: HashMap<(NameId, Failure), FailureDelta>,
    lateness: SparseHistogram,
    samples: SampleSlots,
}

#[derive(Debug, Default)]
struct NameRecorder {
    delta: NameDelta,
    ok: SparseHistogram,
    failed: SparseHistogram,
    response: SparseHistogram,
}

/// Counters for every bucket and a list of those that are not zero.
#[derive(Debug, Default)]
struct SparseHistogram {
    counts: Vec<u32>,
    touched: Vec<u16>,
}

impl Recorder {
    /// A recorder for this many names.
    #[must_use]
    pub fn new(names: usize) -> Self {
        Self {
            counts: Counts::default(),
            ledger: Ledger::default(),
            start_failure: None,
            end_us: u64::MAX,
            last_us: 0,
            used_up: None,
            names: std::iter::repeat_with(NameRecorder::default)
                .take(names)
                .collect(),
            touched: Vec::with_capacity(names),
            failures: HashMap::new(),
            lateness: SparseHistogram::default(),
            samples: SampleSlots::default(),
        }
    }

    /// The same, with room for samples of failures, if they are kept.
    pub(crate) fn with_samples(self, samples: Samples) -> Self {
        Self {
            samples: SampleSlots::new(samples),
            ..self
        }
    }

    /// Records a request. A name out of range is ignored.
    ///
    /// Cost: two cache lines of counters and one of a histogram; allocates
    /// when a name or a failure is seen for the first time.
    pub fn record(&mut self, sample: &Sample) {
        let Some(name) = self.names.get_mut(sample.name.index()) else {
            return;
        };
        name.touch(sample.name, &mut self.touched);
        name.delta.record(sample);
        self.last_us = self.last_us.max(sample.ended_us);
        if sample.ended_us > self.end_us {
            name.delta.record_late(sample.failure.is_some());
        }
        if let Some(response_us) = sample.response_us {
            name.response.record(response_us);
        }
        let histogram = if sample.failure.is_none() {
            &mut name.ok
        } else {
            &mut name.failed
        };
        if let Some(service_us) = sample.service_us {
            histogram.record(service_us);
        }
        match sample.failure {
            None => self.counts.succeeded += 1,
            Some(failure) => {
                self.counts.failed += 1;
                self.record_failure(sample.name, failure, sample.ended_us);
            }
        }
    }

    /// Records a group: its row, and nothing that is a sum over requests.
    /// A name out of range is ignored. Cost as of [`record`](Self::record).
    pub(crate) fn record_group(&mut self, group: &GroupSample) {
        let Some(name) = self.names.get_mut(group.name.index()) else {
            return;
        };
        name.touch(group.name, &mut self.touched);
        name.delta.counted = Counted::Apart;
        name.delta.requests += 1;
        name.delta.failures += u64::from(group.has_failed);
        name.delta.time(group.took_us);
        if group.ended_us > self.end_us {
            name.delta.record_late(group.has_failed);
        }
        let histogram = if group.has_failed {
            &mut name.failed
        } else {
            &mut name.ok
        };
        histogram.record(group.took_us);
    }

    /// Records how late a planned moment came. Cost: one counter.
    pub(crate) fn record_lateness(&mut self, late_us: u64) {
        self.lateness.record(late_us);
    }

    /// Moves everything gathered since the last drain into `interval`, whose
    /// old content is dropped. Cost: proportional to what was touched.
    pub fn drain(&mut self, interval: &mut Interval) {
        interval.clear();
        interval.counts = std::mem::take(&mut self.counts);
        self.ledger.swap_into(&mut interval.ledger);
        interval.start_failure = self.start_failure.take();
        interval.last_us = std::mem::take(&mut self.last_us);
        interval.used_up = self.used_up.take();
        for id in self.touched.drain(..) {
            let name = &mut self.names[id.index()];
            let mut delta = name.delta.take();
            delta.name = Some(id);
            for (histogram, range) in [
                (&mut name.ok, &mut delta.ok),
                (&mut name.failed, &mut delta.failed),
                (&mut name.response, &mut delta.response),
            ] {
                let start = interval.buckets.len();
                histogram.drain(&mut interval.buckets);
                *range = start..interval.buckets.len();
            }
            interval.names.push(delta);
        }
        interval
            .failures
            .extend(self.failures.drain().map(|(_, delta)| delta));
        self.lateness.drain(&mut interval.lateness);
        self.samples.drain(&mut interval.samples);
    }

    /// Keeps a failure as a sample, where its kind is worth one and a slot is
    /// free. `answer` copies what there is of its answer, head and body, and
    /// says how much.
    ///
    /// Cost: a lookup a failure; at most a few KB copied, for at most
    /// [`INTERVAL_SAMPLES`](crate::stats::INTERVAL_SAMPLES) an interval.
    pub(crate) fn sample(
        &mut self,
        sample: &Sample,
        answer: impl FnOnce(&mut [u8], &mut [u8]) -> CopiedAnswer,
    ) {
        self.samples.offer(sample, answer);
    }

    /// Forgets of which kinds there are samples: each is new again.
    pub(crate) fn forget_samples(&mut self) {
        self.samples.forget();
    }

    /// Adds a line to the table of failures and nothing else: by itself for a
    /// failure that is no request's. `at_us` is on the run's axis.
    pub(crate) fn record_failure(&mut self, name: NameId, failure: Failure, at_us: u64) {
        let full = self.failures.len() >= MAX_FAILURES;
        let mut key = (name, failure);
        if full && !self.failures.contains_key(&key) {
            key = (name, Failure::Other);
        }
        let delta = self.failures.entry(key).or_insert(FailureDelta {
            name: key.0,
            failure: key.1,
            count: 0,
            first_us: at_us,
            last_us: at_us,
        });
        delta.count += 1;
        delta.first_us = delta.first_us.min(at_us);
        delta.last_us = delta.last_us.max(at_us);
    }
}

impl NameRecorder {
    fn touch(&mut self, id: NameId, touched: &mut Vec<NameId>) {
        if self.delta.requests == 0 {
            touched.push(id);
            self.delta.min_us = u64::MAX;
        }
    }
}

impl NameDelta {
    fn time(&mut self, took_us: u64) {
        self.timed += 1;
        self.sum_us += took_us;
        self.min_us = self.min_us.min(took_us);
        self.max_us = self.max_us.max(took_us);
    }

    fn record_late(&mut self, has_failed: bool) {
        self.late_requests += 1;
        self.late_failures += u32::from(has_failed);
    }

    fn record(&mut self, sample: &Sample) {
        self.requests += 1;
        self.failures += u64::from(sample.failure.is_some());
        self.bytes += sample.bytes;
        if let Some(service_us) = sample.service_us {
            self.time(service_us);
        }
        let phases = sample.phases;
        let parts = [
            phases.resolve_us,
            phases.connect_us,
            phases.tls_us,
            phases.first_byte_us,
            phases.transfer_us,
        ];
        for (sum, part) in self.phases_us.iter_mut().zip(parts) {
            *sum += u64::from(part);
        }
        if sample.status != 0 {
            self.statuses.add(sample.status, 1);
        }
    }

    /// Hands the counts over and starts again from zero, keeping the memory
    /// of the status counts here, where it is written on the hot path.
    fn take(&mut self) -> Self {
        let taken = self.clone();
        let mut statuses = std::mem::take(&mut self.statuses);
        statuses.clear();
        *self = Self {
            statuses,
            ..Self::default()
        };
        taken
    }
}

impl SparseHistogram {
    fn record(&mut self, value_us: u64) {
        if self.counts.is_empty() {
            self.counts.resize(BUCKETS, 0);
        }
        let bucket = bucket_of(value_us);
        let count = &mut self.counts[usize::from(bucket)];
        if *count == 0 {
            self.touched.push(bucket);
        }
        *count = count.saturating_add(1);
    }

    fn drain(&mut self, into: &mut Vec<BucketCount>) {
        for bucket in self.touched.drain(..) {
            let count = std::mem::take(&mut self.counts[usize::from(bucket)]);
            into.push(BucketCount { bucket, count });
        }
    }
}
