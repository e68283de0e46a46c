//! What probes read while the load rose, or before and after a moment: which
//! readings went along, which came to a stop, and which did not move.

use crate::model::reading_text;
use crate::stats::Reading;
use crate::verdict::Figure;
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::data::estimators::median;
use crate::verdict::findings::data::points::Point;
use crate::verdict::findings::wording::{LINES_MAX, shortened};

/// Values on either side that are compared, at least.
const VALUES_MIN: usize = 2;
/// Nearly every value of one side lies above those of the other: the
/// probability that a pair does (Mann and Whitney).
const ABOVE: f64 = 0.95;
/// The least change that matters, as a part of the higher level.
const CHANGE: f64 = 0.2;
/// Up to here the load is low, from there on high, as parts of the highest.
const LOW: f64 = 0.4;
const HIGH: f64 = 0.8;
/// A reading has come to a stop where it grows by no more than this, while the
/// load grows by a quarter or more.
const STOPPED: f64 = 0.1;
/// A share in percent is used up from here on.
const FULL_PERCENT: f64 = 90.0;

/// The course of a reading while the load rose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// It rose with the load, and then no more though the load still did.
    Stopped,
    /// It rose with the load.
    Rose,
    /// It fell as the load rose.
    Fell,
    /// It stayed as it was.
    Still,
}

/// A reading at two loads, or before and after a moment.
#[derive(Clone, Debug)]
pub(crate) struct Compared<'a> {
    pub(crate) reading: &'a Reading,
    /// Medians at the lower and at the higher load.
    low: f64,
    high: f64,
    pub(crate) how: How,
}

/// What the readings say about a limit that was met as the load rose.
#[derive(Clone, Debug)]
pub(crate) enum Along<'a> {
    /// There are none.
    Nothing,
    /// There are some, but none at a lower load to compare with.
    NotComparable(Vec<&'a Reading>),
    /// The course of each, the most telling first.
    Compared(Vec<Compared<'a>>),
}

/// How the readings went along with the load up to this moment, in seconds
/// since the start.
pub(crate) fn along<'a>(case: &Case<'a>, points: &[Point], until_s: f64) -> Along<'a> {
    let all: Vec<&Reading> = case.readings.iter().collect();
    if all.is_empty() {
        return Along::Nothing;
    }
    let highest = points.iter().map(|point| point.load).fold(0.0, f64::max);
    let mut compared: Vec<_> = all
        .iter()
        .filter_map(|reading| compare_loads(reading, points, until_s, highest))
        .collect();
    if compared.is_empty() {
        return Along::NotComparable(all);
    }
    compared.sort_by_key(|one| one.how);
    Along::Compared(compared)
}

/// The readings that moved from one stretch of time to the next, those that
/// rose first.
pub(crate) fn between<'a>(
    case: &Case<'a>,
    before_s: (f64, f64),
    after_s: (f64, f64),
) -> Vec<Compared<'a>> {
    let within = |reading: &Reading, (from_s, to_s): (f64, f64)| {
        let points = reading.points();
        let values = points.filter(|(t_s, _)| (from_s..=to_s).contains(t_s));
        values.map(|(_, value)| value).collect::<Vec<_>>()
    };
    let readings = case.readings.iter();
    let mut moved: Vec<_> = readings
        .filter_map(|reading| {
            let (before, after) = (within(reading, before_s), within(reading, after_s));
            let (low, high, how) = compare(&before, &after)?;
            (how != How::Still).then_some(Compared {
                reading,
                low,
                high,
                how,
            })
        })
        .collect();
    moved.sort_by_key(|one| one.how);
    moved
}

fn compare_loads<'a>(
    reading: &'a Reading,
    points: &[Point],
    until_s: f64,
    highest: f64,
) -> Option<Compared<'a>> {
    let (mut low, mut middle, mut high) = (Vec::new(), Vec::new(), Vec::new());
    for (t_s, value) in reading.points().filter(|(t_s, _)| *t_s <= until_s) {
        let at = points
            .iter()
            .find(|point| (point.start_s..point.end_s).contains(&t_s));
        let Some(load) = at.map(|point| point.load / highest) else {
            continue;
        };
        if load <= LOW {
            low.push(value);
        } else if load < HIGH {
            middle.push(value);
        } else {
            high.push(value);
        }
    }
    let (below, above, how) = compare(&low, &high)?;
    let middle = (middle.len() >= VALUES_MIN)
        .then(|| median(middle))
        .flatten();
    let has_stopped = middle.is_some_and(|middle| above - middle <= above * STOPPED);
    let is_full = &*reading.unit == "%" && reading.max() <= 100.5 && above >= FULL_PERCENT;
    Some(Compared {
        reading,
        low: below,
        high: above,
        how: match how {
            How::Rose if has_stopped || is_full => How::Stopped,
            how => how,
        },
    })
}

/// The medians of both sides, and how the second differs from the first.
fn compare(first: &[f64], second: &[f64]) -> Option<(f64, f64, How)> {
    if first.len() < VALUES_MIN || second.len() < VALUES_MIN {
        return None;
    }
    let low = median(first.iter().copied())?;
    let high = median(second.iter().copied())?;
    let above = above(first, second);
    let matters = (high - low).abs() >= high.abs().max(low.abs()) * CHANGE && high != low;
    let how = if matters && above >= ABOVE {
        How::Rose
    } else if matters && above <= 1.0 - ABOVE {
        How::Fell
    } else {
        How::Still
    };
    Some((low, high, how))
}

/// The part of all pairs in which the second value is above the first; ties
/// count as half.
fn above(first: &[f64], second: &[f64]) -> f64 {
    let mut sorted = first.to_vec();
    sorted.sort_by(f64::total_cmp);
    let wins = second.iter().map(|value| {
        let less = sorted.partition_point(|one| one < value);
        let not_more = sorted.partition_point(|one| one <= value);
        let whole = crate::verdict::findings::wording::float(less as u64);
        whole + 0.5 * crate::verdict::findings::wording::float((not_more - less) as u64)
    });
    let pairs = crate::verdict::findings::wording::float((first.len() * second.len()) as u64);
    wins.sum::<f64>() / pairs
}

impl Compared<'_> {
    /// `haproxy.queue rose from 0 to 32`
    pub(crate) fn text(&self) -> String {
        let name = &self.reading.name;
        let (low, high) = (self.value(self.low), self.value(self.high));
        match self.how {
            How::Stopped => format!(
                "{name} rose from {low}, then stayed at {high} (max {})",
                self.value(self.reading.max())
            ),
            How::Rose => format!("{name} rose from {low} to {high}"),
            How::Fell => format!("{name} fell from {low} to {high}"),
            How::Still => format!("{name} stayed level ({low}, then {high})"),
        }
    }

    fn value(&self, value: f64) -> String {
        reading_text(value, &self.reading.unit)
    }
}

/// A line for each reading that moved at a moment.
pub(crate) fn lines_of_moved(moved: &[Compared<'_>]) -> Vec<String> {
    let lines = moved
        .iter()
        .map(|one| format!("{} at that time", one.text()));
    shortened(lines.collect())
}

/// The figures as data.
pub(crate) fn figures(compared: &[Compared<'_>]) -> Vec<Figure> {
    let shown = compared.iter().take(LINES_MAX);
    let figures = shown.flat_map(|one| {
        let figure = |key, value| Figure {
            unit: one.reading.unit.to_string().into(),
            ..Figure::new(key, value, "").of(&one.reading.name)
        };
        [
            figure("reading_low", one.low),
            figure("reading_high", one.high),
            figure("reading_max", one.reading.max()),
        ]
    });
    figures.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sides_are_compared_by_their_pairs() {
        assert_eq!(
            compare(&[0.0, 0.0, 1.0], &[30.0, 32.0]),
            Some((0.0, 31.0, How::Rose))
        );
        assert_eq!(
            compare(&[9.0, 8.0], &[3.0, 2.0]),
            Some((8.5, 2.5, How::Fell))
        );
        let still = |first: &[f64], second: &[f64]| compare(first, second).map(|found| found.2);
        assert_eq!(still(&[12.0, 13.0], &[14.0, 14.0]), Some(How::Still));
        assert_eq!(still(&[0.0, 50.0], &[10.0, 60.0]), Some(How::Still));
        assert_eq!(still(&[0.0, 0.0], &[0.0, 0.0]), Some(How::Still));
        assert_eq!(still(&[1.0], &[2.0, 3.0]), None);
    }
}
