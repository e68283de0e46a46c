//! How a criterion stands.

use crate::model::{Comparison, Metric, Portion, Selector, Stretch};
use crate::verdict::criteria::figure::{Figure, Part, float, measure};
use crate::verdict::criteria::gauge::{Gauge, Patience};
use crate::verdict::criteria::progress::{Every, InSeconds, Progress, Sustained};
use crate::verdict::criteria::watch::Moment;
use crate::verdict::criteria::words::{figure_text, grouped};
use crate::verdict::{CriterionLine, Standing};

/// A standing, and what is to be said with it.
struct Stands {
    standing: Standing,
    figure: Option<String>,
    value: Option<f64>,
    note: Option<String>,
}

impl Gauge {
    /// How it stands `seconds` after counting began.
    pub(super) fn line(
        &self,
        moment: &Moment<'_>,
        seconds: f64,
        patience: Patience,
    ) -> CriterionLine {
        let stands = match (&self.progress, self.criterion.window) {
            (Progress::Sustained(state), Stretch::Sustained(needed)) => {
                sustained(state, needed, moment.ended)
            }
            (Progress::Every(state), _) => self.every(state, moment.ended),
            (Progress::InSeconds(state), Stretch::InSeconds(share)) => {
                in_seconds(state, share, moment.ended)
            }
            _ => self.whole(moment, seconds, patience),
        };
        CriterionLine {
            text: self.criterion.text.clone(),
            standing: stands.standing,
            figure: stands.figure,
            value: stands.value,
            note: stands.note,
        }
    }

    fn whole(&self, moment: &Moment<'_>, seconds: f64, patience: Patience) -> Stands {
        let criterion = &self.criterion;
        let figure = match criterion.metric {
            Metric::UsersFailed => {
                let counts = moment.counts;
                Figure::count(float(counts.users_failed), counts.users_started, 1)
            }
            Metric::Probe(_) => {
                let readings = u64::from(self.worst_reading.is_some());
                Figure::of(self.worst_reading, readings, 1)
            }
            _ => measure(
                criterion,
                &self.whole_amount(patience),
                &self.whole_times,
                seconds,
                Part::Whole,
            ),
        };
        let passes = figure.passes(criterion);
        let (standing, note) = match passes {
            Some(true) if !moment.ended && self.fails_now() => {
                let note = "not over the last 10 s alone".to_owned();
                (Standing::AtRisk, Some(note))
            }
            Some(true) => (Standing::Met, None),
            Some(false) if moment.ended || self.is_lost(&figure) => (Standing::Broken, None),
            Some(false) if self.counts_up() => (Standing::Undecided, Some("so far".to_owned())),
            Some(false) => (Standing::AtRisk, Some("so far".to_owned())),
            None => (Standing::Undecided, Some(self.too_few(&figure))),
        };
        Stands {
            standing,
            figure: figure.value.map(|value| self.text_of(value)),
            value: figure.value,
            note,
        }
    }

    /// Whether the last seconds alone would break a criterion that holds.
    fn fails_now(&self) -> bool {
        let kind = &self.criterion.metric;
        let is_of_now = matches!(
            kind,
            Metric::Success
                | Metric::Delivered
                | Metric::Dropped(Portion::Share)
                | Metric::Missed(Portion::Share)
                | Metric::Rps(_)
                | Metric::Mean(_)
                | Metric::Quantile(..)
        );
        let seconds = float(self.ring.len() as u64);
        is_of_now && seconds > 0.0 && {
            let amount = self.ring.amount();
            let times = self.ring.times();
            let now = measure(&self.criterion, &amount, times, seconds, Part::Stretch);
            now.passes(&self.criterion) == Some(false)
        }
    }

    /// Whether nothing that comes can mend it.
    fn is_lost(&self, figure: &Figure) -> bool {
        let criterion = &self.criterion;
        let is_short = criterion.op == Comparison::Equal
            && !matches!(criterion.metric, Metric::Success | Metric::Delivered)
            && !matches!(criterion.metric, Metric::Probe(_))
            && figure.value.is_some_and(|value| value < criterion.value);
        criterion.can_break_early() && !is_short
    }

    /// Whether it is a number that is still being counted up to.
    fn counts_up(&self) -> bool {
        let is_count = self.is_count();
        let up = [Comparison::AtLeast, Comparison::Greater, Comparison::Equal];
        is_count && up.contains(&self.criterion.op)
    }

    fn is_count(&self) -> bool {
        matches!(
            self.criterion.metric,
            Metric::Requests
                | Metric::Failures
                | Metric::Dropped(Portion::Count)
                | Metric::Missed(Portion::Count)
        )
    }

    fn too_few(&self, figure: &Figure) -> String {
        if matches!(self.criterion.metric, Metric::Probe(_)) {
            return "the probe has read nothing".to_owned();
        }
        if figure.has == 0 {
            let what = match self.criterion.of {
                _ if self.criterion.metric.is_of_delivery() => "no task start was planned",
                _ if self.criterion.metric == Metric::UsersFailed => "no user started",
                Selector::All | Selector::Status(..) => "no requests",
                _ => "no such requests",
            };
            return what.to_owned();
        }
        let (needs, has) = (grouped(figure.needs), grouped(figure.has));
        format!("needs {needs} samples, has {has}")
    }

    fn every(&self, state: &Every, ended: bool) -> Stands {
        let latest = self.ring.latest();
        let fails_now = || {
            latest.is_some_and(|second| {
                let mut times = crate::stats::Histogram::new();
                times.add(&second.buckets);
                let criterion = &self.criterion;
                let now = measure(criterion, &second.amount, &times, 1.0, Part::Stretch);
                // A count of one second says nothing about a count of many.
                !self.is_count() && now.passes(criterion) == Some(false)
            })
        };
        let standing = match state {
            state if state.is_broken => Standing::Broken,
            state if state.judged == 0 => Standing::Undecided,
            _ if !ended && fails_now() => Standing::AtRisk,
            _ => Standing::Met,
        };
        let note = match (state.worst, state.judged, state.unjudged) {
            (Some((_, end_s)), _, 0) => format!("the worst, up to {end_s} s"),
            (Some((_, end_s)), _, few) => format!(
                "the worst, up to {end_s} s; {} stretches had too few samples",
                grouped(few)
            ),
            (None, 0, 0) => "no whole stretch yet".to_owned(),
            (None, ..) => "no stretch had enough samples".to_owned(),
        };
        let worst = state.worst.map(|(worst, _)| worst);
        Stands {
            standing,
            figure: worst.map(|worst| self.text_of(worst)),
            value: worst,
            note: Some(note),
        }
    }

    fn text_of(&self, value: f64) -> String {
        figure_text(&self.criterion, value)
    }
}

fn sustained(state: &Sustained, needed: u32, ended: bool) -> Stands {
    let (standing, note) = if state.longest >= needed {
        (Standing::Met, None)
    } else if state.judged == 0 {
        let note = "no second could be judged".to_owned();
        (Standing::Undecided, Some(note))
    } else if ended {
        (Standing::Broken, None)
    } else if state.streak > 0 {
        let note = format!("{} s up to now", state.streak);
        (Standing::Undecided, Some(note))
    } else {
        let note = "not in the last second".to_owned();
        (Standing::AtRisk, Some(note))
    };
    let longest = state.longest.min(needed);
    Stands {
        standing,
        figure: Some(format!("{longest} s of {needed} s")),
        value: Some(f64::from(state.longest)),
        note,
    }
}

fn in_seconds(state: &InSeconds, share: f64, ended: bool) -> Stands {
    let Some((least, most)) = state.shares() else {
        return Stands {
            standing: Standing::Undecided,
            figure: None,
            value: None,
            note: Some("no whole second yet".to_owned()),
        };
    };
    let standing = if least >= share {
        if !ended && state.is_failing_now(share) {
            Standing::AtRisk
        } else {
            Standing::Met
        }
    } else if most >= share {
        Standing::Undecided
    } else if ended {
        Standing::Broken
    } else {
        Standing::AtRisk
    };
    let (held, all) = (grouped(state.held), grouped(state.all));
    let unjudged = grouped(state.unjudged);
    Stands {
        standing,
        figure: Some(format!("{held} of {all} s")),
        value: Some(least),
        note: (state.unjudged > 0).then(|| format!("{unjudged} s had too few samples")),
    }
}
