//! Numbers to calculate with, and figures for people and messages: three decimals
//! are enough, and keep them short.

use serde::{Serialize, Serializer};

/// A count as a number to calculate with.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^53, far beyond any run"
)]
pub fn float(count: u64) -> f64 {
    count as f64
}

/// A number with three decimals at most.
#[must_use]
pub fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

/// Writes a number, if there is one, with three decimals at most.
pub(crate) fn serialize_rounded<T, S>(number: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Copy + Into<Option<f64>>,
    S: Serializer,
{
    (*number).into().map(rounded).serialize(serializer)
}
