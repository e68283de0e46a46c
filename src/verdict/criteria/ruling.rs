//! Judges a criterion twice: as measured, and less the generator's own share.

use crate::model::{Criterion, Metric};
use crate::verdict::criteria::figure::Figure;
use crate::verdict::disturbance::disturbing_from_us;

/// Two views of the same: as measured, and less what the generator itself may
/// have added.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Both<T> {
    pub(super) measured: T,
    /// At least as good as the truth: too much may have been taken away.
    pub(super) less: T,
}

/// What of the generator's own moves the figure of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MovedBy {
    /// Delays: it is a time.
    Delays {
        /// A second with a longer delay is disturbed.
        from_us: u64,
    },
    /// Gaps: it is a rate.
    Gaps,
    /// Nothing: it is a count, a share, or not of the load.
    Nothing,
}

/// How a criterion was judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ruled {
    /// The figure that is judged, as measured.
    pub(super) figure: Figure,
    /// What it is less the generator's own share.
    pub(super) less: Option<f64>,
    pub(super) answer: Answer,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Whether it passes, whatever the generator added; `None` for want of
    /// samples.
    Passes(Option<bool>),
    /// Likewise, without so many disturbed seconds.
    Without(u64, Option<bool>),
    /// The generator's own share decides.
    Disturbed,
}

impl MovedBy {
    pub(super) fn of(criterion: &Criterion) -> Self {
        match criterion.metric {
            Metric::Mean(_) | Metric::Max(_) | Metric::Quantile(..) => Self::Delays {
                from_us: disturbing_from_us(criterion.value),
            },
            Metric::Rps(_) => Self::Gaps,
            _ => Self::Nothing,
        }
    }
}

impl Answer {
    /// Whether it passes; `None` where that cannot be said.
    pub(super) fn passes(self) -> Option<bool> {
        match self {
            Self::Passes(passes) | Self::Without(_, passes) => passes,
            Self::Disturbed => None,
        }
    }
}

/// So many seconds of a stretch may be left out, or be gaps.
pub(crate) fn may_be_left_out_s(stretch_s: f64) -> f64 {
    const PART: f64 = 0.05;
    (stretch_s * PART).max(1.0)
}

/// Judges a criterion by its figures over a stretch. `calm` gives those
/// without the disturbed seconds, and how many these are; `None` where they
/// are too many.
pub(super) fn rule(
    criterion: &Criterion,
    all: Both<Figure>,
    calm: impl FnOnce() -> Option<(Both<Figure>, u64)>,
) -> Ruled {
    let agreed = |figures: &Both<Figure>| {
        let measured = figures.measured.passes(criterion);
        (measured == figures.less.passes(criterion)).then_some(measured)
    };
    let ruled = |figures: Both<Figure>, answer| Ruled {
        figure: figures.measured,
        less: figures.less.value,
        answer,
    };
    if let Some(passes) = agreed(&all) {
        return ruled(all, Answer::Passes(passes));
    }
    if let Some((calm, left_out_s)) = calm()
        && let Some(passes) = agreed(&calm)
    {
        return ruled(calm, Answer::Without(left_out_s, passes));
    }
    ruled(all, Answer::Disturbed)
}

impl Ruled {
    /// How much of a time is the generator's at most.
    pub(super) fn own_us(&self, moved: MovedBy) -> Option<u64> {
        let is_time = matches!(moved, MovedBy::Delays { .. });
        let own_us = self.figure.value.filter(|_| is_time)? - self.less?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a difference of times, not negative"
        )]
        Some(own_us.max(0.0).round() as u64)
    }
}
