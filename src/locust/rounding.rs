//! How Locust rounds times.

/// Microseconds as milliseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "at most an hour in microseconds"
)]
pub(super) fn millis(us: u64) -> f64 {
    us as f64 / 1e3
}

/// Whole milliseconds in the two digits that Locust's percentiles have:
/// below 100 ms to 1, below 1 s to 10, below 10 s to 100, above to 1,000; a
/// half goes to the even neighbour.
pub(super) fn bucket_ms(us: u64) -> u64 {
    let step_ms = match us {
        0..100_000 => 1,
        100_000..1_000_000 => 10,
        1_000_000..10_000_000 => 100,
        _ => 1_000,
    };
    let step_us = step_ms * 1_000;
    let (whole, rest) = (us / step_us, us % step_us);
    let up = match (rest * 2).cmp(&step_us) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => whole % 2,
        std::cmp::Ordering::Greater => 1,
    };
    (whole + up) * step_ms
}

/// A median: rounded likewise, but not outside of what was measured.
pub(super) fn median_ms(p50_us: Option<u64>, min_us: Option<u64>, max_us: Option<u64>) -> u64 {
    let (Some(p50_us), Some(min_us), Some(max_us)) = (p50_us, min_us, max_us) else {
        return 0;
    };
    let whole = |us: u64| (us + 500) / 1_000;
    bucket_ms(p50_us)
        .max(whole(min_us))
        .min(whole(max_us).max(whole(min_us)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_as_in_locust() {
        for (us, ms) in [
            (400, 0),
            (500, 0),
            (1_500, 2),
            (2_500, 2),
            (99_600, 100),
            (104_900, 100),
            (105_000, 100),
            (115_000, 120),
            (995_000, 1_000),
            (1_050_000, 1_000),
            (1_150_000, 1_200),
            (9_950_000, 10_000),
            (10_500_000, 10_000),
            (11_500_000, 12_000),
        ] {
            assert_eq!(bucket_ms(us), ms, "{us} us");
        }
    }

    #[test]
    fn a_median_is_within_what_was_measured() {
        assert_eq!(median_ms(Some(144_000), Some(144_000), Some(144_000)), 144);
        assert_eq!(median_ms(Some(146_000), Some(2_000), Some(900_000)), 150);
        assert_eq!(median_ms(None, None, None), 0);
    }
}
