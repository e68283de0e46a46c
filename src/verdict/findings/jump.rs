use super::points::Point;
use super::robust::{change_point, median};
use super::words::{finding, time};
use crate::verdict::Finding;

/// Rows on either side of a jump, at least.
const ROWS_MIN: usize = 3;
/// Requests on either side, at least.
const REQUESTS_MIN: u64 = 30;
/// By how much the median has to change.
const FACTOR: f64 = 2.0;
const RISE_MIN_US: f64 = 10_000.0;

/// A jump of the median at steady load that lasted.
pub(super) fn latency_jump(steady: &[Point]) -> Option<Finding> {
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
    if high < low * FACTOR || high - low < RISE_MIN_US {
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
    if !apart || !at_once {
        return None;
    }
    let (begin_s, end_s) = (after.first()?.0.start_s, after.last()?.0.end_s);
    let text = format!(
        "the median jumped from {} to {} after {begin_s:.0} s, at the same load",
        time(low),
        time(high)
    );
    Some(Finding {
        evidence: vec![
            format!(
                "{:.0} s to {begin_s:.0} s: median {}",
                before.first()?.0.start_s,
                time(low)
            ),
            format!("{begin_s:.0} s to {end_s:.0} s: median {}", time(high)),
        ],
        range_s: Some((begin_s, end_s)),
        ..finding("target.latency_jump", text, ADVICE)
    })
}

pub(super) const ADVICE: &str = "Look at what fills up while the run goes on: 1. memory of the application (a leak, or swapping and garbage collection); 2. queues of background workers, for example docker logs NAME | grep queue for Celery; 3. slow queries, by profiling them and by the size of the tables; 4. connections of the database: SELECT count(*) FROM pg_stat_activity. Probes of these during the next run show which one moves first.";
