//! The evaluation of a run: its criteria, its soundness, its verdict.

use crate::model::{ClassId, Drive, PlanId, RunSpec, Selector};
use crate::program::{Class, Program};
use crate::run::controller::run_view::RunView;
use crate::run::controller::user_notices::{remark_on_left, remark_on_rows};
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::limit::search::LimitSearch;
use crate::run::stats::delivery::deliveries;
use crate::run::stats::tables::seconds;
use crate::verdict::{
    Case, CriteriaMonitor, CriterionLine, Evidence, Grounds, Judgement, Moment, PlanLine, Remark,
    Selected, Standing, Unsound, UnsoundKind, Verdict, adds_up, findings, generator_gaps,
    rate_limited, remarks, soundness, undelivered,
};

/// The criteria of a run, with the rows that they are about.
pub(crate) fn watch(spec: &RunSpec, program: &Program) -> CriteriaMonitor {
    CriteriaMonitor::new(&spec.criteria, &selected_by_criteria(spec, program))
}

/// The rows and plans that each criterion of a run is about.
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

/// The plans of task starts that a criterion is about; `None` for all of them.
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

/// A judgement, and the plans of task starts that it was made with.
#[derive(Debug)]
pub(crate) struct Evaluation {
    pub(crate) judgement: Judgement,
    pub(crate) plan_lines: Vec<PlanLine>,
}

/// Judges the run as it stands.
pub(crate) fn evaluate(view: RunView<'_>, log: &Log) -> Evaluation {
    let ended = view.phase.has_ended();
    let stats = view.counting.stats();
    let totals = stats.totals();
    let rows = log.rows_from_opening();
    let evidence = Evidence {
        totals,
        names: view.facts.names(),
        intents: view.facts.intents(),
        rows: &rows,
        ended,
    };
    let moment = Moment {
        elapsed_s: seconds(view.measured_us()),
        counted_from_s: seconds(view.counting.start_us()),
        ended,
        counts: &totals.counts,
        delays: stats.delays(),
    };
    let search = view.search;
    let deliveries = deliveries(view);
    let grounds = Grounds {
        fault: view.faults.own(),
        unsound: unsound(view, &evidence, &moment),
        rate_limited: rate_limited(&evidence),
        criteria: match search {
            None => stats.criteria().lines(&moment),
            Some(search) => search.criteria_now(stats.level(), &moment),
        },
        counts: &totals.counts,
        measured: totals.all.timed,
        ended_early: view.ending.early(),
        search: search.map(LimitSearch::line),
        undelivered: undelivered(&deliveries),
    };
    let case = Case {
        is_delivery_missed: search.is_none() && is_delivery_missed(view, &grounds.criteria),
        evidence,
        readings: &log.readings(),
        host: &view.facts.info().host,
        busiest_shard: stats.busiest_shard_of_run(),
        changed_s: &view.history.moments_s(),
        quotes: &stats.samples().quotes(),
        deliveries: &deliveries,
    };
    let mut found = view.faults.found_before().to_vec();
    found.extend(findings(&case));
    let left_out = view.facts.spec().criteria.left_out.iter();
    let left_out = left_out.map(|text| Remark {
        id: "criterion.left_out".into(),
        text: text.clone(),
    });
    let paused = view.steering.pause_remark(view.phase, view.elapsed_us);
    let of_search = search.map(LimitSearch::remarks).unwrap_or_default();
    let without_row = remark_on_rows(view);
    let remarks = remarks(&case).into_iter().chain(left_out).chain(paused);
    let remarks = remarks
        .chain(without_row)
        .chain(remark_on_left(view, &rows));
    let remarks = remarks.chain(of_search.iter().cloned());
    let remarks = remarks.collect();
    Evaluation {
        judgement: Judgement::new(grounds, found, remarks),
        plan_lines: deliveries,
    }
}

/// Whether a criterion about delivered load is broken.
fn is_delivery_missed(view: RunView<'_>, lines: &[CriterionLine]) -> bool {
    let mut pairs = view.facts.spec().criteria.list.iter().zip(lines);
    pairs.any(|(criterion, line)| {
        criterion.metric.is_of_delivery() && line.standing == Standing::Broken
    })
}

/// Why the run says nothing of its target, if that is so.
fn unsound(view: RunView<'_>, evidence: &Evidence<'_>, moment: &Moment<'_>) -> Option<Unsound> {
    let not_begun = view.faults.not_begun().map(|why| Unsound {
        kind: UnsoundKind::NotBegun,
        id: "run.not_begun",
        text: why.to_owned(),
    });
    // Beyond the limit a target may do whatever it does: of a search each
    // level was looked at by itself.
    not_begun.or_else(|| match view.search {
        // How long it stood still is judged by how long it ran.
        None => soundness(evidence).or_else(|| {
            let found = generator_gaps(moment.delays, moment.counted_from_s, moment.elapsed_s);
            found.filter(|_| moment.ended)
        }),
        Some(search) => search.unsound().or_else(|| adds_up(evidence)),
    })
}

/// The criterion that is broken for good and ends the run, if one does.
pub(crate) fn aborting(view: RunView<'_>, lines: &[CriterionLine]) -> Option<String> {
    // A search fails criteria on its way to the limit.
    if view.search.is_some() {
        return None;
    }
    view.counting.stats().criteria().aborting(lines)
}

/// The last event of the run.
pub(crate) fn final_event(view: RunView<'_>, judgement: Option<&Judgement>) -> Event {
    let reason = Some(view.ending.reason().clone());
    let Some(judgement) = judgement else {
        let verdict = None;
        return Event::info(view.elapsed_us, EventData::Stopped { reason, verdict });
    };
    let level = match judgement.verdict {
        Verdict::Pass => Level::Info,
        Verdict::Undecided => Level::Warning,
        Verdict::Fail | Verdict::Invalid | Verdict::Error => Level::Error,
    };
    // A fault of ours, or what kept users from being started, says it all.
    let is_own = view.faults.own().is_some() || view.faults.not_begun().is_some();
    let stopped = EventData::Stopped {
        reason: reason.filter(|_| !is_own),
        verdict: Some((judgement.verdict, judgement.reason.clone())),
    };
    Event::new(view.elapsed_us, level, stopped)
}

/// Logs which criteria have changed since the last judgement.
pub(crate) fn log_changes(
    before: &[CriterionLine],
    lines: &[CriterionLine],
    at_us: u64,
    log: &Log,
) {
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
        log.push_event(Event::new(at_us, level, changed));
    }
}
