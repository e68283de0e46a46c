//! Rates of the last seconds.

use crate::run::stats::stat_row::Rates;
use crate::run::stats::tables::float;

/// Rates of "now" cover this many closed seconds.
const RATE_S: usize = 3;

/// Counts requests and failures of the last closed seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter {
    open: (u64, u64),
    closed: [(u64, u64); RATE_S],
}

impl Meter {
    pub(super) fn add(&mut self, requests: u64, failures: u64) {
        self.open.0 += requests;
        self.open.1 += failures;
    }

    pub(super) fn close(&mut self) -> (u64, u64) {
        let closed = std::mem::take(&mut self.open);
        self.closed.rotate_right(1);
        self.closed[0] = closed;
        closed
    }

    /// Rates over the closed seconds, of which there are `seconds`.
    pub(super) fn rates(&self, seconds: u64) -> Rates {
        let seconds = usize::try_from(seconds).unwrap_or(RATE_S).min(RATE_S);
        if seconds == 0 {
            return Rates::default();
        }
        let sum = |part: fn(&(u64, u64)) -> u64| {
            let counted: u64 = self.closed[..seconds].iter().map(part).sum();
            float(counted) / float(seconds as u64)
        };
        Rates {
            rps: sum(|second| second.0),
            fps: sum(|second| second.1),
        }
    }
}
