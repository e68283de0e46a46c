//! How a criterion stands.

use crate::model::{
    Comparison, CriterionWindow, Metric, Portion, Selector, clock_text, count_text,
};
use crate::verdict::criteria::condition::Condition;
use crate::verdict::criteria::evaluator::{Evaluator, figures_of_latest, figures_of_ring};
use crate::verdict::criteria::figure::Figure;
use crate::verdict::criteria::monitor::Moment;
use crate::verdict::criteria::planned_starts::Patience;
use crate::verdict::criteria::progress::{Every, InSeconds, Progress, Sustained};
use crate::verdict::criteria::ruling::{Answer, Both, MovedBy, Ruled};
use crate::verdict::criteria::wording::figure_text;
use crate::verdict::findings::wording::float;
use crate::verdict::{CriterionLine, Standing};

/// A standing, and what is to be said with it.
struct Stands {
    standing: Standing,
    figure: Option<String>,
    value: Option<f64>,
    own_us: Option<u64>,
    note: Option<String>,
}

impl Evaluator {
    /// How it stands `seconds` after counting began; `until` is the end of the
    /// second that is open, and how long planned starts may wait.
    pub(super) fn line(
        &self,
        moment: &Moment<'_>,
        seconds: f64,
        until: (u64, Patience),
    ) -> CriterionLine {
        let stands = match (&self.progress, self.criterion.window) {
            (Progress::Sustained(state), CriterionWindow::Sustained(needed)) => {
                sustained(state, needed, moment.ended)
            }
            (Progress::Every(state), _) => self.every(state, moment.ended),
            (Progress::InSeconds(state), CriterionWindow::InSeconds(share)) => {
                in_seconds(state, share, moment.ended)
            }
            _ => self.whole(moment, seconds, self.ruled(moment, seconds, until)),
        };
        CriterionLine {
            text: self.criterion.text.clone(),
            condition: Some(Condition::from(&self.criterion)),
            standing: stands.standing,
            figure: stands.figure,
            value: stands.value,
            own_us: stands.own_us,
            note: stands.note,
        }
    }

    /// How it stands in a run that ended within its warm-up, of so many seconds.
    pub(super) fn not_reached(&self, after_s: u64) -> CriterionLine {
        CriterionLine {
            text: self.criterion.text.clone(),
            condition: Some(Condition::from(&self.criterion)),
            standing: Standing::Undecided,
            figure: None,
            value: None,
            own_us: None,
            note: Some(format!("the run ended during the warm-up ({after_s} s)")),
        }
    }

    /// How all of the run is judged.
    fn ruled(&self, moment: &Moment<'_>, seconds: f64, until: (u64, Patience)) -> Ruled {
        let counts = moment.counts;
        let figure = match self.criterion.metric {
            Metric::UsersFailed => {
                Figure::count(float(counts.users_failed), counts.users_started, 1)
            }
            Metric::Probe(_) => {
                let readings = u64::from(self.worst_reading.is_some());
                Figure::of(self.worst_reading, readings, 1)
            }
            _ => return self.rule_whole(moment, seconds, until),
        };
        Ruled {
            figure,
            less: figure.value,
            answer: Answer::Passes(figure.passes(&self.criterion)),
        }
    }

    fn whole(&self, moment: &Moment<'_>, seconds: f64, ruled: Ruled) -> Stands {
        let figure = ruled.figure;
        let (standing, note) = match ruled.answer {
            Answer::Disturbed => (
                disturbed(moment.ended),
                Some(self.without_own_share(&ruled)),
            ),
            Answer::Passes(passes) => self.passing(moment, seconds, &figure, passes),
            Answer::Without(left_out_s, passes) => {
                let (standing, note) = self.passing(moment, seconds, &figure, passes);
                (standing, Some(left_out(left_out_s, note)))
            }
        };
        Stands {
            standing,
            figure: figure.value.map(|value| self.text_of(value)),
            value: figure.value,
            own_us: ruled.own_us(self.moved),
            note,
        }
    }

    fn passing(
        &self,
        moment: &Moment<'_>,
        seconds: f64,
        figure: &Figure,
        passes: Option<bool>,
    ) -> (Standing, Option<String>) {
        match passes {
            Some(true) if !moment.ended && self.fails_now() => {
                let note = "met overall, but not over the last 10 s".to_owned();
                (Standing::AtRisk, Some(note))
            }
            Some(true) => (Standing::Met, None),
            Some(false) if moment.ended || self.is_lost(figure) => {
                let few = figure.sure_misses;
                (
                    Standing::Broken,
                    few.map(|misses| beyond_chance(self.criterion.op, misses, figure.has)),
                )
            }
            Some(false) if self.counts_up() => {
                (Standing::Undecided, Some("not reached yet".to_owned()))
            }
            Some(false) => (Standing::AtRisk, Some("failing so far".to_owned())),
            None => {
                let measured_s = moment.ended.then_some(seconds);
                (Standing::Undecided, Some(self.too_few(figure, measured_s)))
            }
        }
    }

    /// What it would be without the generator.
    fn without_own_share(&self, ruled: &Ruled) -> String {
        let less = ruled.less.map(|less| self.text_of(less));
        let less = less.unwrap_or_else(|| "no data left".to_owned());
        match self.moved {
            MovedBy::Gaps => format!("{less} without generator gaps"),
            _ => format!("{less} without generator delay"),
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
        is_of_now && self.ring.len() > 0 && self.is_failed(&figures_of_ring(self))
    }

    /// Whether it fails with and without generator delay.
    fn is_failed(&self, figures: &Both<Figure>) -> bool {
        let views = [&figures.measured, &figures.less];
        views.map(|figure| figure.passes(&self.criterion)) == [Some(false); 2]
    }

    /// Whether it cannot be met any more.
    fn is_lost(&self, figure: &Figure) -> bool {
        let criterion = &self.criterion;
        let is_short = criterion.op == Comparison::Equal
            && !matches!(criterion.metric, Metric::Success | Metric::Delivered)
            && !matches!(criterion.metric, Metric::Probe(_))
            && figure.value.is_some_and(|value| value < criterion.value);
        criterion.can_break_early() && !is_short
    }

    /// Whether it is a count that is still rising.
    fn counts_up(&self) -> bool {
        let up = [Comparison::AtLeast, Comparison::Greater, Comparison::Equal];
        self.is_count() && up.contains(&self.criterion.op)
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

    /// What is missing; and, of a percentile that was measured for so long, what
    /// to do about it.
    fn too_few(&self, figure: &Figure, measured_s: Option<f64>) -> String {
        if matches!(self.criterion.metric, Metric::Probe(_)) {
            return "no readings".to_owned();
        }
        if figure.has == 0 {
            let what = match self.criterion.of {
                _ if self.criterion.metric == Metric::UsersFailed => "no users started",
                _ if self.criterion.metric.is_of_delivery() => "no planned task starts",
                Selector::All | Selector::Status(..) => "no requests",
                _ => "no matching requests",
            };
            return what.to_owned();
        }
        let (needs, has) = (count_text(figure.needs), count_text(figure.has));
        let missing = format!("{has} of {needs} samples");
        match measured_s.filter(|_| matches!(self.criterion.metric, Metric::Quantile(..))) {
            Some(measured_s) => {
                let needed_s = (measured_s * float(figure.needs) / float(figure.has)).ceil();
                format!(
                    "{missing}: run for about {needed_s} s, use a lower percentile, or use `max`"
                )
            }
            None => missing,
        }
    }

    fn every(&self, state: &Every, ended: bool) -> Stands {
        // A count of one second says nothing about a count of many.
        let fails_now = || {
            let latest = figures_of_latest(self).filter(|_| !self.is_count());
            latest.is_some_and(|figures| self.is_failed(&figures))
        };
        let standing = match state {
            state if state.is_broken => Standing::Broken,
            state if state.disturbed > 0 => disturbed(ended),
            state if state.judged == 0 => Standing::Undecided,
            _ if !ended && fails_now() => Standing::AtRisk,
            _ => Standing::Met,
        };
        let mut notes = Vec::new();
        match (state.worst, state.unjudged) {
            (Some(worst), _) => notes.push(format!(
                "worst window ended at {}",
                clock_text(float(worst.end_s))
            )),
            (None, 0) if state.disturbed == 0 => notes.push("first window not over yet".to_owned()),
            (None, _) => notes.push(match self.criterion.metric {
                Metric::Quantile(..) if ended => {
                    "no window had enough samples: use longer windows, a lower percentile, or `max`"
                        .to_owned()
                }
                _ => "no window had enough samples".to_owned(),
            }),
        }
        if state.worst.is_some() && state.unjudged > 0 {
            let few = windows(state.unjudged);
            notes.push(format!("{few} had too few samples"));
        }
        if state.disturbed > 0 {
            let many = windows(state.disturbed);
            notes.push(format!("{many} not judged: generator too slow"));
        }
        let worst = state.worst.map(|worst| worst.figure);
        Stands {
            standing,
            figure: worst.map(|worst| self.text_of(worst)),
            value: worst,
            own_us: state.worst.and_then(|worst| worst.own_us),
            note: Some(notes.join("; ")),
        }
    }

    fn text_of(&self, value: f64) -> String {
        figure_text(&self.criterion, value)
    }
}

/// Why few samples are enough.
fn beyond_chance(op: Comparison, misses: u64, has: u64) -> String {
    let side = match op {
        Comparison::Less | Comparison::AtMost => "over",
        Comparison::Greater | Comparison::AtLeast => "under",
        Comparison::Equal | Comparison::NotEqual => "off",
    };
    let (misses, has) = (count_text(misses), count_text(has));
    format!("{misses} of {has} samples {side} the limit: too many to be chance")
}

fn sustained(state: &Sustained, needed: u32, ended: bool) -> Stands {
    let (standing, note) = if state.longest >= needed {
        (Standing::Met, None)
    } else if state.disturbed > 0 && state.longest_possible >= needed {
        let many = count_text(state.disturbed);
        let note = format!("{many} s not judged: generator too slow");
        (disturbed(ended), Some(note))
    } else if state.judged == 0 {
        let note = no_seconds(ended);
        (Standing::Undecided, Some(note))
    } else if ended && state.longest_possible >= needed {
        let note = "some seconds had too few samples".to_owned();
        (Standing::Undecided, Some(note))
    } else if ended {
        (Standing::Broken, None)
    } else if state.streak > 0 {
        let note = format!("{} s so far", state.streak);
        (Standing::Undecided, Some(note))
    } else {
        let note = "not met right now".to_owned();
        (Standing::AtRisk, Some(note))
    };
    let longest = state.longest.min(needed);
    Stands {
        standing,
        figure: Some(format!("{longest} s of {needed} s")),
        value: Some(f64::from(state.longest)),
        own_us: None,
        note,
    }
}

fn in_seconds(state: &InSeconds, share: f64, ended: bool) -> Stands {
    let Some((least, most)) = state.shares() else {
        return Stands {
            standing: Standing::Undecided,
            figure: None,
            value: None,
            own_us: None,
            note: Some(no_seconds(ended)),
        };
    };
    let holds = |least: f64, most: f64| match () {
        () if least >= share => Some(true),
        () if most < share => Some(false),
        () => None,
    };
    let mut notes = Vec::new();
    let mut passes = holds(least, most);
    let mut value = least;
    let mut is_disturbed = false;
    if passes.is_none() && state.disturbed > 0 {
        match state.calm_shares() {
            Some((least, most)) => {
                (passes, value) = (holds(least, most), least);
                notes.push(left_out(state.disturbed, None));
            }
            None => {
                is_disturbed = true;
                let many = count_text(state.disturbed);
                notes.push(format!("{many} s not judged: generator too slow"));
            }
        }
    }
    let standing = match passes {
        _ if is_disturbed => disturbed(ended),
        Some(true) if !ended && state.is_failing_now(share) => Standing::AtRisk,
        Some(true) => Standing::Met,
        Some(false) if ended => Standing::Broken,
        Some(false) => Standing::AtRisk,
        None => Standing::Undecided,
    };
    if state.unjudged > 0 {
        let few = count_text(state.unjudged);
        notes.push(format!("{few} s had too few samples"));
    }
    let (held, all) = (count_text(state.held), count_text(state.all));
    Stands {
        standing,
        figure: Some(format!("{held} of {all} s")),
        value: Some(value),
        own_us: None,
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    }
}

/// How a criterion stands that the generator's own share decides: that is a
/// word of the end.
fn disturbed(ended: bool) -> Standing {
    match ended {
        true => Standing::Disturbed,
        false => Standing::AtRisk,
    }
}

/// That seconds were left out, and what else is to be said.
fn left_out(seconds: u64, note: Option<String>) -> String {
    let seconds = count_text(seconds);
    let text = format!("excluding {seconds} s in which the generator was late");
    match note {
        Some(note) => format!("{note}; {text}"),
        None => text,
    }
}

fn no_seconds(ended: bool) -> String {
    match ended {
        true => "no second could be judged".to_owned(),
        false => "no data yet".to_owned(),
    }
}

fn windows(count: u64) -> String {
    match count {
        1 => "1 window".to_owned(),
        count => format!("{} windows", count_text(count)),
    }
}
