//! Reading a curve: its value, when it crosses another, its area.

use crate::model::{Curve, Point};

/// A straight piece of a curve; the last one never ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) from: Point,
    pub(super) to: Point,
}

/// The pieces from the one at `at_us` on, the endless last one included.
pub(super) fn pieces_from(curve: &Curve, at_us: u64) -> impl Iterator<Item = Piece> + '_ {
    let points = curve.points();
    let first = points
        .partition_point(|point| point.at_us <= at_us)
        .saturating_sub(1);
    let endless = points.last().map(|&last| Piece {
        from: last,
        to: Point {
            at_us: u64::MAX,
            ..last
        },
    });
    points
        .windows(2)
        .skip(first)
        .map(|pair| Piece {
            from: pair[0],
            to: pair[1],
        })
        .chain(endless)
}

/// The value at a moment.
pub(super) fn value_at(curve: &Curve, at_us: u64) -> f64 {
    pieces_from(curve, at_us)
        .find(|piece| at_us < piece.to.at_us)
        .map_or(0.0, |piece| piece.value_at(at_us))
}

impl Piece {
    pub(super) fn value_at(&self, at_us: u64) -> f64 {
        self.from.value_towards(&self.to, at_us)
    }

    /// When it reaches a level that lies beyond `from` and not beyond `to`.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the piece's length, not negative"
    )]
    pub(super) fn reaches_us(&self, level: f64) -> u64 {
        let length_us = self.to.at_us.saturating_sub(self.from.at_us);
        let share = (level - self.from.value) / (self.to.value - self.from.value);
        let us = (length_us as f64 * share.clamp(0.0, 1.0)).ceil() as u64;
        self.from.at_us.saturating_add(us)
    }
}
