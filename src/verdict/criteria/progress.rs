//! How a window goes on, second by second.

use crate::model::{Comparison, Criterion, Stretch};
use crate::verdict::criteria::figure::Figure;

/// What a window remembers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Progress {
    Whole,
    Sustained(Sustained),
    Every(Every),
    InSeconds(InSeconds),
}

/// `sustained 60s`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sustained {
    /// Seconds in a row in which it holds, up to now.
    pub(super) streak: u32,
    /// The most there were.
    pub(super) longest: u32,
    /// Seconds in a row in which it may hold: those that cannot be judged
    /// are let count.
    possible: u32,
    /// The most there were.
    pub(super) longest_possible: u32,
    /// Seconds that could be judged.
    pub(super) judged: u64,
}

/// `every 10s`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Every {
    /// Stretches that could be judged.
    pub(super) judged: u64,
    /// Stretches that could not, for want of samples.
    pub(super) unjudged: u64,
    /// The worst figure, and the end of its stretch in seconds.
    pub(super) worst: Option<(f64, u64)>,
    /// Whether a stretch did not pass.
    pub(super) is_broken: bool,
}

/// `in 99% of seconds`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InSeconds {
    /// Seconds in which it holds.
    pub(super) held: u64,
    /// Seconds that could not be judged.
    pub(super) unjudged: u64,
    /// All seconds.
    pub(super) all: u64,
    /// Of the last 32 seconds, the latest lowest: whether it did not hold.
    latest: u32,
}

impl Progress {
    pub(super) fn new(window: Stretch) -> Self {
        match window {
            Stretch::Whole => Self::Whole,
            Stretch::Sustained(_) => Self::Sustained(Sustained::default()),
            Stretch::Every(_) => Self::Every(Every::default()),
            Stretch::InSeconds(_) => Self::InSeconds(InSeconds::default()),
        }
    }

    /// Takes in the figure of the stretch that ended at `end_s`.
    pub(super) fn step(&mut self, criterion: &Criterion, figure: &Figure, end_s: u64) {
        let passes = figure.passes(criterion);
        match self {
            Self::Whole => {}
            Self::Sustained(state) => {
                state.judged += u64::from(passes.is_some());
                state.streak = if passes == Some(true) {
                    state.streak + 1
                } else {
                    0
                };
                state.longest = state.longest.max(state.streak);
                state.possible = match passes {
                    Some(false) => 0,
                    _ => state.possible + 1,
                };
                state.longest_possible = state.longest_possible.max(state.possible);
            }
            Self::Every(state) => match (passes, figure.value) {
                (Some(passes), Some(value)) => {
                    state.judged += 1;
                    state.is_broken |= !passes;
                    let is_worst = state
                        .worst
                        .is_none_or(|(worst, _)| worse(criterion, value, worst));
                    if is_worst {
                        state.worst = Some((value, end_s));
                    }
                }
                _ => state.unjudged += 1,
            },
            Self::InSeconds(state) => {
                state.all += 1;
                state.held += u64::from(passes == Some(true));
                state.unjudged += u64::from(passes.is_none());
                state.latest = state.latest << 1 | u32::from(passes == Some(false));
            }
        }
    }
}

impl InSeconds {
    /// The share of seconds in which it holds, at least and at most: those
    /// that cannot be judged may be either.
    #[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
    pub(super) fn shares(&self) -> Option<(f64, f64)> {
        let share = |seconds: u64| seconds as f64 / self.all as f64;
        (self.all > 0).then(|| (share(self.held), share(self.held + self.unjudged)))
    }

    /// Whether the last 10 seconds alone would not do; one of them is let pass.
    pub(super) fn is_failing_now(&self, share: f64) -> bool {
        let failed = (self.latest & ((1 << 10) - 1)).count_ones();
        f64::from(failed) > 10.0 * (1.0 - share) + 1.0
    }
}

/// Whether a figure is further from passing than another.
pub(super) fn worse(criterion: &Criterion, figure: f64, than: f64) -> bool {
    match criterion.op {
        Comparison::Less | Comparison::AtMost => figure > than,
        Comparison::Greater | Comparison::AtLeast => figure < than,
        Comparison::Equal | Comparison::NotEqual => {
            let holds = |one| criterion.op.holds(one, criterion.value);
            holds(than) && !holds(figure)
        }
    }
}
