//! Rows as points to calculate with.

use crate::stats::Row;
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::float;

/// A row with users or planned starts in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    /// Start and end, in seconds since the start of the run.
    pub(crate) start_s: f64,
    pub(crate) end_s: f64,
    /// What was asked of the target: users, or task starts planned a second.
    pub(crate) load: f64,
    /// Samples, and those that failed.
    pub(crate) requests: u64,
    pub(crate) failures: u64,
    /// Per second: samples, and successes.
    pub(crate) rate: f64,
    pub(crate) ok_rate: f64,
    /// Median and mean service time in microseconds; `None` without samples.
    pub(crate) p50_us: Option<f64>,
    pub(crate) mean_us: Option<f64>,
    /// The shortest service time.
    pub(crate) fastest_us: Option<f64>,
    /// Requests that wait for their answer at its end.
    pub(crate) in_flight: f64,
    /// Task starts that were planned, and begun.
    pub(crate) scheduled: f64,
    pub(crate) started: f64,
}

/// Whether the load is a rate of task starts.
pub(crate) fn is_open(case: &Case<'_>) -> bool {
    case.rows().iter().any(|row| row.scheduled > 0)
}

/// The rows in which there was load.
pub(crate) fn points(case: &Case<'_>) -> Vec<Point> {
    let open = is_open(case);
    let points = case.rows().iter().map(|row| point(row, open));
    points.filter(|point| point.load > 0.0).collect()
}

fn point(row: &Row, open: bool) -> Point {
    let width_s = float(row.width_s.max(1));
    let per_second = |count: u64| float(count) / width_s;
    let load = if open {
        per_second(row.scheduled)
    } else {
        float(row.users)
    };
    Point {
        start_s: float(row.end_s.saturating_sub(row.width_s)),
        end_s: float(row.end_s),
        load,
        requests: row.requests,
        failures: row.failures,
        rate: per_second(row.requests),
        ok_rate: per_second(row.requests.saturating_sub(row.failures)),
        p50_us: row.service.p50_us.map(float),
        mean_us: (row.requests > 0).then(|| float(row.sum_us) / float(row.requests)),
        fastest_us: row.fastest_us.map(float),
        in_flight: float(row.in_flight),
        scheduled: per_second(row.scheduled),
        started: per_second(row.started),
    }
}

/// The longest stretch in which the load stays within 5 % of its start and
/// no operator or timeline changed anything; the first of several.
pub(crate) fn steady<'p>(points: &'p [Point], changed_s: &[f64]) -> &'p [Point] {
    let mut longest = 0..0;
    let mut begin = 0;
    for (at, point) in points.iter().enumerate() {
        let first = points[begin].load;
        // A row with a change in it belongs to neither side.
        let before_s = points[at.saturating_sub(1)].start_s;
        let mut changes = changed_s.iter();
        let is_changed = changes.any(|at_s| (before_s..point.end_s).contains(at_s));
        if is_changed || (point.load - first).abs() > first * 0.05 {
            begin = at;
        }
        if at + 1 - begin > longest.len() {
            longest = begin..at + 1;
        }
    }
    &points[longest]
}
