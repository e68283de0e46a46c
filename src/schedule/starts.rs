//! When the task starts of an open load are due.

use std::sync::Arc;

use crate::model::{Arrivals, Curve, Point, Slots, Spacing};
use crate::schedule::curve::{Piece, pieces_from, value_at};

/// One shard's part of the starts of an open load, in order of time.
///
/// The starts up to a moment are the area under the rate up to there. Evenly
/// spaced, start `k` of all is due when the area reaches `k`, and belongs to the
/// shard that owns its slot. As a Poisson process each shard draws its own
/// distances, exponential with the mean 1 / its share of the slots: together
/// they are one Poisson process of the whole rate. Inverting the area is exact
/// for rates that change (the time-change theorem for Poisson processes).
#[derive(Clone, Debug)]
pub struct Starts {
    rate: Arc<Curve>,
    spacing: Spacing,
    start_us: u64,
    slots: Slots,
    /// How many of its own starts come before the next one, evenly spaced.
    done: u64,
    /// The area at the last start of a Poisson process.
    area: f64,
    /// The piece that was looked at last, and the area before it.
    piece_us: u64,
    piece_area: f64,
}

impl Starts {
    /// The part that belongs to these slots; time begins at `start_us`.
    pub(crate) fn new(arrivals: &Arrivals, start_us: u64, slots: Slots) -> Self {
        Self {
            rate: Arc::clone(&arrivals.rate),
            spacing: arrivals.spacing,
            start_us,
            slots,
            done: 0,
            area: 0.0,
            piece_us: 0,
            piece_area: 0.0,
        }
    }

    /// The next start; `None` when no more will ever be due. `uniform` is a
    /// random number in `[0, 1)`, used by Poisson spacing.
    pub(crate) fn next_us(&mut self, uniform: f64) -> Option<u64> {
        if self.slots.is_empty() {
            return None;
        }
        let area = match self.spacing {
            Spacing::Even => starts_to_area(self.slots.number_at(self.done)?),
            Spacing::Poisson => self.area - (1.0 - uniform).ln() / self.slots.fraction(),
        };
        let due_us = self.invert(area)?;
        self.done += 1;
        self.area = area;
        Some(self.start_us.saturating_add(due_us))
    }

    /// Passes over what is due before a moment. To be called before the first
    /// start is asked for.
    pub(crate) fn skip_to(&mut self, at_us: u64) {
        let Some(within_us) = at_us.checked_sub(self.start_us) else {
            return;
        };
        self.area = area_until(&self.rate, within_us);
        // The first of its own that is not below the area.
        self.done = self.slots.count_below(area_to_starts(self.area));
    }

    /// When its rate stays as it is, on the axis of its starts.
    pub(crate) fn end_us(&self) -> u64 {
        self.start_us.saturating_add(self.rate.end_us())
    }

    /// How many starts are planned up to a moment, the one under way as a fraction.
    pub(crate) fn area_at(arrivals: &Arrivals, start_us: u64, at_us: u64) -> f64 {
        area_until(&arrivals.rate, at_us.saturating_sub(start_us))
    }

    /// Starts per second planned for a moment.
    pub(crate) fn rate_at(arrivals: &Arrivals, start_us: u64, at_us: u64) -> f64 {
        at_us
            .checked_sub(start_us)
            .map_or(0.0, |at_us| value_at(&arrivals.rate, at_us))
    }

    /// When the area exceeds this much, or reaches it with a rate above 0.
    fn invert(&mut self, area: f64) -> Option<u64> {
        let rate = Arc::clone(&self.rate);
        for piece in pieces_from(&rate, self.piece_us) {
            let whole = piece.area();
            let wanted = (area - self.piece_area).max(0.0);
            if wanted < whole {
                return Some(piece.from.at_us.saturating_add(piece.after_us(wanted)));
            }
            if piece.to.at_us == u64::MAX {
                return None;
            }
            self.piece_us = piece.to.at_us;
            self.piece_area += whole;
        }
        None
    }
}

/// The area under a rate from its beginning up to a moment after it.
fn area_until(rate: &Curve, within_us: u64) -> f64 {
    let mut area = 0.0;
    for mut piece in pieces_from(rate, 0) {
        if piece.from.at_us >= within_us {
            break;
        }
        if piece.to.at_us > within_us {
            piece.to = Point {
                at_us: within_us,
                value: piece.value_at(within_us),
            };
        }
        area += piece.area();
    }
    area
}

/// The area at which a start is due.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53 starts")]
fn starts_to_area(number: u64) -> f64 {
    number as f64
}

/// How many starts are due within an area: the number of the first that is not.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; not negative"
)]
fn area_to_starts(area: f64) -> u64 {
    area.ceil() as u64
}

impl Piece {
    /// The area under it: starts.
    #[expect(
        clippy::cast_precision_loss,
        reason = "runs are far shorter than 2^53 us"
    )]
    fn area(&self) -> f64 {
        let seconds = self.to.at_us.saturating_sub(self.from.at_us) as f64 / 1e6;
        f64::midpoint(self.from.value, self.to.value) * seconds
    }

    /// How long after its beginning the area has grown to this much, in microseconds.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; not negative"
    )]
    fn after_us(&self, area: f64) -> u64 {
        let seconds = self.to.at_us.saturating_sub(self.from.at_us) as f64 / 1e6;
        let slope = (self.to.value - self.from.value) / seconds;
        // The root of rate * t + slope * t^2 / 2 = area, in a form without cancellation.
        let root = (self.from.value * self.from.value + 2.0 * slope * area).max(0.0);
        let after = 2.0 * area / (self.from.value + root.sqrt());
        // A piece that rises from 0 has an area of 0 at its very beginning.
        if after.is_nan() {
            return 0;
        }
        (after.clamp(0.0, seconds) * 1e6) as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn arrivals(first: f64, stages: &[(u64, f64)], spacing: Spacing) -> Arrivals {
        let mut rate = Curve::from_value(first);
        for &(over_us, value) in stages {
            rate.line_to(over_us, value);
        }
        Arrivals {
            rate: Arc::new(rate),
            spacing,
            max_users: 1,
            queue: 0,
        }
    }

    /// Every start before a moment, over all shards, in order.
    fn all(arrivals: &Arrivals, shards: usize, until_us: u64) -> Vec<u64> {
        let mut rng = fastrand::Rng::with_seed(7);
        let mut due = Vec::new();
        for index in 0..shards {
            let mut starts = Starts::new(arrivals, 0, Slots::all().dealt(index, shards));
            while let Some(next) = starts.next_us(rng.f64()).filter(|&next| next < until_us) {
                due.push(next);
            }
        }
        due.sort_unstable();
        due
    }

    #[test]
    fn a_constant_rate_is_evenly_spaced_whatever_the_shards() {
        let constant = arrivals(200.0, &[], Spacing::Even);
        let due = all(&constant, 3, 1_000_000);
        let expected: Vec<u64> = (0..200).map(|k| k * 5_000).collect();
        assert_eq!(due, expected);
    }

    #[test]
    fn nothing_is_due_while_the_rate_is_zero() {
        let late = arrivals(
            0.0,
            &[(2_000_000, 0.0), (0, 10.0), (1_000_000, 10.0), (0, 0.0)],
            Spacing::Even,
        );
        let due = all(&late, 2, u64::MAX);
        assert_eq!(due.len(), 10);
        assert_eq!((due[0], due[9]), (2_000_000, 2_900_000));
    }

    #[test]
    fn poisson_starts_have_the_rate_and_the_spread_of_chance() {
        let poisson = arrivals(500.0, &[], Spacing::Poisson);
        // Shares of 137 and 138 slots.
        let due = all(&poisson, 7, 60_000_000);
        let mean = due.len() as f64 / 60.0;
        assert!((mean - 500.0).abs() < 10.0, "{mean}/s");
        let gaps: Vec<f64> = due
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as f64)
            .collect();
        let average = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance =
            gaps.iter().map(|gap| (gap - average).powi(2)).sum::<f64>() / gaps.len() as f64;
        let spread = variance.sqrt() / average;
        assert!(
            (spread - 1.0).abs() < 0.05,
            "coefficient of variation {spread}"
        );
    }

    proptest! {
        #[test]
        fn what_is_skipped_is_all_before_a_moment(first in 0.0f64..50.0, second in 0.0f64..50.0, over_us in 0u64..5_000_000, at_us in 0u64..9_000_000, shards in 1usize..17) {
            let arrivals = arrivals(first, &[(over_us, second)], Spacing::Even);
            let until_us = 10_000_000;
            for index in 0..shards {
                let slots = Slots::all().dealt(index, shards);
                let due = |mut starts: Starts| {
                    let mut due = Vec::new();
                    while let Some(next) = starts.next_us(0.0).filter(|&next| next < until_us) {
                        due.push(next);
                    }
                    due
                };
                let whole = due(Starts::new(&arrivals, 1_000, slots.clone()));
                let mut rest = Starts::new(&arrivals, 1_000, slots.clone());
                rest.skip_to(1_000 + at_us);
                let rest = due(rest);
                let expected = whole.iter().filter(|&&due| due >= 1_000 + at_us).count();
                // A start at the very moment may be on either side of it.
                prop_assert!(rest.len().abs_diff(expected) <= 1, "{} of {}", rest.len(), expected);
                prop_assert!(rest.iter().all(|due| due + 1 >= 1_000 + at_us));
            }
        }
    }

    proptest! {
        #[test]
        fn starts_follow_the_area_under_the_rate(
            stages in proptest::collection::vec((0u64..5_000_000, 0.0f64..300.0), 1..7), shards in 1usize..17,
        ) {
            let planned = arrivals(0.0, &stages, Spacing::Even);
            let points = planned.rate.points();
            let end_us = planned.rate.end_us();
            let due = all(&planned, shards, end_us);
            prop_assert!(due.is_sorted());
            prop_assert_eq!(&due, &all(&planned, 1, end_us), "the same starts on any number of shards");
            let mut area = 0.0;
            for pair in points.windows(2) {
                area += f64::midpoint(pair[0].value, pair[1].value) * (pair[1].at_us - pair[0].at_us) as f64 / 1e6;
                let before = due.iter().filter(|&&at| at < pair[1].at_us).count() as f64;
                prop_assert!((before - area).abs() <= 1.5, "{before} starts, area {area}");
            }
        }
    }
}
