//! One criterion over a run.

use crate::model::{Criterion, Metric, NameId, Stretch};
use crate::stats::Interval;
use crate::verdict::criteria::amount::{Reach, Second, Tally};
use crate::verdict::criteria::figure::{Part, measure};
use crate::verdict::criteria::progress::{Progress, worse};
use crate::verdict::criteria::ring::Ring;

/// A criterion, and what was gathered for it.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    pub(super) criterion: Criterion,
    reach: Reach,
    open: Second,
    /// Everything since the start or the warm-up, but the open second.
    closed: Tally,
    /// The last seconds: a stretch of the window, or what "now" is.
    pub(super) ring: Ring,
    pub(super) progress: Progress,
    /// The reading of a probe that is furthest from passing.
    pub(super) worst_reading: Option<f64>,
}

/// What "now" is for a criterion over the whole run, in seconds.
const NOW_S: u32 = 10;

impl Gauge {
    /// A gauge that has seen nothing; `rows` are those it selects, `None` all.
    pub(super) fn new(criterion: &Criterion, rows: Option<&[NameId]>) -> Self {
        Self::of(criterion.clone(), Reach::new(criterion, rows))
    }

    /// The same, as if nothing had happened.
    pub(super) fn anew(&self) -> Self {
        Self::of(self.criterion.clone(), self.reach.clone())
    }

    fn of(criterion: Criterion, reach: Reach) -> Self {
        let kept_s = match criterion.window {
            Stretch::Whole => NOW_S,
            Stretch::Every(seconds) => seconds,
            Stretch::Sustained(_) | Stretch::InSeconds(_) => 1,
        };
        Self {
            progress: Progress::new(criterion.window),
            ring: Ring::new(usize::try_from(kept_s).unwrap_or(usize::MAX)),
            criterion,
            reach,
            open: Second::default(),
            closed: Tally::default(),
            worst_reading: None,
        }
    }

    /// Takes in an interval of the open second.
    pub(super) fn add(&mut self, interval: &Interval, seen: u64) {
        let part = self.reach.gather(interval, seen);
        self.open.add(&part);
    }

    /// Everything since the start or the warm-up.
    pub(super) fn tally(&self) -> Tally {
        let mut whole = self.closed.clone();
        whole.add(&self.criterion, &self.open);
        whole
    }

    /// The open second is over, and was seen from its beginning to its end.
    /// `reading` tells what a probe read last.
    pub(super) fn close(&mut self, end_s: u64, reading: &dyn Fn(&str) -> Option<f64>) {
        let mut second = std::mem::take(&mut self.open).compact();
        self.closed.add(&self.criterion, &second);
        if let Metric::Probe(name) = &self.criterion.metric
            && let Some(value) = reading(name)
        {
            second.amount.readings = 1;
            second.amount.reading_sum = value;
            let known = self.worst_reading;
            if known.is_none_or(|known| worse(&self.criterion, value, known)) {
                self.worst_reading = Some(value);
            }
        }
        self.ring.push(second);
        let seconds = match self.criterion.window {
            Stretch::Whole => return,
            Stretch::Every(_) if !self.ring.is_full() => return,
            Stretch::Every(seconds) => f64::from(seconds),
            Stretch::Sustained(_) | Stretch::InSeconds(_) => 1.0,
        };
        let gathered = self.ring.gathered(&self.criterion);
        let figure = measure(&self.criterion, gathered, seconds, Part::Stretch);
        self.progress.step(&self.criterion, &figure, end_s);
    }

    /// The open second was seen in part only: it counts in the whole alone.
    pub(super) fn skip(&mut self) {
        let second = std::mem::take(&mut self.open).compact();
        self.closed.add(&self.criterion, &second);
    }
}
