use std::time::Instant;

/// A counter of which the rise per second is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counter(Option<(Instant, f64)>);

impl Counter {
    /// The rise per second since the value before; `None` for the first one,
    /// and when the counter began anew.
    pub(super) fn rate(&mut self, now: Instant, value: f64) -> Option<f64> {
        let (then, before) = self.0.replace((now, value))?;
        let seconds = now.saturating_duration_since(then).as_secs_f64();
        (seconds > 0.0 && value >= before).then(|| (value - before) / seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_rate_needs_two_values_that_rise() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut counter = Counter::default();
        assert_eq!(counter.rate(at(0), 100.0), None);
        assert_eq!(counter.rate(at(2), 150.0), Some(25.0));
        assert_eq!(counter.rate(at(2), 150.0), None, "no time has passed");
        assert_eq!(counter.rate(at(3), 10.0), None, "it began anew");
        assert_eq!(counter.rate(at(4), 11.0), Some(1.0));
    }
}
