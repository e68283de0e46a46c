//! What probes read over time, in fixed memory.

use std::collections::VecDeque;
use std::sync::Arc;

/// The most readings followed; further ones are not kept and counted.
pub const MAX_READINGS: usize = 200;
/// Points kept of each; after that, neighbours are merged to their mean.
const POINTS: usize = 1_200;

/// The readings of all probes.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    /// In the order in which they came first.
    series: Vec<Reading>,
    /// Values that found no place.
    dropped: u64,
}

/// One reading over time.
#[derive(Clone, Debug)]
pub struct Reading {
    /// `PROBE.READING`, like `db.active`.
    pub(crate) name: Arc<str>,
    /// Its unit for people, like `MB`; may be empty.
    pub(crate) unit: Arc<str>,
    /// When (seconds since the start) and what, oldest first.
    points: VecDeque<(f64, f64)>,
    /// The lowest and the highest value there was.
    range: (f64, f64),
    sum: f64,
    count: u64,
    latest: f64,
    latest_s: f64,
    /// How many values are gathered in a point.
    width: u32,
    /// The point that is being gathered: time, sum, values so far.
    open: (f64, f64, u32),
}

impl Readings {
    /// Takes a value in, `t_s` seconds into the run; values that are no
    /// numbers are ignored.
    pub(crate) fn push(&mut self, name: &str, unit: &str, t_s: f64, value: f64) {
        if !value.is_finite() {
            return;
        }
        let known = self.series.iter_mut().find(|one| &*one.name == name);
        if let Some(reading) = known {
            reading.push(t_s, value);
        } else if self.series.len() < MAX_READINGS {
            let mut reading = Reading::new(name, unit, value);
            reading.push(t_s, value);
            self.series.push(reading);
        } else {
            self.dropped += 1;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Reading> {
        self.series.iter()
    }

    /// The reading of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Reading> {
        self.series.iter().find(|one| &*one.name == name)
    }

    /// Values that were not kept, because there are [`MAX_READINGS`] already.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl Reading {
    fn new(name: &str, unit: &str, first: f64) -> Self {
        Self {
            name: name.into(),
            unit: unit.into(),
            points: VecDeque::new(),
            range: (first, first),
            sum: 0.0,
            count: 0,
            latest: first,
            latest_s: 0.0,
            width: 1,
            open: (0.0, 0.0, 0),
        }
    }

    /// When (seconds since the start) and what, oldest first.
    pub fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.points.iter().copied()
    }

    /// Its points later than a moment, oldest first.
    pub(crate) fn points_after(&self, t_s: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        let from = self.points.partition_point(|(at_s, _)| *at_s <= t_s);
        self.points.range(from..).copied()
    }

    pub(crate) fn latest(&self) -> f64 {
        self.latest
    }

    /// When the latest value was read, in seconds since the start.
    pub(crate) fn latest_s(&self) -> f64 {
        self.latest_s
    }

    /// The lowest value there was.
    pub(crate) fn min(&self) -> f64 {
        self.range.0
    }

    /// The highest value there was.
    pub(crate) fn max(&self) -> f64 {
        self.range.1
    }

    /// The mean of all values.
    #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
    pub(crate) fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }

    fn push(&mut self, t_s: f64, value: f64) {
        self.range = (self.range.0.min(value), self.range.1.max(value));
        self.latest = value;
        self.latest_s = t_s;
        self.sum += value;
        self.count += 1;
        let (_, sum, values) = self.open;
        self.open = (t_s, sum + value, values + 1);
        if values + 1 < self.width {
            return;
        }
        let (_, sum, values) = std::mem::take(&mut self.open);
        self.points.push_back((t_s, sum / f64::from(values)));
        if self.points.len() >= POINTS {
            self.halve();
        }
    }

    fn halve(&mut self) {
        let pairs = self.points.make_contiguous().chunks(2);
        self.points = pairs
            .filter_map(|pair| match pair {
                [(_, a), (t_s, b)] => Some((*t_s, f64::midpoint(*a, *b))),
                [one] => Some(*one),
                _ => None,
            })
            .collect();
        self.width = self.width.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_the_extremes_are_kept() {
        let mut readings = Readings::default();
        for second in 0..10_000_u32 {
            let value = if second == 4_321 { 99.0 } else { 1.0 };
            readings.push("db.active", "", f64::from(second), value);
        }
        let reading = readings.find("db.active").expect("it was pushed");
        assert!(reading.points().count() < POINTS);
        assert_eq!((reading.min(), reading.max()), (1.0, 99.0));
        assert!((reading.mean() - 1.0098).abs() < 1e-9);
        assert_eq!(
            reading.points_after(9_900.0).next(),
            reading.points().find(|(t_s, _)| *t_s > 9_900.0)
        );
        let times: Vec<f64> = reading.points().map(|(t_s, _)| t_s).collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn what_finds_no_place_is_counted() {
        let mut readings = Readings::default();
        for i in 0..MAX_READINGS + 3 {
            readings.push(&format!("p.{i}"), "", 0.0, 1.0);
        }
        readings.push("p.0", "", 1.0, f64::NAN);
        assert_eq!(readings.iter().count(), MAX_READINGS);
        assert_eq!(readings.dropped(), 3);
        assert_eq!(readings.find("p.0").map(Reading::latest), Some(1.0));
    }
}
