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
