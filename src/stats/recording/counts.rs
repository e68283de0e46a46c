use serde::{Deserialize, Serialize};

/// Counts that have to add up: started = succeeded + failed + in flight + cut off.
///
/// Each field is a number since the start of the run or the last reset. The
/// same shape serves one interval of one shard and the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Users that started.
    pub users_started: u64,
    /// Users that ended, for whatever reason.
    pub users_ended: u64,
    /// Users that ended because `on_start` failed.
    pub users_failed: u64,
    /// Users that ended before they did anything, because there was no row of
    /// data left for them (`at_end: stop`).
    pub users_without_row: u64,
    /// Tasks begun.
    pub tasks_started: u64,
    /// Tasks in which no request failed.
    pub tasks_succeeded: u64,
    /// Tasks in which a request failed.
    pub tasks_failed: u64,
    /// Tasks cut off at a stop.
    pub tasks_cut_off: u64,
    /// Planned starts that were given up because the user was busy.
    pub tasks_missed: u64,
    /// Task starts that an open load planned for.
    pub arrivals_scheduled: u64,
    /// Of these, those that a user began.
    pub arrivals_started: u64,
    /// Of these, those given up: no user was free and the queue was full, or
    /// they still waited at the stop.
    pub arrivals_dropped: u64,
    /// Requests begun; a chain of redirects is one.
    pub requests_started: u64,
    /// Requests that succeeded.
    pub succeeded: u64,
    /// Requests that failed, those that could not be sent included.
    pub failed: u64,
    /// Requests cut off at a stop.
    pub cut_off: u64,
    /// Messages sent; each redirect hop is one.
    pub exchanges: u64,
    /// Connections opened.
    pub connections_opened: u64,
    /// Connections the target had closed while idle, replaced before use.
    pub connections_replaced: u64,
    /// Streams of HTTP/2 that the target refused to process (`REFUSED_STREAM`).
    pub streams_refused: u64,
}

/// Applies a block to every pair of fields of two `Counts`.
macro_rules! each_field {
    ($self:ident, $other:ident, $($field:ident)*) => {
        $($self.$field += $other.$field;)*
    };
}

impl Counts {
    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        each_field!(self, other,
            users_started users_ended users_failed users_without_row
            tasks_started tasks_succeeded tasks_failed tasks_cut_off tasks_missed
            arrivals_scheduled arrivals_started arrivals_dropped
            requests_started succeeded failed cut_off
            exchanges connections_opened connections_replaced streams_refused);
    }

    /// Tasks begun and not yet counted otherwise.
    #[must_use]
    pub fn tasks_in_flight(&self) -> u64 {
        self.tasks_started
            .saturating_sub(self.tasks_succeeded)
            .saturating_sub(self.tasks_failed)
            .saturating_sub(self.tasks_cut_off)
    }

    /// Planned task starts that wait for a user.
    #[must_use]
    pub fn arrivals_waiting(&self) -> u64 {
        self.arrivals_scheduled
            .saturating_sub(self.arrivals_started)
            .saturating_sub(self.arrivals_dropped)
    }

    /// Requests begun and not yet counted otherwise.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.requests_started
            .saturating_sub(self.succeeded)
            .saturating_sub(self.failed)
            .saturating_sub(self.cut_off)
    }
}

/// How often each HTTP status was seen; at most 64 told apart, the rest as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCounts(Vec<(u16, u64)>);

impl StatusCounts {
    const MAX: usize = 64;

    /// Counts a status. Cost: a short scan; allocates when a status is new.
    pub fn add(&mut self, status: u16, count: u64) {
        let key = if self.0.len() < Self::MAX || self.0.iter().any(|&(seen, _)| seen == status) {
            status
        } else {
            0
        };
        match self.0.iter_mut().find(|(seen, _)| *seen == key) {
            Some((_, counted)) => *counted += count,
            None => self.0.push((key, count)),
        }
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        for &(status, count) in &other.0 {
            self.add(status, count);
        }
    }

    /// The (status, count) pairs, in the order first seen.
    #[must_use]
    pub fn pairs(&self) -> &[(u16, u64)] {
        &self.0
    }

    /// The number of answers with a status for which `matches` holds.
    pub fn count(&self, matches: impl Fn(u16) -> bool) -> u64 {
        self.0
            .iter()
            .filter(|(status, _)| matches(*status))
            .map(|(_, count)| count)
            .sum()
    }

    /// Forgets all counts, keeps the memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
