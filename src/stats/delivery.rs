//! Planned task starts, and what became of them.

use std::collections::BTreeMap;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

use crate::model::PlanId;

/// What became of planned task starts: at every moment
/// planned = started + dropped + missed + waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    /// Task starts that were planned.
    pub planned: u64,
    /// Of these, those that a user began.
    pub started: u64,
    /// Given up because no user was free and the queue was full.
    pub dropped_queue: u64,
    /// Given up because the run, or the user's plan, ended while they waited.
    pub(crate) dropped_stop: u64,
    /// Given up because of the script: no row of data was left, no task was
    /// eligible, or the user ended itself.
    pub dropped_script: u64,
    /// Given up because the paced user was busy with the one before.
    pub missed: u64,
    /// Of those given up, how many while requests waited for `max_rps`.
    pub by_max_rps: u64,
    /// Of those given up, how many while `on_start` kept failing.
    pub(crate) by_on_start: u64,
}

/// Why a start was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// The queue was full.
    Queue,
    /// The run or the user's plan ended.
    Stop,
    /// The script had no use for it.
    Script,
    /// The paced user was busy.
    Missed,
}

/// What kept users from taking a start that was given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Because {
    /// They waited for the target, or thought.
    #[default]
    Busy,
    /// They waited for their turn under `max_rps`.
    MaxRps,
    /// None of them could start.
    OnStart,
}

/// What an interval adds to one plan, of starts planned for one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryDelta {
    pub(crate) plan: PlanId,
    /// The end of the second they were planned for, from the start of the run.
    pub(crate) end_s: u64,
    /// What became of them.
    pub(crate) counts: Delivery,
}

/// Starts that still waited when the run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftWaiting {
    pub(crate) plan: PlanId,
    /// When they were planned for, on the run's axis, to 10 ms.
    pub(crate) planned_us: u64,
    /// What kept users from taking them.
    pub(crate) because: Because,
    pub(crate) count: u64,
}

/// How exactly the planned moment of a start is kept that waits at the end.
const LEFT_STEP_US: u64 = 10_000;

impl<'a> Sum<&'a Self> for Delivery {
    fn sum<I: Iterator<Item = &'a Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |mut sum, counts| {
            sum.add(counts);
            sum
        })
    }
}

impl Delivery {
    /// Given up by an open load.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped_queue + self.dropped_stop + self.dropped_script
    }

    /// Given up for whatever reason.
    #[must_use]
    pub fn undelivered(&self) -> u64 {
        self.dropped() + self.missed
    }

    /// Neither begun nor given up.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        (self.planned)
            .saturating_sub(self.started)
            .saturating_sub(self.undelivered())
    }

    /// Starts whose fate is known: begun or given up.
    pub(crate) fn decided(&self) -> u64 {
        self.started + self.undelivered()
    }

    /// The part of the plan that was delivered, 0 to 1; `None` of nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn delivered(&self) -> Option<f64> {
        let decided = self.decided();
        (decided > 0).then(|| self.started as f64 / decided as f64)
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        self.planned += other.planned;
        self.started += other.started;
        self.dropped_queue += other.dropped_queue;
        self.dropped_stop += other.dropped_stop;
        self.dropped_script += other.dropped_script;
        self.missed += other.missed;
        self.by_max_rps += other.by_max_rps;
        self.by_on_start += other.by_on_start;
    }

    /// Counts starts that are given up.
    pub(crate) fn give_up(&mut self, count: u64, how: GivenUp, because: Because) {
        match how {
            GivenUp::Queue => self.dropped_queue += count,
            GivenUp::Stop => self.dropped_stop += count,
            GivenUp::Script => self.dropped_script += count,
            GivenUp::Missed => self.missed += count,
        }
        match because {
            Because::Busy => {}
            Because::MaxRps => self.by_max_rps += count,
            Because::OnStart => self.by_on_start += count,
        }
    }

    /// Counts some of those that wait as given up.
    pub(crate) fn give_up_waiting(&mut self, given_up: &Self) {
        let count = given_up.dropped_stop.min(self.waiting());
        self.dropped_stop += count;
        self.by_max_rps += given_up.by_max_rps.min(count);
        self.by_on_start += given_up.by_on_start.min(count);
    }
}

/// What one interval of one shard adds to the plans.
///
/// Cost of counting a start: a look at the last few entries. There is an entry
/// for each plan and each second whose starts were touched: the seconds that
/// lie in the interval and those whose starts waited until then, at most one
/// for each start that left the queue.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// By plan and second, in the order in which they were touched.
    pub(crate) deltas: Vec<DeliveryDelta>,
    /// What still waited at the end.
    pub(crate) left: Vec<LeftWaiting>,
}

impl Ledger {
    /// What is counted of starts of a plan that are planned for a second.
    pub(crate) fn of(&mut self, plan: PlanId, end_s: u64) -> &mut Delivery {
        let is_meant = |delta: &DeliveryDelta| delta.plan == plan && delta.end_s == end_s;
        let at = self.deltas.iter().rposition(is_meant).unwrap_or_else(|| {
            self.deltas.push(DeliveryDelta {
                plan,
                end_s,
                counts: Delivery::default(),
            });
            self.deltas.len() - 1
        });
        &mut self.deltas[at].counts
    }

    /// What is counted of a start that is planned for a moment of the run.
    pub(crate) fn at(&mut self, plan: PlanId, planned_us: u64) -> &mut Delivery {
        self.of(plan, second_of(planned_us))
    }

    /// A start still waits at the end.
    pub(crate) fn leave(&mut self, plan: PlanId, planned_us: u64, because: Because) {
        let planned_us = planned_us / LEFT_STEP_US * LEFT_STEP_US;
        let key = (plan, planned_us, because);
        let is_meant = |left: &LeftWaiting| (left.plan, left.planned_us, left.because) == key;
        match self.left.iter_mut().rev().take(8).find(|one| is_meant(one)) {
            Some(one) => one.count += 1,
            None => self.left.push(LeftWaiting {
                plan,
                planned_us,
                because,
                count: 1,
            }),
        }
    }

    /// Forgets everything, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.deltas.clear();
        self.left.clear();
    }

    /// Hands everything over, and takes the other's memory for what comes.
    pub(crate) fn swap_into(&mut self, into: &mut Self) {
        std::mem::swap(self, into);
        self.clear();
    }
}

/// The end of the second in which a moment of the run lies.
#[must_use]
pub fn second_of(at_us: u64) -> u64 {
    at_us / 1_000_000 + 1
}

/// What became of the planned starts of a run, or of some seconds of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    plans: Vec<Delivery>,
}

impl Deliveries {
    /// Merges what a shard reports.
    pub fn add(&mut self, ledger: &Ledger) {
        for delta in &ledger.deltas {
            self.plan(delta.plan).add(&delta.counts);
        }
    }

    /// What became of the starts of a plan so far.
    pub(crate) fn of(&self, plan: PlanId) -> Delivery {
        self.plans.get(plan.index()).copied().unwrap_or_default()
    }

    fn plan(&mut self, plan: PlanId) -> &mut Delivery {
        let index = plan.index();
        if self.plans.len() <= index {
            self.plans.resize(index + 1, Delivery::default());
        }
        &mut self.plans[index]
    }
}

/// The starts that waited at the end and had waited for longer than `grace_us`,
/// as given up.
pub fn given_up_at_end<'a>(
    left: impl Iterator<Item = &'a LeftWaiting>,
    end_us: u64,
    grace_us: u64,
) -> Delivery {
    let is_old = |one: &&LeftWaiting| one.planned_us.saturating_add(grace_us) < end_us;
    let mut given_up = Delivery::default();
    for one in left.filter(is_old) {
        given_up.give_up(one.count, GivenUp::Stop, one.because);
    }
    given_up
}

/// Starts that are neither begun nor given up, by the second they were planned
/// for, until they have waited too long.
///
/// Memory: an entry for each second that is not too old.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// By the end of the second. Below 0 for a while where a pause moved starts
    /// from one second to another.
    pending: BTreeMap<u64, i64>,
    /// Of all seconds up to `until_s`.
    overdue: i64,
    until_s: u64,
}

impl Waiting {
    /// Takes in what became of starts that were planned for a second.
    pub(crate) fn see(&mut self, end_s: u64, counts: &Delivery) {
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let change = signed(counts.planned) - signed(counts.decided());
        if end_s <= self.until_s {
            self.overdue += change;
        } else if change != 0 {
            *self.pending.entry(end_s).or_default() += change;
        }
    }

    /// From now on what is planned for seconds up to this one waits too long.
    pub(crate) fn age(&mut self, until_s: u64) {
        self.until_s = self.until_s.max(until_s);
        while let Some(entry) = self.pending.first_entry() {
            if *entry.key() > self.until_s {
                return;
            }
            self.overdue += entry.remove();
        }
    }

    /// How many have waited too long.
    pub(crate) fn overdue(&self) -> u64 {
        u64::try_from(self.overdue).unwrap_or(0)
    }

    /// The same as starts that are given up; what kept users from taking them
    /// is told when they are given up for good.
    pub(crate) fn given_up(&self) -> Delivery {
        Delivery {
            dropped_stop: self.overdue(),
            ..Delivery::default()
        }
    }
}

/// The last second whose starts have waited too long at the end of this one.
#[must_use]
pub fn overdue_until_s(end_s: u64, grace_us: u64) -> u64 {
    end_s.saturating_sub(grace_us.div_ceil(1_000_000))
}

/// How long a start may wait at the end and be merely unfinished: as long as a
/// task takes at worst, and a second at least.
#[must_use]
pub fn grace_us(service_p99_us: Option<u64>) -> u64 {
    service_p99_us.unwrap_or(0).max(1_000_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAN: PlanId = PlanId(3);

    #[test]
    fn what_waits_at_the_end_is_unfinished_if_it_is_young() {
        let mut ledger = Ledger::default();
        for planned_us in [500_000, 3_000_000, 4_200_000, 4_201_000, 4_900_000] {
            ledger.at(PLAN, planned_us).planned += 1;
            ledger.leave(PLAN, planned_us, Because::Busy);
        }
        ledger.at(PLAN, 100_000).planned += 1;
        ledger.at(PLAN, 100_000).started += 1;
        assert_eq!(ledger.left.len(), 4, "in steps of 10 ms");
        let mut run = Deliveries::default();
        run.add(&ledger);
        assert_eq!(run.of(PLAN).waiting(), 5);
        let given_up =
            |grace_us| given_up_at_end(ledger.left.iter(), 5_000_000, grace_us).dropped_stop;
        assert_eq!(given_up(grace_us(Some(20_000))), 2);
        assert_eq!(given_up(grace_us(Some(2_500_000))), 1);
        assert_eq!(run.of(PlanId(9)), Delivery::default());
    }

    #[test]
    fn what_waits_too_long_is_overdue_until_its_fate_is_known() {
        let mut waiting = Waiting::default();
        let planned = |planned| Delivery {
            planned,
            ..Delivery::default()
        };
        let started = |started| Delivery {
            started,
            ..Delivery::default()
        };
        waiting.see(1, &planned(10));
        waiting.see(1, &started(4));
        waiting.see(2, &planned(10));
        waiting.age(overdue_until_s(1, 1_000_000));
        assert_eq!(waiting.overdue(), 0);
        waiting.age(overdue_until_s(2, 1_000_000));
        assert_eq!(waiting.overdue(), 6);
        waiting.see(1, &started(5));
        assert_eq!(waiting.overdue(), 1);
        waiting.age(overdue_until_s(4, 1_200_000));
        assert_eq!(waiting.overdue(), 11);
    }

    proptest! {
        /// However starts are spread over shards, intervals and seconds, what is
        /// told apart adds up to the plan.
        #[test]
        fn nothing_is_lost_on_the_way(
            starts in proptest::collection::vec((0_u16..3, 0_u64..9_000_000, 0_u8..7), 0..300),
            shards in 1_usize..17,
        ) {
            let mut ledgers = vec![Ledger::default(); shards];
            for (at, &(plan, planned_us, fate)) in starts.iter().enumerate() {
                let ledger = &mut ledgers[at % shards];
                let counts = ledger.at(PlanId(plan), planned_us);
                counts.planned += 1;
                match fate {
                    0 => counts.give_up(1, GivenUp::Queue, Because::MaxRps),
                    1 => counts.give_up(1, GivenUp::Script, Because::Busy),
                    2 => counts.give_up(1, GivenUp::Missed, Because::Busy),
                    3 => ledger.leave(PlanId(plan), planned_us, Because::Busy),
                    _ => counts.started += 1,
                }
            }
            let (mut run, mut left) = (Deliveries::default(), 0);
            for ledger in &mut ledgers {
                let mut sent = Ledger::default();
                ledger.swap_into(&mut sent);
                run.add(&sent);
                left += given_up_at_end(sent.left.iter(), 9_000_000, 2_000_000).dropped_stop;
                prop_assert!(ledger.deltas.is_empty() && ledger.left.is_empty());
            }
            let mut sum = Delivery::default();
            for plan in 0..3 {
                let counts = run.of(PlanId(plan));
                prop_assert_eq!(counts.planned, counts.decided() + counts.waiting());
                sum.add(&counts);
            }
            let with = |wanted: &dyn Fn(u64, u8) -> bool| {
                starts.iter().filter(|(_, at, fate)| wanted(*at, *fate)).count() as u64
            };
            prop_assert_eq!(sum.planned, starts.len() as u64);
            prop_assert_eq!(sum.started, with(&|_, fate| fate > 3));
            prop_assert_eq!(sum.by_max_rps, with(&|_, fate| fate == 0));
            let young = with(&|at, fate| fate == 3 && at / LEFT_STEP_US * LEFT_STEP_US >= 7_000_000);
            prop_assert_eq!(sum.waiting(), young + left);
        }
    }
}
