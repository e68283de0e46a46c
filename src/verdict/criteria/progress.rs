//! The progress of a window, second by second.

use crate::model::{Comparison, Criterion, CriterionWindow};
use crate::verdict::criteria::ruling::{Answer, MovedBy, Ruled, may_be_left_out_s};

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
    /// Seconds that the generator itself decides.
    pub(super) disturbed: u64,
    /// How many of these the streak is let go on over.
    left_out: u32,
}

/// `every 10s`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Every {
    /// Stretches that could be judged.
    pub(super) judged: u64,
    /// Stretches that could not, for want of samples.
    pub(super) unjudged: u64,
    /// Stretches that the generator itself decides.
    pub(super) disturbed: u64,
    /// The worst of them.
    pub(super) worst: Option<Worst>,
    /// Whether a stretch did not pass.
    pub(super) is_broken: bool,
}

/// The figure of a stretch of `every`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worst {
    pub(super) figure: f64,
    /// How much of it is the generator's at most, if it is a time.
    pub(super) own_us: Option<u64>,
    /// The end of the stretch in seconds.
    pub(super) end_s: u64,
}

/// `in 99% of seconds`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InSeconds {
    /// Seconds in which it holds.
    pub(super) held: u64,
    /// Seconds that could not be judged for want of samples.
    pub(super) unjudged: u64,
    /// Seconds that the generator itself decides.
    pub(super) disturbed: u64,
    /// All seconds.
    pub(super) all: u64,
    /// Of the last 32 seconds, the latest lowest: whether it did not hold.
    latest: u32,
}

impl Progress {
    pub(super) fn new(window: CriterionWindow) -> Self {
        match window {
            CriterionWindow::Whole => Self::Whole,
            CriterionWindow::Sustained(_) => Self::Sustained(Sustained::default()),
            CriterionWindow::Every(_) => Self::Every(Every::default()),
            CriterionWindow::InSeconds(_) => Self::InSeconds(InSeconds::default()),
        }
    }

    /// Takes in how the stretch that ended at `end_s` was judged.
    pub(super) fn step(
        &mut self,
        criterion: &Criterion,
        ruled: &Ruled,
        end_s: u64,
        moved: MovedBy,
    ) {
        match self {
            Self::Whole => {}
            Self::Sustained(state) => state.step(criterion, ruled.answer),
            Self::Every(state) => state.step(criterion, ruled, end_s, moved),
            Self::InSeconds(state) => state.step(ruled.answer),
        }
    }
}

impl Sustained {
    fn step(&mut self, criterion: &Criterion, answer: Answer) {
        let passes = answer.passes();
        let is_disturbed = answer == Answer::Disturbed;
        self.judged += u64::from(passes.is_some());
        self.disturbed += u64::from(is_disturbed);
        self.possible = match passes {
            Some(false) => 0,
            _ => self.possible + 1,
        };
        self.longest_possible = self.longest_possible.max(self.possible);
        let needed_s = match criterion.window {
            CriterionWindow::Sustained(seconds) => f64::from(seconds),
            _ => 0.0,
        };
        if is_disturbed && f64::from(self.left_out + 1) <= may_be_left_out_s(needed_s) {
            self.left_out += 1;
        } else if passes == Some(true) {
            self.streak += 1;
        } else {
            (self.streak, self.left_out) = (0, 0);
        }
        self.longest = self.longest.max(self.streak);
    }
}

impl Every {
    fn step(&mut self, criterion: &Criterion, ruled: &Ruled, end_s: u64, moved: MovedBy) {
        if ruled.answer == Answer::Disturbed {
            self.disturbed += 1;
            return;
        }
        let (Some(passes), Some(figure)) = (ruled.answer.passes(), ruled.figure.value) else {
            self.unjudged += 1;
            return;
        };
        self.judged += 1;
        self.is_broken |= !passes;
        let worst = self.worst.as_ref();
        if worst.is_none_or(|worst| worse(criterion, figure, worst.figure)) {
            self.worst = Some(Worst {
                figure,
                own_us: ruled.own_us(moved),
                end_s,
            });
        }
    }
}

impl InSeconds {
    fn step(&mut self, answer: Answer) {
        let passes = answer.passes();
        let is_disturbed = answer == Answer::Disturbed;
        self.all += 1;
        self.held += u64::from(passes == Some(true));
        self.disturbed += u64::from(is_disturbed);
        self.unjudged += u64::from(passes.is_none() && !is_disturbed);
        self.latest = self.latest << 1 | u32::from(passes == Some(false));
    }

    /// The share of seconds in which it holds, at least and at most: those
    /// that cannot be judged may be either.
    #[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
    pub(super) fn shares(&self) -> Option<(f64, f64)> {
        let share = |seconds: u64| seconds as f64 / self.all as f64;
        let open = self.unjudged + self.disturbed;
        (self.all > 0).then(|| (share(self.held), share(self.held + open)))
    }

    /// The same without the disturbed seconds; `None` where these are too many.
    #[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
    pub(super) fn calm_shares(&self) -> Option<(f64, f64)> {
        let is_enough = self.disturbed as f64 <= may_be_left_out_s(self.all as f64);
        let calm = Self {
            all: self.all - self.disturbed,
            disturbed: 0,
            ..*self
        };
        is_enough.then_some(calm)?.shares()
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
