//! One shard: a thread, its runtime, and everything its users share.

use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc::{Receiver, Sender};

use crate::client::{Client, ClientConfig, Clock};
use crate::engine::one_shot::trace::TraceRecorder;
use crate::engine::open_load::arrival_queue::{ArrivalPlan, ArrivalQueue};
use crate::engine::open_load::dispatcher;
use crate::engine::shard::cpu_meter::CpuMeter;
use crate::engine::shard::lateness_probe::LatenessProbe;
use crate::engine::shard::load_end::LoadEnd;
use crate::engine::shard::log_buffer::LogBuffer;
use crate::engine::shard::mailbox::{Command, Report};
use crate::engine::shard::pause::Pause;
use crate::engine::shard::swarm::SwarmSetup;
use crate::engine::shard::workload::{ShardWorkload, WorkloadDrive};
use crate::engine::shard::{lateness_probe, load_end, spawner};
use crate::engine::timer::{SleepHandle, Timer};
use crate::engine::user::overrides::Overrides;
use crate::model::{Failure, FeedId, NameId, Slots};
use crate::program::RowAllocator;
use crate::stats::{Counts, Interval, Recorder};

/// The length of an interval: how often a shard reports.
pub const INTERVAL_US: u64 = 250_000;
/// How often time-outs are looked for, and so how late one may be noticed.
pub(crate) const SWEEP_US: u64 = 25_000;
/// How long `on_stop` may take after a stop.
pub(crate) const ON_STOP_US: u64 = 400_000;

/// What the tasks of one shard share.
#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) index: usize,
    pub(crate) setup: SwarmSetup,
    pub(crate) clock: Clock,
    pub(crate) client: Rc<Client>,
    pub(crate) timer: Timer,
    pub(crate) recorder: RefCell<Recorder>,
    /// Which users are its own.
    pub(crate) slots: Slots,
    pub(crate) workloads: Vec<ShardWorkload>,
    pub(crate) rows: Arc<RowAllocator>,
    pub(crate) pause: Pause,
    pub(crate) overrides: Overrides,
    pub(crate) end: LoadEnd,
    stopping: Cell<bool>,
    /// When users were told to be gone; `u64::MAX` before that.
    cut_at_us: Cell<u64>,
    /// Whether nothing was left to do when it was stopped.
    was_done: Cell<bool>,
    halted: Cell<bool>,
    active: Cell<usize>,
    in_flight: Cell<u64>,
    tasks_running: Cell<u64>,
    epoch: Cell<u32>,
    /// Commands carried out; see [`Report::commands_done`].
    commands_done: Cell<u64>,
    end_sleep: SleepHandle,
    #[expect(clippy::vec_box, reason = "the boxes travel: a report takes one along")]
    spare: RefCell<Vec<Box<Interval>>>,
    reports: Sender<Report>,
    /// Set before the first user of a trial; a run has none.
    pub(crate) trace: OnceCell<RefCell<TraceRecorder>>,
    pub(crate) log_buffer: RefCell<LogBuffer>,
    /// How late the shard itself is.
    pub(super) lateness_probe: LatenessProbe,
    /// Users that wait for their turn under `max_rps`.
    pub(crate) held_back: Cell<usize>,
}

impl Shard {
    pub(crate) fn new(
        index: usize,
        setup: SwarmSetup,
        rows: Arc<RowAllocator>,
        reports: Sender<Report>,
    ) -> io::Result<Rc<Self>> {
        let clock = setup.clock;
        let program = &setup.program;
        let workloads: Vec<_> = (0..setup.workloads.len())
            .map(|workload| ShardWorkload::new(&setup, workload, index))
            .collect();
        let client = Client::new(ClientConfig {
            clock,
            endpoints: setup.endpoints.clone(),
            fence: Arc::clone(&setup.fence),
            samples: setup.samples,
            first_address: index,
        });
        let mut recorder = Recorder::new(program.names.len()).with_samples(setup.samples);
        recorder.end_us = setup.run_time_us.unwrap_or(u64::MAX);
        Ok(Rc::new(Self {
            index,
            clock,
            client,
            timer: Timer::new(clock)?,
            recorder: RefCell::new(recorder),
            slots: Slots::all().dealt(index, setup.shards),
            workloads,
            rows,
            pause: Pause::default(),
            overrides: Overrides::default(),
            end: LoadEnd::new(setup.end_us(setup.run_time_us)),
            stopping: Cell::new(false),
            cut_at_us: Cell::new(u64::MAX),
            was_done: Cell::new(false),
            halted: Cell::new(false),
            active: Cell::new(0),
            in_flight: Cell::new(0),
            tasks_running: Cell::new(0),
            epoch: Cell::new(0),
            commands_done: Cell::new(0),
            end_sleep: SleepHandle::default(),
            spare: RefCell::default(),
            reports,
            trace: OnceCell::new(),
            log_buffer: RefCell::default(),
            lateness_probe: LatenessProbe::new(&setup),
            held_back: Cell::new(0),
            setup,
        }))
    }

    /// Lets its timer turn from now on. Inside its runtime only.
    pub(crate) fn turn_timer(self: &Rc<Self>) {
        let shard = Rc::clone(self);
        tokio::task::spawn_local(async move { shard.timer.run().await });
    }

    /// Microseconds since the start of the run.
    pub(crate) fn run_now_us(&self) -> u64 {
        self.setup.run_us(self.clock.now_us())
    }

    /// How many of the users numbered below `users` are this shard's.
    pub(super) fn share_of(&self, users: u32) -> usize {
        let share = self.slots.count_below(u64::from(users));
        usize::try_from(share).unwrap_or(usize::MAX)
    }

    /// The number of the user at a position of this shard; one that no plan
    /// reaches where there is none.
    pub(super) fn number_of(&self, position: usize) -> u32 {
        let number = self.slots.number_at(position as u64);
        let number = number.and_then(|number| u32::try_from(number).ok());
        number.unwrap_or(u32::MAX)
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Whether not even last words are to be said.
    pub(crate) fn is_halted(&self) -> bool {
        self.halted.get()
    }

    /// Changes the counts of the current interval.
    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.recorder.borrow_mut().counts);
    }

    pub(crate) fn user_started(&self) {
        self.active.set(self.active.get() + 1);
        self.count(|counts| counts.users_started += 1);
    }

    pub(crate) fn user_ended(&self) {
        self.active.set(self.active.get() - 1);
        self.count(|counts| counts.users_ended += 1);
        self.end.user_left(self.clock.now_us());
        if self.active.get() == 0 {
            self.timer.wake(&self.end_sleep);
        }
    }

    /// A user ends because its `on_start` failed.
    pub(crate) fn user_failed(&self, why: Option<(NameId, Failure)>) {
        let mut recorder = self.recorder.borrow_mut();
        recorder.counts.users_failed += 1;
        recorder.start_failure = why;
    }

    /// A user ends before it did anything, because there is no row left for it.
    pub(crate) fn user_without_row(&self, feed: FeedId) {
        let mut recorder = self.recorder.borrow_mut();
        recorder.counts.users_without_row += 1;
        recorder.used_up = Some(feed);
    }

    pub(crate) fn request_started(&self) {
        self.in_flight.set(self.in_flight.get() + 1);
        self.count(|counts| counts.requests_started += 1);
    }

    pub(crate) fn request_ended(&self) {
        self.in_flight.set(self.in_flight.get() - 1);
    }

    pub(crate) fn task_started(&self) {
        self.tasks_running.set(self.tasks_running.get() + 1);
        self.count(|counts| counts.tasks_started += 1);
    }

    pub(crate) fn task_ended(&self) {
        self.tasks_running.set(self.tasks_running.get() - 1);
    }

    /// Forgets what was counted. Who is active and what is in flight goes on
    /// and will be counted when it ends, so it counts as started anew.
    fn reset(&self, epoch: u32) {
        self.settle_paces(self.clock.now_us());
        let mut recorder = self.recorder.borrow_mut();
        recorder.drain(&mut Interval::default());
        recorder.forget_samples();
        drop(recorder);
        self.epoch.set(epoch);
        self.count(|counts| {
            counts.users_started = self.active.get() as u64;
            counts.requests_started = self.in_flight.get();
            counts.tasks_started = self.tasks_running.get();
        });
        self.plan_waiting_anew();
    }

    fn execute(&self, command: Command) {
        if !matches!(command, Command::Recycle(_)) {
            self.commands_done.set(self.commands_done.get() + 1);
        }
        match command {
            Command::Follow { workload, plan } => {
                let workload = self.workloads.get(workload);
                if let Some((workload, WorkloadDrive::Closed(followed))) =
                    workload.map(|workload| (workload, &workload.driven))
                {
                    followed.replace(plan);
                    self.timer.wake(&workload.sleep);
                }
            }
            Command::Arrive {
                workload,
                arrivals,
                start_us,
                from_us,
            } => {
                let workload = self.workloads.get(workload);
                if let Some((workload, queue)) =
                    workload.and_then(|workload| Some((workload, workload.arrival_queue()?)))
                {
                    queue.follow(ArrivalPlan {
                        arrivals,
                        start_us,
                        from_us,
                    });
                    self.timer.wake(&workload.sleep);
                }
            }
            Command::Mix {
                workload,
                populations,
                per_second,
            } => spawner::remix(self, workload, &populations, per_second),
            Command::Class { id, class } => {
                self.overrides.set_class(id, class);
                self.lateness_probe.update(&self.setup, &self.overrides);
            }
            Command::Move { origins, addresses } => {
                for &origin in origins.iter() {
                    self.client.move_to(origin, &addresses);
                }
            }
            Command::Request { name, is_sent } => self.overrides.set_request(name, is_sent),
            Command::Pause => {
                let now_us = self.clock.now_us();
                self.settle_paces(now_us);
                self.pause.begin(now_us);
            }
            Command::Resume => self.resume(),
            Command::End { .. } if self.is_stopping() => {}
            Command::End { at_us } => self.end_at(self.setup.end_us(at_us)),
            Command::Stop { at_us, timeout_us } => {
                self.stop(self.setup.clock_us(at_us), timeout_us);
            }
            Command::Halt { at_us } => self.halt(self.setup.clock_us(at_us)),
            Command::Reset { epoch } => self.reset(epoch),
            Command::Recycle(interval) => self.spare.borrow_mut().push(interval),
        }
    }

    /// Moves the end of the load, on the shard's clock.
    fn end_at(&self, at_us: u64) {
        self.end.set(at_us, &self.timer);
        self.recorder.borrow_mut().end_us = self.setup.run_us(at_us);
    }

    /// Wakes what drives the users.
    pub(super) fn wake_workloads(&self) {
        for workload in &self.workloads {
            self.timer.wake(&workload.sleep);
        }
    }

    /// Stops all users: the load has ended at `at_us` on the shard's clock.
    ///
    /// Again, it is for users that are to be gone sooner: a shard that has stopped
    /// at its appointment hears of the stop once more.
    pub(crate) fn stop(&self, at_us: u64, timeout_us: u64) {
        let cut_at_us = self.clock.now_us().saturating_add(timeout_us);
        if self.is_stopping() && cut_at_us >= self.cut_at_us.get() {
            return;
        }
        self.cut_at_us.set(cut_at_us);
        self.was_done.set(self.is_done());
        self.end_at(at_us.min(self.end.at_us()));
        self.stopping.set(true);
        self.leave_all();
        self.wake_workloads();
        for workload in &self.workloads {
            let mut users = workload.users.borrow_mut();
            users.dismiss_all(&self.timer, cut_at_us);
        }
        self.timer.wake(&self.end_sleep);
    }

    /// Cuts everybody off.
    fn halt(&self, at_us: u64) {
        self.halted.set(true);
        self.stop(at_us, 0);
        let now_us = self.clock.now_us();
        for workload in &self.workloads {
            workload.users.borrow_mut().sweep(now_us);
        }
    }

    /// Lets users go on.
    fn resume(&self) {
        let lasted_us = self.pause.end(self.clock.now_us(), &self.timer);
        self.put_paces_off(lasted_us);
        for workload in &self.workloads {
            if let Some(queue) = workload.arrival_queue() {
                queue.put_off(lasted_us);
            }
            self.timer.wake(&workload.sleep);
        }
    }

    /// Whether all iterations are done, or no user is left and none will come.
    fn is_done(&self) -> bool {
        if self.is_stopping() {
            return self.was_done.get();
        }
        if self.setup.limits.is_exhausted() {
            return self.tasks_running.get() == 0;
        }
        // Idle users of an open load wait for starts.
        let idle: usize = self.arrival_queues().map(ArrivalQueue::idle).sum();
        // A plan that ends with the load is not over before it.
        let end_us = self.setup.run_us(self.end.at_us());
        let now_us = self.run_now_us().min(end_us.saturating_sub(1));
        let is_over = |workload: &ShardWorkload| workload.is_over(self, now_us);
        let is_deserted = self.active.get() == idle && !self.end.was_reached();
        is_deserted && !self.pause.is_on() && self.workloads.iter().all(is_over)
    }

    fn arrival_queues(&self) -> impl Iterator<Item = &ArrivalQueue> {
        self.workloads
            .iter()
            .filter_map(ShardWorkload::arrival_queue)
    }

    fn report(&self, tick: u64, cpu_meter: &mut CpuMeter) -> Report {
        let mut interval = self.spare.borrow_mut().pop().unwrap_or_default();
        self.settle_paces(self.clock.now_us());
        self.recorder.borrow_mut().drain(&mut interval);
        interval.delay = self.lateness_probe.lap(&self.setup, &interval.lateness);
        let classes = self.setup.program.classes.len();
        interval.users_by_class.resize(classes, 0);
        for workload in &self.workloads {
            let users = workload.users.borrow();
            users.add_to(&mut interval.users_by_class);
        }
        let (cpu_us, wall_us) = cpu_meter.lap(self);
        Report {
            shard: self.index,
            epoch: self.epoch.get(),
            tick,
            interval,
            excluded: self.client.take_excluded(),
            log_buffer: self.log_buffer.take(),
            users: self.active.get() as u64,
            is_done: self.is_done(),
            commands_done: self.commands_done.get(),
            cpu_us,
            wall_us,
            last: false,
        }
    }
}

/// Runs a shard on this thread until it is told to stop and its users are gone.
///
/// # Errors
/// Out of descriptors for the runtime's poll or the timer.
pub(crate) fn run(
    index: usize,
    setup: SwarmSetup,
    rows: Arc<RowAllocator>,
    commands: Receiver<Command>,
    reports: Sender<Report>,
) -> io::Result<()> {
    on_runtime(async move {
        let shard = Shard::new(index, setup, rows, reports)?;
        shard.turn_timer();
        tokio::task::spawn_local(lateness_probe::run(Rc::clone(&shard)));
        tokio::task::spawn_local(sweep(Rc::clone(&shard)));
        tokio::task::spawn_local(listen(Rc::clone(&shard), commands));
        tokio::task::spawn_local(load_end::run(Rc::clone(&shard)));
        for (index, workload) in shard.workloads.iter().enumerate() {
            let shard = Rc::clone(&shard);
            match workload.driven {
                WorkloadDrive::Closed(_) => tokio::task::spawn_local(spawner::run(shard, index)),
                WorkloadDrive::Open(_) => tokio::task::spawn_local(dispatcher::run(shard, index)),
            };
        }
        tick(&shard).await;
        Ok(())
    })
}

/// Does something on a shard's runtime, on this thread, which must have none.
///
/// # Errors
/// What the future says, or out of descriptors for the runtime's poll.
pub(crate) fn on_runtime<T>(act: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let mut builder = Builder::new_current_thread();
    builder.enable_io();
    #[cfg(not(target_os = "linux"))]
    builder.enable_time();
    let runtime = builder.build_local(LocalOptions::default())?;
    let done = runtime.block_on(act);
    // A look-up of a name that never answers must not hold the end up.
    runtime.shutdown_background();
    done
}

async fn listen(shard: Rc<Shard>, mut commands: Receiver<Command>) {
    while let Some(command) = commands.recv().await {
        shard.execute(command);
    }
    // The control plane is gone: nobody will ever stop us.
    shard.stop(shard.clock.now_us(), 0);
}

async fn sweep(shard: Rc<Shard>) {
    let sleep = SleepHandle::default();
    loop {
        let now_us = shard.clock.now_us();
        for workload in &shard.workloads {
            let mut users = workload.users.borrow_mut();
            users.sweep(now_us);
            if workload.arrival_queue().is_some() {
                users.forget_gone();
            }
        }
        shard.timer.sleep_until(now_us + SWEEP_US, &sleep).await;
    }
}

/// Reports once an interval, aligned to the start of the run, and once more
/// when everybody is gone after a stop.
async fn tick(shard: &Shard) {
    let mut cpu_meter = CpuMeter::start(shard);
    let mut tick = shard.run_now_us() / INTERVAL_US;
    loop {
        let due_us = shard.setup.origin_us + (tick + 1) * INTERVAL_US;
        shard.timer.sleep_until(due_us, &shard.end_sleep).await;
        if shard.is_stopping() && shard.active.get() == 0 {
            let mut last = shard.report(tick + 1, &mut cpu_meter);
            last.last = true;
            // The queue may be full for a moment; a closed one has no reader left.
            let _ = shard.reports.send(last).await;
            return;
        }
        let now_tick = shard.run_now_us() / INTERVAL_US;
        if now_tick <= tick {
            continue;
        }
        tick = now_tick;
        if let Ok(permit) = shard.reports.try_reserve() {
            permit.send(shard.report(tick, &mut cpu_meter));
        }
    }
}
