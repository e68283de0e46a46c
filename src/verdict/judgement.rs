//! What is said of a run, in one place for dashboard, terminal, reports and
//! exit code.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::latency_text;
use crate::stats::Counts;
use crate::verdict::ended_early::{EarlyEnd, EndedEarly};
use crate::verdict::{
    Condition, Culprit, Finding, RateLimited, Remark, SearchLine, Undelivered, Unsound,
};

/// The verdict on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Sound, and everything required was met.
    Pass,
    /// Sound, and something required was not met.
    Fail,
    /// The run did not measure what it was meant to measure.
    Invalid,
    /// Sound, nothing failed, but a criterion had too few samples.
    Undecided,
    /// An internal error.
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

/// The status of a criterion.
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
    /// The generator's own share in the figure decides whether it holds: it
    /// cannot be judged. A word of the end.
    Disturbed,
}

impl Standing {
    /// The word for people; `static/status/criteria.js` has the same.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "ok",
            Self::AtRisk => "at risk",
            Self::Broken => "failed",
            Self::Undecided => "undecided",
            Self::Disturbed => "not judged",
        }
    }
}

/// A criterion as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CriterionLine {
    /// As it was written.
    pub text: String,
    /// The criterion as data; `None` in reports of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// Its status.
    pub standing: Standing,
    /// The figure that was measured, with its unit, for people; `None`
    /// while there is none.
    pub figure: Option<String>,
    /// The figure in the unit of the metric (times in microseconds, shares
    /// from 0 to 1); for `sustained` the seconds in a row in which it held,
    /// for `in ... of seconds` the share of seconds.
    pub value: Option<f64>,
    /// How much of a time is the generator's own at most, in microseconds;
    /// `None` for other figures.
    #[serde(default)]
    pub own_us: Option<u64>,
    /// Why it stands as it does, where the figure does not say it all:
    /// `312 of 1,000 samples`.
    pub note: Option<String>,
}

impl CriterionLine {
    /// With its figure and its note: `p99 < 1s (1.4 s, 312 of 1,000 samples)`.
    pub(super) fn told(&self) -> String {
        self.with(&[&self.figure, &self.note])
    }

    /// With its figure: `p99 < 1s (1.4 s)`.
    pub(super) fn with_figure(&self) -> String {
        self.with(&[&self.figure])
    }

    fn with(&self, details: &[&Option<String>]) -> String {
        let details = details.iter().copied().flatten();
        let details: Vec<_> = details.map(String::as_str).collect();
        match &details[..] {
            [] => self.text.clone(),
            details => format!("{} ({})", self.text, details.join(", ")),
        }
    }

    /// How much of its figure is the generator's own, in words; `None` where
    /// that is not a time.
    #[must_use]
    pub fn own_text(&self) -> Option<String> {
        let own = latency_text(self.own_us?);
        Some(format!("up to {own} of it is generator delay"))
    }

    /// All that is to be said beside the figure; `None` where that is nothing.
    #[must_use]
    pub fn note_text(&self) -> Option<String> {
        match (self.own_text(), &self.note) {
            (Some(own), Some(note)) => Some(format!("{own}; {note}")),
            (own, note) => own.or_else(|| note.clone()),
        }
    }
}

/// The judgement of a run; of a running one, as if it ended now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The one word.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub reason: String,
    /// The id of what makes the run say nothing of its target, such as
    /// `generator.gaps`; `None` of a sound run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsound: Option<String>,
    /// The criteria, in the order of the scenario.
    pub criteria: Vec<CriterionLine>,
    /// Diagnoses, the weightiest first.
    pub findings: Vec<Finding>,
    /// Facts worth saying.
    pub remarks: Vec<Remark>,
    /// The end of the load, if it was early.
    #[serde(default)]
    pub ended_early: Option<EndedEarly>,
}

/// The facts a verdict follows from.
#[derive(Debug)]
pub struct Grounds<'a> {
    /// An internal error.
    pub fault: Option<&'a str>,
    /// Why the run is unsound.
    pub unsound: Option<Unsound>,
    /// A rate limit that most requests of a name met as the load rose.
    pub rate_limited: Option<RateLimited>,
    /// The criteria.
    pub criteria: Vec<CriterionLine>,
    /// The counts.
    pub counts: &'a Counts,
    /// Requests that were sent and have ended.
    pub measured: u64,
    /// The end of the load, if it was early.
    pub ended_early: Option<EndedEarly>,
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
        let undelivered = grounds.undelivered.as_ref();
        let is_own = undelivered.is_some_and(|one| one.culprit == Culprit::Generator);
        let unsound = grounds.unsound.as_ref().map(|unsound| unsound.id);
        let unsound = unsound.or(is_own.then_some("generator.undelivered"));
        // What else is INVALID is so because of criteria that the generator decides.
        let is_disturbed = verdict == Verdict::Invalid && unsound.is_none();
        Self {
            verdict,
            reason,
            ended_early: grounds.ended_early,
            unsound: unsound
                .or(is_disturbed.then_some("generator.disturbed"))
                .map(str::to_owned),
            criteria: grounds.criteria,
            findings,
            remarks,
        }
    }
}

impl Grounds<'_> {
    /// What was measured until an early end is judged; a run that was cut short, or
    /// that its users left, cannot pass.
    fn verdict(&self) -> (Verdict, String) {
        let (verdict, reason) = self.of_what_was_measured();
        let Some(early) = &self.ended_early else {
            return (verdict, reason);
        };
        match (verdict, early.how) {
            (Verdict::Error | Verdict::Invalid, _) => (verdict, reason),
            (Verdict::Pass, EarlyEnd::CutShort | EarlyEnd::NoUserLeft) => {
                (Verdict::Undecided, early.text())
            }
            _ => (verdict, format!("{reason}; {}", early.text())),
        }
    }

    fn of_what_was_measured(&self) -> (Verdict, String) {
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
        if self.measured == 0 {
            // Whatever a criterion says of nothing.
            return (Verdict::Undecided, "no requests were measured".to_owned());
        }
        if let Some(reason) = broken_text(&self.criteria) {
            return (Verdict::Fail, reason);
        }
        if let Some(limited) = &self.rate_limited {
            return (Verdict::Fail, limited_text(limited));
        }
        let counts = self.counts;
        let disturbed = standing(&self.criteria, Standing::Disturbed);
        if !disturbed.is_empty() {
            let disturbed = joined(&disturbed, "; ", CriterionLine::told);
            let reason = format!("the load generator was too slow to judge {disturbed}");
            return (Verdict::Invalid, reason);
        }
        let failed = counts.failed + counts.tasks_failed + counts.users_failed;
        if let Some(undelivered) = undelivered.filter(|_| failed == 0 || !self.criteria.is_empty())
        {
            return (Verdict::Undecided, undelivered.reason());
        }
        let undecided = standing(&self.criteria, Standing::Undecided);
        if !undecided.is_empty() {
            let list = joined(&undecided, "; ", CriterionLine::told);
            let reason = match self.criteria.len() {
                1 => format!("criterion undecided: {list}"),
                all => format!("{} of {all} criteria undecided: {list}", undecided.len()),
            };
            return (Verdict::Undecided, reason);
        }
        if !self.criteria.is_empty() {
            let reason = match self.criteria.len() {
                1 => "criterion met".to_owned(),
                2 => "both criteria met".to_owned(),
                met => format!("all {met} criteria met"),
            };
            return (Verdict::Pass, reason);
        }
        if failed > 0 {
            let reason = failed_text(counts);
            return (Verdict::Fail, reason);
        }
        (Verdict::Pass, "no failures".to_owned())
    }
}

/// The criteria with this standing.
fn standing(criteria: &[CriterionLine], wanted: Standing) -> Vec<&CriterionLine> {
    let lines = criteria.iter().filter(|line| line.standing == wanted);
    lines.collect()
}

fn joined(
    lines: &[&CriterionLine],
    separator: &str,
    text: impl Fn(&CriterionLine) -> String,
) -> String {
    let texts: Vec<_> = lines.iter().map(|line| text(line)).collect();
    texts.join(separator)
}

/// The criteria that are not met, with their figures; `None` where there are none.
fn broken_text(criteria: &[CriterionLine]) -> Option<String> {
    let broken = standing(criteria, Standing::Broken);
    let list = joined(&broken, ", ", CriterionLine::with_figure);
    match (broken.len(), criteria.len()) {
        (0, _) => None,
        (_, 1) => Some(format!("criterion not met: {list}")),
        (broken, all) => Some(format!("{broken} of {all} criteria not met: {list}")),
    }
}

/// The failures of a run without criteria.
fn failed_text(counts: &Counts) -> String {
    let failures = [
        (counts.failed, "request"),
        (counts.tasks_failed, "task"),
        (counts.users_failed, "user"),
    ];
    let failures = failures.iter().filter(|(count, _)| *count > 0);
    let failures: Vec<_> = failures
        .map(|(count, what)| match count {
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        })
        .collect();
    let failures = failures.join(", ");
    format!("{failures} failed; without criteria, any failure fails the run")
}

fn limited_text(limited: &RateLimited) -> String {
    let RateLimited {
        name,
        limited,
        answers,
    } = limited;
    format!("the target is rate limiting: {limited} of {answers} responses from {name} were 429")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Delivery;
    use crate::verdict::{DeliveryRule, PlanKind, PlanLine, UnsoundKind};

    fn line(standing: Standing) -> CriterionLine {
        CriterionLine {
            text: "p99 < 1s".to_owned(),
            condition: None,
            standing,
            figure: None,
            value: None,
            own_us: None,
            note: None,
        }
    }

    fn early(how: EarlyEnd) -> EndedEarly {
        EndedEarly {
            how,
            at_s: 9.0,
            of_s: Some(40.0),
        }
    }

    /// The verdict of a run with these grounds.
    fn verdict(wrong: &str, standings: &[Standing], failed: u64) -> Verdict {
        judge(wrong, standings, failed).verdict
    }

    fn judge(wrong: &str, standings: &[Standing], failed: u64) -> Judgement {
        let counts = Counts {
            failed,
            ..Counts::default()
        };
        let grounds = Grounds {
            fault: (wrong == "fault").then_some("a shard ended"),
            unsound: (wrong == "unsound").then(|| Unsound {
                kind: UnsoundKind::Script,
                id: "users.failed",
                text: String::new(),
            }),
            rate_limited: (wrong == "limited").then(|| RateLimited {
                name: "GET /".to_owned(),
                limited: 60,
                answers: 100,
            }),
            criteria: standings.iter().copied().map(line).collect(),
            counts: &counts,
            measured: u64::from(wrong != "empty"),
            ended_early: match wrong {
                "stopped" => Some(early(EarlyEnd::Stopped)),
                "cut short" => Some(early(EarlyEnd::CutShort)),
                "left alone" => Some(early(EarlyEnd::NoUserLeft)),
                _ => None,
            },
            search: None,
            undelivered: wrong.strip_prefix("undelivered by ").map(undelivered),
        };
        Judgement::new(grounds, Vec::new(), Vec::new())
    }

    fn undelivered(by: &str) -> Undelivered {
        Undelivered {
            line: PlanLine {
                name: "U".to_owned(),
                kind: PlanKind::Pacing,
                counts: Delivery::default(),
                judged: Delivery::default(),
                own: 0.0,
                rule: DeliveryRule::Judged,
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
            let by_us = judge("undelivered by generator", standings, failed);
            assert_eq!(by_us.verdict, Verdict::Invalid);
            assert_eq!(by_us.unsound.as_deref(), Some("generator.undelivered"));
        }
    }

    #[test]
    fn the_table_of_verdicts() {
        use Standing::{AtRisk, Broken, Disturbed, Met, Undecided};
        assert_eq!(verdict("", &[], 0), Verdict::Pass);
        assert_eq!(verdict("", &[Disturbed, Undecided], 0), Verdict::Invalid);
        assert_eq!(verdict("", &[Disturbed, Broken], 0), Verdict::Fail);
        let disturbed = judge("", &[Disturbed], 0).unsound;
        assert_eq!(disturbed.as_deref(), Some("generator.disturbed"));
        assert_eq!(verdict("", &[], 1), Verdict::Fail);
        assert_eq!(verdict("", &[Met, AtRisk], 1), Verdict::Pass);
        assert_eq!(verdict("", &[Met, Broken], 0), Verdict::Fail);
        assert_eq!(verdict("", &[Undecided, Broken], 0), Verdict::Fail);
        assert_eq!(verdict("", &[Met, Undecided], 0), Verdict::Undecided);
        assert_eq!(verdict("empty", &[], 0), Verdict::Undecided);
        assert_eq!(verdict("empty", &[Met], 0), Verdict::Undecided);
        assert_eq!(verdict("empty", &[Broken], 0), Verdict::Undecided);
        assert_eq!(verdict("limited", &[Met], 60), Verdict::Fail);
        assert_eq!(verdict("unsound", &[Broken], 0), Verdict::Invalid);
        assert_eq!(verdict("fault", &[Met], 0), Verdict::Error);
        assert_eq!(verdict("stopped", &[Met], 0), Verdict::Pass);
        assert_eq!(verdict("cut short", &[Met], 0), Verdict::Undecided);
        assert_eq!(verdict("cut short", &[], 0), Verdict::Undecided);
        assert_eq!(verdict("cut short", &[], 1), Verdict::Fail);
        assert_eq!(verdict("left alone", &[Met], 0), Verdict::Undecided);
        assert_eq!(verdict("left alone", &[Broken], 0), Verdict::Fail);
        assert_eq!(verdict("cut short", &[Met, Broken], 0), Verdict::Fail);
        assert_eq!(
            judge("unsound", &[], 0).unsound.as_deref(),
            Some("users.failed")
        );
        assert_eq!(judge("", &[Broken], 0).unsound, None);
    }
}
