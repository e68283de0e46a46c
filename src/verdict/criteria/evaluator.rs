//! One criterion over a run.

use crate::model::{Criterion, CriterionWindow, Metric};
use crate::stats::{Delays, Delivery, Interval};
use crate::verdict::criteria::figure::{Extent, Figure, measure};
use crate::verdict::criteria::monitor::Moment;
use crate::verdict::criteria::planned_starts::{Patience, PlannedStarts};
use crate::verdict::criteria::progress::{Progress, worse};
use crate::verdict::criteria::ruling::{Both, MovedBy, Ruled, may_be_left_out_s, rule};
use crate::verdict::criteria::tally::{Gathered, Reach, Second, Selected, Tally};
use crate::verdict::criteria::window::{Closed, SecondsWindow};
use crate::verdict::findings::wording::float;

/// A criterion, and what was gathered for it.
#[derive(Clone, Debug)]
pub(super) struct Evaluator {
    pub(super) criterion: Criterion,
    pub(super) moved: MovedBy,
    reach: Reach,
    open: Second,
    whole: Whole,
    /// The last seconds: a stretch of the window, or what "now" is.
    pub(super) ring: SecondsWindow,
    pub(super) progress: Progress,
    /// The reading of a probe that is furthest from passing.
    pub(super) worst_reading: Option<f64>,
    /// The planned starts that it is about.
    starts: PlannedStarts,
}

/// Everything since the start or the warm-up.
#[derive(Clone, Debug, Default)]
struct Whole {
    tally: Both<Tally>,
    /// The same without the seconds that may be left out; `None` where there
    /// are none of these.
    calm: Option<Both<Tally>>,
    /// Seconds left out by that; none after the end of the load.
    left_out_s: f64,
    /// How many of these are disturbed themselves.
    disturbed_s: u64,
    /// Whether the latest second was.
    was_disturbed: bool,
}

/// The latest seconds that count as "now" for a criterion over the whole run.
const NOW_S: u32 = 10;

impl Evaluator {
    /// A gauge that has seen nothing.
    pub(super) fn new(criterion: &Criterion, selected: &Selected) -> Self {
        Self::of(criterion.clone(), Reach::new(criterion, selected))
    }

    /// The same, as if nothing had happened.
    pub(super) fn anew(&self) -> Self {
        Self::of(self.criterion.clone(), self.reach.clone())
    }

    fn of(criterion: Criterion, reach: Reach) -> Self {
        let kept_s = match criterion.window {
            CriterionWindow::Whole => NOW_S,
            CriterionWindow::Every(seconds) => seconds,
            CriterionWindow::Sustained(_) | CriterionWindow::InSeconds(_) => 1,
        };
        let kept_s = usize::try_from(kept_s).unwrap_or(usize::MAX);
        Self {
            moved: MovedBy::of(&criterion),
            progress: Progress::new(criterion.window),
            ring: SecondsWindow::new(kept_s),
            starts: PlannedStarts::new(kept_s),
            criterion,
            reach,
            open: Second::default(),
            whole: Whole::default(),
            worst_reading: None,
        }
    }

    /// Takes in an interval of the open second.
    pub(super) fn add(&mut self, interval: &Interval, seen: u64) {
        let part = self.reach.gather(interval, seen);
        self.open.add(&part);
    }

    /// Takes in what an interval of the open second says of planned starts; those
    /// of the warm-up, up to `after_s`, do not count.
    pub(super) fn add_starts(&mut self, interval: &Interval, (after_s, open_s): (u64, u64)) {
        self.starts.add(&self.reach, interval, (after_s, open_s));
    }

    /// The open second is over, and was seen from its beginning to its end.
    /// `reading` tells what a probe read last.
    pub(super) fn close(
        &mut self,
        end_s: u64,
        (grace_us, length_s): (u64, f64),
        reading: &dyn Fn(&str) -> Option<f64>,
        delays: &Delays,
    ) {
        self.starts.close(end_s, grace_us);
        if let Metric::Probe(name) = &self.criterion.metric
            && let Some(value) = reading(name)
        {
            self.open.amount.readings = 1;
            self.open.amount.reading_sum = value;
            let known = self.worst_reading;
            if known.is_none_or(|known| worse(&self.criterion, value, known)) {
                self.worst_reading = Some(value);
            }
        }
        let second = self.take_open(end_s, length_s, delays);
        self.ring.push(second);
        let stretch_s = match self.criterion.window {
            CriterionWindow::Whole => return,
            CriterionWindow::Every(_) if !self.ring.is_full() => return,
            CriterionWindow::Every(seconds) => f64::from(seconds),
            CriterionWindow::Sustained(_) | CriterionWindow::InSeconds(_) => 1.0,
        };
        let ruled = self.rule_ring(stretch_s);
        self.progress
            .step(&self.criterion, &ruled, end_s, self.moved);
    }

    /// The open second was seen in part only: it counts in the whole alone.
    pub(super) fn skip(&mut self, end_s: u64, length_s: f64, delays: &Delays) {
        self.starts.skip();
        self.take_open(end_s, length_s, delays);
    }

    fn take_open(&mut self, end_s: u64, length_s: f64, delays: &Delays) -> Closed {
        let open = std::mem::take(&mut self.open);
        let second = self.whole.closed(open, end_s, delays, self.moved);
        self.whole.add(&self.criterion, &second, length_s);
        second
    }

    /// Judges the stretch that the ring holds.
    fn rule_ring(&self, stretch_s: f64) -> Ruled {
        let criterion = &self.criterion;
        let both_s = without_gaps(stretch_s, self.ring.gap_us());
        let gathered = self.ring.gathered(criterion).with(self.starts.recent());
        let all = figures(criterion, gathered, both_s, Extent::CriterionWindow);
        rule(criterion, all, || {
            let calm = self.ring.calm(criterion);
            let is_enough =
                calm.seconds > 0 && float(calm.disturbed_s) <= may_be_left_out_s(stretch_s);
            is_enough.then(|| {
                let both_s = without_gaps(float(calm.seconds), 0);
                let gathered = calm.tally.gathered();
                (
                    figures(criterion, gathered, both_s, Extent::CriterionWindow),
                    calm.disturbed_s,
                )
            })
        })
    }

    /// Judges the last `seconds` of the run, in which it counts, with the
    /// second that is open and ends at `open_s`.
    pub(super) fn rule_whole(
        &self,
        moment: &Moment<'_>,
        seconds: f64,
        (open_s, patience): (u64, Patience),
    ) -> Ruled {
        let (criterion, delays) = (&self.criterion, moment.delays);
        let mut whole = self.whole.clone();
        let open = whole.closed(self.open.clone(), open_s, delays, self.moved);
        let length_s = length_of(open_s, moment.elapsed_s);
        whole.add(criterion, &open, length_s);
        let from_s = (moment.elapsed_s - seconds).max(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a moment of the run"
        )]
        let [from_us, to_us] = [from_s, moment.elapsed_s].map(|at_s| (at_s * 1e6) as u64);
        let gaps_us = delays.gaps_between_us(from_us, to_us);
        let both_s = without_gaps(seconds, gaps_us);
        let gathered = whole.tally.gathered().with(self.starts.whole(patience));
        let all = figures(criterion, gathered, both_s, Extent::Whole);
        rule(criterion, all, || {
            let calm = whole.calm.as_ref()?;
            let is_enough = float(whole.disturbed_s) <= may_be_left_out_s(seconds);
            let left_s = seconds - whole.left_out_s;
            (is_enough && left_s > 0.0).then(|| {
                let both_s = without_gaps(left_s, 0);
                (
                    figures(criterion, calm.gathered(), both_s, Extent::Whole),
                    whole.disturbed_s,
                )
            })
        })
    }
}

impl Whole {
    /// A second in both views; what was late in it and in the one before.
    fn closed(&self, open: Second, end_s: u64, delays: &Delays, moved: MovedBy) -> Closed {
        let measured = open.compact();
        let (less, is_disturbed) = match moved {
            MovedBy::Delays { from_us } => {
                let own_us = |took_us| delays.within_us(end_s, took_us);
                (measured.less(own_us), delays.of_second_us(end_s) > from_us)
            }
            MovedBy::Gaps => (measured.clone(), delays.gap_in_second_us(end_s) > 0),
            MovedBy::Nothing => (measured.clone(), false),
        };
        Closed {
            second: Both { measured, less },
            gap_us: delays.gap_in_second_us(end_s),
            is_disturbed,
            is_left_out: is_disturbed || self.was_disturbed,
        }
    }

    fn add(&mut self, criterion: &Criterion, second: &Closed, length_s: f64) {
        if second.is_left_out {
            self.calm.get_or_insert_with(|| self.tally.clone());
            self.left_out_s += length_s;
            self.disturbed_s += u64::from(second.is_disturbed);
        } else if let Some(calm) = &mut self.calm {
            calm.add(criterion, &second.second);
        }
        self.was_disturbed = second.is_disturbed;
        self.tally.add(criterion, &second.second);
    }
}

impl Both<Gathered<'_>> {
    /// The same, with these planned starts.
    fn with(mut self, starts: Delivery) -> Self {
        self.measured.amount.delivery = starts;
        self.less.amount.delivery = starts;
        self
    }
}

/// How much of the second that ends at `end_s` lies before a moment, in seconds.
pub(super) fn length_of(end_s: u64, until_s: f64) -> f64 {
    (until_s - float(end_s.saturating_sub(1))).clamp(0.0, 1.0)
}

/// A stretch, and what is left of it without its gaps.
fn without_gaps(stretch_s: f64, gaps_us: u64) -> Both<f64> {
    Both {
        measured: stretch_s,
        less: (stretch_s - float(gaps_us) / 1e6).max(0.0),
    }
}

/// The figures of both views.
fn figures(
    criterion: &Criterion,
    of: Both<Gathered<'_>>,
    seconds: Both<f64>,
    part: Extent,
) -> Both<Figure> {
    Both {
        measured: measure(criterion, of.measured, seconds.measured, part),
        less: measure(criterion, of.less, seconds.less, part),
    }
}

/// The figures of the last seconds alone, both views.
pub(super) fn figures_of_ring(gauge: &Evaluator) -> Both<Figure> {
    let both_s = without_gaps(float(gauge.ring.len() as u64), gauge.ring.gap_us());
    let gathered = gauge.ring.gathered(&gauge.criterion);
    let gathered = gathered.with(gauge.starts.recent());
    figures(&gauge.criterion, gathered, both_s, Extent::CriterionWindow)
}

/// The figures of the latest second alone, both views; `None` before the first.
pub(super) fn figures_of_latest(gauge: &Evaluator) -> Option<Both<Figure>> {
    let latest = gauge.ring.latest()?;
    let mut tally = Both::<Tally>::default();
    tally.add(&gauge.criterion, &latest.second);
    let both_s = without_gaps(1.0, latest.gap_us);
    Some(figures(
        &gauge.criterion,
        tally.gathered().with(gauge.starts.latest()),
        both_s,
        Extent::CriterionWindow,
    ))
}
