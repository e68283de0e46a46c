//! The search for the highest load that meets the criteria: level after
//! level, each with its outcome.

use std::sync::Arc;

use crate::model::{
    FindLimit, LevelOutcome, LoadKind, Metric, NameIntent, Rails, RunSpec, SearchEnd,
    UndeliveredRule, Workload, percent_text, rate_text,
};
use crate::program::Program;
use crate::run::evaluate::evaluation::selected_by_criteria;
use crate::run::events::details::LevelEvent;
use crate::run::limit::level::{LevelStats, UNDELIVERED};
use crate::run::prepare::preflight::check_capacity;
use crate::run::stats::tables::float;
use crate::schedule::{Search, highest_allowed};
use crate::stats::{Counts, Delays};
use crate::verdict::{
    Capacity, CriterionLine, Drift, Evidence, FULL_MIN, LevelCriteria, LevelLine, Moment, Remark,
    SearchLine, Unsound, UnsoundKind, drift, soundness_of_level,
};

/// A load at which less than this part of its throughput is left when it is
/// tried again has too few answers because of the target.
const COLLAPSED: f64 = 0.5;
/// How often a level is measured again because the generator was too slow.
const REPEATS: u32 = 2;

/// The limit search of a run.
#[derive(Debug)]
pub(crate) struct LimitSearch {
    pub(crate) spec: FindLimit,
    /// Users per second.
    pub(crate) spawn_rate: f64,
    search: Search,
    criteria: LevelCriteria,
    /// What the scenario expects of the responses of each name.
    intents: Vec<NameIntent>,
    /// Whether undelivered starts alone fail a level.
    judges_delivery: bool,
    /// The current level; `None` before its users start.
    stretch: Option<Stretch>,
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
struct Stretch {
    /// It is judged when this second has been closed.
    end_s: u64,
    /// Whether it was extended or repeated already.
    is_extended: bool,
    /// Repeats because the generator was too slow.
    repeats: u32,
    /// The run's counts at its start.
    before: Counts,
}

/// The search's next step after a look at the figures.
#[derive(Debug)]
pub(crate) enum Step {
    Wait,
    /// The level is measured again from now on; why, if the generator was
    /// disturbed.
    Again(Option<LevelEvent>),
    /// Another level, and what was measured at the last one.
    Next(u32, LevelEvent),
    /// Nothing more; what was measured at last.
    End(LevelEvent),
}

/// The state of the run that a level is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    pub(crate) names: &'a [String],
    pub(crate) counts: &'a Counts,
    /// Users of the level that ended because they had nothing to do.
    pub(crate) idle_users: u32,
    /// The share of its time that the busiest shard computes, 0 to 1.
    pub(crate) busiest_shard: Option<f64>,
    /// Generator delay.
    pub(crate) delays: &'a Delays,
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
            stretch: None,
            levels: Vec::new(),
            stood: Vec::new(),
            unsound: None,
            shown: None,
        }
    }

    /// Whether it is still running.
    pub(crate) fn goes_on(&self) -> bool {
        self.line.end.is_none()
    }

    /// The result so far.
    pub(crate) fn line(&self) -> &SearchLine {
        &self.line
    }

    /// Notes on the criteria.
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
        self.stretch.is_none()
    }

    /// Starts the level again: its figures so far are void.
    pub(crate) fn begin_anew(&mut self) {
        self.stretch = None;
    }

    /// A level whose users are there at the end of this second.
    pub(crate) fn begin(&mut self, reached_s: u64, counts: &Counts) -> LevelStats {
        let begin_s = reached_s + u64::from(self.spec.settle_s());
        self.stretch = Some(Stretch {
            end_s: begin_s + u64::from(self.spec.level_s),
            is_extended: false,
            repeats: 0,
            before: *counts,
        });
        self.tell();
        LevelStats::new(begin_s, self.intents.len(), self.criteria.watch(begin_s))
    }

    /// Starts the same level from the end of this second.
    pub(super) fn begin_again(&mut self, from_s: u64) -> LevelStats {
        if let Some(stretch) = &mut self.stretch {
            stretch.end_s = from_s + u64::from(self.spec.level_s);
        }
        LevelStats::new(from_s, self.intents.len(), self.criteria.watch(from_s))
    }

    /// Looks at the current level.
    pub(crate) fn look(&mut self, gauge: &LevelStats, sight: Sight<'_>) -> Step {
        let Some(stretch) = self.stretch.filter(|it| gauge.end_s() >= it.end_s) else {
            return Step::Wait;
        };
        let before = &stretch.before;
        let lines = lines(gauge, before, sight.counts, sight.delays, Ended::Yes);
        let (outcome, why) = match self.hindrance(gauge, &stretch, sight) {
            Some(hindrance) => hindrance,
            None => match self.judged(&lines, gauge, stretch) {
                Judged::So(outcome, why) => (outcome, why),
                Judged::Again => {
                    self.stretch = Some(Stretch {
                        is_extended: true,
                        ..stretch
                    });
                    return Step::Again(None);
                }
                Judged::Longer => {
                    self.stretch = Some(Stretch {
                        end_s: gauge.end_s() + u64::from(self.spec.level_s),
                        is_extended: true,
                        ..stretch
                    });
                    return Step::Wait;
                }
            },
        };
        let stalled = gauge.stalled(sight.delays);
        let (outcome, why) = match stalled.filter(|_| outcome != LevelOutcome::GeneratorLimited) {
            Some(stalled) => (LevelOutcome::NotJudged, stalled),
            None => (outcome, why),
        };
        if outcome == LevelOutcome::NotJudged && stretch.repeats < REPEATS {
            self.stretch = Some(Stretch {
                repeats: stretch.repeats + 1,
                // It may be too short once more.
                is_extended: false,
                ..stretch
            });
            return Step::Again(Some(LevelEvent::Repeated {
                load: f64::from(self.search.level()),
                of: self.spec.of,
                why,
            }));
        }
        self.take_in(gauge, outcome, why, lines)
    }

    /// Why a level fails or cannot be judged whatever its criteria say.
    fn hindrance(
        &mut self,
        gauge: &LevelStats,
        stretch: &Stretch,
        sight: Sight<'_>,
    ) -> Option<(LevelOutcome, String)> {
        let evidence = Evidence {
            totals: &gauge.totals,
            names: sight.names,
            intents: &self.intents,
            rows: &gauge.seconds,
            ended: false,
        };
        let found = soundness_of_level(&evidence);
        self.unsound = None;
        if let Some(busy) = sight.busiest_shard.filter(|share| *share >= FULL_MIN) {
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
        let (now, before) = (sight.counts, &stretch.before);
        let started = now.users_started.saturating_sub(before.users_started);
        let failed = now.users_failed.saturating_sub(before.users_failed);
        let users = gauge.users().max(started);
        if failed * 20 > users {
            let why = format!("{failed} of {users} users could not start because on_start failed");
            return Some((LevelOutcome::Broken, why));
        }
        if self.spec.of == LoadKind::Users && sight.idle_users > 0 {
            let (idle, level) = (sight.idle_users, self.search.level());
            let why = format!("no data rows left for {idle} of {level} users");
            return Some((LevelOutcome::Broken, why));
        }
        let (planned, undelivered) = gauge.starts();
        let is_too_few = self.judges_delivery && undelivered * UNDELIVERED > planned;
        is_too_few.then(|| {
            let why = format!("{undelivered} of {planned} planned task starts did not happen");
            if gauge.is_own_fault() {
                let why = format!("{why}: generator too slow");
                return (LevelOutcome::NotJudged, why);
            }
            gauge.broken_unless_late(format!("{why}: no user was free (max_users, pacing)"))
        })
    }

    fn judged(&self, lines: &[CriterionLine], gauge: &LevelStats, stretch: Stretch) -> Judged {
        let (outcome, why) = self.criteria.outcome(lines, gauge.totals.all.requests);
        match (outcome, drift(&gauge.seconds), stretch.is_extended) {
            (LevelOutcome::Undecided, _, false) => Judged::Longer,
            // It may be on its way to worse, or back from what was before.
            (LevelOutcome::Kept, Drift::Worse(_), false)
            | (LevelOutcome::Broken, Drift::Better, false) => Judged::Again,
            (LevelOutcome::Kept, Drift::Worse(how), true) => {
                let (outcome, why) = gauge.broken_unless_late(format!("not stable: {how}"));
                Judged::So(outcome, why)
            }
            (LevelOutcome::Undecided, _, true) if self.search.is_retest() => {
                self.tried_again(gauge, why)
            }
            _ => Judged::So(outcome, why),
        }
    }

    /// Judges a load that passed and had too few samples when tested again.
    fn tried_again(&self, gauge: &LevelStats, why: String) -> Judged {
        let (rps, _) = gauge.throughput();
        match self.line.kept_rps.filter(|kept| rps < kept * COLLAPSED) {
            Some(kept) => {
                let [now, before] = [rps, kept].map(rate_text);
                let why = format!("only {now} requests/s when tested again, {before} before");
                Judged::So(LevelOutcome::Broken, why)
            }
            None => Judged::So(LevelOutcome::NotJudged, why),
        }
    }

    fn take_in(
        &mut self,
        gauge: &LevelStats,
        outcome: LevelOutcome,
        why: String,
        lines: Vec<CriterionLine>,
    ) -> Step {
        let (rps, failed) = gauge.throughput();
        let service = gauge.totals.all.percentiles();
        let load = f64::from(self.search.level());
        let level = LevelLine {
            load,
            start_s: gauge.begin_s,
            end_s: gauge.end_s(),
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
        self.stretch = None;
        if let Some(end) = ended {
            self.end(end, "");
            return Step::End(measured);
        }
        self.line.trying = Some(f64::from(self.search.level()));
        self.tell();
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

    /// Ends it; `why` where it is not said by a level.
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
        self.line.tell(self.spec.of, why);
        self.shown = None;
    }

    fn tell(&mut self) {
        self.line.tell(self.spec.of, "");
        self.shown = None;
    }

    /// The criteria at the limit, or at the current level.
    pub(crate) fn criteria_now(
        &self,
        gauge: Option<&LevelStats>,
        moment: &Moment<'_>,
    ) -> Vec<CriterionLine> {
        if self.goes_on() {
            let stretch = self.stretch.zip(gauge);
            return stretch.map_or_else(Vec::new, |(stretch, gauge)| {
                lines(
                    gauge,
                    &stretch.before,
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

    /// The capacity curve so far, shared with all viewers.
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
enum Judged {
    So(LevelOutcome, String),
    /// It is measured for as long again.
    Longer,
    /// It is void and is measured once more.
    Again,
}

/// Whether a level has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Yes,
    No,
}

/// The criteria of a level.
fn lines(
    gauge: &LevelStats,
    before: &Counts,
    now: &Counts,
    delays: &Delays,
    ended: Ended,
) -> Vec<CriterionLine> {
    let counts = Counts {
        users_started: now.users_started,
        users_failed: now.users_failed.saturating_sub(before.users_failed),
        ..gauge.totals.counts
    };
    gauge.watch.lines(&Moment {
        elapsed_s: float(gauge.end_s()),
        counted_from_s: float(gauge.begin_s),
        ended: ended == Ended::Yes,
        counts: &counts,
        delays,
    })
}
