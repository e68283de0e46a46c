//! What is said of a run, in one place for dashboard, terminal, reports and
//! exit code.

use serde::{Deserialize, Serialize};

use crate::stats::Counts;
use crate::verdict::{Culprit, Finding, Remark, SearchLine, Undelivered, Unsound};

/// The one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Sound, and everything that was asked for was met.
    Pass,
    /// Sound, and something that was asked for was not met.
    Fail,
    /// The run did not measure what it was meant to measure.
    Invalid,
    /// Sound, nothing broken, but a criterion had too few samples.
    Undecided,
    /// Our own fault.
    Error,
}

impl Verdict {
    /// The word for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Invalid => "INVALID",
            Self::Undecided => "UNDECIDED",
            Self::Error => "ERROR",
        }
    }

    /// The weightiest of some, which stands for all of them: ERROR before
    /// INVALID, FAIL, UNDECIDED and PASS; `None` of none.
    pub fn weightiest(verdicts: impl Iterator<Item = Self>) -> Option<Self> {
        verdicts.max_by_key(|verdict| match verdict {
            Self::Pass => 0,
            Self::Undecided => 1,
            Self::Fail => 2,
            Self::Invalid => 3,
            Self::Error => 4,
        })
    }
}

/// How a criterion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It holds.
    Met,
    /// It holds, or may still be met, but the latest figures would break it.
    AtRisk,
    /// It does not hold; after the run, or for good.
    Broken,
    /// There are too few samples, or none.
    Undecided,
}

/// A criterion as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CriterionLine {
    /// As it was written.
    pub text: String,
    /// How it stands.
    pub standing: Standing,
    /// The figure that was measured, with its unit, for people; `None`
    /// while there is none.
    pub figure: Option<String>,
    /// The figure in the unit of the metric (times in microseconds, shares
    /// from 0 to 1); for `sustained` the seconds in a row in which it held,
    /// for `in ... of seconds` the share of seconds.
    pub value: Option<f64>,
    /// Why it stands as it does, where the figure does not say it all:
    /// `needs 1000 samples, has 312`.
    pub note: Option<String>,
}

/// What is said of a run. While the run goes on, it is what would be said if
/// it ended now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The one word.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub reason: String,
    /// How each criterion stands, in the order of the scenario.
    pub criteria: Vec<CriterionLine>,
    /// Diagnoses, the weightiest first.
    pub findings: Vec<Finding>,
    /// Facts worth saying.
    pub remarks: Vec<Remark>,
}

/// What a verdict follows from.
#[derive(Debug)]
pub struct Grounds<'a> {
    /// What of our own went wrong.
    pub fault: Option<&'a str>,
    /// Why the run is unsound.
    pub unsound: Option<Unsound>,
    /// How each criterion stands.
    pub criteria: Vec<CriterionLine>,
    /// What was counted.
    pub counts: &'a Counts,
    /// What a search for the limit found: then criteria are judged at the
    /// limit, and not over the whole run.
    pub search: Option<&'a SearchLine>,
    /// A plan that was not delivered, where that is judged by default.
    pub undelivered: Option<Undelivered>,
}

impl Judgement {
    /// The verdict that follows, by the table of `docs/metrics.md`.
    #[must_use]
    pub fn new(grounds: Grounds<'_>, findings: Vec<Finding>, remarks: Vec<Remark>) -> Self {
        let (verdict, reason) = grounds.verdict();
        Self {
            verdict,
            reason,
            criteria: grounds.criteria,
            findings,
            remarks,
        }
    }
}

impl Grounds<'_> {
    fn verdict(&self) -> (Verdict, String) {
        if let Some(fault) = self.fault {
            return (Verdict::Error, fault.to_owned());
        }
        if let Some(unsound) = &self.unsound {
            return (Verdict::Invalid, unsound.text.clone());
        }
        if let Some(search) = self.search {
            return search.verdict(&self.criteria);
        }
        let undelivered = self.undelivered.as_ref();
        if let Some(own) = undelivered.filter(|one| one.culprit == Culprit::Generator) {
            return (Verdict::Invalid, own.reason());
        }
        let standing = |wanted: Standing| {
            let lines = self.criteria.iter().filter(|line| line.standing == wanted);
            lines.map(|line| line.text.as_str()).collect::<Vec<_>>()
        };
        let broken = standing(Standing::Broken);
        if !broken.is_empty() {
            return (Verdict::Fail, format!("broken: {}", broken.join("; ")));
        }
        let counts = self.counts;
        let tasks = counts.tasks_succeeded + counts.tasks_failed;
        if counts.succeeded + counts.failed + tasks == 0 {
            // Whatever a criterion says of nothing.
            return (Verdict::Undecided, "nothing was measured".to_owned());
        }
        let failed = counts.failed + counts.tasks_failed + counts.users_failed;
        if let Some(undelivered) = undelivered.filter(|_| failed == 0 || !self.criteria.is_empty())
        {
            return (Verdict::Undecided, undelivered.reason());
        }
        let undecided = standing(Standing::Undecided);
        if !undecided.is_empty() {
            let reason = format!("not decided: {}", undecided.join("; "));
            return (Verdict::Undecided, reason);
        }
        if !self.criteria.is_empty() {
            let reason = match self.criteria.len() {
                1 => "the criterion is met".to_owned(),
                met => format!("all {met} criteria are met"),
            };
            return (Verdict::Pass, reason);
        }
        if failed > 0 {
            let reason = format!(
                "{} requests and {} tasks failed; no criterion is judged, so none may",
                counts.failed, counts.tasks_failed
            );
            return (Verdict::Fail, reason);
        }
        (Verdict::Pass, "nothing failed".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Delivery;
    use crate::verdict::{PlanKind, PlanLine};

    fn line(standing: Standing) -> CriterionLine {
        CriterionLine {
            text: "p99 < 1s".to_owned(),
            standing,
            figure: None,
            value: None,
            note: None,
        }
    }

    /// The verdict of a run with these grounds.
    fn verdict(wrong: &str, standings: &[Standing], failed: u64) -> Verdict {
        let succeeded = u64::from(wrong != "empty");
        let counts = Counts {
            succeeded,
            failed,
            ..Counts::default()
        };
        let grounds = Grounds {
            fault: (wrong == "fault").then_some("a shard ended"),
            unsound: (wrong == "unsound").then(|| Unsound {
                id: "users.failed",
                text: String::new(),
            }),
            criteria: standings.iter().copied().map(line).collect(),
            counts: &counts,
            search: None,
            undelivered: wrong.strip_prefix("undelivered by ").map(undelivered),
        };
        Judgement::new(grounds, Vec::new(), Vec::new()).verdict
    }

    fn undelivered(by: &str) -> Undelivered {
        Undelivered {
            line: PlanLine {
                name: "U".to_owned(),
                kind: PlanKind::Pacing,
                counts: Delivery::default(),
                judged: Delivery::default(),
                own: 0.0,
            },
            culprit: match by {
                "generator" => Culprit::Generator,
                _ => Culprit::Target,
            },
        }
    }

    #[test]
    fn a_plan_that_was_not_delivered_never_passes() {
        use Standing::{Broken, Met, Undecided};
        for (standings, failed, expected) in [
            (&[][..], 0, Verdict::Undecided),
            (&[][..], 1, Verdict::Fail),
            (&[Met][..], 1, Verdict::Undecided),
            (&[Met, Undecided][..], 0, Verdict::Undecided),
            (&[Met, Broken][..], 0, Verdict::Fail),
        ] {
            let by_target = verdict("undelivered by target", standings, failed);
            assert_eq!(by_target, expected, "{standings:?} {failed}");
            let by_us = verdict("undelivered by generator", standings, failed);
            assert_eq!(by_us, Verdict::Invalid);
        }
    }

    #[test]
    fn the_table_of_verdicts() {
        use Standing::{AtRisk, Broken, Met, Undecided};
        assert_eq!(verdict("", &[], 0), Verdict::Pass);
        assert_eq!(verdict("", &[], 1), Verdict::Fail);
        assert_eq!(verdict("", &[Met, AtRisk], 1), Verdict::Pass);
        assert_eq!(verdict("", &[Met, Broken], 0), Verdict::Fail);
        assert_eq!(verdict("", &[Undecided, Broken], 0), Verdict::Fail);
        assert_eq!(verdict("", &[Met, Undecided], 0), Verdict::Undecided);
        assert_eq!(verdict("empty", &[], 0), Verdict::Undecided);
        assert_eq!(verdict("empty", &[Met], 0), Verdict::Undecided);
        assert_eq!(verdict("empty", &[Broken], 0), Verdict::Fail);
        assert_eq!(verdict("unsound", &[Broken], 0), Verdict::Invalid);
        assert_eq!(verdict("fault", &[Met], 0), Verdict::Error);
    }
}
