//! The meaning of responses that a scenario's steps give to one row of the
//! statistics.

/// HTTP statuses, as a few ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusSet(Vec<(u16, u16)>);

impl StatusSet {
    /// Adds the statuses from `low` to `high`, both included.
    pub fn add(&mut self, low: u16, high: u16) {
        if low <= high && !self.0.contains(&(low, high)) {
            self.0.push((low, high));
        }
    }

    /// Whether it contains a status.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&status))
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The intent of the request steps of one row of the statistics.
/// Steps with different expectations may share a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameIntent {
    /// Statuses of 400 and above that a step names without any success beside
    /// them: such an answer is what that step tests.
    pub wanted: StatusSet,
    /// Statuses of 400 and above that a step accepts beside successes.
    pub tolerated: StatusSet,
    /// Whether every step of the row expects only errors.
    pub wants_errors_only: bool,
    /// Whether users send it before their first task, as a login.
    pub is_in_on_start: bool,
    /// What its expectations of the time that an answer takes are called: the
    /// numbers of [`Failure::Expectation`](crate::model::Failure::Expectation).
    pub times: Vec<u16>,
}

impl NameIntent {
    /// Whether an answer with this status, if its step accepted it, is what was
    /// tested. Where one step wants a status and another one only tolerates
    /// it, they cannot be told apart, and it counts as tolerated.
    #[must_use]
    pub fn wants(&self, status: u16) -> bool {
        self.wanted.contains(status) && !self.tolerated.contains(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_is_tolerated_as_well_is_not_wanted() {
        let mut intent = NameIntent::default();
        assert!(!intent.wants(404));
        intent.wanted.add(400, 499);
        intent.tolerated.add(409, 409);
        assert!(intent.wants(404) && intent.wants(499));
        assert!(!intent.wants(409) && !intent.wants(500));
    }
}
