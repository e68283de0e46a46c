//! Saturation: more is asked, no more is answered, and the answers take longer.

use crate::model::{latency_text, percent_text, plural};
use crate::verdict::answers::{NameAnswers, RATE_LIMIT, is_turned_away};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::data::estimators::median;
use crate::verdict::findings::data::points::{Point, is_open};
use crate::verdict::findings::wording::{finding, rate, share, span};
use crate::verdict::{Figure, Finding};

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
/// Answers take about as long where the fastest takes this part of the median.
const AS_LONG: f64 = 0.5;
/// At least this part of the first answers' throughput is left in a queue; users
/// may have logged in among the first.
const STILL_ANSWERED: f64 = 0.5;
/// The part of the users that wait for an answer where they are too many.
const WAITING: f64 = 0.5;
/// Throughput is the same within this part, and within what chance does to
/// counts: so many standard deviations.
const SAME: f64 = 0.15;
const DEVIATIONS: f64 = 2.0;

/// A limit that was met: what was measured before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) before: Level,
    pub(crate) after: Level,
    pub(crate) is_open: bool,
}

/// The figures at one load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    pub(crate) load: f64,
    /// What counts as throughput, and all samples, per second.
    pub(crate) rate: f64,
    samples: f64,
    p50_us: f64,
    /// Mean over the samples; 0 where it is not known.
    mean_us: f64,
    /// Requests that wait for their answer.
    pub(crate) in_flight: f64,
    failed: f64,
    pub(crate) start_s: f64,
    pub(crate) end_s: f64,
}

/// The rows that are compared.
struct Loads<'p> {
    /// On the way to the highest load.
    lower: Vec<&'p Point>,
    /// When it has been reached.
    full: Vec<&'p Point>,
}

/// The throughput limit of the target, if the run met it.
pub(crate) fn throughput_limit(case: &Case<'_>, points: &[Point]) -> Option<Limit> {
    if was_turned_away(case) {
        return None;
    }
    let totals = case.evidence.totals;
    // Where everything fails, failures are the throughput.
    let by_successes = totals.counts.succeeded * 100 >= totals.all.requests;
    let level = |points: &[&Point]| Level::of(points, by_successes);
    let Loads { lower, full } = loads(points)?;
    let is_open = is_open(case);
    // In the first row users were still coming: its throughput is that of fewer.
    let constant = full.get(usize::from(!is_open)..).unwrap_or_default();
    let third = constant.len() / 3;
    let (first, last) = (&constant[..third], &constant[constant.len() - third..]);
    let climbed = level(first).zip(level(last));
    let limit = if is_open {
        let behind = falls_behind(last) || piles_up(constant);
        climbed.filter(|(first, last)| behind && last.is_slower_than(first, 1.5))
    } else {
        let grown = level(&lower).zip(level(&full));
        let opened = || level(opening(constant)).zip(level(last));
        let waits = |pair: &(Level, Level)| pair.1.is_saturated_by_waiting(&pair.0);
        grown
            .filter(|(less, more)| more.is_saturated_by_growth(less))
            .or_else(|| climbed.filter(waits))
            .or_else(|| opened().filter(waits))
    };
    let (before, after) = limit?;
    Some(Limit {
        before,
        after,
        is_open,
    })
}

/// A load that was more than the target answers from its first second on, so
/// that there is no lower one to compare with: the seconds after it have many
/// answers, and all of them took about as long. That the first of all were much
/// faster is for [`queueing`](crate::verdict::findings::target::queueing::queueing) to see.
pub(crate) fn limit_at_once(case: &Case<'_>, points: &[Point]) -> Option<Level> {
    if is_open(case) || was_turned_away(case) {
        return None;
    }
    let full = loads(points)?.full;
    let first = opening(&full);
    let later = &full[first.len()..];
    let (before, level) = Level::of(first, true).zip(Level::of(later, true))?;
    let is_quick = |point: &&Point| {
        let fastest_us = point.fastest_us;
        fastest_us.is_none_or(|us| us < level.p50_us * AS_LONG)
    };
    // Were the target slower instead, far fewer would be answered.
    let is_answered = level.rate >= before.rate * STILL_ANSWERED;
    let all_wait = level.waiting() >= WAITING && !later.iter().any(is_quick);
    (is_answered && all_wait).then_some(level)
}

/// The first rows in which enough was measured: a queue that fills within
/// seconds is full before a third of the rows is over.
fn opening<'r, 'p>(full: &'r [&'p Point]) -> &'r [&'p Point] {
    let mut requests = 0;
    let enough = full.iter().position(|point| {
        requests += point.requests;
        requests >= REQUESTS_MIN
    });
    let rows = enough.map_or(full.len(), |at| at + 1).max(ROWS_MIN);
    &full[..rows.min(full.len())]
}

/// Whether the run measured a rate limit or login errors instead of the service.
fn was_turned_away(case: &Case<'_>) -> bool {
    let (mut throttled, mut away) = (0, 0);
    for name in NameAnswers::all(&case.evidence) {
        throttled += name.unwanted(|status| status == RATE_LIMIT);
        away += name.unwanted(is_turned_away);
    }
    let answers = case.answers();
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

/// Whether fewer task starts happen than planned.
fn falls_behind(points: &[&Point]) -> bool {
    let sum = |what: fn(&Point) -> f64| -> f64 { points.iter().map(|point| what(point)).sum() };
    sum(|point| point.started) < 0.9 * sum(|point| point.scheduled)
}

/// Whether ever more requests wait, in the second third of the rows and in the
/// last: each begins, but not as many end.
fn piles_up(full: &[&Point]) -> bool {
    let third = full.len() / 3;
    let (before, rest) = full.split_at(full.len() - 2 * third);
    let mut waited = before.last().map_or(0.0, |point| point.in_flight);
    third > 0
        && rest.chunks(third).all(|rows| {
            let scheduled: f64 = rows.iter().map(|point| point.scheduled).sum();
            let waits = rows.last().map_or(0.0, |point| point.in_flight);
            let grown = waits - waited;
            waited = waits;
            grown > 0.1 * scheduled
        })
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
            mean_us: median(points.iter().filter_map(|point| point.mean_us)).unwrap_or_default(),
            in_flight: of(|point| point.in_flight)?,
            failed: share(failures, requests),
            start_s: points.first()?.start_s,
            end_s: points.last()?.end_s,
        })
    }

    /// The part of the users that wait for an answer: those that were seen to,
    /// or as Little's law has it.
    fn waiting(&self) -> f64 {
        let by_law = self.samples * self.p50_us.max(self.mean_us) / 1e6;
        self.in_flight.max(by_law) / self.load
    }

    /// Where the queue is not served in turn, the median says little and the
    /// mean does.
    fn is_slower_than(&self, other: &Self, factor: f64) -> bool {
        let by_mean = other.mean_us > 0.0 && self.mean_us >= other.mean_us * factor;
        by_mean || self.p50_us >= other.p50_us * factor
    }

    /// Whether the difference in throughput may be chance.
    fn answers_as_much_as(&self, other: &Self) -> bool {
        let variance = |level: &Self| level.rate / (level.end_s - level.start_s).max(1.0);
        let chance = DEVIATIONS * (variance(self) + variance(other)).sqrt();
        (self.rate - other.rate).abs() <= other.rate * SAME + chance
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
        let is_same = self.answers_as_much_as(first);
        is_same && self.is_slower_than(first, 2.0) && self.waiting() >= WAITING
    }

    fn figures(&self, keys: [&'static str; 5], is_open: bool) -> [Figure; 5] {
        let [load, rate, p50, in_flight, failed] = keys;
        let unit = if is_open { "per_second" } else { "users" };
        [
            Figure::new(load, self.load, unit),
            Figure::new(rate, self.rate, "per_second"),
            Figure::new(p50, self.p50_us, "us"),
            Figure::new(in_flight, self.in_flight, ""),
            Figure::new(failed, self.failed, "share"),
        ]
    }
}

impl Limit {
    /// In words.
    pub(crate) fn said(&self) -> Finding {
        let Self {
            before,
            after,
            is_open,
        } = self;
        let load = |level: &Level| load_text(level.load, *is_open);
        let text = format!(
            "the target is saturated at {}: {} at {}, {} at {}, while the median went from {} to {}",
            rate(after.rate),
            rate(before.rate),
            load(before),
            rate(after.rate),
            load(after),
            latency_text(before.p50_us),
            latency_text(after.p50_us),
        );
        let line = |level: &Level| {
            format!(
                "{}: {}, {}, median {}, {} failed",
                span(level.start_s, level.end_s),
                load(level),
                rate(level.rate),
                latency_text(level.p50_us),
                percent_text(level.failed),
            )
        };
        let mut figures = Vec::new();
        let keys = [
            "load_before",
            "rate_before",
            "p50_before",
            "in_flight_before",
            "failed_before",
        ];
        figures.extend(before.figures(keys, *is_open));
        let keys = ["load", "rate", "p50", "in_flight", "failed"];
        figures.extend(after.figures(keys, *is_open));
        Finding {
            evidence: vec![line(before), line(after)],
            figures,
            range_s: Some((before.start_s, after.end_s)),
            ..finding("target.throughput_limit", text, ADVICE)
        }
    }
}

/// A load in words: users, or planned task starts.
pub(crate) fn load_text(load: f64, is_open: bool) -> String {
    if is_open {
        format!("{} planned", rate(load))
    } else {
        plural(load.round(), "user", "users")
    }
}

const ADVICE: &str = "More users only wait longer. Find the bottleneck: CPU, database connections, worker processes, locks, an upstream service. Add probes for them and raise the load in steps to see where it starts.";
