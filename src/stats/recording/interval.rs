//! What a shard gathered in one interval: the only thing it ever sends.

use std::ops::Range;

use crate::model::{Failure, FeedId, NameId};
use crate::stats::{Counts, Delay, Ledger, RawSamples, StatusCounts};

/// A bucket that was touched, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketCount {
    /// The bucket, see [`lowest_of`](crate::stats::lowest_of).
    pub(crate) bucket: u16,
    pub(crate) count: u32,
}

/// The sparse difference that one interval of one shard makes: touched names,
/// touched buckets. Buffers are reused; `clear` keeps them.
#[derive(Clone, Debug, Default)]
pub struct Interval {
    /// Counts of the interval.
    pub counts: Counts,
    /// Planned task starts, and what became of them.
    pub(crate) ledger: Ledger,
    /// The names that were touched.
    pub(crate) names: Vec<NameDelta>,
    /// Buckets of all names; each name's ranges point in here.
    pub(crate) buckets: Vec<BucketCount>,
    /// Failures by name and kind.
    pub failures: Vec<FailureDelta>,
    /// Why a user could not start, if any could not: the latest reason.
    pub(crate) start_failure: Option<(NameId, Failure)>,
    /// The data in which the latest user without a row found none.
    pub(crate) used_up: Option<FeedId>,
    /// Users in their places at its end, by class, without those that ended
    /// before they did anything. Not a difference, unlike everything else.
    pub(crate) users_by_class: Vec<u32>,
    /// How late planned moments came, as touched buckets.
    pub(crate) lateness: Vec<BucketCount>,
    /// When the last sample ended, on the run's axis; 0 without one.
    pub(crate) last_us: u64,
    /// How late the shard itself was.
    pub(crate) delay: Delay,
    /// Some of the failures, with what their answers said.
    pub(crate) samples: RawSamples,
}

/// Whether a row is part of the sums over all names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counted {
    /// A row of requests.
    #[default]
    InAll,
    /// A row of a group: its requests are counted already.
    Apart,
}

/// What happened to one name in an interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NameDelta {
    pub(crate) name: Option<NameId>,
    /// Whether it is in the sums.
    pub(crate) counted: Counted,
    /// Samples, failures included.
    pub(crate) requests: u64,
    /// Failed samples.
    pub(crate) failures: u64,
    /// Samples that ended after the load did, failures included: in all
    /// figures but the rates.
    pub(crate) late_requests: u32,
    /// Failed samples that ended after the load did.
    pub(crate) late_failures: u32,
    /// Body bytes received.
    pub(crate) bytes: u64,
    /// Samples with a service time: all but those that were not sent.
    pub(crate) timed: u64,
    /// Sum of service times.
    pub(crate) sum_us: u64,
    /// Shortest service time.
    pub(crate) min_us: u64,
    /// Longest service time.
    pub(crate) max_us: u64,
    /// Sums of the phases: resolve, connect, TLS, first byte, transfer.
    pub(crate) phases_us: [u64; 5],
    pub(crate) statuses: StatusCounts,
    /// Service times of successes, as a range of the interval's buckets.
    pub(crate) ok: Range<usize>,
    /// Service times of failures.
    pub(crate) failed: Range<usize>,
    /// Response times, where a start was planned.
    pub(crate) response: Range<usize>,
}

/// How often one name failed in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureDelta {
    pub(crate) name: NameId,
    pub(crate) failure: Failure,
    pub(crate) count: u64,
    /// When first, on the run's axis.
    pub(crate) first_us: u64,
    /// When last, on the run's axis.
    pub(crate) last_us: u64,
}

impl NameDelta {
    /// Adds another's figures; the ranges stay what they are.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.timed > 0 {
            let is_first = self.timed == 0;
            self.min_us = if is_first {
                other.min_us
            } else {
                self.min_us.min(other.min_us)
            };
            self.max_us = self.max_us.max(other.max_us);
        }
        self.counted = other.counted;
        self.requests += other.requests;
        self.failures += other.failures;
        self.late_requests = self.late_requests.saturating_add(other.late_requests);
        self.late_failures = self.late_failures.saturating_add(other.late_failures);
        self.bytes += other.bytes;
        self.timed += other.timed;
        self.sum_us += other.sum_us;
        for (sum, part) in self.phases_us.iter_mut().zip(other.phases_us) {
            *sum += part;
        }
        self.statuses.merge(&other.statuses);
    }
}

impl Interval {
    /// Empties it and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.counts = Counts::default();
        self.ledger.clear();
        self.names.clear();
        self.buckets.clear();
        self.failures.clear();
        self.start_failure = None;
        self.used_up = None;
        self.users_by_class.clear();
        self.lateness.clear();
        self.last_us = 0;
        self.delay = Delay::default();
        self.samples.clear();
    }
}
