//! What is said of a run, and what follows from it.

use crate::model::{ClassId, Drive, PlanId, RunSpec, Selector};
use crate::program::{Class, Program};
use crate::run::controller::run_task::RunTask;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::limit::search::LimitSearch;
use crate::run::stats::tables::seconds;
use crate::verdict::{
    Case, CriteriaMonitor, CriterionLine, Evidence, Grounds, Judgement, Moment, Remark, Selected,
    Standing, Unsound, UnsoundKind, Verdict, adds_up, findings, generator_gaps, rate_limited,
    remarks, soundness, undelivered,
};

/// The criteria of a run, with the rows that they are about.
pub(crate) fn watch(spec: &RunSpec, program: &Program) -> CriteriaMonitor {
    CriteriaMonitor::new(&spec.criteria, &selected_by_criteria(spec, program))
}

/// What each criterion of a run is about.
pub(crate) fn selected_by_criteria(spec: &RunSpec, program: &Program) -> Vec<Selected> {
    let usage = program.usage();
    let list = spec.criteria.list.iter();
    // What selects nothing is refused where it is read.
    let selected = list.map(|criterion| Selected {
        rows: usage.rows(&criterion.of).unwrap_or(Some(Vec::new())),
        plans: plans_of(&criterion.of, spec, program),
    });
    selected.collect()
}

/// What plans the task starts that a criterion is about; `None` for all of them.
fn plans_of(of: &Selector, spec: &RunSpec, program: &Program) -> Option<Vec<PlanId>> {
    let Selector::Class(name) = of else {
        return None;
    };
    let classes = program.classes.iter().enumerate();
    let of_class = classes.filter(|(_, class)| class.name == *name);
    let plan = |(index, class): (usize, &Class)| {
        let drive = spec.workloads.get(class.workload).map(|one| &one.drive);
        match drive {
            Some(Drive::Arrivals(_)) => PlanId::of_workload(class.workload, program.classes.len()),
            _ => PlanId::of_class(ClassId::from(index)),
        }
    };
    Some(of_class.map(plan).collect())
}

impl RunTask {
    /// Judges the run as it stands, and says which criteria broke since the
    /// last time.
    pub(crate) fn judge(&mut self, log: &Log) {
        let ended = self.phase.has_ended();
        let totals = &self.counting.stats().totals;
        let rows = log.rows_from_opening();
        let evidence = Evidence {
            totals,
            names: self.facts.names(),
            intents: self.facts.intents(),
            rows: &rows,
            ended,
        };
        let moment = Moment {
            elapsed_s: seconds(self.measured_us()),
            counted_from_s: seconds(self.counting.start_us()),
            ended,
            counts: &totals.counts,
            delays: &self.counting.stats().delays,
        };
        let search = self.search.as_ref();
        let deliveries = self.deliveries();
        let grounds = Grounds {
            fault: self.faults.own(),
            unsound: self.unsound(&evidence, &moment),
            rate_limited: rate_limited(&evidence),
            criteria: match search {
                None => self.counting.stats().watch.lines(&moment),
                Some(search) => search.criteria_now(self.counting.stats().level.as_ref(), &moment),
            },
            counts: &totals.counts,
            measured: totals.all.timed,
            ended_early: self.ending.early(),
            search: search.map(LimitSearch::line),
            undelivered: undelivered(&deliveries),
        };
        let case = Case {
            is_delivery_missed: search.is_none() && self.is_delivery_missed(&grounds.criteria),
            evidence,
            readings: &log.readings(),
            host: &self.facts.info().host,
            busiest_shard: self.counting.stats().health.busiest_of_run(),
            changed_s: &self.history.moments_s(),
            quotes: &self.counting.stats().samples.quotes(),
            deliveries: &deliveries,
        };
        let mut found = self.faults.found_before().to_vec();
        found.extend(findings(&case));
        let left_out = self.spec.criteria.left_out.iter();
        let left_out = left_out.map(|text| Remark {
            id: "criterion.left_out".into(),
            text: text.clone(),
        });
        let paused = self.steering.pause_remark(&self.phase, self.elapsed_us());
        let of_search = search.map(LimitSearch::remarks).unwrap_or_default();
        let without_row = self.remark_on_rows();
        let remarks = remarks(&case).into_iter().chain(left_out).chain(paused);
        let remarks = remarks.chain(without_row).chain(self.remark_on_left(&rows));
        let remarks = remarks.chain(of_search.iter().cloned());
        let remarks = remarks.collect();
        let judgement = Judgement::new(grounds, found, remarks);
        // Levels of a search are told as such.
        if self.search.is_none() {
            self.say_changes(&judgement.criteria, log);
        }
        self.published.show_judgement(judgement, deliveries);
    }

    /// Whether a criterion about delivered load is broken.
    fn is_delivery_missed(&self, lines: &[CriterionLine]) -> bool {
        let mut pairs = self.spec.criteria.list.iter().zip(lines);
        pairs.any(|(criterion, line)| {
            criterion.metric.is_of_delivery() && line.standing == Standing::Broken
        })
    }

    /// Why the run says nothing of its target, if that is so.
    fn unsound(&self, evidence: &Evidence<'_>, moment: &Moment<'_>) -> Option<Unsound> {
        let not_begun = self.faults.not_begun().map(|why| Unsound {
            kind: UnsoundKind::NotBegun,
            id: "run.not_begun",
            text: why.to_owned(),
        });
        // Beyond the limit a target may do whatever it does: of a search each
        // level was looked at by itself.
        not_begun.or_else(|| match &self.search {
            // How long it stood still is judged by how long it ran.
            None => soundness(evidence).or_else(|| {
                let found = generator_gaps(moment.delays, moment.counted_from_s, moment.elapsed_s);
                found.filter(|_| moment.ended)
            }),
            Some(search) => search.unsound().or_else(|| adds_up(evidence)),
        })
    }

    /// The criterion that is broken for good and ends the run, if one does.
    pub(crate) fn aborting(&self) -> Option<String> {
        // What a search breaks is the way to its answer.
        if self.search.is_some() {
            return None;
        }
        let judgement = self.published.judgement()?;
        self.counting.stats().watch.aborting(&judgement.criteria)
    }

    /// How the end of the run is told.
    pub(crate) fn last_words(&self) -> (Level, EventData) {
        let reason = Some(self.ending.reason().clone());
        let Some(judgement) = self.published.judgement() else {
            let verdict = None;
            return (Level::Info, EventData::Stopped { reason, verdict });
        };
        let level = match judgement.verdict {
            Verdict::Pass => Level::Info,
            Verdict::Undecided => Level::Warning,
            Verdict::Fail | Verdict::Invalid | Verdict::Error => Level::Error,
        };
        // A fault of ours, or what kept users from being started, says it all.
        let is_own = self.faults.own().is_some() || self.faults.not_begun().is_some();
        let stopped = EventData::Stopped {
            reason: reason.filter(|_| !is_own),
            verdict: Some((judgement.verdict, judgement.reason.clone())),
        };
        (level, stopped)
    }

    fn say_changes(&self, lines: &[CriterionLine], log: &Log) {
        let before = self.published.judgement();
        let before = before.map_or(&[][..], |judgement| &judgement.criteria);
        for (at, line) in lines.iter().enumerate() {
            let was_broken = before.get(at).map(|line| line.standing) == Some(Standing::Broken);
            let is_broken = line.standing == Standing::Broken;
            if was_broken == is_broken {
                continue;
            }
            let level = if is_broken { Level::Error } else { Level::Info };
            let changed = EventData::Criterion {
                criterion: line.text.clone(),
                figure: line.figure.clone(),
                is_broken,
            };
            log.push_event(Event::new(self.elapsed_us(), level, changed));
        }
    }
}
