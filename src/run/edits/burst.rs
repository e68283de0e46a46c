//! Bursts: more users for a while, and how the target gets over it.

use crate::model::{Burst, Change, Load, Suspended, micros};
use crate::run::controller::run_task::RunTask;
use crate::run::edits::edit_history::Done;
use crate::run::events::details::{BurstRecovery, ChangeEvent, EditLine};
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::stats::tables::{float, seconds};
use crate::run::{Author, RunError};
use crate::stats::Row;

/// Closed seconds that say how it was before a burst, and that have to be as
/// before for it to be over.
const CALM: usize = 10;
/// How much longer p95 may be than before.
const LONGER: f64 = 1.2;
/// How many more of all may fail than before.
const MORE_FAILED: f64 = 0.005;
/// How long a recovery is waited for.
const PATIENCE_S: u64 = 600;

/// Watches how a target gets over a burst.
#[derive(Debug)]
pub(crate) struct Recovery {
    before: Calm,
    factor: f64,
    began_s: f64,
    ended_s: f64,
    /// The most requests in a second since it began.
    most: f64,
    /// Closed seconds in a row that were as before.
    calm: usize,
}

/// How it is without a burst: means of some seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Calm {
    p95_us: f64,
    failed: f64,
    rps: f64,
}

impl Calm {
    /// Of the last seconds; `None` where nothing was asked.
    fn of(rows: &[Row]) -> Option<Self> {
        let rows = &rows[rows.len().saturating_sub(CALM)..];
        let sum = |part: fn(&Row) -> u64| rows.iter().map(part).sum::<u64>();
        let (requests, failures) = (sum(|row| row.requests), sum(|row| row.failures));
        let p95s: Vec<_> = rows.iter().filter_map(|row| row.service.p95_us).collect();
        if requests == 0 || p95s.is_empty() {
            return None;
        }
        Some(Self {
            p95_us: float(p95s.iter().sum()) / float(p95s.len() as u64),
            failed: float(failures) / float(requests),
            rps: float(requests) / float(rows.len() as u64),
        })
    }
}

impl Recovery {
    /// A closed second; what it means, if it decides it.
    fn see(&mut self, row: &Row) -> Option<BurstRecovery> {
        let end_s = float(row.end_s);
        if end_s > self.began_s && end_s <= self.ended_s + 1.0 {
            self.most = self.most.max(float(row.requests));
        }
        // The second in which it ended is half of it.
        if end_s < self.ended_s + 1.0 {
            return None;
        }
        let limit_us = self.before.p95_us * LONGER;
        let is_quick = row.service.p95_us.is_some_and(|us| float(us) <= limit_us);
        let failed = float(row.failures) / float(row.requests.max(1));
        let is_calm = is_quick && failed <= self.before.failed + MORE_FAILED;
        self.calm = if is_calm { self.calm + 1 } else { 0 };
        if self.calm >= CALM {
            let s = (end_s - float(CALM as u64) - self.ended_s).max(0.0);
            let ideal_s = self.ideal_s();
            return Some(BurstRecovery::After { s, ideal_s });
        }
        let not = BurstRecovery::Not {
            waited_s: PATIENCE_S,
        };
        (end_s > self.ended_s + float(PATIENCE_S)).then_some(not)
    }

    /// What was asked for beyond what the target could do, worked off with what
    /// it can do beyond the load of before: `B = (λ_b − μ)d`, `B / (μ − λ₀)`.
    fn ideal_s(&self) -> Option<f64> {
        let asked = self.before.rps * self.factor;
        let spare = self.most - self.before.rps;
        let backlog = (asked - self.most).max(0.0) * (self.ended_s - self.began_s);
        (spare > 0.0).then(|| backlog / spare)
    }
}

impl RunTask {
    /// Lets more users come for a while; a burst that goes on is replaced by it.
    ///
    /// # Errors
    /// No users are steered or planned or run, or there would be too many.
    pub(crate) async fn burst(
        &mut self,
        at_us: u64,
        burst: Burst,
        by: &Author,
        log: &Log,
    ) -> Result<Done, RunError> {
        let base = self.load_now(at_us).ok_or(RunError::NotSteered)?;
        if self.phase.swarm().is_none() || base.users == 0 {
            return Err(RunError::NotBegun);
        }
        let users = (f64::from(base.users) * burst.factor).round();
        let peak = Load::new(users, base.spawn_rate)?;
        self.check_load(at_us, peak)?;
        let suspends = self.suspend(at_us, base);
        let times_us = (micros(burst.rise), micros(burst.hold));
        let until_us = self.plan_burst(at_us, peak, times_us).await;
        let until_us = until_us.ok_or(RunError::NotBegun)?;
        // One that is held is renewed over and over.
        let times_us = (at_us, until_us);
        let is_renewed = self.changes.renew_burst(by, burst.factor, times_us);
        self.watch_recovery(burst.factor, at_us, until_us, log);
        let said = ChangeEvent::Burst {
            factor: burst.factor,
            users: peak.users,
            hold: burst.hold,
            suspends_plan: suspends,
        };
        let back_to_plan = Change::BackToPlan(Suspended::Users);
        Ok(Done {
            said: (!is_renewed).then_some(said),
            back: std::iter::once(Change::EndBurst)
                .chain(suspends.then_some(back_to_plan))
                .collect(),
            peak: Some(peak),
        })
    }

    /// When it is over; `None` where nobody is there to have more of.
    async fn plan_burst(&mut self, at_us: u64, peak: Load, times_us: (u64, u64)) -> Option<u64> {
        let swarm = self.phase.swarm()?;
        let (plans, until_us) = self.plan.burst(at_us, (self.load, peak), times_us);
        swarm.follow(&plans).await;
        (!plans.is_empty()).then_some(until_us)
    }

    /// Ends a burst that goes on, as quickly as one without a rise ends; `None`
    /// without one.
    pub(crate) async fn end_burst(&mut self, at_us: u64) -> Option<Done> {
        if !self.changes.has_burst(at_us) {
            return None;
        }
        self.plan_burst(at_us, self.load, (0, 0)).await;
        self.burst_ends(at_us);
        let ends = vec![EditLine::BurstEnds];
        Some(Done::held(ChangeEvent::Edited(ends)))
    }

    /// A burst that goes on is over.
    pub(crate) fn burst_ends(&mut self, at_us: u64) {
        self.changes.end_bursts(at_us);
        if let Some(recovery) = &mut self.recovery {
            recovery.ended_s = recovery.ended_s.min(seconds(at_us));
        }
    }

    fn watch_recovery(&mut self, factor: f64, began_us: u64, ended_us: u64, log: &Log) {
        let ended_s = seconds(ended_us);
        if let Some(recovery) = &mut self.recovery {
            // Another one after the end of the last is measured by what was before that.
            if seconds(began_us) > recovery.ended_s {
                (recovery.factor, recovery.began_s) = (factor, seconds(began_us));
                recovery.most = recovery.before.rps;
            }
            recovery.factor = recovery.factor.max(factor);
            recovery.ended_s = ended_s;
            recovery.calm = 0;
            return;
        }
        self.recovery = Calm::of(&log.rows_from_opening()).map(|before| Recovery {
            before,
            factor,
            began_s: seconds(began_us),
            ended_s,
            most: before.rps,
            calm: 0,
        });
    }

    /// Says how a burst was got over, once that is known.
    pub(crate) fn see_recovery(&mut self, rows: &[Row], log: &Log) {
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        let Some(outcome) = rows.iter().find_map(|row| recovery.see(row)) else {
            return;
        };
        let level = match outcome {
            BurstRecovery::After { .. } => Level::Info,
            BurstRecovery::Not { .. } => Level::Warning,
        };
        self.recovery = None;
        let at_us = self.elapsed_us();
        log.push_event(Event::new(at_us, level, EventData::Recovered(outcome)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Percentiles;

    fn row(end_s: u64, requests: u64, p95_us: u64) -> Row {
        let service = Percentiles {
            p95_us: Some(p95_us),
            ..Percentiles::default()
        };
        Row {
            end_s,
            width_s: 1,
            requests,
            service,
            ..Row::default()
        }
    }

    fn recovery() -> Recovery {
        let rows: Vec<_> = (1..=20).map(|end_s| row(end_s, 100, 1_000)).collect();
        Recovery {
            before: Calm::of(&rows).expect("requests"),
            factor: 5.0,
            began_s: 20.0,
            ended_s: 30.0,
            most: 0.0,
            calm: 0,
        }
    }

    #[test]
    fn it_is_over_when_ten_seconds_are_as_before() {
        let mut recovery = recovery();
        let burst = (21..=30).map(|end_s| row(end_s, 300, 9_000));
        let after = (31..=34).map(|end_s| row(end_s, 300, 4_000));
        let calm = (35..=60).map(|end_s| row(end_s, 100, 1_100));
        let seen = burst.chain(after).chain(calm);
        let (at_s, outcome) = seen
            .filter_map(|row| Some((row.end_s, recovery.see(&row)?)))
            .next()
            .expect("decided");
        assert_eq!(at_s, 44, "the tenth of them");
        // 500 a second asked, 300 done, for 10 s; 200 a second to spare.
        let (s, ideal_s) = (4.0, Some(10.0));
        assert_eq!(outcome, BurstRecovery::After { s, ideal_s });
    }

    #[test]
    fn failures_are_no_recovery_and_patience_ends() {
        let mut recovery = recovery();
        let failing = (31..2_000).map(|end_s| Row {
            failures: 2,
            ..row(end_s, 100, 1_000)
        });
        let mut seen = failing.filter_map(|row| recovery.see(&row));
        assert_eq!(
            seen.next(),
            Some(BurstRecovery::Not {
                waited_s: PATIENCE_S
            })
        );
        assert_eq!(Calm::of(&[]), None);
    }
}
