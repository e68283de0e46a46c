//! Planned task starts: which of them are judged, and their outcome.

use std::collections::BTreeMap;

use crate::engine::{INTERVAL_US, Report};
use crate::model::{ClassId, Drive, PlanId, Workload};
use crate::program::Program;
use crate::run::controller::run_view::RunView;
use crate::run::stats::tables::float;
use crate::stats::{
    Delivery, DeliveryDelta, LeftWaiting, Waiting, given_up_at_end, overdue_until_s, second_of,
};
use crate::verdict::{DeliveryRule, FULL_MIN, PlanKind, PlanLine};

/// Stretches remembered in which nothing is judged; with more, what lies
/// between the last two is not judged either.
const STRETCHES: usize = 1_000;

/// Follows the planned starts of a run second by second.
///
/// A start belongs to the second that it was planned for. Seconds in which the
/// load was not the one that the run was started with are not judged: of these
/// only the totals of the run count.
#[derive(Debug, Default)]
pub(crate) struct DeliveryWatch {
    plans: BTreeMap<PlanId, PlanWatch>,
    /// Starts of the open second, with the part of the generator.
    open: Vec<(DeliveryDelta, f64)>,
    /// Starts that still waited at the end.
    left: Vec<LeftWaiting>,
    second: DeliveredSecond,
    /// Seconds in which nothing is judged: the first and the last.
    unjudged: Vec<(u64, u64)>,
    /// Since which second that is so now.
    unjudged_since: Option<u64>,
}

#[derive(Debug, Default)]
struct PlanWatch {
    /// The outcome of starts of judged seconds.
    judged: Delivery,
    /// The number of those given up by the generator itself.
    own: f64,
    /// Those that wait: all, and of judged seconds.
    waiting: Waiting,
    judged_waiting: Waiting,
}

/// The figures of a closed second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DeliveredSecond {
    pub(crate) planned: u64,
    pub(crate) undelivered: u64,
    pub(crate) overdue: u64,
}

impl DeliveryWatch {
    /// Takes in what a shard reports while this second is open.
    pub(crate) fn add(&mut self, open_s: u64, report: &Report) {
        let ledger = &report.interval.ledger;
        let own = own_share(report);
        for delta in &ledger.deltas {
            self.second.planned += delta.counts.planned;
            self.second.undelivered += delta.counts.undelivered();
            let plan = self.plans.entry(delta.plan).or_default();
            plan.waiting.see(delta.end_s, &delta.counts);
            if delta.end_s >= open_s {
                self.open.push((*delta, own));
            } else {
                self.judge(delta, own);
            }
        }
        self.left.extend_from_slice(&ledger.left);
    }

    /// The second that ends at `end_s` is over.
    pub(crate) fn close_second(&mut self, end_s: u64, grace_us: u64) -> DeliveredSecond {
        let open = std::mem::take(&mut self.open).into_iter();
        let (closed, open): (Vec<_>, Vec<_>) = open.partition(|(delta, _)| delta.end_s <= end_s);
        self.open = open;
        closed
            .iter()
            .for_each(|(delta, own)| self.judge(delta, *own));
        let until_s = overdue_until_s(end_s, grace_us);
        let mut second = std::mem::take(&mut self.second);
        for plan in self.plans.values_mut() {
            plan.waiting.age(until_s);
            plan.judged_waiting.age(until_s);
            second.overdue += plan.waiting.overdue();
        }
        second
    }

    /// All shards have ended: the last second is as long as it is.
    pub(crate) fn finish(&mut self) {
        for (delta, own) in std::mem::take(&mut self.open) {
            self.judge(&delta, own);
        }
    }

    /// Says whether the load in force is the one that is judged, from so late
    /// in the run on.
    pub(super) fn set_judged(&mut self, at_us: u64, is_judged: bool) {
        let at_s = second_of(at_us);
        match (self.unjudged_since, is_judged) {
            (None, false) => self.unjudged_since = Some(at_s),
            (Some(since_s), true) => {
                self.unjudged_since = None;
                let is_full = self.unjudged.len() >= STRETCHES;
                match self.unjudged.last_mut().filter(|_| is_full) {
                    Some(last) => last.1 = at_s,
                    None => self.unjudged.push((since_s, at_s)),
                }
            }
            _ => {}
        }
    }

    /// Begins anew; what is not judged stays so.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            unjudged: std::mem::take(&mut self.unjudged),
            unjudged_since: self.unjudged_since,
            ..Self::default()
        };
    }

    /// The outcome of a plan: of all its starts, of which these were counted,
    /// and of those that are judged; and how many of the latter the generator
    /// gave up by itself. `ended_us` is when the load ended; while it lasts,
    /// as if it ended now.
    pub(crate) fn of(
        &self,
        id: PlanId,
        mut all: Delivery,
        ended_us: Option<u64>,
        grace_us: u64,
    ) -> (Delivery, Delivery, f64) {
        let Some(plan) = self.plans.get(&id) else {
            return (all, Delivery::default(), 0.0);
        };
        let (mut judged, own) = (plan.judged, plan.own);
        let (old, old_judged) = match ended_us {
            None => (plan.waiting.given_up(), plan.judged_waiting.given_up()),
            Some(end_us) => {
                let left = || self.left.iter().filter(|one| one.plan == id);
                let is_judged = |one: &&LeftWaiting| self.is_judged(second_of(one.planned_us));
                (
                    given_up_at_end(left(), end_us, grace_us),
                    given_up_at_end(left().filter(is_judged), end_us, grace_us),
                )
            }
        };
        all.give_up_waiting(&old);
        judged.give_up_waiting(&old_judged);
        (all, judged, own)
    }

    fn is_judged(&self, end_s: u64) -> bool {
        let is_now = self.unjudged_since.is_some_and(|since_s| end_s >= since_s);
        let was = |(from_s, to_s): &(u64, u64)| (*from_s..=*to_s).contains(&end_s);
        !is_now && !self.unjudged.iter().any(was)
    }

    fn judge(&mut self, delta: &DeliveryDelta, own: f64) {
        if self.is_judged(delta.end_s) {
            let plan = self.plans.entry(delta.plan).or_default();
            plan.judged.add(&delta.counts);
            plan.judged_waiting.see(delta.end_s, &delta.counts);
            plan.own += own * float(delta.counts.undelivered());
        }
    }
}

/// The generator's own part of what a shard gave up in an interval, 0 to
/// 1: all of it if it computed all the time, else the part of the time for
/// which it was late at worst.
fn own_share(report: &Report) -> f64 {
    let wall_us = float(report.wall_us.max(INTERVAL_US));
    let is_full = report
        .cpu_us
        .is_some_and(|cpu_us| float(cpu_us) >= FULL_MIN * wall_us);
    if is_full {
        return 1.0;
    }
    (float(report.interval.delay.largest_us) / wall_us).min(1.0)
}

/// The number of starts that a shard gave up in an interval by its own fault.
pub(crate) fn own_undelivered(report: &Report) -> f64 {
    let deltas = report.interval.ledger.deltas.iter();
    let undelivered: u64 = deltas.map(|delta| delta.counts.undelivered()).sum();
    own_share(report) * float(undelivered)
}

/// Every plan of task starts of the run, with its outcome.
pub(crate) fn deliveries(view: RunView<'_>) -> Vec<PlanLine> {
    let grace_us = view.counting.stats().grace_us();
    let plans = plans(view.facts.program(), view.steering.workloads());
    let line = |(id, name, kind): (PlanId, String, PlanKind)| {
        let counted = view.counting.stats().totals().deliveries.of(id);
        let (counts, judged, own) =
            view.counting
                .stats()
                .delivery()
                .of(id, counted, view.ending.load_ended_us(), grace_us);
        let is_there = kind != PlanKind::Pacing || counts.planned > 0 || is_paced(view, id);
        let rule = match view.search {
            None => DeliveryRule::of(&view.facts.spec().criteria, &name, kind),
            Some(_) => DeliveryRule::ByCriteria,
        };
        is_there.then_some(PlanLine {
            rule,
            name,
            kind,
            counts,
            judged,
            own,
        })
    };
    plans.into_iter().filter_map(line).collect()
}

/// Whether users of a class plan their starts, as the program says.
fn is_paced(view: RunView<'_>, plan: PlanId) -> bool {
    let class = view.facts.program().classes.get(plan.index());
    class.is_some_and(|class| class.wait.period_seconds().is_some())
}

/// The plans of task starts: of classes of closed loads, and of open loads.
fn plans(program: &Program, workloads: &[Workload]) -> Vec<(PlanId, String, PlanKind)> {
    let name = |class: ClassId| program.classes[class.index()].name.clone();
    let mut plans = Vec::new();
    for (index, workload) in workloads.iter().enumerate() {
        let classes = program.classes_of(index);
        match &workload.drive {
            Drive::Arrivals(arrivals) => {
                plans.push((
                    PlanId::of_workload(index, program.classes.len()),
                    classes.map(name).collect::<Vec<_>>().join(", "),
                    PlanKind::Arrivals {
                        max_users: arrivals.max_users,
                        queue: arrivals.queue,
                    },
                ));
            }
            Drive::Steered(..) | Drive::Fixed(_) | Drive::Users(_) => {
                let plan = |class| (PlanId::of_class(class), name(class), PlanKind::Pacing);
                plans.extend(classes.map(plan));
            }
        }
    }
    plans
}
