//! How long a target takes to answer.

use std::time::Duration;

/// A distribution of delays.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DelayDistribution {
    /// None: it answers at once.
    None,
    /// Always 5 ms.
    Fixed,
    /// 2 ms, and one in ten 40 ms.
    Bimodal,
    /// Lognormal: median 8 ms, a standard deviation of 0.6 of its logarithm.
    Lognormal,
}

/// Those whose percentiles are compared.
pub(crate) const ALL: [DelayDistribution; 3] = [
    DelayDistribution::Fixed,
    DelayDistribution::Bimodal,
    DelayDistribution::Lognormal,
];

impl DelayDistribution {
    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Fixed => "fixed",
            Self::Bimodal => "bimodal",
            Self::Lognormal => "lognormal",
        }
    }

    /// One of them.
    pub(crate) fn draw(self, rng: &mut fastrand::Rng) -> Duration {
        let ms = match self {
            Self::None => 0.0,
            Self::Fixed => 5.0,
            Self::Bimodal if rng.u8(0..10) == 0 => 40.0,
            Self::Bimodal => 2.0,
            Self::Lognormal => 8.0 * (0.6 * normal(rng)).exp(),
        };
        // A second at most, however far out the draw.
        Duration::from_secs_f64(ms.min(1_000.0) / 1_000.0)
    }
}

/// A standard normal number (Box and Muller, 1958).
fn normal(rng: &mut fastrand::Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}
