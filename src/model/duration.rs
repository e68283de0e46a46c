use std::time::Duration;

/// A duration in microseconds, the unit of every clock here; saturates.
#[must_use]
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
