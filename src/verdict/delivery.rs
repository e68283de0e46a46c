//! The delivery check: was the planned load delivered, and if not, why.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{
    Criteria, Criterion, Metric, Selector, UndeliveredRule, count_text, latency_text, number_text,
    percent_text,
};
use crate::stats::Delivery;
use crate::verdict::findings::wording::float;
use crate::verdict::{Figure, Finding, Remark};

/// The least part of a plan that has to be delivered.
const DELIVERED_MIN: f64 = 0.99;

/// A plan of task starts with its counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// The user classes that it is about.
    pub name: String,
    /// The kind of plan.
    pub kind: PlanKind,
    /// All starts since the beginning or the last reset.
    pub counts: Delivery,
    /// Those of the seconds that are judged.
    pub judged: Delivery,
    /// How many of the judged ones the generator gave up by itself, about.
    #[serde(default)]
    pub own: f64,
    /// By what it is judged.
    #[serde(default)]
    pub rule: DeliveryRule,
}

/// A kind of plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// A rate, whatever the answers take.
    Arrivals {
        /// The most users.
        max_users: u32,
        /// The most starts that wait for one.
        queue: u32,
    },
    /// A period for each user.
    Pacing,
}

/// By what an undelivered plan is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryRule {
    /// By default: at least `DELIVERED_MIN` of each plan.
    #[default]
    Judged,
    /// By criteria that are about it, or by the search for the limit.
    ByCriteria,
    /// Not at all: `load: {undelivered: accept}`.
    Accepted,
}

impl DeliveryRule {
    /// By what a plan of these user classes is judged under these criteria. One on
    /// something else, such as drops of starts that can only be missed, leaves the
    /// plan to the default.
    #[must_use]
    pub fn of(criteria: &Criteria, name: &str, kind: PlanKind) -> Self {
        let is_about = |criterion: &Criterion| {
            let is_selected = match &criterion.of {
                Selector::Class(class) => class == name,
                _ => true,
            };
            is_selected
                && match criterion.metric {
                    Metric::Delivered => true,
                    Metric::Dropped(_) => kind != PlanKind::Pacing,
                    Metric::Missed(_) => kind == PlanKind::Pacing,
                    _ => false,
                }
        };
        match criteria.undelivered {
            UndeliveredRule::Accept => Self::Accepted,
            UndeliveredRule::Judge if criteria.list.iter().any(is_about) => Self::ByCriteria,
            UndeliveredRule::Judge => Self::Judged,
        }
    }
}

/// Why a plan was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// The generator was too slow.
    Generator,
    /// All users of an open load were busy.
    MaxUsers,
    /// Tasks took longer than the period.
    Target,
    /// Requests waited for `max_rps`.
    MaxRps,
    /// Users could not start.
    OnStart,
    /// The script had no use for the starts.
    Script,
}

/// A plan that was not delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Undelivered {
    /// The plan.
    pub line: PlanLine,
    /// Why.
    pub culprit: Culprit,
}

/// The judged plan of which the least was delivered, if that is too little.
#[must_use]
pub fn undelivered(lines: &[PlanLine]) -> Option<Undelivered> {
    let share = |line: &PlanLine| line.judged.delivered().unwrap_or(1.0);
    let judged = lines
        .iter()
        .filter(|line| line.rule == DeliveryRule::Judged);
    let worst = judged.min_by(|a, b| share(a).total_cmp(&share(b)))?;
    (share(worst) < DELIVERED_MIN).then(|| Undelivered {
        line: worst.clone(),
        culprit: culprit(worst, &worst.judged),
    })
}

/// Finds the main cause of undelivered starts.
fn culprit(line: &PlanLine, counts: &Delivery) -> Culprit {
    let given_up = counts.undelivered();
    let is_most = |count: u64| count * 2 >= given_up;
    if line.own * 2.0 > float(given_up) {
        Culprit::Generator
    } else if is_most(counts.by_max_rps) {
        Culprit::MaxRps
    } else if is_most(counts.by_on_start) {
        Culprit::OnStart
    } else if is_most(counts.dropped_script) {
        Culprit::Script
    } else if line.kind == PlanKind::Pacing {
        Culprit::Target
    } else {
        Culprit::MaxUsers
    }
}

impl Undelivered {
    /// Why the run cannot pass, in one sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        let what = delivered_text(&self.line, &self.line.judged);
        let who = who(&self.line, self.culprit, None);
        format!("the planned load was not delivered: {what}; {who}")
    }
}

/// A finding for each plan that was not delivered, unless that is accepted, in
/// judged seconds or not.
pub(super) fn findings(lines: &[PlanLine], is_missed: bool, p50_us: Option<u64>) -> Vec<Finding> {
    let found = lines.iter().filter(|line| line.is_found(is_missed));
    found.map(|line| finding(line, p50_us)).collect()
}

impl PlanLine {
    /// Whether too little of it was delivered for what is asked; `is_missed` is
    /// whether a criterion about that is broken.
    fn is_found(&self, is_missed: bool) -> bool {
        match self.rule {
            DeliveryRule::Judged => {
                let delivered = self.counts.delivered();
                delivered.is_some_and(|part| part < DELIVERED_MIN)
            }
            DeliveryRule::ByCriteria => is_missed && self.counts.undelivered() > 0,
            DeliveryRule::Accepted => false,
        }
    }
}

fn finding(line: &PlanLine, p50_us: Option<u64>) -> Finding {
    let culprit = culprit(line, &line.counts);
    let counts = &line.counts;
    let told = [
        (
            "dropped_queue",
            counts.dropped_queue,
            "dropped: no user was free and the queue was full",
        ),
        (
            "dropped_stop",
            counts.dropped_stop,
            "still waiting when the run ended",
        ),
        (
            "dropped_script",
            counts.dropped_script,
            "dropped by the scenario: no data, no eligible task, or the user ended",
        ),
        (
            "missed",
            counts.missed,
            "missed: the user was still busy with its previous task",
        ),
        (
            "by_max_rps",
            counts.by_max_rps,
            "of these: while requests waited for `max_rps`",
        ),
        (
            "by_on_start",
            counts.by_on_start,
            "of these: while no user could start",
        ),
    ];
    let told = || told.iter().filter(|(_, count, _)| *count > 0);
    let all = [("planned", counts.decided()), ("started", counts.started)];
    let parts = told().map(|(key, count, _)| (*key, *count));
    let figures = all.into_iter().chain(parts);
    Finding {
        id: Cow::Borrowed(match culprit {
            Culprit::Generator => "generator.undelivered",
            Culprit::MaxUsers => "load.max_users",
            Culprit::Target => "load.target",
            Culprit::MaxRps => "load.max_rps",
            Culprit::OnStart => "load.on_start",
            Culprit::Script => "load.script",
        }),
        text: format!(
            "{}: {}",
            delivered_text(line, counts),
            who(line, culprit, p50_us)
        ),
        evidence: told()
            .map(|(_, count, what)| format!("{count} {what}"))
            .collect(),
        figures: figures
            .map(|(key, count)| Figure::count(key, count).of(&line.name))
            .collect(),
        advice: advice(line, culprit),
        range_s: None,
    }
}

/// Notes on plans that were nearly delivered, and on the rule in force.
pub(super) fn remarks(lines: &[PlanLine], is_missed: bool) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let remark = |id, text| Remark {
        id: Cow::Borrowed(id),
        text,
    };
    for line in lines {
        let counts = &line.counts;
        if counts.undelivered() > 0 && !line.is_found(is_missed) {
            let text = format!(
                "{} of {} planned task starts of {} did not happen: {} dropped, {} missed",
                counts.undelivered(),
                counts.decided(),
                line.name,
                counts.dropped(),
                counts.missed
            );
            remarks.push(remark("load.undelivered", text));
        }
    }
    if lines.iter().any(|line| line.rule == DeliveryRule::Accepted) {
        let text = "undelivered load is not judged (`undelivered: accept`)";
        remarks.push(remark("load.accepted", text.to_owned()));
    }
    remarks
}

fn delivered_text(line: &PlanLine, counts: &Delivery) -> String {
    format!(
        "{} of {} planned task starts of {} happened ({})",
        counts.started,
        counts.decided(),
        line.name,
        percent_text(floor_share(counts))
    )
}

/// The share delivered; never rounded up to all of it.
fn floor_share(counts: &Delivery) -> f64 {
    (counts.delivered().unwrap_or(1.0) * 1_000.0).floor() / 1_000.0
}

fn who(line: &PlanLine, culprit: Culprit, p50_us: Option<u64>) -> String {
    let took = p50_us.map_or_else(String::new, |us| {
        format!(" (median service time {})", latency_text(us))
    });
    match (culprit, line.kind) {
        (Culprit::Generator, _) => "the load generator could not start the rest in time".to_owned(),
        (Culprit::MaxRps, _) => {
            "the rest was held back by `max_rps` or --max-rps; raise it or lower the load"
                .to_owned()
        }
        (Culprit::OnStart, _) => "users could not start because `on_start` failed".to_owned(),
        (Culprit::Script, _) => {
            "the scenario had no data, no eligible task or no user for the rest".to_owned()
        }
        (_, PlanKind::Arrivals { max_users, .. }) => {
            let users = match max_users {
                1 => "the only user was busy".to_owned(),
                count => format!("all {count} users were busy"),
            };
            format!(
                "{users}{took}; raise `max_users`{}, or the target is too slow for this rate",
                needed(&line.counts, Some(max_users))
            )
        }
        (_, PlanKind::Pacing) => format!(
            "tasks took longer than their pacing{took}; the target is too slow for it, or use more users with a longer pacing{}",
            needed(&line.counts, None)
        ),
    }
}

/// The number of users that the plan needs at the present pace.
fn needed(counts: &Delivery, max_users: Option<u32>) -> String {
    let Some(delivered) = counts.delivered().filter(|share| *share > 0.0) else {
        return String::new();
    };
    match max_users {
        Some(users) => format!(
            " to about {}",
            count_text((f64::from(users) / delivered).ceil())
        ),
        None => format!(" ({} times as many)", number_text(1.0 / delivered)),
    }
}

fn advice(line: &PlanLine, culprit: Culprit) -> String {
    let advice = match (culprit, line.kind) {
        (Culprit::Generator, _) => {
            "Give the generator more cores, close other programs, or lower the load."
        }
        (Culprit::MaxRps, _) => "Raise `max_rps` (or `--max-rps`), or lower the load.",
        (Culprit::OnStart, _) => "Find out why `on_start` fails; `swarmdeck try` shows each step.",
        (Culprit::Script, _) => {
            "Add rows or set `at_end: again`, and make sure that a task is always eligible."
        }
        (_, PlanKind::Arrivals { .. }) => {
            "Raise `max_users`. If more users only wait longer, the target cannot serve this rate: find the bottleneck, or lower the rate. To allow dropped starts, add a criterion such as `delivered >= 90%`."
        }
        (_, PlanKind::Pacing) => {
            "Use more users with a longer pacing, or find out why tasks take so long. To allow missed starts, add a criterion such as `missed < 5%`."
        }
    };
    advice.to_owned()
}
