//! What a run has to be called: worked out from what the lab counted and from
//! what was configured, never from what the program said.
//!
//! The rules are those of `docs/metrics.md`. Where they leave a choice, and where
//! the lab's counters are too close to a threshold, several verdicts are right.

use std::collections::BTreeSet;
use std::time::Duration;

use super::case::{Case, Disturbance, Effect, ExpectedTimes, Obstacle};
use super::causes::Cause;
use super::criterion::Criterion;
use super::outcome::{Counters, Verdict};
use super::scenario::Load;

/// What a run has to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// The verdicts that are right.
    pub(crate) verdicts: BTreeSet<Verdict>,
    /// What has to be named.
    pub(crate) expected_cause: ExpectedCause,
}

/// What has to be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExpectedCause {
    /// Nothing.
    Nothing,
    /// This, or nothing.
    Perhaps(Cause),
    /// This.
    Certainly(Cause),
}

/// What may be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Possible {
    yes: bool,
    no: bool,
}

/// How a criterion may stand at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PossibleStatus {
    met: bool,
    broken: bool,
    undecided: bool,
}

/// The longest gap of a generator that a run may get over.
const GAP_MAX: Duration = Duration::from_secs(1);
/// The share of planned starts that have to take place.
const DELIVERED: f64 = 0.99;
/// Fewer failures than this may lie on the far side of the stop.
const FEW: u64 = 3;
/// What may be said of a name at all.
const FEWEST_ANSWERS: u64 = 20;

/// Labels a run.
pub(crate) fn label(case: &Case, lab: &Counters) -> Label {
    Label {
        verdicts: verdicts(case, lab),
        expected_cause: expected_cause(case, lab),
    }
}

fn expected_cause(case: &Case, lab: &Counters) -> ExpectedCause {
    let cause = case.truth.cause;
    if cause.ids().right.is_empty() {
        return ExpectedCause::Nothing;
    }
    let shows = match case.truth.effect {
        Effect::None => return ExpectedCause::Nothing,
        Effect::Perhaps => false,
        Effect::Certain => true,
        Effect::Status(status) => {
            let count = lab.with_status(|other| other == status);
            count >= FEWEST_ANSWERS && count * 20 >= lab.answered
        }
        Effect::Undelivered => !delivered(case, lab).yes,
    };
    if shows {
        ExpectedCause::Certainly(cause)
    } else {
        ExpectedCause::Perhaps(cause)
    }
}

fn verdicts(case: &Case, lab: &Counters) -> BTreeSet<Verdict> {
    match case.truth.obstacle {
        Obstacle::None => {}
        Obstacle::NoUserStarts | Obstacle::NoTarget => return BTreeSet::from([Verdict::Invalid]),
        Obstacle::TargetGoes => return BTreeSet::from([Verdict::Fail]),
        Obstacle::NothingAsked => return BTreeSet::from([Verdict::Undecided]),
    }
    // What was not selected and ran all the same.
    if case.scenario.has_other_class && lab.of_other_class() > 0 {
        return BTreeSet::from([Verdict::Invalid]);
    }
    match case.disturbance {
        Disturbance::Stop(length) if length > GAP_MAX => {
            return BTreeSet::from([Verdict::Invalid]);
        }
        _ => {}
    }
    let invalid = measures_the_door(case, lab);
    let mut verdicts = BTreeSet::new();
    if invalid.no {
        verdicts = of_the_target(case, lab);
    }
    if invalid.yes {
        verdicts.insert(Verdict::Invalid);
    }
    if is_disturbed(case, lab) {
        verdicts.insert(Verdict::Invalid);
    }
    verdicts
}

/// Whether most answers are of the door, or too many errors pass for successes.
fn measures_the_door(case: &Case, lab: &Counters) -> Possible {
    let answers = lab.task_answers();
    if answers < FEWEST_ANSWERS {
        return Possible::NO;
    }
    let accepts = |wanted: fn(u16) -> bool| {
        let mut asks = case.scenario.asks.iter();
        asks.any(|ask| ask.accepts.iter().any(|status| wanted(*status)))
    };
    let (errors, successes) = (
        accepts(|status| status >= 400),
        accepts(|status| status < 400),
    );
    if errors && !successes {
        // An intent.
        return Possible::NO;
    }
    let share = |is: fn(u16) -> bool| ratio(lab.with_status(is), answers);
    let mut may = above(share(|status| matches!(status, 401 | 403 | 404)), 0.5, 0.05);
    let limited = above(
        share(|status| matches!(status, 401 | 403 | 404 | 429)),
        0.5,
        0.05,
    );
    if limited.yes && !may.yes && !case.truth.rises {
        // Whether a limit was met from the first answers on is the program's to tell.
        may = Possible::EITHER;
    }
    if errors && successes {
        let accepted = above(share(|status| status >= 400), 0.2, 0.03);
        may = Possible {
            yes: may.yes || accepted.yes,
            no: may.no && accepted.no,
        };
    }
    may
}

/// What is right where the run measured its target.
fn of_the_target(case: &Case, lab: &Counters) -> BTreeSet<Verdict> {
    let scenario = &case.scenario;
    let standings: Vec<PossibleStatus> = scenario
        .criteria
        .iter()
        .map(|criterion| standing(*criterion, case, lab))
        .collect();
    let failed = failed(case, lab);
    let has_failed = Possible {
        yes: failed > 0,
        no: failed < FEW,
    };
    let is_broken = if standings.is_empty() {
        has_failed
    } else {
        Possible {
            yes: standings.iter().any(|standing| standing.broken),
            no: standings
                .iter()
                .all(|standing| standing.met || standing.undecided),
        }
    };
    let is_judged = !scenario.accepts_undelivered
        && !scenario
            .criteria
            .iter()
            .any(|criterion| criterion.is_of_delivery());
    let delivered = if is_judged {
        delivered(case, lab)
    } else {
        Possible::YES
    };
    let mut verdicts = BTreeSet::new();
    if is_broken.yes {
        verdicts.insert(Verdict::Fail);
    }
    if is_broken.no {
        if delivered.no || standings.iter().any(|standing| standing.undecided) {
            verdicts.insert(Verdict::Undecided);
        }
        if delivered.yes && standings.iter().all(|standing| standing.met) {
            verdicts.insert(Verdict::Pass);
        }
    }
    verdicts
}

/// Whether the disturbance may be too much for what is judged.
fn is_disturbed(case: &Case, lab: &Counters) -> bool {
    case.scenario
        .criteria
        .iter()
        .any(|criterion| match *criterion {
            Criterion::Service { quantile, below_ms } => match case.disturbance {
                // Slices of other programs take some milliseconds.
                Disturbance::Hog => below_ms < 50.0,
                Disturbance::Stop(length) => {
                    below_ms < length.as_secs_f64() * 1e3 + 100.0
                        && in_flight(case) / float(lab.tasks().max(1)) > (1.0 - quantile) / 2.0
                }
                _ => false,
            },
            Criterion::Response { quantile, below_ms } => match case.disturbance {
                Disturbance::Hog => below_ms < 50.0,
                Disturbance::Stop(_) => late_starts(case, lab, below_ms) > (1.0 - quantile) / 2.0,
                _ => false,
            },
            _ => false,
        })
}

/// Requests that are under way at a time, at most.
fn in_flight(case: &Case) -> f64 {
    let answered_s = match case.truth.times {
        ExpectedTimes::Below(ms) => ms / 1e3,
        _ => 1.0,
    };
    let planned = case.scenario.plan().map(|plan| plan.last_rate * answered_s);
    planned.or(case.scenario.users()).unwrap_or(0.0)
}

/// The share of starts that a stop of the generator makes so late.
fn late_starts(case: &Case, lab: &Counters, by_ms: f64) -> f64 {
    let Disturbance::Stop(length) = case.disturbance else {
        return 0.0;
    };
    let rate = case.scenario.plan().map_or(0.0, |plan| plan.last_rate);
    let late_s = (length.as_secs_f64() - by_ms / 1e3).max(0.0);
    rate * late_s / float(lab.tasks().max(1))
}

/// Requests whose answer is a failure.
fn failed(case: &Case, lab: &Counters) -> u64 {
    let asks = &case.scenario.asks;
    let is_wanted = |status| asks.iter().any(|ask| ask.accepts.contains(&status));
    lab.with_status(|status| status >= 400 && !is_wanted(status))
}

fn standing(criterion: Criterion, case: &Case, lab: &Counters) -> PossibleStatus {
    match criterion {
        Criterion::Success(least) => {
            let share = 1.0 - ratio(failed(case, lab), lab.answered);
            // Nothing is rounded at either end.
            let margin = if least >= 1.0 { 0.0 } else { 0.003 };
            met_if(above(share, least - 1e-9, margin))
        }
        Criterion::Rps(least) => {
            let (seconds, margin) = match case.truth.lasts_s {
                Some(seconds) => (Some(seconds), 0.4),
                None => (case.scenario.run_s, 0.08),
            };
            let rate = seconds.map_or(0.0, |seconds| float(lab.answered) / seconds);
            met_if(above(rate, least, least * margin))
        }
        Criterion::Service { quantile, below_ms } => {
            of_times(case.truth.times, quantile, below_ms, lab.answered)
        }
        // What was late for a stop of the generator is not the target's.
        Criterion::Response { quantile, below_ms } => {
            of_times(case.truth.times, quantile, below_ms, lab.tasks())
        }
        Criterion::Delivered(least) | Criterion::Dropped(least) => {
            let least = match criterion {
                Criterion::Dropped(most) => 1.0 - most,
                _ => least,
            };
            let (low, high) = delivered_share(case, lab).unwrap_or((1.0, 1.0));
            PossibleStatus {
                met: high >= least - 0.01,
                broken: low < least + 0.01,
                undecided: false,
            }
        }
    }
}

/// A quantile's criterion, by what is known of the times.
fn of_times(times: ExpectedTimes, quantile: f64, below_ms: f64, samples: u64) -> PossibleStatus {
    let beyond = 1.0 - quantile;
    let needed = 10.0 / beyond;
    let is_few = above(-float(samples), -needed, needed * 0.15);
    let either = PossibleStatus {
        met: is_few.no,
        broken: true,
        undecided: is_few.yes,
    };
    let met = PossibleStatus {
        met: is_few.no,
        broken: false,
        undecided: is_few.yes,
    };
    match times {
        ExpectedTimes::Below(ms) if ms <= below_ms * 0.7 => met,
        ExpectedTimes::AtMost(share, ms) if ms <= below_ms * 0.7 && share <= beyond * 0.5 => met,
        ExpectedTimes::AtLeast(share, ms) if ms >= below_ms * 1.15 && share >= beyond * 1.5 => {
            // Half of them, or far more than chance allows, break it at once.
            let is_beyond_doubt = share >= 0.5 && float(samples) * share >= 10.0;
            PossibleStatus {
                met: false,
                broken: true,
                undecided: is_few.yes && !is_beyond_doubt,
            }
        }
        _ => either,
    }
}

/// Whether at least 99 % of the plan took place.
fn delivered(case: &Case, lab: &Counters) -> Possible {
    let Some((low, high)) = delivered_share(case, lab) else {
        return Possible::YES;
    };
    Possible {
        yes: high >= DELIVERED - 0.005,
        no: low < DELIVERED + 0.004,
    }
}

/// The least and the highest share of the plan that took place, for all that
/// the lab can tell: what waited in the last second, or as long as an answer
/// takes, is neither delivered nor not.
fn delivered_share(case: &Case, lab: &Counters) -> Option<(f64, f64)> {
    let plan = case.scenario.plan()?;
    let grace_s = match case.truth.times {
        ExpectedTimes::Below(ms) | ExpectedTimes::AtLeast(_, ms) => (ms / 1e3 * 1.5).max(1.0),
        // It may be a small part that takes longer.
        ExpectedTimes::AtMost(..) | ExpectedTimes::Unknown => 2.0,
    };
    let started = float(lab.tasks());
    // Random arrivals are not as many as their rate says.
    let spread = match case.scenario.load {
        Load::Open { poisson: true, .. } => 4.0 * plan.starts.sqrt(),
        _ => 2.0,
    };
    // A paced user owes one start at the end, and begins its plan when it has logged in.
    let owed = case.scenario.users().map_or(0.0, |users| users * 1.5);
    let unfinished = plan.last_rate * grace_s + owed;
    let high = started / (plan.starts - unfinished - spread).max(1.0);
    let low = started / (plan.starts + spread);
    let is_whole = started + owed + spread >= plan.starts;
    Some((if is_whole { 1.0 } else { low.min(1.0) }, high.min(1.0)))
}

impl Possible {
    const YES: Self = Self {
        yes: true,
        no: false,
    };
    const NO: Self = Self {
        yes: false,
        no: true,
    };
    const EITHER: Self = Self {
        yes: true,
        no: true,
    };
}

/// Whether a figure is above a threshold; within the margin it may or may not be.
fn above(figure: f64, threshold: f64, margin: f64) -> Possible {
    Possible {
        yes: figure >= threshold - margin,
        no: figure < threshold + margin,
    }
}

fn met_if(may: Possible) -> PossibleStatus {
    PossibleStatus {
        met: may.yes,
        broken: may.no,
        undecided: false,
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    float(part) / float(whole.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "numbers of requests of seconds")]
fn float(count: u64) -> f64 {
    count as f64
}
