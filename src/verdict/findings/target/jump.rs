use crate::model::{clock_text, latency_text};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::data::estimators::{change_point, median};
use crate::verdict::findings::data::points::Point;
use crate::verdict::findings::data::readings;
use crate::verdict::findings::data::shift::shift;
use crate::verdict::findings::wording::{finding, span};
use crate::verdict::{Figure, Finding};

/// Rows on either side of a jump, at least.
const ROWS_MIN: usize = 3;
/// Requests on either side, at least.
const REQUESTS_MIN: u64 = 30;
/// The least rise that matters: the lower end of its interval as a factor, and
/// absolutely.
const FACTOR_MIN: f64 = 1.25;
const RISE_MIN_US: f64 = 10_000.0;

/// A jump of the median that lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Jump {
    pub(crate) begin_s: f64,
    pub(crate) at_s: f64,
    pub(crate) end_s: f64,
    /// Medians of the rows' medians before and after, in microseconds.
    pub(super) low_us: f64,
    pub(super) high_us: f64,
    /// The factor is at least this, with 99 % confidence.
    factor_min: f64,
}

/// A jump of the median at steady load that lasted, if it is beyond chance and
/// matters.
pub(crate) fn latency_jump(steady: &[Point]) -> Option<Jump> {
    let timed: Vec<(&Point, f64)> = steady
        .iter()
        .filter_map(|point| Some((point, point.p50_us?)))
        .collect();
    let logs: Vec<f64> = timed.iter().map(|(_, us)| us.max(1.0).ln()).collect();
    let at = change_point(&logs)?;
    let (before, after) = timed.split_at(at);
    let enough = |side: &[(&Point, f64)]| {
        let requests: u64 = side.iter().map(|(point, _)| point.requests).sum();
        side.len() >= ROWS_MIN && requests >= REQUESTS_MIN
    };
    if !enough(before) || !enough(after) {
        return None;
    }
    let level = |side: &[(&Point, f64)]| median(side.iter().map(|(_, us)| *us));
    let (low, high) = (level(before)?, level(after)?);
    let shift = shift(&logs[..at], &logs[at..])?;
    let factor_min = (shift.difference - shift.margin).exp();
    if !shift.is_certain || factor_min < FACTOR_MIN || high - low < RISE_MIN_US {
        return None;
    }
    // A step has nearly all values on their side, and happens at once.
    let middle = (low * high).sqrt();
    let below = before.iter().filter(|(_, us)| *us < middle).count();
    let above = after.iter().filter(|(_, us)| *us > middle).count();
    let apart = below * 10 >= before.len() * 9 && above * 10 >= after.len() * 9;
    let near = level(&before[before.len() - ROWS_MIN..])?.max(1.0).ln();
    let then = level(&after[..ROWS_MIN])?.max(1.0).ln();
    let at_once = then - near >= 0.6 * (high / low).ln();
    (apart && at_once).then_some(Jump {
        begin_s: before.first()?.0.start_s,
        at_s: after.first()?.0.start_s,
        end_s: after.last()?.0.end_s,
        low_us: low,
        high_us: high,
        factor_min,
    })
}

impl Jump {
    /// In words.
    pub(crate) fn said(&self, case: &Case<'_>) -> Finding {
        let Self {
            begin_s,
            at_s,
            end_s,
            low_us,
            high_us,
            factor_min,
        } = *self;
        let text = format!(
            "the median jumped from {} to {} at {}, at constant load",
            latency_text(low_us),
            latency_text(high_us),
            clock_text(at_s)
        );
        let moved = readings::between(case, (begin_s, at_s), (at_s, end_s));
        let mut evidence = vec![
            format!("{}: median {}", span(begin_s, at_s), latency_text(low_us)),
            format!("{}: median {}", span(at_s, end_s), latency_text(high_us)),
            format!("at least {factor_min:.2} times as long (99% confidence)"),
        ];
        evidence.extend(readings::lines_of_moved(&moved));
        let mut figures = vec![
            Figure::new("p50_before", low_us, "us"),
            Figure::new("p50_after", high_us, "us"),
            Figure::new("factor_min", factor_min, ""),
            Figure::new("at", at_s, "s"),
        ];
        figures.extend(readings::figures(&moved));
        Finding {
            evidence,
            figures,
            range_s: Some((at_s, end_s)),
            ..finding("target.latency_jump", text, ADVICE)
        }
    }
}

pub(crate) const ADVICE: &str = "Look for what fills up during the run: 1. application memory (leak, swapping, garbage collection); 2. background worker queues; 3. slow queries and growing tables; 4. database connections: SELECT count(*) FROM pg_stat_activity. Add probes for these to see which changes first.";
