//! The criteria of the runs.

use std::fmt;

/// What has to hold of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Criterion {
    /// At least this share succeeds, 0 to 1.
    Success(f64),
    /// At least so many requests a second.
    Rps(f64),
    /// This share of service times is below a limit.
    Service {
        /// 0 to 1.
        quantile: f64,
        /// In milliseconds.
        below_ms: f64,
    },
    /// The same of response times.
    Response {
        /// 0 to 1.
        quantile: f64,
        /// In milliseconds.
        below_ms: f64,
    },
    /// At least this share of the planned starts takes place, 0 to 1.
    Delivered(f64),
    /// Less than this share of the planned starts is dropped, 0 to 1.
    Dropped(f64),
}

impl Criterion {
    /// The 95th percentile of service times.
    pub(crate) fn p95(below_ms: f64) -> Self {
        Self::Service {
            quantile: 0.95,
            below_ms,
        }
    }

    /// The 99th.
    pub(crate) fn p99(below_ms: f64) -> Self {
        Self::Service {
            quantile: 0.99,
            below_ms,
        }
    }

    /// Whether it is about what the plan asked for.
    pub(crate) fn is_of_delivery(self) -> bool {
        matches!(self, Self::Delivered(_) | Self::Dropped(_))
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success(share) => write!(f, "success >= {}%", percent(*share)),
            Self::Rps(rate) => write!(f, "rps >= {rate}"),
            Self::Service { quantile, below_ms } => {
                write!(f, "p{} < {below_ms}ms", percent(*quantile))
            }
            Self::Response { quantile, below_ms } => {
                write!(f, "response.p{} < {below_ms}ms", percent(*quantile))
            }
            Self::Delivered(share) => write!(f, "delivered >= {}%", percent(*share)),
            Self::Dropped(share) => write!(f, "dropped < {}%", percent(*share)),
        }
    }
}

/// Without the digits that binary fractions add.
fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}
