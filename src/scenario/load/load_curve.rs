//! Stages and shapes: users or rates over time, as curves.

use std::f64::consts::TAU;
use std::time::Duration;

use crate::model::{Curve, micros};
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::{Fields, MapDef, maps};
use crate::scenario::yaml::node::{Entry, Node};

/// The quantity of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    Users,
    Rate,
}

/// A wave is drawn with so many straight pieces a period, fewer where that
/// would be too many: off by less than 0.1 % of its height.
const PIECES: f64 = 100.0;

/// A wave, its period in microseconds.
struct Wave {
    from: f64,
    to: f64,
    period_us: f64,
}

impl Axis {
    fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Rate => "rate",
        }
    }

    /// A number of users, or a rate.
    fn value(self, fields: &Fields<'_>, key: &str) -> Option<f64> {
        match self {
            Self::Users => fields.get::<u32>(key).map(f64::from),
            Self::Rate => fields.get(key),
        }
    }

    fn either(self, users: &'static MapDef, rate: &'static MapDef) -> &'static MapDef {
        match self {
            Self::Users => users,
            Self::Rate => rate,
        }
    }
}

impl Reader<'_> {
    /// `stages:`, each a straight line from where the one before ended.
    pub(crate) fn stages(&mut self, node: &Node, axis: Axis) -> Option<Curve> {
        let of = "stages such as `{over: 1m, users: 100}`";
        let stages = self.items(node, "`stages`", of)?;
        let mut curve = Curve::from_value(0.0);
        let mut is_sound = true;
        for stage in stages {
            match self.stage(stage, axis) {
                Some((over_us, value)) => curve.line_to(over_us, value),
                None => is_sound = false,
            }
        }
        is_sound.then_some(curve)
    }

    fn stage(&mut self, node: &Node, axis: Axis) -> Option<(u64, f64)> {
        let map = axis.either(&maps::USERS_STAGE, &maps::RATE_STAGE);
        let fields = self.fields(node, "a stage", map)?;
        let over = fields.get("over").map(micros);
        over.zip(axis.value(&fields, axis.key()))
    }

    /// A shape: a map with its name.
    pub(crate) fn shape(
        &mut self,
        node: &Node,
        axis: Axis,
        run_time: Option<Duration>,
    ) -> Option<Curve> {
        let map = axis.either(&maps::USERS_SHAPE, &maps::RATE_SHAPE);
        let fields = self.fields(node, "a shape", map)?;
        let shape = fields.only()?;
        if shape.key.text == "recorded" {
            return self.recorded(&shape.value, axis);
        }
        let wave = self.wave(shape, axis);
        let Some(run_time) = run_time else {
            let message = "a shape requires `run_time`";
            let help = "how long it lasts: `load: {run_time: 10m}`";
            self.report_with(shape.key.span, message, help);
            return None;
        };
        let (wave, run_time_us) = (wave?, micros(run_time));
        Some(match shape.key.text.as_str() {
            "saw" => wave.saw(run_time_us),
            "sine" => wave.draw(run_time_us, |share| (1.0 - (TAU * share).cos()) / 2.0),
            _ => wave.draw(run_time_us, double_wave),
        })
    }

    fn wave(&mut self, shape: &Entry, axis: Axis) -> Option<Wave> {
        let what = format!("`{}`", shape.key.text);
        let map = axis.either(&maps::USERS_WAVE, &maps::RATE_WAVE);
        let fields = self.fields_of(shape, &what, map)?;
        Some(Wave {
            from: axis.value(&fields, "from")?,
            to: axis.value(&fields, "to")?,
            period_us: fields.get::<Duration>("period")?.as_secs_f64() * 1e6,
        })
    }
}

impl Wave {
    /// Rises in a straight line, falls at once.
    fn saw(&self, run_time_us: u64) -> Curve {
        let mut curve = Curve::from_value(self.from);
        let period_us = to_us(self.period_us.max(to_f64(run_time_us) / 1e5));
        while curve.end_us() < run_time_us {
            curve.line_to(period_us, self.to);
            curve.line_to(0, self.from);
        }
        curve
    }

    /// Draws a shape that is given as a height from 0 to 1 over the share of
    /// the period.
    fn draw(&self, run_time_us: u64, height: impl Fn(f64) -> f64) -> Curve {
        let step_us = (self.period_us / PIECES)
            .max(to_f64(run_time_us) / 1e5)
            .max(1.0);
        let value = |at_us: f64| {
            let share = (at_us / self.period_us).fract();
            self.from + (self.to - self.from) * height(share)
        };
        let mut curve = Curve::from_value(value(0.0));
        let mut step = 1.0;
        while curve.end_us() < run_time_us {
            let at_us = step * step_us;
            curve.line_to(to_us(at_us).saturating_sub(curve.end_us()), value(at_us));
            step += 1.0;
        }
        curve
    }
}

/// Two bell curves, at a third and at two thirds of the period, the second
/// half as high: the "double wave" of Locust's examples.
fn double_wave(share: f64) -> f64 {
    let bell = |peak: f64| (-(share * 15.0 - peak).powi(2)).exp();
    bell(5.0) + bell(10.0) / 2.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; not negative"
)]
fn to_us(us: f64) -> u64 {
    us.round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53 us")]
fn to_f64(us: u64) -> f64 {
    us as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave() -> Wave {
        Wave {
            from: 10.0,
            to: 110.0,
            period_us: 60e6,
        }
    }

    fn at(curve: &Curve, us: u64) -> f64 {
        let points = curve.points();
        points[points.partition_point(|point| point.at_us < us)].value
    }

    #[test]
    fn a_saw_falls_at_once() {
        let curve = wave().saw(120_000_000);
        let corners: Vec<_> = curve.points().iter().map(|p| (p.at_us, p.value)).collect();
        let (low, high, minute) = (10.0, 110.0, 60_000_000);
        let expected = [
            (0, low),
            (minute, high),
            (minute, low),
            (2 * minute, high),
            (2 * minute, low),
        ];
        assert_eq!(corners, expected);
    }

    #[test]
    fn waves_go_between_their_bounds() {
        let sine = wave().draw(120_000_000, |share| (1.0 - (TAU * share).cos()) / 2.0);
        assert!((at(&sine, 30_000_000) - 110.0).abs() < 0.1);
        assert!((at(&sine, 60_000_000) - 10.0).abs() < 0.1);
        let double = wave().draw(60_000_000, double_wave);
        assert!((at(&double, 20_000_000) - 110.0).abs() < 1.0);
        assert!((at(&double, 40_000_000) - 60.0).abs() < 1.0);
        assert!(double.peak() <= 111.0);
    }

    #[test]
    fn tiny_periods_stay_bounded() {
        let tiny = Wave {
            period_us: 1.0,
            ..wave()
        };
        assert!(tiny.saw(3_600_000_000).points().len() <= 200_005);
        assert!(tiny.draw(3_600_000_000, double_wave).points().len() <= 100_005);
    }
}
