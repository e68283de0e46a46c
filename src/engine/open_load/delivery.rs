//! Counts planned task starts, and what becomes of them.

use crate::engine::open_load::arrival_queue::ArrivalQueue;
use crate::engine::shard::thread::Shard;
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::shard::workload::ShardWorkload;
use crate::model::{PlanId, Wait};
use crate::schedule::{Moments, Pace, Passed};
use crate::stats::{Because, Delivery, GivenUp};

/// Starts of open loads.
impl Shard {
    /// What plans the starts of an open workload.
    pub(super) fn plan_of(&self, workload: usize) -> PlanId {
        PlanId::of_workload(workload, self.setup.program.classes.len())
    }

    /// A start of a workload came due; all moments here are on the shard's clock.
    pub(super) fn start_planned(&self, workload: usize, due_us: u64) {
        self.count(|counts| counts.arrivals_scheduled += 1);
        self.tally(self.plan_of(workload), due_us, |counts| counts.planned += 1);
    }

    /// A user begins it.
    pub(crate) fn start_begun(&self, workload: usize, due_us: u64) {
        self.count(|counts| counts.arrivals_started += 1);
        self.tally(self.plan_of(workload), due_us, |counts| counts.started += 1);
    }

    /// No user has taken it, and the queue is full.
    pub(super) fn start_dropped(&self, workload: usize, queue: &ArrivalQueue, due_us: u64) {
        self.count(|counts| counts.arrivals_dropped += 1);
        let (how, because) = match queue.finds_no_row() {
            true => (GivenUp::Script, Because::Busy),
            false => (GivenUp::Queue, self.why_taken(queue)),
        };
        self.tally(self.plan_of(workload), due_us, |counts| {
            counts.give_up(1, how, because);
        });
    }

    /// A user took it and could do nothing with it.
    pub(crate) fn start_unused(&self, workload: usize, due_us: u64) {
        self.count(|counts| counts.arrivals_dropped += 1);
        let plan = self.plan_of(workload);
        // Beyond the last iteration nothing is planned any more.
        if self.setup.limits.is_exhausted() {
            return self.leave(plan, due_us, Because::Busy);
        }
        self.tally(plan, due_us, |counts| {
            counts.give_up(1, GivenUp::Script, Because::Busy);
        });
    }

    /// It is still waiting when the load ends: no user will take it.
    pub(crate) fn start_left(&self, workload: usize, due_us: u64) {
        self.count(|counts| counts.arrivals_dropped += 1);
        let queue = self
            .workloads
            .get(workload)
            .and_then(ShardWorkload::arrival_queue);
        let because = queue.map_or(Because::Busy, |queue| self.why_taken(queue));
        self.leave(self.plan_of(workload), due_us, because);
    }
}

/// Starts of paced users.
impl Shard {
    /// When the next task of a user is due whose last one, due at `due_us`, has
    /// ended; `None` for one whose wait plans nothing.
    pub(crate) fn pace_on(
        &self,
        handle: &UserHandle,
        wait: Wait,
        due_us: u64,
        now_us: u64,
    ) -> Option<u64> {
        let Some(mut pace) = handle.pace.get() else {
            let mut pace = Pace::new(wait, due_us)?;
            // The one at `due_us` was not planned.
            pace.skip(due_us);
            handle.pace.set(Some(pace));
            return Some(pace.due_us());
        };
        // Before another period holds.
        if !self.setup.limits.is_exhausted() {
            let passed = pace.end(self.settled_until_us(now_us));
            self.tally_passed(handle, passed, GivenUp::Missed);
        }
        handle.pace.set(Some(pace));
        let Some(pace) = pace.with(wait) else {
            self.end_pace(handle);
            return None;
        };
        handle.pace.set(Some(pace));
        Some(pace.due_us())
    }

    /// A user begins its plan: the first start is due at `due_us`.
    pub(crate) fn begin_pace(&self, handle: &UserHandle, wait: Wait, due_us: u64) {
        handle.pace.set(Pace::new(wait, due_us));
    }

    /// A user begins the start that is due. After its last one it has no plan.
    pub(crate) fn begin_paced(&self, handle: &UserHandle, is_last: bool) {
        let Some(mut pace) = handle.pace.get() else {
            return;
        };
        let (due_us, is_new) = pace.begin();
        self.tally(PlanId::of_class(handle.class), due_us, |counts| {
            counts.planned += u64::from(is_new);
            counts.started += 1;
        });
        handle.pace.set((!is_last).then_some(pace));
    }

    /// A user has no use for what is planned up to `until_us`; when its next
    /// start is due, if it has a plan.
    pub(crate) fn skip_paced(&self, handle: &UserHandle, until_us: u64) -> Option<u64> {
        let mut pace = handle.pace.get()?;
        let passed = pace.skip(until_us);
        // Beyond the last iteration nothing is planned any more.
        if !self.setup.limits.is_exhausted() {
            self.tally_passed(handle, passed, GivenUp::Script);
        }
        handle.pace.set(Some(pace));
        Some(pace.due_us())
    }

    /// A user's plan ends now: what it missed is counted, and the start it owes
    /// is given up, or left waiting where the whole run ends.
    pub(crate) fn end_pace(&self, handle: &UserHandle) {
        let Some(mut pace) = handle.pace.take() else {
            return;
        };
        let is_ended = self.end.is_past(self.clock.now_us());
        let is_run_over = self.is_stopping() || is_ended || self.setup.limits.is_exhausted();
        if !self.setup.limits.is_exhausted() {
            let passed = pace.end(self.settled_until_us(self.clock.now_us()));
            self.tally_passed(handle, passed, GivenUp::Missed);
        }
        let Some(owed_us) = pace.owed_us() else {
            return;
        };
        let plan = PlanId::of_class(handle.class);
        if is_run_over {
            return self.leave(plan, owed_us, why_late(handle));
        }
        let how = match handle.is_dismissed() {
            true => GivenUp::Stop,
            false => GivenUp::Script,
        };
        self.tally(plan, owed_us, |counts| {
            counts.give_up(1, how, Because::Busy);
        });
    }

    /// Counts what busy users have missed by now. Cost: a look at each user.
    pub(crate) fn settle_paces(&self, now_us: u64) {
        if self.pause.is_on() || self.setup.limits.is_exhausted() {
            return;
        }
        self.each_handle(|handle| {
            if let Some(mut pace) = handle.pace.get() {
                let passed = pace.settle(self.settled_until_us(now_us));
                self.tally_passed(handle, passed, GivenUp::Missed);
                handle.pace.set(Some(pace));
            }
        });
    }

    /// Everything that paced users have to do is due so much later.
    pub(crate) fn put_paces_off(&self, by_us: u64) {
        self.each_handle(|handle| {
            if let Some(mut pace) = handle.pace.get() {
                pace.put_off(by_us);
                handle.pace.set(Some(pace));
            }
        });
    }

    /// The run's plan ends now: counts what still waits, open loads and paced
    /// users alike.
    pub(crate) fn leave_all(&self) {
        for (index, workload) in self.workloads.iter().enumerate() {
            for due_us in workload
                .arrival_queue()
                .map(ArrivalQueue::give_up)
                .unwrap_or_default()
            {
                self.start_left(index, due_us);
            }
        }
        self.each_handle(|handle| self.end_pace(handle));
    }

    /// Statistics begin anew: what waits now is planned now.
    pub(crate) fn plan_waiting_anew(&self) {
        let now_us = self.clock.now_us();
        for (index, workload) in self.workloads.iter().enumerate() {
            let waiting = workload.arrival_queue().map_or(0, ArrivalQueue::waiting) as u64;
            let plan = self.plan_of(index);
            if waiting > 0 {
                self.count(|counts| counts.arrivals_scheduled += waiting);
                self.tally(plan, now_us, |counts| counts.planned += waiting);
            }
        }
        self.each_handle(|handle| {
            if handle.pace.get().and_then(|pace| pace.owed_us()).is_some() {
                let plan = PlanId::of_class(handle.class);
                self.tally(plan, now_us, |counts| counts.planned += 1);
            }
        });
    }

    /// During a pause, and after the end of the load, nothing is planned.
    fn settled_until_us(&self, now_us: u64) -> u64 {
        let until_us = now_us.min(self.end.at_us());
        self.pause.since_us().unwrap_or(until_us).min(until_us)
    }

    fn each_handle(&self, act: impl Fn(&UserHandle)) {
        for workload in self
            .workloads
            .iter()
            .filter(|workload| workload.arrival_queue().is_none())
        {
            workload
                .users
                .borrow()
                .handles()
                .for_each(|handle| act(handle));
        }
    }
}

impl Shard {
    /// A user begins or ends to wait for its turn to send.
    pub(crate) fn hold_back(&self, handle: &UserHandle, is_held: bool) {
        // Several of its connections may wait at the same time.
        let turned = |count: u32| match is_held {
            true => count.saturating_add(1),
            false => count.saturating_sub(1),
        };
        let (before, now) = (handle.held_back.get(), turned(handle.held_back.get()));
        handle.held_back.set(now);
        let count = self.held_back.get();
        self.held_back.set(match (before, now) {
            (0, 1) => count + 1,
            (1, 0) => count.saturating_sub(1),
            _ => count,
        });
    }

    /// What keeps the users of a queue from taking a start now.
    fn why_taken(&self, queue: &ArrivalQueue) -> Because {
        if queue.cannot_start() {
            Because::OnStart
        } else {
            self.why_busy()
        }
    }

    /// What keeps users busy now.
    fn why_busy(&self) -> Because {
        match self.held_back.get() {
            0 => Because::Busy,
            _ => Because::MaxRps,
        }
    }

    fn tally_passed(&self, handle: &UserHandle, passed: Passed, how: GivenUp) {
        if passed.missed.count == 0 && passed.planned.count == 0 {
            return;
        }
        let plan = PlanId::of_class(handle.class);
        let because = why_late(handle);
        self.tally_moments(plan, passed.planned, |counts, count| {
            counts.planned += count;
        });
        self.tally_moments(plan, passed.missed, |counts, count| {
            counts.give_up(count, how, because);
        });
        if how == GivenUp::Missed {
            self.count(|counts| counts.tasks_missed += passed.missed.count);
        }
    }

    fn tally_moments(&self, plan: PlanId, moments: Moments, act: impl Fn(&mut Delivery, u64)) {
        let mut recorder = self.recorder.borrow_mut();
        for (end_s, count) in moments.by_second(self.setup.origin_us) {
            act(recorder.ledger.of(plan, end_s), count);
        }
    }

    fn tally(&self, plan: PlanId, due_us: u64, act: impl FnOnce(&mut Delivery)) {
        let planned_us = self.setup.run_us(due_us);
        act(self.recorder.borrow_mut().ledger.at(plan, planned_us));
    }

    fn leave(&self, plan: PlanId, due_us: u64, because: Because) {
        let planned_us = self.setup.run_us(due_us);
        let mut recorder = self.recorder.borrow_mut();
        recorder.ledger.leave(plan, planned_us, because);
    }
}

/// What keeps a paced user from its next start.
fn why_late(handle: &UserHandle) -> Because {
    match handle.is_held_back() {
        true => Because::MaxRps,
        false => Because::Busy,
    }
}
