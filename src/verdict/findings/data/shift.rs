//! A test for a change of level between two stretches of a series.

use crate::verdict::findings::wording::float;

/// The quantile of the normal distribution beyond which a difference is no
/// accident, although the moment was chosen for it: p < 0.00001.
const CERTAIN: f64 = 4.5;
/// The same for the interval in which the difference lies: 99 %.
const INTERVAL: f64 = 2.58;
/// Neighbours have at most so much to do with each other; more would leave no
/// samples.
const CORRELATED_MAX: f64 = 0.9;

/// How the mean of a later stretch differs from that of an earlier one (Welch),
/// with fewer samples where neighbours are alike (first-order autocorrelation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shift {
    /// Mean of the later stretch less that of the earlier one.
    pub(crate) difference: f64,
    /// By how much it may be less or more, with 99 % confidence.
    pub(crate) margin: f64,
    /// Whether it is significant.
    pub(crate) is_certain: bool,
}

/// The difference between two stretches; `None` where one has fewer than three
/// values.
pub(crate) fn shift(before: &[f64], after: &[f64]) -> Option<Shift> {
    let (before, after) = (Side::of(before)?, Side::of(after)?);
    let correlated = (before.products + after.products) / (before.squares + after.squares);
    let correlated = if correlated.is_finite() {
        correlated.clamp(0.0, CORRELATED_MAX)
    } else {
        0.0
    };
    let fewer = (1.0 - correlated) / (1.0 + correlated);
    let share = |side: &Side| {
        let samples = (side.samples * fewer).max(1.0);
        side.squares / (side.samples - 1.0) / samples
    };
    let (first, second) = (share(&before), share(&after));
    let error = (first + second).sqrt();
    // Welch and Satterthwaite.
    let freedom = |part: f64, side: &Side| part * part / (side.samples * fewer - 1.0).max(1.0);
    let parts = freedom(first, &before) + freedom(second, &after);
    let freedom = if parts > 0.0 {
        (first + second).powi(2) / parts
    } else {
        before.samples + after.samples - 2.0
    };
    let difference = after.mean - before.mean;
    Some(Shift {
        difference,
        margin: student(INTERVAL, freedom) * error,
        is_certain: difference.abs() > student(CERTAIN, freedom) * error,
    })
}

/// Sums over a stretch.
struct Side {
    samples: f64,
    mean: f64,
    /// Of the squares of what differs from the mean.
    squares: f64,
    /// Of the products of neighbours.
    products: f64,
}

impl Side {
    fn of(values: &[f64]) -> Option<Self> {
        if values.len() < 3 {
            return None;
        }
        let samples = float(values.len() as u64);
        let mean = values.iter().sum::<f64>() / samples;
        let off = |value: &f64| value - mean;
        Some(Self {
            samples,
            mean,
            squares: values.iter().map(|value| off(value).powi(2)).sum(),
            products: values
                .windows(2)
                .map(|pair| off(&pair[0]) * off(&pair[1]))
                .sum(),
        })
    }
}

/// The quantile of Student's distribution that belongs to one of the normal
/// distribution (Cornish and Fisher).
fn student(z: f64, freedom: f64) -> f64 {
    let n = freedom.max(1.0);
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let third = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + first / n + second / n.powi(2) + third / n.powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Two-sided 1 % and 0.1 %.
        for (z, freedom, expected) in [
            (2.576, 5.0, 4.032),
            (2.576, 10.0, 3.169),
            (2.576, 60.0, 2.660),
            (3.291, 10.0, 4.587),
            (3.291, 30.0, 3.646),
        ] {
            let found = student(z, freedom);
            assert!(
                (found - expected).abs() < 0.01 * expected,
                "{z} with {freedom}: {found}"
            );
        }
    }

    #[test]
    fn a_difference_has_its_margin() {
        let before = [10.0, 11.0, 9.0, 10.5, 9.5];
        let after = [20.0, 21.0, 19.0, 20.5, 19.5];
        let shift = shift(&before, &after).expect("enough values");
        assert_eq!(shift.difference, 10.0);
        assert!(shift.margin > 0.5 && shift.margin < 3.0, "{shift:?}");
        assert!(shift.is_certain);
        let same = super::shift(&before, &before).expect("enough values");
        assert!(!same.is_certain && same.difference == 0.0);
        assert_eq!(super::shift(&before, &after[..2]), None);
        let flat = super::shift(&[1.0; 5], &[2.0; 5]).expect("enough values");
        assert!(flat.is_certain && flat.margin == 0.0);
    }

    #[test]
    fn neighbours_that_are_alike_count_for_less() {
        let wave = |at: u32| f64::from(at / 10 % 2);
        let slow: Vec<f64> = (0..40).map(wave).collect();
        let fast: Vec<f64> = (0..40).map(|at| f64::from(at % 2)).collect();
        let margin = |values: &[f64]| shift(values, values).expect("enough values").margin;
        assert!(margin(&slow) > margin(&fast) * 2.0);
    }
}
