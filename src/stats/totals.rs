//! Everything since the start of a run or the last reset.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::{Failure, FeedId, NameId, Outcome};
use crate::stats::{
    BucketCount, Counted, Counts, Deliveries, Failures, Histogram, Interval, NameDelta,
    Percentiles, Slice, StatusCounts,
};

/// Totals by name and over all names. Lives in the aggregator alone.
#[derive(Clone, Debug)]
pub struct Totals {
    /// Counts that have to add up.
    pub counts: Counts,
    /// What became of planned task starts, by plan.
    pub deliveries: Deliveries,
    /// One row a name, in the order of the program's names.
    pub names: Vec<NameTotals>,
    /// All names together.
    pub all: NameTotals,
    /// The table of failures.
    pub failures: Failures,
    /// Why the latest user that could not start could not.
    pub start_failure: Option<(NameId, Failure)>,
    /// The data in which the latest user without a row found none.
    pub used_up: Option<FeedId>,
    /// How late planned moments came.
    pub lateness: Histogram,
    /// When the last sample ended, on the run's axis; 0 without one.
    pub last_us: u64,
}

/// The totals of one name, or of all.
#[derive(Clone, Debug, Default)]
pub struct NameTotals {
    /// Samples, failures included.
    pub requests: u64,
    /// Failed samples.
    pub failures: u64,
    /// Samples that ended after the load did: in all figures but the rates.
    pub late_requests: u64,
    /// Failed samples that ended after the load did.
    pub late_failures: u64,
    /// Body bytes received.
    pub bytes: u64,
    /// Samples with a service time: all but those that were not sent.
    pub timed: u64,
    /// Sum of service times.
    pub sum_us: u64,
    /// Shortest service time; `None` without samples.
    pub min_us: Option<u64>,
    /// Longest service time; `None` without samples.
    pub max_us: Option<u64>,
    /// Sums of the phases: resolve, connect, TLS, first byte, transfer.
    pub phases_us: [u64; 5],
    /// Answers by status.
    pub statuses: StatusCounts,
    ok: Option<Box<Histogram>>,
    failed: Option<Box<Histogram>>,
    response: Option<Box<Histogram>>,
}

impl Totals {
    /// Totals for this many names.
    #[must_use]
    pub fn new(names: usize) -> Self {
        Self {
            counts: Counts::default(),
            deliveries: Deliveries::default(),
            names: vec![NameTotals::default(); names],
            all: NameTotals::default(),
            failures: Failures::default(),
            start_failure: None,
            used_up: None,
            lateness: Histogram::new(),
            last_us: 0,
        }
    }

    /// Merges an interval. The order in which intervals come does not matter.
    pub fn add(&mut self, interval: &Interval) {
        self.counts.add(&interval.counts);
        self.deliveries.add(&interval.ledger);
        let buckets = |range: &Range<usize>| interval.buckets[range.clone()].iter().copied();
        for delta in &interval.names {
            if delta.counted == Counted::InAll {
                self.all.add(delta, buckets);
            }
            if let Some(name) = delta.name.and_then(|id| self.names.get_mut(id.index())) {
                name.add(delta, buckets);
            }
        }
        for delta in &interval.failures {
            self.failures.add(delta);
        }
        self.start_failure = interval.start_failure.or(self.start_failure);
        self.used_up = interval.used_up.or(self.used_up);
        self.lateness.add(&interval.lateness);
        self.last_us = self.last_us.max(interval.last_us);
    }
}

impl NameTotals {
    /// Adds what happened to a name in a slice of the run.
    pub fn add_of(&mut self, slice: &Slice, delta: &NameDelta) {
        self.add(delta, |range| slice.buckets(range));
    }

    fn add<I: Iterator<Item = BucketCount>>(
        &mut self,
        delta: &NameDelta,
        buckets: impl Fn(&Range<usize>) -> I,
    ) {
        self.requests += delta.requests;
        self.failures += delta.failures;
        self.late_requests += u64::from(delta.late_requests);
        self.late_failures += u64::from(delta.late_failures);
        self.bytes += delta.bytes;
        self.sum_us += delta.sum_us;
        self.timed += delta.timed;
        if delta.timed > 0 {
            self.min_us = Some(
                self.min_us
                    .map_or(delta.min_us, |min| min.min(delta.min_us)),
            );
            self.max_us = Some(
                self.max_us
                    .map_or(delta.max_us, |max| max.max(delta.max_us)),
            );
        }
        for (sum, part) in self.phases_us.iter_mut().zip(delta.phases_us) {
            *sum += part;
        }
        self.statuses.merge(&delta.statuses);
        for (histogram, range) in [
            (&mut self.ok, &delta.ok),
            (&mut self.failed, &delta.failed),
            (&mut self.response, &delta.response),
        ] {
            if !range.is_empty() {
                let histogram = histogram.get_or_insert_default();
                for BucketCount { bucket, count } in buckets(range) {
                    histogram.add_bucket(bucket, u64::from(count));
                }
            }
        }
    }

    /// Service times of samples with this outcome; `None` without any.
    #[must_use]
    pub fn service(&self, outcome: Outcome) -> Option<Cow<'_, Histogram>> {
        let (ok, failed) = (self.ok.as_deref(), self.failed.as_deref());
        match outcome {
            Outcome::Ok => ok.map(Cow::Borrowed),
            Outcome::Failed => failed.map(Cow::Borrowed),
            Outcome::Any => match (ok, failed) {
                (Some(ok), Some(failed)) => {
                    let mut all = ok.clone();
                    all.merge(failed);
                    Some(Cow::Owned(all))
                }
                (one, None) | (None, one) => one.map(Cow::Borrowed),
            },
        }
    }

    /// Response times, where starts are planned; `None` without any.
    #[must_use]
    pub fn response(&self) -> Option<&Histogram> {
        self.response.as_deref()
    }

    /// Percentiles of the service time of all samples, as Locust counts.
    #[must_use]
    pub fn percentiles(&self) -> Percentiles {
        let all = self.service(Outcome::Any);
        let percentiles = all.map(|all| all.percentiles()).unwrap_or_default();
        // A bucket's upper end may lie above the largest sample in it.
        percentiles.at_most(self.max_us)
    }

    /// Percentiles of the response time, where starts are planned.
    #[must_use]
    pub fn response_percentiles(&self) -> Percentiles {
        self.response
            .as_deref()
            .map(Histogram::percentiles)
            .unwrap_or_default()
    }

    /// Mean service time in microseconds; `None` without samples.
    #[must_use]
    pub fn mean_us(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
        (self.timed > 0).then(|| self.sum_us as f64 / self.timed as f64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Phases;
    use crate::stats::{GroupSample, Recorder, Sample};

    fn sample(name: u16, service_us: u64, failed: bool) -> Sample {
        Sample {
            name: NameId(name),
            failure: failed.then_some(Failure::Status(500)),
            status: if failed { 500 } else { 200 },
            ended_us: service_us,
            service_us: (!service_us.is_multiple_of(11)).then_some(service_us),
            response_us: service_us.is_multiple_of(2).then_some(service_us + 7),
            bytes: service_us % 1000,
            phases: Phases {
                first_byte_us: 3,
                ..Phases::default()
            },
        }
    }

    #[test]
    fn groups_are_in_no_sum() {
        let mut recorder = Recorder::new(2);
        recorder.record(&sample(0, 5, false));
        recorder.record_group(&GroupSample {
            name: NameId(1),
            has_failed: true,
            ended_us: 0,
            took_us: 9_000,
        });
        recorder.record_failure(NameId(1), Failure::Said(0), 3);
        let mut interval = Interval::default();
        recorder.drain(&mut interval);
        let mut totals = Totals::new(2);
        totals.add(&interval);
        assert_eq!((totals.all.requests, totals.all.max_us), (1, Some(5)));
        assert_eq!((totals.counts.succeeded, totals.counts.failed), (1, 0));
        let group = &totals.names[1];
        assert_eq!(
            (group.requests, group.failures, group.max_us),
            (1, 1, Some(9_000))
        );
        assert!(group.percentiles().p50_us.is_some());
        assert_eq!(
            totals
                .failures
                .count(|_, failure| failure == Failure::Said(0)),
            1
        );
    }

    proptest! {
        /// merge(a, b, ...) = record(a ++ b ++ ...), however samples are split
        /// over shards and intervals and in whatever order these arrive.
        #[test]
        fn merging_is_recording_at_once(
            samples in proptest::collection::vec((0u16..4, 0u64..5_000_000_000, proptest::bool::weighted(0.2)), 0..300),
            shards in 1usize..5,
            drains in 1usize..5,
            backwards in proptest::bool::ANY,
        ) {
            let mut whole = Recorder::new(4);
            let mut parts: Vec<Recorder> = (0..shards).map(|_| Recorder::new(4)).collect();
            let mut intervals = Vec::new();
            for (i, &(name, us, failed)) in samples.iter().enumerate() {
                whole.record(&sample(name, us, failed));
                parts[i % shards].record(&sample(name, us, failed));
                if i % (samples.len() / drains + 1) == 0 {
                    let mut interval = Interval::default();
                    parts[i % shards].drain(&mut interval);
                    intervals.push(interval);
                }
            }
            for part in &mut parts {
                let mut interval = Interval::default();
                part.drain(&mut interval);
                intervals.push(interval);
            }
            if backwards {
                intervals.reverse();
            }
            let mut merged = Totals::new(4);
            intervals.iter().for_each(|interval| merged.add(interval));
            let mut at_once = Totals::new(4);
            let mut interval = Interval::default();
            whole.drain(&mut interval);
            at_once.add(&interval);

            prop_assert_eq!(merged.counts, at_once.counts);
            let sorted_statuses = |totals: &NameTotals| {
                let mut pairs = totals.statuses.pairs().to_vec();
                pairs.sort_unstable();
                pairs
            };
            for (a, b) in merged.names.iter().chain([&merged.all]).zip(at_once.names.iter().chain([&at_once.all])) {
                prop_assert_eq!(a.percentiles(), b.percentiles());
                prop_assert_eq!(a.response_percentiles(), b.response_percentiles());
                prop_assert_eq!((a.requests, a.failures, a.bytes, a.sum_us), (b.requests, b.failures, b.bytes, b.sum_us));
                prop_assert_eq!((a.min_us, a.max_us, a.phases_us), (b.min_us, b.max_us, b.phases_us));
                prop_assert_eq!(sorted_statuses(a), sorted_statuses(b));
            }
            prop_assert_eq!(merged.failures.sorted(), at_once.failures.sorted());
            prop_assert_eq!(merged.all.requests, samples.len() as u64);
        }
    }
}
