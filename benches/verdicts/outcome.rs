//! What came of a run: what the program said, and what the lab counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The one word of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    /// Everything was met.
    Pass,
    /// Something was not.
    Fail,
    /// The run measured something else.
    Invalid,
    /// It measured too little.
    Undecided,
    /// The program failed: no verdict, or its own fault.
    Error,
}

impl Verdict {
    /// All of them, in the order of the tables.
    pub(crate) const ALL: [Self; 5] = [
        Self::Pass,
        Self::Fail,
        Self::Invalid,
        Self::Undecided,
        Self::Error,
    ];

    /// The word for tables.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Invalid => "INVALID",
            Self::Undecided => "UNDECIDED",
            Self::Error => "ERROR",
        }
    }
}

/// What the lab counted, as `/lab/stats` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counters {
    /// Requests whose head was read.
    pub(crate) received: u64,
    /// Answers that were sent whole.
    pub(crate) answered: u64,
    /// Those by status.
    pub(crate) by_status: BTreeMap<u16, u64>,
    /// Requests by route.
    pub(crate) by_route: BTreeMap<String, u64>,
}

const LOGIN: &str = "POST /api/v1/auth/login/";
const OTHER_ROUTE: &str = "GET /api/v1/cab/pending/";

impl Counters {
    /// Answers with such a status.
    pub(crate) fn with_status(&self, is: impl Fn(u16) -> bool) -> u64 {
        let such = self.by_status.iter().filter(|(status, _)| is(**status));
        such.map(|(_, count)| count).sum()
    }

    /// Requests that are not logins.
    pub(crate) fn tasks(&self) -> u64 {
        self.received.saturating_sub(self.of_route(LOGIN))
    }

    /// Requests of the class that was not selected.
    pub(crate) fn of_other_class(&self) -> u64 {
        self.of_route(OTHER_ROUTE)
    }

    /// Answers to requests that are not logins, taken that all logins were answered.
    pub(crate) fn task_answers(&self) -> u64 {
        self.answered.saturating_sub(self.of_route(LOGIN))
    }

    fn of_route(&self, route: &str) -> u64 {
        self.by_route.get(route).copied().unwrap_or_default()
    }
}

/// What the program said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reported {
    /// Its verdict.
    pub(crate) verdict: Verdict,
    /// Why, in its words.
    pub(crate) reason: String,
    /// What it named: ids of findings, and why the run is unsound; the weightiest first.
    pub(crate) named: Vec<String>,
    /// Its exit code; `None` where it was killed.
    pub(crate) exit: Option<i32>,
}

/// A finished run, as the file of results keeps it. What it should have come to
/// is worked out from this when it is scored, never kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Finished {
    /// Which run.
    pub(crate) id: String,
    /// Of what case: another one makes the result void.
    pub(crate) case: String,
    /// What was said.
    pub(crate) reported: Reported,
    /// What the lab counted.
    pub(crate) lab: Counters,
    /// How long the program took, in seconds.
    pub(crate) took_s: f64,
}
