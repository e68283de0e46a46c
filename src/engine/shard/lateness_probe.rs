//! A timer that is due every few milliseconds, and tells how late the shard
//! itself is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::engine::shard::swarm::SwarmSetup;
use crate::engine::shard::thread::Shard;
use crate::engine::timer::SleepHandle;
use crate::engine::user::overrides::Overrides;
use crate::model::{ClassId, Drive, Workload};
use crate::program::Class;
use crate::stats::{BucketCount, Delay, Gap, lowest_of};

/// How often the timer is due.
const PERIOD_US: u64 = 5_000;
/// A stretch without a turn that is longer is a gap.
const GAP_US: u64 = 250_000;

/// Measures the delay of its shard.
///
/// Cost: 200 times a second three system calls and a comparison or two;
/// nothing per request.
#[derive(Debug)]
pub(super) struct LatenessProbe {
    /// Whether starts are planned. Then time that the shard computes makes them
    /// late. Without a plan computing is all that a busy shard does.
    has_plan: Cell<bool>,
    due_us: Cell<u64>,
    last: Cell<Reading>,
    delay: RefCell<Delay>,
}

/// What the clocks say at a turn.
#[derive(Clone, Copy, Debug)]
struct Reading {
    now_us: u64,
    /// Time that the thread has computed.
    cpu_us: Option<u64>,
    /// Time that it could have computed and was not let.
    run_delay_us: Option<u64>,
}

impl Reading {
    fn take(setup: &SwarmSetup) -> Self {
        Self {
            now_us: setup.clock.now_us(),
            cpu_us: (setup.thread_cpu_us)(),
            run_delay_us: (setup.thread_run_delay_us)(),
        }
    }
}

impl LatenessProbe {
    pub(crate) fn new(setup: &SwarmSetup) -> Self {
        let last = Reading::take(setup);
        Self {
            has_plan: Cell::new(has_plan(
                &setup.workloads,
                &setup.program.classes,
                &Overrides::default(),
            )),
            due_us: Cell::new(last.now_us + PERIOD_US),
            last: Cell::new(last),
            delay: RefCell::default(),
        }
    }

    /// Users behave differently from now on.
    pub(crate) fn update(&self, setup: &SwarmSetup, overrides: &Overrides) {
        let has_plan = has_plan(&setup.workloads, &setup.program.classes, overrides);
        self.has_plan.set(has_plan);
    }

    /// Looks at the clocks if the timer is due.
    fn sample(&self, setup: &SwarmSetup) {
        let due_us = self.due_us.get();
        if setup.clock.now_us() < due_us {
            return;
        }
        let now = Reading::take(setup);
        let before = self.last.replace(now);
        self.due_us.set(now.now_us + PERIOD_US);
        let delay = delay(before, now, due_us, self.has_plan.get(), setup.origin_us);
        self.delay.borrow_mut().add(&delay);
    }

    /// The delay since the last time, with that of the starts in these buckets.
    pub(crate) fn lap(&self, setup: &SwarmSetup, lateness: &[BucketCount]) -> Delay {
        // After a gap the report may come before the timer does.
        self.sample(setup);
        let mut delay = self.delay.take();
        if self.has_plan.get() {
            let latest = lateness.iter().map(|one| one.bucket).max();
            let late_us = latest.map_or(0, lowest_of);
            delay.largest_us = delay.largest_us.max(late_us);
        }
        delay
    }
}

/// Whether starts are planned: by an open load, or by the wait of a class as it
/// is now.
fn has_plan(workloads: &[Workload], classes: &[Class], overrides: &Overrides) -> bool {
    let is_open = |workload: &Workload| matches!(workload.drive, Drive::Arrivals(_));
    let is_paced = |class: &Class| class.wait.period_seconds().is_some();
    let mut classes = classes.iter().enumerate();
    workloads.iter().any(is_open)
        || classes.any(|(id, class)| overrides.of(ClassId::from(id), class, is_paced))
}

/// The delay between two turns of which the second was due at `due_us`.
fn delay(before: Reading, now: Reading, due_us: u64, has_plan: bool, origin_us: u64) -> Delay {
    let since = |now: Option<u64>, before: Option<u64>| {
        let (now, before) = now.zip(before)?;
        Some(now.saturating_sub(before))
    };
    let late_us = now.now_us.saturating_sub(due_us);
    let computed_us = since(now.cpu_us, before.cpu_us).filter(|_| !has_plan);
    let late_us = match computed_us {
        Some(computed_us) => {
            let elapsed_us = now.now_us.saturating_sub(before.now_us);
            late_us.min(elapsed_us.saturating_sub(computed_us))
        }
        None => late_us,
    };
    let run_delay_us = since(now.run_delay_us, before.run_delay_us);
    let gap = Gap {
        from_us: now.now_us.saturating_sub(origin_us + late_us),
        to_us: now.now_us.saturating_sub(origin_us),
    };
    Delay {
        largest_us: late_us.max(run_delay_us.unwrap_or_default()),
        run_delay_us,
        gap: (late_us >= GAP_US).then_some(gap),
    }
}

/// Lets the timer be due again and again. Runs as a task of the shard.
pub(crate) async fn run(shard: Rc<Shard>) {
    let sleep = SleepHandle::default();
    loop {
        let due_us = shard.lateness_probe.due_us.get();
        shard.timer.sleep_until(due_us, &sleep).await;
        shard.lateness_probe.sample(&shard.setup);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Population, Wait};
    use crate::program::{ClassRows, Order, Tasks};

    fn at(now_ms: u64, cpu_ms: u64, run_delay_ms: u64) -> Reading {
        Reading {
            now_us: now_ms * 1_000,
            cpu_us: Some(cpu_ms * 1_000),
            run_delay_us: Some(run_delay_ms * 1_000),
        }
    }

    /// The delay of a turn that was due after 5 ms.
    fn after(now: Reading, has_plan: bool) -> Delay {
        delay(at(1_000, 50, 9), now, 1_005_000, has_plan, 400_000)
    }

    #[test]
    fn each_way_to_be_late_is_told() {
        assert_eq!(after(at(1_005, 50, 9), false).largest_us, 0);
        let descheduled = after(at(1_015, 53, 16), false);
        assert_eq!(
            (descheduled.largest_us, descheduled.run_delay_us),
            (10_000, Some(7_000))
        );
        let early = after(at(1_005, 50, 12), false);
        assert_eq!(
            early.largest_us, 3_000,
            "not let run, but in time for the timer"
        );
        let stopped = after(at(4_005, 52, 9), false);
        let gap = Gap {
            from_us: 605_000,
            to_us: 3_605_000,
        };
        assert_eq!((stopped.largest_us, stopped.gap), (3_000_000, Some(gap)));
        let unknown = Reading {
            cpu_us: None,
            run_delay_us: None,
            ..at(1_025, 0, 0)
        };
        assert_eq!(after(unknown, false).largest_us, 20_000);
        assert_eq!(after(unknown, false).run_delay_us, None);
    }

    #[test]
    fn an_operator_may_give_a_class_a_plan_and_take_it() {
        let waiting = |wait| Class {
            name: "A".to_owned(),
            workload: 0,
            population: Population::Weight(1),
            wait,
            on_start: None,
            is_rehearsed: false,
            on_stop: None,
            tasks: Tasks::default(),
            order: Order::Weighted,
            iterations: None,
            rows: ClassRows::default(),
        };
        let (thinks, paced) = (
            waiting(Wait::Constant { seconds: 1.0 }),
            waiting(Wait::Pacing { seconds: 1.0 }),
        );
        let overrides = Overrides::default();
        let classes = [thinks.clone(), thinks.clone()];
        assert!(!has_plan(&[], &classes, &overrides));
        overrides.set_class(ClassId(1), Arc::new(paced));
        assert!(has_plan(&[], &classes, &overrides));
        overrides.set_class(ClassId(1), Arc::new(thinks));
        assert!(!has_plan(&[], &classes, &overrides));
    }

    #[test]
    fn computing_delays_only_what_is_planned() {
        let busy = at(1_305, 355, 9);
        assert_eq!(
            after(busy, false),
            Delay {
                run_delay_us: Some(0),
                ..Delay::default()
            }
        );
        assert_eq!(after(busy, true).largest_us, 300_000);
        assert!(after(busy, true).gap.is_some());
    }
}
