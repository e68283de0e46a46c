//! Saturation: more is asked, no more is answered, and the answers take longer.

use super::case::Case;
use super::points::{Point, is_open, points};
use super::robust::median;
use super::words::{finding, percent, rate, share, time};
use crate::verdict::Finding;

pub(super) const ID: &str = "target.throughput_limit";

/// Rows looked at after the load has been reached: saturation shows in the
/// first twenty seconds or in a later ramp.
const WINDOW: usize = 20;
/// Rows in which a level is measured, at least.
const ROWS_MIN: usize = 2;
/// Requests in which a level is measured, at least.
const REQUESTS_MIN: u64 = 30;
/// Load counts as reached from this part of the highest on.
const REACHED: f64 = 0.8;
/// The load that is compared with it: this part of it.
const LOWER: std::ops::RangeInclusive<f64> = 0.2..=0.6;
/// More answers refused by a rate limit than this part: it is that limit.
const THROTTLED: f64 = 0.1;

/// What was measured at one load.
#[derive(Clone, Copy, Debug)]
struct Level {
    load: f64,
    /// What counts as throughput, and all samples, per second.
    rate: f64,
    samples: f64,
    p50_us: f64,
    failed: f64,
    start_s: f64,
    end_s: f64,
}

/// The rows that are compared.
struct Loads<'p> {
    /// On the way to the highest load.
    lower: Vec<&'p Point>,
    /// When it has been reached.
    full: Vec<&'p Point>,
}

/// The throughput limit of the target, if the run met it.
pub(super) fn throughput_limit(case: &Case<'_>) -> Option<Finding> {
    if was_turned_away(case) {
        return None;
    }
    let totals = case.evidence.totals;
    // Where everything fails, failures are the throughput.
    let by_successes = totals.counts.succeeded * 100 >= totals.all.requests;
    let level = |points: &[&Point]| Level::of(points, by_successes);
    let points = points(case);
    let Loads { lower, full } = loads(&points)?;
    let third = full.len() / 3;
    let (first, last) = (&full[..third], &full[full.len() - third..]);
    let climbed = level(first).zip(level(last));
    let open = is_open(case);
    let limit = if open {
        let behind = falls_behind(last);
        climbed.filter(|(first, last)| behind && last.is_slower_than(first, 1.5))
    } else {
        let grown = level(&lower).zip(level(&full));
        grown
            .filter(|(less, more)| more.is_saturated_by_growth(less))
            .or_else(|| climbed.filter(|(first, last)| last.is_saturated_by_waiting(first)))
    };
    let (before, after) = limit?;
    Some(said(&before, &after, open))
}

/// Whether a rate limit or the door was measured instead of the service.
fn was_turned_away(case: &Case<'_>) -> bool {
    let statuses = &case.evidence.totals.all.statuses;
    let answers = case.answers();
    let throttled = statuses.count(|status| status == 429);
    let away = statuses.count(|status| matches!(status, 401 | 403 | 404));
    share(throttled, answers) > THROTTLED || share(away, answers) > 0.5
}

fn loads(points: &[Point]) -> Option<Loads<'_>> {
    let highest = points.iter().map(|point| point.load).fold(0.0, f64::max);
    let is_reached = |point: &Point| point.load >= highest * REACHED;
    let (before, after) = points.split_at(points.iter().position(is_reached)?);
    let is_lower = |point: &&Point| LOWER.contains(&(point.load / highest));
    let full = after.iter().take_while(|point| is_reached(point));
    Some(Loads {
        lower: before.iter().filter(is_lower).collect(),
        full: full.take(WINDOW).collect(),
    })
}

/// Whether fewer task starts are begun than planned.
fn falls_behind(points: &[&Point]) -> bool {
    let sum = |what: fn(&Point) -> f64| -> f64 { points.iter().map(|point| what(point)).sum() };
    sum(|point| point.started) < 0.9 * sum(|point| point.scheduled)
}

impl Level {
    fn of(points: &[&Point], by_successes: bool) -> Option<Self> {
        let requests: u64 = points.iter().map(|point| point.requests).sum();
        if points.len() < ROWS_MIN || requests < REQUESTS_MIN {
            return None;
        }
        let of = |what: fn(&Point) -> f64| median(points.iter().map(|point| what(point)));
        let failures: u64 = points.iter().map(|point| point.failures).sum();
        Some(Self {
            load: of(|point| point.load)?,
            rate: if by_successes {
                of(|point| point.ok_rate)?
            } else {
                of(|point| point.rate)?
            },
            samples: of(|point| point.rate)?,
            p50_us: median(points.iter().filter_map(|point| point.p50_us))?,
            failed: share(failures, requests),
            start_s: points.first()?.start_s,
            end_s: points.last()?.end_s,
        })
    }

    /// The part of the users that wait for an answer (Little's law).
    fn waiting(&self) -> f64 {
        self.samples * self.p50_us / 1e6 / self.load
    }

    fn is_slower_than(&self, other: &Self, factor: f64) -> bool {
        self.p50_us >= other.p50_us * factor
    }

    /// More users, not nearly as many more answers, and slower ones or more
    /// failures, and it is the target that most of the time is spent with.
    fn is_saturated_by_growth(&self, less: &Self) -> bool {
        let growth = self.load / less.load;
        let flat = self.rate <= less.rate * (1.0 + (growth - 1.0) / 4.0);
        let fails = |level: &Self| level.samples - level.rate;
        let gives_up = self.failed >= 0.2 && fails(self) > fails(less) * 1.25;
        let worse = self.is_slower_than(less, 1.5) || gives_up;
        growth >= 1.5 && flat && worse && self.waiting() >= 0.3
    }

    /// As many users and as many answers, which take ever longer, until all
    /// users wait. Were the target slower instead, there would be fewer answers.
    fn is_saturated_by_waiting(&self, first: &Self) -> bool {
        let flat = (self.rate - first.rate).abs() <= first.rate * 0.15;
        flat && self.is_slower_than(first, 2.0) && self.waiting() >= 0.5
    }
}

fn said(before: &Level, after: &Level, open: bool) -> Finding {
    let asked = |level: &Level| {
        if open {
            format!("{} planned", rate(level.load))
        } else {
            format!("{:.0} users", level.load)
        }
    };
    let text = format!(
        "the target answers {} and no more: at {} it was {}, at {} it is {}, while the median went from {} to {}",
        rate(after.rate),
        asked(before),
        rate(before.rate),
        asked(after),
        rate(after.rate),
        time(before.p50_us),
        time(after.p50_us),
    );
    let line = |level: &Level| {
        format!(
            "{:.0} s to {:.0} s: {}, {}, median {}, {} failed",
            level.start_s,
            level.end_s,
            asked(level),
            rate(level.rate),
            time(level.p50_us),
            percent(level.failed),
        )
    };
    Finding {
        evidence: vec![line(before), line(after)],
        range_s: Some((before.start_s, after.end_s)),
        ..finding(ID, text, ADVICE)
    }
}

const ADVICE: &str = "More users only wait longer. Find what is used up: processor, database connections, worker processes, locks, an upstream. Let probes watch them during the next run, and raise the load in steps to see where it begins.";
