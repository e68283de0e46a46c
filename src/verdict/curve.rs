//! The capacity curve of a run whose load was given in levels.

use crate::model::LoadKind;
use crate::stats::Row;
use crate::verdict::findings::data::estimators::median;
use crate::verdict::findings::wording::{float, share};
use crate::verdict::{Capacity, LevelLine};

/// Fewer levels than this are no curve.
const LEVELS_MIN: usize = 3;
/// The most levels that are kept: the latest.
const LEVELS_MAX: usize = 60;
/// A level is held this long at least, in seconds.
const HELD_MIN_S: u64 = 5;
/// So much of its beginning belongs to what was before, in seconds.
const SETTLE_S: u64 = 2;
/// Rates within this part of each other are one level: arrivals scatter.
const SCATTER: f64 = 0.1;

/// Throughput and times over load, where a run has held at least three
/// different loads for five seconds each; `None` for others. The first two
/// seconds of each are left out. Times are those of the median second:
/// percentiles of seconds are not averaged.
#[must_use]
pub fn capacity_curve(rows: &[Row]) -> Option<Capacity> {
    let of = if rows.iter().any(|row| row.scheduled > 0) {
        LoadKind::Rate
    } else {
        LoadKind::Users
    };
    let mut levels: Vec<LevelLine> = stretches(rows, of)
        .into_iter()
        .filter_map(|stretch| level(stretch, of))
        .collect();
    let mut loads: Vec<f64> = levels.iter().map(|level| level.load).collect();
    loads.sort_by(f64::total_cmp);
    loads.dedup_by(|next, first| (*next - *first).abs() <= first.abs() * 0.02);
    if loads.len() < LEVELS_MIN {
        return None;
    }
    levels.drain(..levels.len().saturating_sub(LEVELS_MAX));
    Some(Capacity {
        of,
        levels,
        search: None,
    })
}

/// The rows in stretches of one load each.
fn stretches(rows: &[Row], of: LoadKind) -> Vec<&[Row]> {
    let mut stretches = Vec::new();
    let mut begin = 0;
    for at in 0..rows.len() {
        if at > begin && !is_alike(&rows[begin], &rows[at], of) {
            stretches.push(&rows[begin..at]);
            begin = at;
        }
    }
    stretches.extend((begin < rows.len()).then(|| &rows[begin..]));
    stretches
}

fn is_alike(first: &Row, row: &Row, of: LoadKind) -> bool {
    match of {
        LoadKind::Users => first.planned_users == row.planned_users && first.users == row.users,
        LoadKind::Rate => {
            let (one, other) = (load(first, of), load(row, of));
            (one - other).abs() <= (one * SCATTER).max(2.0)
        }
    }
}

fn load(row: &Row, of: LoadKind) -> f64 {
    match of {
        LoadKind::Users => float(row.users),
        LoadKind::Rate => float(row.scheduled) / float(row.width_s.max(1)),
    }
}

/// A stretch as a level; `None` if it was not held for long enough.
fn level(stretch: &[Row], of: LoadKind) -> Option<LevelLine> {
    let first = stretch.first()?;
    let begin_s = first.end_s.saturating_sub(first.width_s);
    let settled = |row: &&Row| row.end_s.saturating_sub(row.width_s) >= begin_s + SETTLE_S;
    let rows: Vec<&Row> = stretch.iter().filter(settled).collect();
    let (first, last) = (rows.first()?, rows.last()?);
    if last.end_s - begin_s < HELD_MIN_S {
        return None;
    }
    let start_s = first.end_s.saturating_sub(first.width_s);
    let sum = |part: fn(&Row) -> u64| rows.iter().map(|row| part(row)).sum::<u64>();
    let (requests, failures) = (sum(|row| row.requests), sum(|row| row.failures));
    let load = match of {
        LoadKind::Users => load(first, of),
        LoadKind::Rate => float(sum(|row| row.scheduled)) / float(last.end_s - start_s),
    };
    // Nobody, and a pause, are no load.
    if requests == 0 || load <= 0.0 {
        return None;
    }
    let of_median_second = |time: fn(&Row) -> Option<u64>| {
        let times = rows.iter().filter_map(|row| time(row)).map(float);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "microseconds"
        )]
        median(times).map(|us| us.round() as u64)
    };
    Some(LevelLine {
        load,
        start_s,
        end_s: last.end_s,
        rps: float(requests) / float(last.end_s - start_s),
        failed: share(failures, requests),
        p50_us: of_median_second(|row| row.service.p50_us),
        p95_us: of_median_second(|row| row.service.p95_us),
        p99_us: of_median_second(|row| row.service.p99_us),
        outcome: None,
        why: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Percentiles;

    /// Seconds of a run that has these users for so long each; a target that
    /// answers 100/s and no more.
    fn seconds(levels: &[(u64, u64)]) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for &(users, held_s) in levels {
            for _ in 0..held_s {
                let service = Percentiles {
                    p95_us: Some(users * 1_000),
                    ..Percentiles::default()
                };
                rows.push(Row {
                    end_s: rows.len() as u64 + 1,
                    width_s: 1,
                    requests: (users * 10).min(100),
                    failures: u64::from(users > 10),
                    service,
                    users,
                    planned_users: users,
                    ..Row::default()
                });
            }
        }
        rows
    }

    #[test]
    fn levels_that_were_held_make_a_curve() {
        let rows = seconds(&[(1, 1), (2, 1), (5, 8), (9, 2), (10, 8), (20, 5), (30, 4)]);
        let curve = capacity_curve(&rows).expect("three levels");
        let levels = curve.levels.iter();
        let points: Vec<_> = levels
            .map(|level| {
                (
                    level.load,
                    level.rps,
                    level.p95_us,
                    level.start_s,
                    level.end_s,
                )
            })
            .collect();
        let expected = [
            (5.0, 50.0, Some(5_000), 4, 10),
            (10.0, 100.0, Some(10_000), 14, 20),
            (20.0, 100.0, Some(20_000), 22, 25),
        ];
        assert_eq!(points, expected);
        assert_eq!(curve.levels[2].failed, 0.01);
        assert_eq!((curve.of, curve.search), (LoadKind::Users, None));
    }

    #[test]
    fn ramps_few_levels_and_pauses_are_none() {
        let ramp: Vec<_> = (1..100).map(|users| (users, 1)).collect();
        assert_eq!(capacity_curve(&seconds(&ramp)), None);
        assert_eq!(
            capacity_curve(&seconds(&[(5, 10), (10, 10), (5, 10)])),
            None
        );
        let mut paused = seconds(&[(5, 10), (10, 10), (20, 10)]);
        for row in &mut paused[20..] {
            row.requests = 0;
        }
        assert_eq!(capacity_curve(&paused), None);
        assert_eq!(capacity_curve(&[]), None);
    }

    #[test]
    fn rates_that_scatter_are_one_level() {
        let mut rows = seconds(&[(50, 24)]);
        for (at, row) in rows.iter_mut().enumerate() {
            let rate = 50 << (at / 8);
            row.scheduled = rate + at as u64 % 3;
        }
        let curve = capacity_curve(&rows).expect("three rates");
        assert_eq!(curve.of, LoadKind::Rate);
        let loads: Vec<_> = curve
            .levels
            .iter()
            .map(|level| level.load.round())
            .collect();
        assert_eq!(loads, [51.0, 101.0, 201.0]);
    }

    #[test]
    fn there_are_never_more_than_sixty() {
        let many: Vec<_> = (0..200).map(|at| (at % 50 + 1, 6)).collect();
        let curve = capacity_curve(&seconds(&many)).expect("levels");
        assert_eq!(curve.levels.len(), LEVELS_MAX);
        assert_eq!(curve.levels.last().map(|level| level.load), Some(50.0));
    }
}
