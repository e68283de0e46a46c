//! The check that a level is stable.

use crate::model::{latency_text, percent_text};
use crate::stats::Row;
use crate::verdict::findings::data::estimators::{median, trend};
use crate::verdict::findings::wording::{float, rate};

/// Above this a series without trend is improbable (two-sided, 0.05).
const SIGNIFICANT: f64 = 1.96;
/// A change of p95 from the first half to the second that matters.
const P95: f64 = 0.2;
/// A change of p95 below this never does: it is noise.
const NOISE_US: f64 = 1_000.0;
/// A change of throughput that matters.
const THROUGHPUT: f64 = 0.1;
/// So many times the change matters in fewer than eight seconds, of which no
/// trend can be told.
const COARSE: f64 = 3.0;
/// A part of the planned starts that wait more at the end than at the beginning.
const WAITING: f64 = 0.05;

/// Seconds of which a trend can be told.
const TREND_MIN: usize = 8;

/// The course of a stretch at constant load.
#[derive(Clone, Debug, PartialEq)]
pub enum Drift {
    /// It stays as it is, as far as can be said.
    Steady,
    /// It gets better: it recovers from what was before.
    Better,
    /// It gets worse: the load is more than is worked off. How, in words.
    Worse(String),
}

/// Checks the seconds of a stretch at constant load for drift: p95 and throughput,
/// by a trend that is significant (from eight seconds on) and that matters
/// between the medians of both halves, as measured and less what the generator
/// itself was late; and starts of an open load that wait.
#[must_use]
pub fn drift(seconds: &[Row]) -> Drift {
    let p95_us = |own: fn(&Row) -> u64| {
        change(seconds.iter().filter_map(|row| {
            let us = row.service.p95_us?.saturating_sub(own(row));
            Some((float(row.end_s), float(us)))
        }))
    };
    let (p95_us, less_us) = (p95_us(|_| 0), p95_us(|row| row.delay_us));
    let rps = change(seconds.iter().map(|row| {
        let per_second = float(row.requests) / float(row.width_s.max(1));
        (float(row.end_s), per_second)
    }));
    let coarse = if seconds.len() < TREND_MIN {
        COARSE
    } else {
        1.0
    };
    let part = |(from, to): (f64, f64)| match from > 0.0 {
        true => (to / from - 1.0) / coarse,
        false => 0.0,
    };
    let is_worse = |(from, to)| part((from, to)) > P95 && to - from >= NOISE_US;
    // What rises may be how late the generator is.
    let is_the_targets = less_us.is_some_and(is_worse);
    if let Some((from, to)) = p95_us.filter(|it| is_the_targets && is_worse(*it)) {
        return Drift::Worse(format!(
            "p95 rises from {} to {}",
            latency_text(from),
            latency_text(to)
        ));
    }
    if let Some((from, to)) = rps.filter(|it| part(*it) < -THROUGHPUT) {
        return Drift::Worse(format!(
            "throughput falls from {} to {}",
            rate(from),
            rate(to)
        ));
    }
    if let Some(share) = waiting(seconds).filter(|share| *share > WAITING) {
        return Drift::Worse(format!(
            "{} of the task starts are waiting",
            percent_text(share)
        ));
    }
    let is_better =
        p95_us.is_some_and(|it| part(it) < -P95) || rps.is_some_and(|it| part(it) > THROUGHPUT);
    if is_better {
        Drift::Better
    } else {
        Drift::Steady
    }
}

/// The medians of the first and the second half, where there is a trend.
fn change(points: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    let points: Vec<_> = points.collect();
    if points.len() < 2 {
        return None;
    }
    // Of fewer seconds no trend can be told: their halves have to do.
    if trend(&points).is_some_and(|trend| trend.z.abs() < SIGNIFICANT) {
        return None;
    }
    let half = points.len() / 2;
    let of = |points: &[(f64, f64)]| median(points.iter().map(|point| point.1));
    of(&points[..half]).zip(of(&points[points.len() - half..]))
}

/// The part of the planned starts of a stretch that still wait at its end.
fn waiting(seconds: &[Row]) -> Option<f64> {
    let sum = |part: fn(&Row) -> u64| seconds.iter().map(part).sum::<u64>();
    let scheduled = sum(|row| row.scheduled);
    let done = sum(|row| row.started) + sum(|row| row.dropped);
    (scheduled > 0).then(|| float(scheduled.saturating_sub(done)) / float(scheduled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Percentiles;

    fn rows(seconds: u64, row: impl Fn(u64) -> (u64, u64)) -> Vec<Row> {
        let rows = (1..=seconds).map(|end_s| {
            let (requests, p95_us) = row(end_s);
            let service = Percentiles {
                p95_us: Some(p95_us),
                ..Percentiles::default()
            };
            Row {
                end_s,
                width_s: 1,
                requests,
                service,
                ..Row::default()
            }
        });
        rows.collect()
    }

    #[test]
    fn noise_is_steady_and_trends_are_not() {
        let noise = rows(10, |s| (100 + s * 7 % 13, 5_000 + s * 911 % 1_700));
        assert_eq!(drift(&noise), Drift::Steady);
        let slower = drift(&rows(10, |s| (100, 5_000 + s * 500)));
        assert_eq!(
            slower,
            Drift::Worse("p95 rises from 6.50 ms to 9.00 ms".into())
        );
        let fewer = drift(&rows(10, |s| (200 - s * 10, 5_000)));
        assert_eq!(
            fewer,
            Drift::Worse("throughput falls from 170/s to 120/s".into())
        );
        assert_eq!(drift(&rows(10, |s| (100, 9_000 - s * 500))), Drift::Better);
        // A trend that does not matter.
        assert_eq!(drift(&rows(10, |s| (100, 5_000 + s * 50))), Drift::Steady);
        assert_eq!(drift(&[]), Drift::Steady);
    }

    #[test]
    fn what_the_generator_adds_or_the_clock_blurs_is_no_drift_of_the_target() {
        let blurred = rows(4, |s| (100, if s > 2 { 700 } else { 300 }));
        assert_eq!(drift(&blurred), Drift::Steady);
        let mut late = rows(10, |s| (100, 5_000 + s * 500));
        for row in &mut late {
            row.delay_us = row.end_s * 500;
        }
        assert_eq!(drift(&late), Drift::Steady);
        // It rises by more than that.
        for row in &mut late {
            row.delay_us /= 5;
        }
        assert!(matches!(drift(&late), Drift::Worse(_)));
    }

    #[test]
    fn a_few_seconds_are_told_by_their_halves() {
        assert!(matches!(
            drift(&rows(4, |s| (100, s * 1_000))),
            Drift::Worse(_)
        ));
        let noise = rows(4, |s| (100 + s % 2 * 20, 1_000 + s * 100));
        assert_eq!(drift(&noise), Drift::Steady);
        assert_eq!(drift(&rows(4, |_| (100, 1_000))), Drift::Steady);
    }

    #[test]
    fn starts_that_wait_are_no_steady_state() {
        let mut rows = rows(10, |_| (90, 5_000));
        for row in &mut rows {
            (row.scheduled, row.started) = (100, 90);
        }
        let expected = Drift::Worse("10% of the task starts are waiting".into());
        assert_eq!(drift(&rows), expected);
    }
}
