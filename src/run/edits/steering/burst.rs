//! Bursts: more users for a while, and the recovery of the target.

use crate::engine::Swarm;
use crate::model::{Burst, Change, Load, Suspended, micros};
use crate::run::edits::edit_history::Done;
use crate::run::edits::steering::Steering;
use crate::run::edits::steering::plan::BurstShape;
use crate::run::events::details::{BurstRecovery, ChangeEvent, EditLine};
use crate::run::stats::tables::{float, seconds};
use crate::run::{Author, RunError};
use crate::stats::Row;

/// Closed seconds that say how it was before a burst, and that have to be as
/// before for it to be over.
const STEADY: usize = 10;
/// The factor by which p95 may be longer than before.
const LONGER: f64 = 1.2;
/// The share of requests that may fail beyond that of before.
const MORE_FAILED: f64 = 0.005;
/// The longest recovery that is waited for.
const PATIENCE_S: u64 = 600;

/// The recovery of a target from a burst.
#[derive(Debug)]
struct Recovery {
    before: SteadyState,
    factor: f64,
    began_s: f64,
    ended_s: f64,
    /// The most requests in a second since it began.
    most: f64,
    /// Closed seconds in a row that were as before.
    steady: usize,
}

/// The state without a burst: means of some seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct SteadyState {
    p95_us: f64,
    failed: f64,
    rps: f64,
}

impl SteadyState {
    /// Of the last seconds; `None` where nothing was asked.
    fn of(rows: &[Row]) -> Option<Self> {
        let rows = &rows[rows.len().saturating_sub(STEADY)..];
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
    fn add(&mut self, row: &Row) -> Option<BurstRecovery> {
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
        let is_steady = is_quick && failed <= self.before.failed + MORE_FAILED;
        self.steady = if is_steady { self.steady + 1 } else { 0 };
        if self.steady >= STEADY {
            let s = (end_s - float(STEADY as u64) - self.ended_s).max(0.0);
            let ideal_s = self.ideal_s();
            return Some(BurstRecovery::After { s, ideal_s });
        }
        let not = BurstRecovery::Not {
            waited_s: PATIENCE_S,
        };
        (end_s > self.ended_s + float(PATIENCE_S)).then_some(not)
    }

    /// The load beyond the capacity of the target, worked off with what
    /// it can do beyond the load of before: `B = (λ_b − μ)d`, `B / (μ − λ₀)`.
    fn ideal_s(&self) -> Option<f64> {
        let asked = self.before.rps * self.factor;
        let spare = self.most - self.before.rps;
        let backlog = (asked - self.most).max(0.0) * (self.ended_s - self.began_s);
        (spare > 0.0).then(|| backlog / spare)
    }
}

/// A burst that lasts, as long as it is renewed.
#[derive(Clone, Debug, PartialEq)]
struct Lease {
    by: Author,
    factor: f64,
    until_us: u64,
}

/// The bursts of a run.
#[derive(Debug, Default)]
pub(super) struct Bursts {
    latest: Option<Lease>,
    /// The number of bursts so far: the latest one's number.
    count: u64,
    /// The way back of the target from the latest one.
    recovery: Option<Recovery>,
}

impl Bursts {
    /// Starts or renews a burst; whether it is a renewal.
    fn renew(&mut self, by: &Author, factor: f64, now_us: u64, until_us: u64) -> bool {
        let is_same = |lease: &&mut Lease| {
            let lasts = lease.until_us >= now_us;
            lasts && lease.by == *by && lease.factor.to_bits() == factor.to_bits()
        };
        if let Some(lease) = self.latest.as_mut().filter(is_same) {
            lease.until_us = until_us;
            return true;
        }
        self.count += 1;
        self.latest = Some(Lease {
            by: by.clone(),
            factor,
            until_us,
        });
        false
    }

    /// Whether a burst lasts.
    pub(super) fn is_active(&self, now_us: u64) -> bool {
        let lasts = |lease: &Lease| lease.until_us > now_us;
        self.latest.as_ref().is_some_and(lasts)
    }

    /// Another plan has taken over.
    pub(super) fn end_lease(&mut self, now_us: u64) {
        if let Some(lease) = &mut self.latest {
            lease.until_us = now_us.min(lease.until_us);
        }
    }

    /// A burst that lasts is over.
    pub(super) fn end(&mut self, at_us: u64) {
        self.end_lease(at_us);
        if let Some(recovery) = &mut self.recovery {
            recovery.ended_s = recovery.ended_s.min(seconds(at_us));
        }
    }

    pub(super) fn forget_recovery(&mut self) {
        self.recovery = None;
    }
}

impl Steering {
    /// Raises the number of users for a while; a burst that lasts is replaced by it.
    ///
    /// # Errors
    /// No users are steered or planned or run, or there would be too many.
    pub(crate) async fn burst(
        &mut self,
        swarm: Option<&Swarm>,
        at_us: u64,
        burst: Burst,
        by: &Author,
    ) -> Result<Done, RunError> {
        let base = self.load_now(at_us).ok_or(RunError::NotSteered)?;
        let swarm = swarm.filter(|_| base.users > 0);
        let swarm = swarm.ok_or(RunError::NotBegun)?;
        let users = (f64::from(base.users) * burst.factor).round();
        let peak = Load::new(users, base.spawn_rate)?;
        self.check_load(at_us, peak)?;
        let suspends = self.suspend(at_us, base);
        let until_us = self.plan_burst(swarm, at_us, peak, Some(burst)).await;
        let until_us = until_us.ok_or(RunError::NotBegun)?;
        // One that is held is renewed over and over.
        let is_renewed = self.bursts.renew(by, burst.factor, at_us, until_us);
        let started = ChangeEvent::Burst {
            factor: burst.factor,
            users: peak.users,
            hold: burst.hold,
            suspends_plan: suspends,
        };
        let back_to_plan = Change::BackToPlan(Suspended::Users);
        Ok(Done {
            said: (!is_renewed).then_some(started),
            back: std::iter::once(Change::EndBurst)
                .chain(suspends.then_some(back_to_plan))
                .collect(),
            peak: Some(peak),
            burst_until_us: Some(until_us),
        })
    }

    /// Plans a burst, or its end: when it is over; `None` where no users are steered.
    async fn plan_burst(
        &mut self,
        swarm: &Swarm,
        at_us: u64,
        peak: Load,
        burst: Option<Burst>,
    ) -> Option<u64> {
        let shape = BurstShape {
            base: self.load,
            peak,
            rise_us: burst.map_or(0, |burst| micros(burst.rise)),
            hold_us: burst.map_or(0, |burst| micros(burst.hold)),
        };
        let planned = self.plan.burst(at_us, shape);
        swarm.follow(&planned.plans).await;
        (!planned.plans.is_empty()).then_some(planned.until_us)
    }

    /// Ends a burst that lasts, as quickly as one without a rise ends; `None`
    /// without one.
    pub(crate) async fn end_burst(&mut self, swarm: Option<&Swarm>, at_us: u64) -> Option<Done> {
        if !self.bursts.is_active(at_us) {
            return None;
        }
        if let Some(swarm) = swarm {
            self.plan_burst(swarm, at_us, self.load, None).await;
        }
        self.bursts.end(at_us);
        let ends = vec![EditLine::BurstEnds];
        Some(Done::held(ChangeEvent::Edited(ends)))
    }

    /// The number of the burst that was started last.
    pub(crate) fn latest_burst(&self) -> u64 {
        self.bursts.count
    }

    /// The number of the burst that lasts.
    pub(crate) fn active_burst(&self, now_us: u64) -> Option<u64> {
        self.bursts.is_active(now_us).then_some(self.bursts.count)
    }

    /// Watches how the target recovers from the latest burst, started or renewed now;
    /// `rows` gives the seconds before it.
    pub(crate) fn watch_recovery(&mut self, began_us: u64, rows: impl FnOnce() -> Vec<Row>) {
        let Bursts {
            latest: Some(lease),
            recovery,
            ..
        } = &mut self.bursts
        else {
            return;
        };
        let (factor, ended_s) = (lease.factor, seconds(lease.until_us));
        if let Some(recovery) = recovery {
            // Another one after the end of the last is measured by what was before that.
            if seconds(began_us) > recovery.ended_s {
                (recovery.factor, recovery.began_s) = (factor, seconds(began_us));
                recovery.most = recovery.before.rps;
            }
            recovery.factor = recovery.factor.max(factor);
            recovery.ended_s = ended_s;
            recovery.steady = 0;
            return;
        }
        *recovery = SteadyState::of(&rows()).map(|before| Recovery {
            before,
            factor,
            began_s: seconds(began_us),
            ended_s,
            most: before.rps,
            steady: 0,
        });
    }

    /// The outcome of a recovery that closed seconds decide.
    pub(crate) fn decide_recovery(&mut self, rows: &[Row]) -> Option<BurstRecovery> {
        let recovery = self.bursts.recovery.as_mut()?;
        let outcome = rows.iter().find_map(|row| recovery.add(row))?;
        self.bursts.recovery = None;
        Some(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Percentiles;

    #[test]
    fn a_burst_is_renewed_by_its_author_alone() {
        let [one, other] = ["one", "other"].map(Author::new);
        let mut bursts = Bursts::default();
        assert!(!bursts.renew(&one, 2.0, 10, 20));
        assert!(bursts.renew(&one, 2.0, 15, 30));
        assert_eq!(bursts.count, 1);
        // Another one takes over: that of the first has ended.
        assert!(!bursts.renew(&other, 2.0, 16, 30));
        assert!(!bursts.renew(&other, 5.0, 17, 40), "another factor");
        assert!(bursts.is_active(39) && !bursts.is_active(40));
        assert_eq!(bursts.count, 3);
        bursts.end_lease(18);
        assert!(!bursts.is_active(18));
    }

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
            before: SteadyState::of(&rows).expect("requests"),
            factor: 5.0,
            began_s: 20.0,
            ended_s: 30.0,
            most: 0.0,
            steady: 0,
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
            .filter_map(|row| Some((row.end_s, recovery.add(&row)?)))
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
        let mut seen = failing.filter_map(|row| recovery.add(&row));
        assert_eq!(
            seen.next(),
            Some(BurstRecovery::Not {
                waited_s: PATIENCE_S
            })
        );
        assert_eq!(SteadyState::of(&[]), None);
    }
}
