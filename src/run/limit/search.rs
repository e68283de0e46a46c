//! Looking for the highest load that keeps the criteria: levels, one after
//! the other, and the outcome of each.

pub(crate) mod driver;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::model::{
    FindLimit, LevelOutcome, LoadKind, Metric, NameIntent, Rails, RunSpec, SearchEnd,
    UndeliveredRule, Workload, percent_text, rate_text,
};
use crate::program::Program;
use crate::run::evaluate::evaluation::selected_by_criteria;
use crate::run::events::details::LevelEvent;
use crate::run::limit::level::{LevelStats, UNDELIVERED};
use crate::run::limit::search::driver::{LevelView, Step};
use crate::run::prepare::preflight::check_capacity;
use crate::run::stats::tables::float;
use crate::schedule::{Search, highest_allowed};
use crate::stats::{Counts, Delays};
use crate::verdict::{
    Capacity, CriterionLine, Drift, Evidence, FULL_MIN, LevelCriteria, LevelLine, Moment, Remark,
    SearchLine, Unsound, UnsoundKind, drift, soundness_of_level,
};

/// A load at which less than this part of its throughput is left when it is
/// tried again has too few responses because of the target.
const COLLAPSED: f64 = 0.5;
/// The most repetitions of a level because the generator was too slow.
const REPEATS: u32 = 2;

/// The limit search of a run.
#[derive(Debug)]
pub(crate) struct LimitSearch {
    spec: FindLimit,
    /// Users per second, as set by the operator.
    spawn_rate: f64,
    search: Search,
    criteria: LevelCriteria,
    /// The responses that the scenario expects of each name.
    intents: Vec<NameIntent>,
    /// Whether undelivered starts alone fail a level.
    judges_delivery: bool,
    /// The current level; `None` before its users are on their way.
    current: Option<CurrentLevel>,
    levels: Vec<LevelLine>,
    /// The criteria at the end of each level.
    stood: Vec<Vec<CriterionLine>>,
    line: SearchLine,
    /// Why the last level was no measure of the target.
    unsound: Option<Unsound>,
    shown: Option<Arc<Capacity>>,
}

/// The current level.
#[derive(Clone, Copy, Debug)]
struct CurrentLevel {
    /// It is judged when this second has been closed.
    end_s: u64,
    /// Whether it was extended or repeated already.
    is_extended: bool,
    /// The number of repetitions because the generator was too slow.
    repeats: u32,
    /// The run's counts at its start.
    before: Counts,
}

impl LimitSearch {
    /// The search that a run is to make, if it is to make one.
    pub(crate) fn new(spec: &RunSpec, program: &Program, rails: &Rails) -> Option<Self> {
        let find = spec.find_limit?;
        let selected = selected_by_criteria(spec, program);
        let criteria = LevelCriteria::new(&spec.criteria, &selected, find.level_s);
        let max = highest_allowed(find.start, find.max, |users| {
            if find.of == LoadKind::Rate {
                return true;
            }
            let mut workloads = spec.workloads.clone();
            Workload::steer(&mut workloads, FindLimit::load(0, users, 1.0));
            check_capacity(program, &workloads).is_ok() && rails.check_users(&workloads).is_ok()
        });
        let spawn_rate = spec.steered().map_or(1.0, |load| load.spawn_rate);
        let mut metrics = spec.criteria.list.iter().map(|one| &one.metric);
        let is_said = metrics.any(Metric::is_of_delivery);
        let search = Self::of(find, spawn_rate, max, criteria, program.intents());
        Some(Self {
            judges_delivery: spec.criteria.undelivered == UndeliveredRule::Judge && !is_said,
            ..search
        })
    }

    /// A search up to `max`, of a run with a name for each of these intents.
    pub(crate) fn of(
        spec: FindLimit,
        spawn_rate: f64,
        max: u32,
        criteria: LevelCriteria,
        intents: Vec<NameIntent>,
    ) -> Self {
        Self {
            spec,
            spawn_rate,
            search: Search::new(spec.start, max),
            line: SearchLine {
                criteria: criteria.texts(),
                trying: Some(f64::from(spec.start)),
                kept: None,
                broken: None,
                kept_rps: None,
                broken_rps: None,
                not_judged: Vec::new(),
                end: None,
                text: String::new(),
            },
            criteria,
            intents,
            judges_delivery: true,
            current: None,
            levels: Vec::new(),
            stood: Vec::new(),
            unsound: None,
            shown: None,
        }
    }

    /// Whether it has not ended.
    pub(crate) fn is_active(&self) -> bool {
        self.line.end.is_none()
    }

    /// The result so far.
    pub(crate) fn line(&self) -> &SearchLine {
        &self.line
    }

    /// The remarks on the criteria.
    pub(crate) fn remarks(&self) -> &[Remark] {
        self.criteria.remarks()
    }

    /// Why the run says nothing of the target, if that is so. More load can make
    /// a target refuse; the least load cannot.
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        let nothing = self.line.end == Some(SearchEnd::NothingKept);
        self.unsound.clone().filter(|_| nothing)
    }

    /// Whether a level is still to be started.
    pub(crate) fn is_due(&self) -> bool {
        self.current.is_none()
    }

    /// Drops what was measured: the level starts again.
    pub(crate) fn drop_level(&mut self) {
        self.current = None;
    }

    /// A level whose users are there at the end of this second.
    pub(crate) fn start_level(&mut self, reached_s: u64, counts: &Counts) -> LevelStats {
        let begin_s = reached_s + u64::from(self.spec.settle_s());
        self.current = Some(CurrentLevel {
            end_s: begin_s + u64::from(self.spec.level_s),
            is_extended: false,
            repeats: 0,
            before: *counts,
        });
        self.update_text();
        LevelStats::new(begin_s, self.intents.len(), self.criteria.watch(begin_s))
    }

    /// Starts the same level from the end of this second.
    pub(super) fn repeat_level(&mut self, from_s: u64) -> LevelStats {
        if let Some(current) = &mut self.current {
            current.end_s = from_s + u64::from(self.spec.level_s);
        }
        LevelStats::new(from_s, self.intents.len(), self.criteria.watch(from_s))
    }

    /// Judges the current level, if it has been measured.
    pub(crate) fn judge(&mut self, level_stats: &LevelStats, view: LevelView<'_>) -> Step {
        let Some(current) = self.current.filter(|it| level_stats.end_s() >= it.end_s) else {
            return Step::Wait;
        };
        let before = &current.before;
        let lines = lines(level_stats, before, view.counts, view.delays, Ended::Yes);
        let (outcome, why) = match self.obstacle(level_stats, &current, view) {
            Some(obstacle) => obstacle,
            None => match self.conclude_level(&lines, level_stats, current) {
                Conclusion::So(outcome, why) => (outcome, why),
                Conclusion::Again => {
                    self.current = Some(CurrentLevel {
                        is_extended: true,
                        ..current
                    });
                    return Step::Again(None);
                }
                Conclusion::Longer => {
                    self.current = Some(CurrentLevel {
                        end_s: level_stats.end_s() + u64::from(self.spec.level_s),
                        is_extended: true,
                        ..current
                    });
                    return Step::Wait;
                }
            },
        };
        let stalled = level_stats.stalled(view.delays);
        let (outcome, why) = match stalled.filter(|_| outcome != LevelOutcome::GeneratorLimited) {
            Some(stalled) => (LevelOutcome::NotJudged, stalled),
            None => (outcome, why),
        };
        if outcome == LevelOutcome::NotJudged && current.repeats < REPEATS {
            self.current = Some(CurrentLevel {
                repeats: current.repeats + 1,
                // It may be too short once more.
                is_extended: false,
                ..current
            });
            return Step::Again(Some(LevelEvent::Repeated {
                load: f64::from(self.search.level()),
                of: self.spec.of,
                why,
            }));
        }
        self.take_in(level_stats, outcome, why, lines)
    }

    /// Why a level fails or cannot be judged whatever its criteria say.
    fn obstacle(
        &mut self,
        level_stats: &LevelStats,
        current: &CurrentLevel,
        view: LevelView<'_>,
    ) -> Option<(LevelOutcome, String)> {
        let evidence = Evidence {
            totals: &level_stats.totals,
            names: view.names,
            intents: &self.intents,
            rows: &level_stats.seconds,
            ended: false,
        };
        let found = soundness_of_level(&evidence);
        self.unsound = None;
        if let Some(busy) = view.busiest_shard.filter(|share| *share >= FULL_MIN) {
            let why = format!(
                "its busiest shard was busy {} of the time",
                percent_text(busy)
            );
            return Some((LevelOutcome::GeneratorLimited, why));
        }
        if let Some(found) = found {
            if found.kind == UnsoundKind::Generator {
                return Some((LevelOutcome::GeneratorLimited, found.text));
            }
            self.unsound = Some(found.clone());
            return Some((LevelOutcome::Broken, found.text));
        }
        let (now, before) = (view.counts, &current.before);
        let started = now.users_started.saturating_sub(before.users_started);
        let failed = now.users_failed.saturating_sub(before.users_failed);
        let users = level_stats.users().max(started);
        if failed * 20 > users {
            let why = format!("{failed} of {users} users could not start because on_start failed");
            return Some((LevelOutcome::Broken, why));
        }
        if self.spec.of == LoadKind::Users && view.idle_users > 0 {
            let (idle, level) = (view.idle_users, self.search.level());
            let why = format!("no data rows left for {idle} of {level} users");
            return Some((LevelOutcome::Broken, why));
        }
        let (planned, undelivered) = level_stats.starts();
        let is_too_few = self.judges_delivery && undelivered * UNDELIVERED > planned;
        is_too_few.then(|| {
            let why = format!("{undelivered} of {planned} planned task starts did not happen");
            if level_stats.is_own_fault() {
                let why = format!("{why}: generator too slow");
                return (LevelOutcome::NotJudged, why);
            }
            level_stats.broken_unless_late(format!("{why}: no user was free (max_users, pacing)"))
        })
    }

    fn conclude_level(
        &self,
        lines: &[CriterionLine],
        level_stats: &LevelStats,
        current: CurrentLevel,
    ) -> Conclusion {
        let (outcome, why) = self
            .criteria
            .outcome(lines, level_stats.totals.all.requests);
        match (outcome, drift(&level_stats.seconds), current.is_extended) {
            (LevelOutcome::Undecided, _, false) => Conclusion::Longer,
            // It may be on its way to worse, or back from what was before.
            (LevelOutcome::Kept, Drift::Worse(_), false)
            | (LevelOutcome::Broken, Drift::Better, false) => Conclusion::Again,
            (LevelOutcome::Kept, Drift::Worse(how), true) => {
                let (outcome, why) = level_stats.broken_unless_late(format!("not stable: {how}"));
                Conclusion::So(outcome, why)
            }
            (LevelOutcome::Undecided, _, true) if self.search.is_retest() => {
                self.tried_again(level_stats, why)
            }
            _ => Conclusion::So(outcome, why),
        }
    }

    /// Of a load that was kept, too little was measured when it was tried again.
    fn tried_again(&self, level_stats: &LevelStats, why: String) -> Conclusion {
        let (rps, _) = level_stats.throughput();
        match self.line.kept_rps.filter(|kept| rps < kept * COLLAPSED) {
            Some(kept) => {
                let [now, before] = [rps, kept].map(rate_text);
                let why = format!("only {now} requests/s when tested again, {before} before");
                Conclusion::So(LevelOutcome::Broken, why)
            }
            None => Conclusion::So(LevelOutcome::NotJudged, why),
        }
    }

    fn take_in(
        &mut self,
        level_stats: &LevelStats,
        outcome: LevelOutcome,
        why: String,
        lines: Vec<CriterionLine>,
    ) -> Step {
        let (rps, failed) = level_stats.throughput();
        let service = level_stats.totals.all.percentiles();
        let load = f64::from(self.search.level());
        let level = LevelLine {
            load,
            start_s: level_stats.begin_s,
            end_s: level_stats.end_s(),
            rps,
            failed,
            p50_us: service.p50_us,
            p95_us: service.p95_us,
            p99_us: service.p99_us,
            outcome: Some(outcome),
            why,
        };
        let measured = LevelEvent::Measured {
            level: level.clone(),
            of: self.spec.of,
            is_retest: self.search.is_retest(),
        };
        self.levels.push(level);
        self.stood.push(lines);
        if outcome == LevelOutcome::Kept {
            self.criteria.see_first(service.p95_us);
        }
        self.line.criteria = self.criteria.texts();
        // It was kept, or it would not have been tried again.
        if outcome == LevelOutcome::NotJudged && !self.search.is_retest() {
            self.line.not_judged.push(load);
        }
        let ended = self.search.record(outcome);
        self.line.kept = self.search.kept().map(f64::from);
        self.line.broken = self.search.broken().map(f64::from);
        self.line.kept_rps = self.rps_at(self.line.kept);
        self.line.broken_rps = self.rps_at(self.line.broken);
        self.current = None;
        if let Some(end) = ended {
            self.end(end, "");
            return Step::End(measured);
        }
        self.line.trying = Some(f64::from(self.search.level()));
        self.update_text();
        Step::Next(self.search.level(), measured)
    }

    /// Requests per second at a load, where it was judged last.
    fn rps_at(&self, load: Option<f64>) -> Option<f64> {
        Some(self.levels.get(self.judged_at(load)?)?.rps)
    }

    /// The last level of a load that could be judged.
    fn judged_at(&self, load: Option<f64>) -> Option<usize> {
        self.levels.iter().rposition(|level| {
            Some(level.load) == load && level.outcome != Some(LevelOutcome::NotJudged)
        })
    }

    /// Ends it; `why` where no level gives the reason.
    pub(crate) fn end(&mut self, end: SearchEnd, why: &str) {
        self.line.end = Some(end);
        self.line.trying = None;
        let of_level = match end {
            SearchEnd::Found | SearchEnd::NothingKept => {
                let at = self.judged_at(self.line.broken);
                at.and_then(|at| self.levels.get(at))
            }
            _ => self.levels.last(),
        };
        let of_level = of_level.map_or("", |level| level.why.as_str());
        let why = if why.is_empty() { of_level } else { why };
        self.line.write_text(self.spec.of, why);
        self.shown = None;
    }

    fn update_text(&mut self) {
        self.line.write_text(self.spec.of, "");
        self.shown = None;
    }

    /// The criteria at the limit, or at the current level.
    pub(crate) fn criteria_now(
        &self,
        level_stats: Option<&LevelStats>,
        moment: &Moment<'_>,
    ) -> Vec<CriterionLine> {
        if self.is_active() {
            let current = self.current.zip(level_stats);
            return current.map_or_else(Vec::new, |(current, level_stats)| {
                lines(
                    level_stats,
                    &current.before,
                    moment.counts,
                    moment.delays,
                    Ended::No,
                )
            });
        }
        let answer = self.line.kept.or(self.line.broken);
        let at = self
            .judged_at(answer)
            .or_else(|| self.levels.len().checked_sub(1));
        at.and_then(|at| self.stood.get(at))
            .cloned()
            .unwrap_or_default()
    }

    /// The measured levels so far.
    pub(crate) fn capacity(&mut self) -> Arc<Capacity> {
        let of: LoadKind = self.spec.of;
        let shown = self.shown.get_or_insert_with(|| {
            Arc::new(Capacity {
                of,
                levels: self.levels.clone(),
                search: Some(self.line.clone()),
            })
        });
        Arc::clone(shown)
    }
}

/// The consequence of a level.
enum Conclusion {
    So(LevelOutcome, String),
    /// It is measured for as long again.
    Longer,
    /// The measurement is void: it is made once more.
    Again,
}

/// Whether a level has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Yes,
    No,
}

/// The state of the criteria in a level.
fn lines(
    level_stats: &LevelStats,
    before: &Counts,
    now: &Counts,
    delays: &Delays,
    ended: Ended,
) -> Vec<CriterionLine> {
    let counts = Counts {
        users_started: now.users_started,
        users_failed: now.users_failed.saturating_sub(before.users_failed),
        ..level_stats.totals.counts
    };
    level_stats.watch.lines(&Moment {
        elapsed_s: float(level_stats.end_s()),
        counted_from_s: float(level_stats.begin_s),
        ended: ended == Ended::Yes,
        counts: &counts,
        delays,
    })
}
