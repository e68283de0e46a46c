use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The process's one monotonic clock: microseconds since it was started.
///
/// Copies read the same clock; start it once and pass it down.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    started_unix_us: u64,
}

impl Clock {
    /// Starts the clock at zero.
    #[must_use]
    pub fn start() -> Self {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            started: Instant::now(),
            started_unix_us: u64::try_from(unix.as_micros()).unwrap_or(u64::MAX),
        }
    }

    /// Microseconds since the start.
    #[must_use]
    #[inline]
    pub fn now_us(&self) -> u64 {
        // `as_micros` would divide 128-bit numbers on every request.
        let elapsed = self.started.elapsed();
        elapsed.as_secs() * 1_000_000 + u64::from(elapsed.subsec_micros())
    }

    /// The wall-clock time that belongs to a reading, in Unix microseconds. It
    /// goes by the wall clock at the start: later corrections of that are not seen.
    pub(crate) fn unix_us(&self, at_us: u64) -> u64 {
        self.started_unix_us.saturating_add(at_us)
    }
}
