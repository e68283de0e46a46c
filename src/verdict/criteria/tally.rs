//! The samples of the requests that a criterion selects.

use crate::model::{
    Clocked, Criterion, Failure, Metric, NameId, Outcome, PlanId, Selector, TimeKind,
};
use crate::stats::{
    BucketCount, Counted, Delivery, Histogram, Interval, NameDelta, bucket_of, highest_of,
    lowest_of,
};
use crate::verdict::criteria::chance::Misses;

/// Counts and sums over some stretch of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WindowTally {
    /// Samples of all requests, selected or not.
    pub(super) seen: u64,
    /// Selected samples, failures included.
    pub(super) requests: u64,
    pub(super) failures: u64,
    /// Selected samples that ended after the load did, and failures among them.
    pub(super) late_requests: u64,
    pub(super) late_failures: u64,
    /// Selected samples with a service time.
    pub(super) timed: u64,
    pub(super) sum_us: u64,
    pub(super) max_us: u64,
    /// Readings of a probe.
    pub(super) readings: u32,
    pub(super) reading_sum: f64,
    /// Selected task starts that were planned.
    pub(super) delivery: Delivery,
}

/// The samples of some seconds, as they are judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gathered<'a> {
    pub(super) amount: WindowTally,
    /// Times, where they are needed.
    pub(super) times: &'a Histogram,
    /// Seconds in which a time missed the value of a quantile criterion.
    pub(super) missed_s: u64,
}

/// The samples of a growing number of seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) amount: WindowTally,
    pub(super) times: Histogram,
    pub(super) missed_s: u64,
}

/// A second: its amount, and its times as touched buckets.
#[derive(Clone, Debug, Default)]
pub(super) struct Second {
    pub(super) amount: WindowTally,
    pub(super) buckets: Vec<BucketCount>,
}

/// The selection of a criterion; all requests by default.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The rows of its requests; `None` for all.
    pub rows: Option<Vec<NameId>>,
    /// What plans its task starts; `None` for all.
    pub plans: Option<Vec<PlanId>>,
}

/// Which samples a criterion is about, compiled to rows.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    rows: Rows,
    times: Times,
    /// Whether it selects planned task starts.
    is_of_delivery: bool,
    plans: Option<Vec<PlanId>>,
}

#[derive(Clone, Debug)]
enum Rows {
    All,
    /// Those that are true, by name.
    Only(Vec<bool>),
    /// Of all rows, the answers with a status from the first to the last.
    Status(u16, u16),
}

/// Which times have to be kept as a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    /// None: counts do.
    None,
    Service(Outcome),
    Response,
}

impl WindowTally {
    pub(super) fn add(&mut self, other: &Self) {
        self.seen += other.seen;
        self.requests += other.requests;
        self.failures += other.failures;
        self.late_requests += other.late_requests;
        self.late_failures += other.late_failures;
        self.timed += other.timed;
        self.sum_us += other.sum_us;
        self.max_us = self.max_us.max(other.max_us);
        self.readings += other.readings;
        self.reading_sum += other.reading_sum;
    }

    /// The upper end of a bucket, which may lie above the largest time in it.
    pub(super) fn at_most(&self, criterion: &Criterion, us: u64) -> u64 {
        match criterion.metric {
            Metric::Quantile(Clocked::SERVICE, _) if self.max_us > 0 => us.min(self.max_us),
            _ => us,
        }
    }
}

impl Tally {
    /// Adds a second.
    pub(super) fn add(&mut self, criterion: &Criterion, second: &Second) {
        self.amount.add(&second.amount);
        self.times.add(&second.buckets);
        self.missed_s += u64::from(second.has_misses(criterion));
    }

    pub(super) fn gathered(&self) -> Gathered<'_> {
        Gathered {
            amount: self.amount,
            times: &self.times,
            missed_s: self.missed_s,
        }
    }
}

impl Gathered<'_> {
    /// The times that miss the value of a quantile criterion.
    pub(super) fn misses(&self, criterion: &Criterion) -> Misses {
        let missing = self
            .times
            .buckets()
            .filter(|&(lowest_us, _)| misses(criterion, &self.amount, lowest_us));
        Misses {
            count: missing.map(|(_, count)| count).sum(),
            seconds: self.missed_s,
        }
    }
}

/// Whether the times of a bucket miss the value of a criterion, as its
/// quantile would be read from there.
fn misses(criterion: &Criterion, amount: &WindowTally, lowest_us: u64) -> bool {
    let us = amount.at_most(criterion, highest_of(lowest_us));
    #[expect(clippy::cast_precision_loss, reason = "a time")]
    let us = us as f64;
    !criterion.op.holds(us, criterion.value)
}

impl Reach {
    /// For a criterion that selects these.
    pub(super) fn new(criterion: &Criterion, selected: &Selected) -> Self {
        let rows = match (&criterion.of, selected.rows.as_deref()) {
            (Selector::Status(first, last), _) => Rows::Status(*first, *last),
            (_, None) => Rows::All,
            (_, Some(rows)) => {
                let length = rows.iter().map(|row| row.index() + 1).max().unwrap_or(0);
                let mut selected = vec![false; length];
                rows.iter().for_each(|row| selected[row.index()] = true);
                Rows::Only(selected)
            }
        };
        let times = match criterion.metric {
            Metric::Mean(of) | Metric::Max(of) | Metric::Quantile(of, _) => match of.time {
                TimeKind::Service => Times::Service(of.outcome),
                TimeKind::Response => Times::Response,
            },
            _ => Times::None,
        };
        Self {
            rows,
            times,
            is_of_delivery: criterion.metric.is_of_delivery(),
            plans: selected.plans.clone(),
        }
    }

    /// Whether it selects the starts of this plan.
    pub(super) fn has_plan(&self, plan: PlanId) -> bool {
        let plans = self.plans.as_ref();
        self.is_of_delivery && plans.is_none_or(|plans| plans.contains(&plan))
    }

    /// What of an interval is selected. `seen` are the samples of all requests in it.
    pub(super) fn gather(&self, interval: &Interval, seen: u64) -> Second {
        let mut second = Second::default();
        second.amount.seen = seen;
        for delta in &interval.names {
            let is_selected = match &self.rows {
                Rows::Only(rows) => delta
                    .name
                    .is_some_and(|name| rows.get(name.index()).copied().unwrap_or(false)),
                Rows::All | Rows::Status(..) => delta.counted == Counted::InAll,
            };
            if !is_selected {
                continue;
            }
            if let Rows::Status(first, last) = self.rows {
                let is_meant = |status| (first..=last).contains(&status);
                second.amount.requests += delta.statuses.count(is_meant);
            } else {
                self.take(delta, interval, &mut second);
            }
        }
        if let Rows::Status(first, last) = self.rows {
            let is_meant = |failure| match failure {
                Failure::Status(status) => (first..=last).contains(&status),
                _ => false,
            };
            let failures = interval.failures.iter();
            let failures = failures.filter(|delta| is_meant(delta.failure));
            second.amount.failures = failures.map(|delta| delta.count).sum();
        }
        second
    }

    fn take(&self, delta: &NameDelta, interval: &Interval, second: &mut Second) {
        second.amount.add(&WindowTally {
            requests: delta.requests,
            failures: delta.failures,
            late_requests: delta.late_requests.into(),
            late_failures: delta.late_failures.into(),
            timed: delta.timed,
            sum_us: delta.sum_us,
            max_us: delta.max_us,
            ..WindowTally::default()
        });
        let mut keep = |range: &std::ops::Range<usize>| {
            let buckets = interval.buckets.get(range.clone());
            second
                .buckets
                .extend_from_slice(buckets.unwrap_or_default());
        };
        match self.times {
            Times::None => {}
            Times::Response => keep(&delta.response),
            Times::Service(outcome) => {
                if outcome != Outcome::Failed {
                    keep(&delta.ok);
                }
                if outcome != Outcome::Ok {
                    keep(&delta.failed);
                }
            }
        }
    }
}

impl Second {
    /// Whether a time in it exceeds the limit of a quantile criterion.
    pub(super) fn has_misses(&self, criterion: &Criterion) -> bool {
        let is_quantile = matches!(criterion.metric, Metric::Quantile(..));
        let mut buckets = self.buckets.iter();
        is_quantile && buckets.any(|one| misses(criterion, &self.amount, lowest_of(one.bucket)))
    }

    /// The same with each time shorter by what `own_us` says of times that
    /// long. Cost: proportional to the buckets that were touched.
    pub(super) fn less(&self, own_us: impl Fn(u64) -> u64) -> Self {
        let mut less = Self {
            amount: WindowTally {
                max_us: 0,
                ..self.amount
            },
            buckets: Vec::with_capacity(self.buckets.len()),
        };
        for &BucketCount { bucket, count } in &self.buckets {
            let lowest_us = lowest_of(bucket);
            let highest_us = highest_of(lowest_us).min(self.amount.max_us.max(lowest_us));
            let own_us = own_us(highest_us);
            let amount = &mut less.amount;
            let taken_us = own_us.min(u64::midpoint(lowest_us, highest_us));
            amount.sum_us = amount.sum_us.saturating_sub(taken_us * u64::from(count));
            amount.max_us = amount.max_us.max(highest_us.saturating_sub(own_us));
            less.buckets.push(BucketCount {
                bucket: bucket_of(lowest_us.saturating_sub(own_us)),
                count,
            });
        }
        less.compact()
    }

    /// Adds another part of the same second.
    pub(super) fn add(&mut self, other: &Self) {
        self.amount.add(&other.amount);
        self.buckets.extend_from_slice(&other.buckets);
    }

    /// Merges what is of one bucket, so that a second takes no more room for
    /// being reported in many parts.
    pub(super) fn compact(mut self) -> Self {
        self.buckets.sort_unstable_by_key(|one| one.bucket);
        self.buckets.dedup_by(|next, kept| {
            let same = next.bucket == kept.bucket;
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
        self.buckets.shrink_to_fit();
        self
    }
}
