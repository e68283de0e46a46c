use std::time::Duration;

use crate::model::{Load, micros};

/// A number over time, in straight pieces; it keeps the last value for ever.
///
/// Shape: at least one point, in order of time; two points at one time make a
/// step. Values are finite and not negative.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    points: Vec<Point>,
}

/// A corner of a [`Curve`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, in microseconds since the load began.
    pub at_us: u64,
    /// The value there: users, or task starts per second.
    pub value: f64,
}

impl Point {
    /// The value at a moment of the straight line from here to the next corner.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "runs are far shorter than 2^53 us"
    )]
    pub fn value_towards(&self, next: &Self, at_us: u64) -> f64 {
        let length_us = next.at_us.saturating_sub(self.at_us);
        let rise = next.value - self.value;
        if length_us == 0 || rise == 0.0 {
            return self.value;
        }
        let gone_us = at_us.saturating_sub(self.at_us).min(length_us);
        self.value + rise * (gone_us as f64 / length_us as f64)
    }
}

impl Curve {
    /// The most corners a curve has: one a second for eleven days.
    pub const MAX_POINTS: usize = 1_000_000;

    /// A curve that begins at this value.
    #[must_use]
    pub fn from_value(value: f64) -> Self {
        Self {
            points: vec![Point { at_us: 0, value }],
        }
    }

    /// From 0 to the users of a load at its spawn rate.
    #[must_use]
    pub fn ramp(load: Load) -> Self {
        let users = f64::from(load.users);
        let over = Duration::try_from_secs_f64(users / load.spawn_rate).unwrap_or(Duration::MAX);
        let mut ramp = Self::from_value(0.0);
        ramp.line_to(micros(over), users);
        ramp
    }

    /// Every value times a factor, which is not negative.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let points = self.points.iter().map(|point| Point {
            value: point.value * factor,
            ..*point
        });
        Self {
            points: points.collect(),
        }
    }

    /// The curve cut at a moment, 0 from there on.
    #[must_use]
    pub fn until(&self, end_us: u64) -> Self {
        let kept = self.points.partition_point(|point| point.at_us < end_us);
        let mut points = self.points[..kept].to_vec();
        let end = |value| Point {
            at_us: end_us,
            value,
        };
        if let Some(last) = points.last() {
            let next = self.points.get(kept).unwrap_or(last);
            points.push(end(last.value_towards(next, end_us)));
        }
        points.push(end(0.0));
        Self { points }
    }

    /// Goes on in a straight line to this value, which it reaches after
    /// `over_us` more; in a step if that is 0.
    pub fn line_to(&mut self, over_us: u64, value: f64) {
        let at_us = self.end_us().saturating_add(over_us);
        self.points.push(Point { at_us, value });
    }

    /// Its corners.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// When its last corner is.
    #[must_use]
    pub fn end_us(&self) -> u64 {
        self.points.last().map_or(0, |point| point.at_us)
    }

    /// The highest value.
    #[must_use]
    pub fn peak(&self) -> f64 {
        let values = self.points.iter().map(|point| point.value);
        values.fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners(curve: &Curve) -> Vec<(u64, f64)> {
        let points = curve.points().iter();
        points.map(|point| (point.at_us, point.value)).collect()
    }

    #[test]
    fn a_curve_is_cut_wherever_its_end_falls() {
        let mut curve = Curve::from_value(10.0);
        assert_eq!(corners(&curve.until(5)), [(0, 10.0), (5, 10.0), (5, 0.0)]);
        curve.line_to(10, 20.0);
        curve.line_to(0, 50.0);
        let within = [(0, 10.0), (4, 14.0), (4, 0.0)];
        assert_eq!(corners(&curve.until(4)), within);
        let at_step = [(0, 10.0), (10, 20.0), (10, 0.0)];
        assert_eq!(corners(&curve.until(10)), at_step);
        assert_eq!(
            curve.until(30).points().last().map(|last| last.at_us),
            Some(30)
        );
        assert_eq!(corners(&curve.until(30))[3], (30, 50.0));
        assert_eq!(corners(&curve.until(0)), [(0, 0.0)]);
    }

    #[test]
    fn a_load_as_a_curve_reaches_its_users_and_is_scaled() {
        let load = Load {
            users: 20,
            spawn_rate: 10.0,
        };
        let ramp = Curve::ramp(load);
        assert_eq!(corners(&ramp), [(0, 0.0), (2_000_000, 20.0)]);
        assert_eq!(ramp.scaled(0.5).peak(), 10.0);
    }
}
