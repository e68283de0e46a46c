//! The median of a sample and how sure it is, without assuming a distribution.

use serde::Serialize;

/// A median between two of the sample's own values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Median {
    /// The median.
    pub(crate) value: f64,
    /// The lower end of its interval.
    pub(crate) low: f64,
    /// The upper end of its interval.
    pub(crate) high: f64,
    /// How often an interval made in this way contains the true median, 0 to 1.
    pub(crate) coverage: f64,
}

/// How often the interval should contain the true median.
const WANTED: f64 = 0.95;

/// The median of a sample and the narrowest interval between two of its ordered
/// values that contains the true one with at least 95 %; between the extremes
/// where there are too few values for that. `None` for no values.
///
/// The number of values below the true median follows a binomial distribution
/// with one half (David and Nagaraja, *Order Statistics*, section 7.1), so
/// that the interval from the k-th smallest to the k-th largest of n values
/// misses it with twice the probability of fewer than k heads in n throws.
pub(crate) fn median(values: &[f64]) -> Option<Median> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    let middle = count / 2;
    let value = if count.is_multiple_of(2) {
        f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, *sorted.get(middle)?)
    } else {
        *sorted.get(middle)?
    };
    let mut rank = 1;
    while rank < middle && coverage(count, rank + 1) >= WANTED {
        rank += 1;
    }
    Some(Median {
        value,
        low: *sorted.get(rank - 1)?,
        high: *sorted.get(count - rank)?,
        coverage: coverage(count, rank),
    })
}

/// How often the `rank`-th smallest and largest of `count` values lie around
/// the true median.
fn coverage(count: usize, rank: usize) -> f64 {
    let mut probability = 0.5_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
    let mut below = 0.0;
    for heads in 0..rank {
        below += probability;
        probability *= ratio(count - heads, heads + 1);
    }
    1.0 - 2.0 * below
}

#[expect(clippy::cast_precision_loss, reason = "numbers of runs are small")]
fn ratio(above: usize, below: usize) -> f64 {
    above as f64 / below as f64
}
