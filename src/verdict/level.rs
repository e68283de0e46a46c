//! The criteria of a limit search's levels.

use std::time::Duration;

use crate::model::{
    Clocked, Comparison, Criteria, Criterion, CriterionWindow, LevelOutcome, Metric, Outcome,
    Selector, count_text, duration_text,
};
use crate::verdict::{CriteriaMonitor, CriterionLine, Remark, Selected, Standing, samples_needed};

/// How much longer than that of the first level p95 may be, where a scenario
/// says nothing.
const LONGER: f64 = 3.0;
/// Below this p95 is never too long then: it is noise.
const NOISE_US: f64 = 10_000.0;
/// The quantile that is compared with that of the first level.
const QUANTILE: f64 = 0.95;

/// The criteria of a run as judged at each level of a limit search.
///
/// Less load means less throughput, so a criterion that asks for so much of it
/// does not break a level: it is judged at the answer. A window that is longer
/// than a level is as long as the level.
#[derive(Clone, Debug)]
pub struct LevelCriteria {
    list: Vec<Criterion>,
    selected: Vec<Selected>,
    remarks: Vec<Remark>,
    /// Whether p95 is still to be compared with that of the first level.
    awaits_first: bool,
}

impl LevelCriteria {
    /// For the criteria of a run, what each selects, and levels that
    /// are measured for so many seconds.
    #[must_use]
    pub fn new(criteria: &Criteria, selected: &[Selected], level_s: u32) -> Self {
        let mut of = Self {
            list: Vec::new(),
            selected: Vec::new(),
            remarks: Vec::new(),
            awaits_first: false,
        };
        for (criterion, selected) in criteria.list.iter().zip(selected) {
            if matches!(criterion.metric, Metric::Requests) {
                of.remark(format!(
                    "{} applies to a whole run and is not judged in a limit search",
                    criterion.text
                ));
                continue;
            }
            let window = shortened(criterion.window, level_s);
            if window != criterion.window {
                of.remark(format!(
                    "{}: judged over the {level_s} s of each level",
                    criterion.text
                ));
            }
            if is_goal(criterion) {
                of.remark(format!(
                    "{} is judged only at the limit: lower levels have less throughput",
                    criterion.text
                ));
            }
            of.list.push(Criterion {
                window,
                ..criterion.clone()
            });
            of.selected.push(selected.clone());
        }
        if of.list.iter().all(is_goal) {
            of.choose();
        }
        of
    }

    fn remark(&mut self, text: String) {
        self.remarks.push(Remark {
            id: "search.criteria".into(),
            text,
        });
    }

    /// Says what has to hold where the scenario does not.
    fn choose(&mut self) {
        self.awaits_first = true;
        self.push(Criterion {
            text: "success >= 99%".to_owned(),
            metric: Metric::Success,
            of: Selector::All,
            op: Comparison::AtLeast,
            value: 0.99,
            window: CriterionWindow::Whole,
            abort: false,
        });
        self.remark(format!(
            "no criterion limits the load: levels pass with success >= 99% and a p95 below {LONGER} times that of the first level"
        ));
    }

    fn push(&mut self, criterion: Criterion) {
        self.list.push(criterion);
        self.selected.push(Selected::default());
    }

    /// A level was kept, with this p95. The criterion that is made of it, if it
    /// is the first.
    pub fn see_first(&mut self, p95_us: Option<u64>) -> Option<&str> {
        if !self.awaits_first {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a time")]
        let limit_us = (p95_us? as f64 * LONGER).max(NOISE_US);
        self.awaits_first = false;
        self.push(Criterion {
            text: format!("p95 < {}", duration_text(limit_us / 1e6)),
            metric: Metric::Quantile(Clocked::SERVICE, QUANTILE),
            of: Selector::All,
            op: Comparison::Less,
            value: limit_us,
            window: CriterionWindow::Whole,
            abort: false,
        });
        self.list.last().map(|criterion| criterion.text.as_str())
    }

    /// As they were written.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let texts = self.list.iter().map(|criterion| criterion.text.clone());
        texts.collect()
    }

    /// Notes on them.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Watches them from the end of this second of the run on.
    #[must_use]
    pub fn watch(&self, from_s: u64) -> CriteriaMonitor {
        let criteria = Criteria {
            after: Duration::from_secs(from_s),
            list: self.list.clone(),
            ..Criteria::default()
        };
        CriteriaMonitor::new(&criteria, &self.selected)
    }

    /// The outcome of a level with so many samples, at whose end the criteria
    /// stand like this, and the reason.
    #[must_use]
    pub fn outcome(&self, lines: &[CriterionLine], samples: u64) -> (LevelOutcome, String) {
        let limits = || {
            let pairs = self.list.iter().zip(lines);
            pairs.filter(|(criterion, _)| !is_goal(criterion))
        };
        let with = |wanted: Standing| {
            let found = limits().filter(|(_, line)| line.standing == wanted);
            found.map(|(_, line)| line).collect::<Vec<_>>()
        };
        let broken = with(Standing::Broken);
        if let Some(first) = broken.first() {
            let figure = first.figure.as_ref();
            let figure = figure.map_or_else(String::new, |figure| format!(" ({figure})"));
            let more = match broken.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let why = format!("{}{figure}{more}", first.text);
            return (LevelOutcome::Broken, why);
        }
        let disturbed = with(Standing::Disturbed);
        if let Some(first) = disturbed.first() {
            let why = format!("generator too slow to judge {}", first.told());
            return (LevelOutcome::NotJudged, why);
        }
        let undecided = with(Standing::Undecided);
        if let Some(first) = undecided.first() {
            let note = first.note.as_deref().unwrap_or("nothing was measured");
            let why = format!("{}: {note}", first.text);
            return (LevelOutcome::Undecided, why);
        }
        let needed = samples_needed(QUANTILE);
        if self.awaits_first && samples < needed {
            // The levels above would be compared with chance.
            let why = format!(
                "p95 of the first level: {} of {needed} samples",
                count_text(samples)
            );
            return (LevelOutcome::Undecided, why);
        }
        (LevelOutcome::Kept, String::new())
    }
}

/// Whether it requires throughput, of which lower levels have less.
fn is_goal(criterion: &Criterion) -> bool {
    let more = matches!(
        criterion.op,
        Comparison::Greater | Comparison::AtLeast | Comparison::Equal
    );
    let is_throughput = matches!(
        criterion.metric,
        Metric::Rps(Outcome::Any | Outcome::Ok) | Metric::Requests
    );
    more && is_throughput
}

/// A window that is no longer than a level.
fn shortened(window: CriterionWindow, level_s: u32) -> CriterionWindow {
    match window {
        CriterionWindow::Sustained(seconds) => CriterionWindow::Sustained(seconds.min(level_s)),
        CriterionWindow::Every(seconds) => CriterionWindow::Every(seconds.min(level_s)),
        CriterionWindow::Whole | CriterionWindow::InSeconds(_) => window,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(text: &str, metric: Metric, op: Comparison, window: CriterionWindow) -> Criterion {
        Criterion {
            text: text.to_owned(),
            metric,
            of: Selector::All,
            op,
            value: 1.0,
            window,
            abort: true,
        }
    }

    fn criteria(list: Vec<Criterion>) -> LevelCriteria {
        let selected = vec![Selected::default(); list.len()];
        let criteria = Criteria {
            list,
            ..Criteria::default()
        };
        LevelCriteria::new(&criteria, &selected, 10)
    }

    fn line(text: &str, standing: Standing) -> CriterionLine {
        CriterionLine {
            text: text.to_owned(),
            condition: None,
            standing,
            figure: Some("2 s".to_owned()),
            value: None,
            own_us: None,
            note: None,
        }
    }

    #[test]
    fn throughput_that_is_asked_for_breaks_no_level() {
        let goal = criterion(
            "rps >= 1",
            Metric::Rps(Outcome::Any),
            Comparison::AtLeast,
            CriterionWindow::Sustained(60),
        );
        let limit = criterion(
            "p95 < 1s",
            Metric::Quantile(Clocked::SERVICE, 0.95),
            Comparison::Less,
            CriterionWindow::Whole,
        );
        let of = criteria(vec![goal, limit]);
        assert_eq!(of.texts(), ["rps >= 1", "p95 < 1s"]);
        assert_eq!(of.remarks().len(), 2, "shortened, and judged at the limit");
        let stand = |goal, limit| of.outcome(&[line("rps >= 1", goal), line("p95 < 1s", limit)], 1);
        use Standing::{Broken, Met, Undecided};
        assert_eq!(stand(Broken, Met), (LevelOutcome::Kept, String::new()));
        let why = "p95 < 1s (2 s)".to_owned();
        assert_eq!(stand(Met, Broken), (LevelOutcome::Broken, why));
        assert_eq!(stand(Met, Undecided).0, LevelOutcome::Undecided);
        let why = "generator too slow to judge p95 < 1s (2 s)".to_owned();
        let disturbed = Standing::Disturbed;
        assert_eq!(stand(Met, disturbed), (LevelOutcome::NotJudged, why));
        assert_eq!(
            stand(disturbed, Met).0,
            LevelOutcome::Kept,
            "a goal breaks no level"
        );
    }

    #[test]
    fn without_criteria_it_is_said_by_what_levels_are_judged() {
        let mut of = criteria(Vec::new());
        assert_eq!(of.texts(), ["success >= 99%"]);
        assert_eq!(of.remarks().len(), 1);
        assert_eq!(of.see_first(None), None);
        let met = [line("success >= 99%", Standing::Met)];
        let why = "p95 of the first level: 199 of 200 samples".to_owned();
        assert_eq!(of.outcome(&met, 199), (LevelOutcome::Undecided, why));
        assert_eq!(of.outcome(&met, 200).0, LevelOutcome::Kept);
        assert_eq!(of.see_first(Some(20_000)), Some("p95 < 60ms"));
        assert_eq!(of.see_first(Some(90_000)), None, "of the first level only");
        assert_eq!(of.texts(), ["success >= 99%", "p95 < 60ms"]);
        assert_eq!(of.outcome(&met, 1).0, LevelOutcome::Kept);
        assert_eq!(criteria(Vec::new()).see_first(Some(50)), Some("p95 < 10ms"));
        let requests = criterion(
            "requests >= 1",
            Metric::Requests,
            Comparison::AtLeast,
            CriterionWindow::Whole,
        );
        assert_eq!(criteria(vec![requests]).texts(), ["success >= 99%"]);
    }
}
