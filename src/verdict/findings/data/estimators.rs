//! Estimators that a few odd values do not move.

/// The median; `None` of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(values[middle - 1], upper))
}

/// Where a series changes its level: the index of the first value after the
/// largest deviation of the cumulative sum from its mean path (Page, 1954, as
/// used off line). `None` for fewer than two values.
pub(crate) fn change_point(values: &[f64]) -> Option<usize> {
    let mean =
        values.iter().sum::<f64>() / crate::verdict::findings::wording::float(values.len() as u64);
    let mut sum = 0.0;
    let sums = values
        .iter()
        .take(values.len().saturating_sub(1))
        .map(|value| {
            sum += value - mean;
            f64::abs(sum)
        });
    let largest = sums.enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(largest.0 + 1)
}

/// How much neighbours of a series have in common: the first-order
/// autocorrelation, between 0 and 0.9; more would leave no samples.
pub(crate) fn autocorrelation(values: &[f64]) -> f64 {
    let mean =
        values.iter().sum::<f64>() / crate::verdict::findings::wording::float(values.len() as u64);
    let off = |value: &f64| value - mean;
    let squares: f64 = values.iter().map(|value| off(value).powi(2)).sum();
    let products: f64 = values
        .windows(2)
        .map(|pair| off(&pair[0]) * off(&pair[1]))
        .sum();
    let correlated = products / squares;
    if correlated.is_finite() {
        correlated.clamp(0.0, 0.9)
    } else {
        0.0
    }
}

/// The trend of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trend {
    /// Median of the slopes of all pairs, in units per unit of time (Theil and Sen).
    pub(crate) slope: f64,
    /// The statistic of Mann and Kendall; above 2.58 the probability that a
    /// series without trend gives it is below 0.01 (two-sided).
    pub(crate) z: f64,
}

/// The trend of points (time, value); `None` for fewer than eight, for which
/// the normal approximation is none. Takes the square of their number in time.
pub(crate) fn trend(points: &[(f64, f64)]) -> Option<Trend> {
    if points.len() < 8 {
        return None;
    }
    let mut slopes = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
    let mut s = 0.0;
    for (at, first) in points.iter().enumerate() {
        for second in &points[at + 1..] {
            let (run, rise) = (second.0 - first.0, second.1 - first.1);
            if run > 0.0 {
                slopes.push(rise / run);
            }
            s += match rise.total_cmp(&0.0) {
                std::cmp::Ordering::Less => -1.0,
                std::cmp::Ordering::Greater if rise > 0.0 => 1.0,
                _ => 0.0,
            };
        }
    }
    let n = crate::verdict::findings::wording::float(points.len() as u64);
    let variance = n * (n - 1.0) * (2.0 * n + 5.0) / 18.0 - ties(points);
    let z = if s == 0.0 || variance <= 0.0 {
        0.0
    } else {
        (s - f64::signum(s)) / variance.sqrt()
    };
    Some(Trend {
        slope: median(slopes)?,
        z,
    })
}

/// The correction of the variance for ties.
fn ties(points: &[(f64, f64)]) -> f64 {
    let mut values: Vec<f64> = points.iter().map(|point| point.1).collect();
    values.sort_by(f64::total_cmp);
    let groups = values.chunk_by(|a, b| a.total_cmp(b).is_eq());
    groups
        .map(|group| {
            let t = crate::verdict::findings::wording::float(group.len() as u64);
            t * (t - 1.0) * (2.0 * t + 5.0) / 18.0
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_change_points() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0, 1.0, 900.0]), Some(3.0));
        assert_eq!(median([1.0, 2.0]), Some(1.5));
        assert_eq!(change_point(&[1.0, 1.0, 1.0, 9.0, 9.0]), Some(3));
        assert_eq!(change_point(&[1.0]), None);
        assert_eq!(change_point(&[]), None);
    }

    #[test]
    fn trends_are_those_of_the_literature() {
        let line: Vec<(f64, f64)> = (0..10)
            .map(|i| (f64::from(i), 2.0 * f64::from(i)))
            .collect();
        let rising = trend(&line).unwrap();
        // S = 45, Var S = 10 * 9 * 25 / 18 = 125: Z = 44 / 11.18.
        assert_eq!(rising.slope, 2.0);
        assert!((rising.z - 3.935).abs() < 0.001, "{rising:?}");
        let flat: Vec<(f64, f64)> = (0..10).map(|i| (f64::from(i), 5.0)).collect();
        assert_eq!(trend(&flat), Some(Trend { slope: 0.0, z: 0.0 }));
        assert_eq!(trend(&line[..7]), None);
    }
}
