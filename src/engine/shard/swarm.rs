//! All shards of a run, as the control plane holds them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{Builder, JoinHandle};

use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::client::{Clock, Endpoint};
use crate::engine::shard::limits::Limits;
use crate::engine::shard::mailbox::{Command, Report};
use crate::engine::shard::thread;
use crate::model::{
    Arrivals, ClassId, Fence, NameId, OriginId, Population, Samples, Seed, Workload,
};
use crate::program::{Class, Program, RowAllocator, Sequences, Variables};
use crate::schedule::UserPlan;

/// What every shard of a run is given.
#[derive(Clone, Debug)]
pub struct SwarmSetup {
    /// What users do.
    pub program: Arc<Program>,
    /// What drives users, in the order in which the program's classes name them.
    pub workloads: Arc<[Workload]>,
    /// What all shards may use together.
    pub limits: Arc<Limits>,
    /// What `sequence()` counts; also what goes on beside the shards takes from it.
    pub sequences: Arc<Sequences>,
    /// The variables that every user begins with.
    pub initial: Arc<Variables>,
    /// The program's origins with their routes and the addresses to use.
    pub endpoints: Vec<Endpoint>,
    /// Where redirects may lead beyond these.
    pub fence: Arc<Fence>,
    /// The process's clock.
    pub clock: Clock,
    /// The start of the run on that clock; schedules count from here.
    pub origin_us: u64,
    /// How many shards there are; at least 1.
    pub shards: usize,
    /// When the load ends by itself, counted from the start; `None` for a load
    /// that goes on until it is stopped.
    pub run_time_us: Option<u64>,
    /// How long a task may go on when its user is to leave.
    pub stop_timeout_us: u64,
    /// Where random numbers come from.
    pub seed: Seed,
    /// Whether samples of failures are kept.
    pub samples: Samples,
    /// The CPU time of the calling thread, where the system tells.
    pub thread_cpu_us: fn() -> Option<u64>,
    /// For how long in all the calling thread could run and was not let, where
    /// the system tells.
    pub thread_run_delay_us: fn() -> Option<u64>,
}

impl SwarmSetup {
    /// A moment of the run on the process's clock.
    pub(crate) fn clock_us(&self, run_us: u64) -> u64 {
        self.origin_us.saturating_add(run_us)
    }

    /// A moment of the process's clock in the run; 0 for one before it.
    pub(crate) fn run_us(&self, clock_us: u64) -> u64 {
        clock_us.saturating_sub(self.origin_us)
    }

    /// The end of the run on the process's clock; of a run without one, never.
    pub(crate) fn end_us(&self, run_us: Option<u64>) -> u64 {
        run_us.map_or(u64::MAX, |run_us| self.clock_us(run_us))
    }
}

/// Commands waiting for one shard. It reads them at once, so more than a few
/// means it is stuck; the sender then waits.
const COMMANDS: usize = 16;
/// Reports waiting per shard; a shard that finds the queue full accumulates.
const REPORTS_PER_SHARD: usize = 4;

/// A running swarm: one thread a shard.
#[derive(Debug)]
pub struct Swarm {
    mailboxes: Vec<Sender<Command>>,
    /// Commands that each shard was sent, recycled buffers aside.
    commands_sent: AtomicU64,
    reports: Receiver<Report>,
    threads: Vec<JoinHandle<io::Result<()>>>,
}

impl Swarm {
    /// Starts the shards; users come as the workloads say.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn start(setup: &SwarmSetup) -> io::Result<Self> {
        let (report_sender, reports) = mpsc::channel(REPORTS_PER_SHARD * setup.shards);
        let mut swarm = Self {
            mailboxes: Vec::new(),
            commands_sent: AtomicU64::new(0),
            reports,
            threads: Vec::new(),
        };
        let rows = Arc::new(RowAllocator::new(&setup.program.feeds));
        for index in 0..setup.shards {
            let rows = Arc::clone(&rows);
            let (mailbox, commands) = mpsc::channel(COMMANDS);
            let (setup, reports) = (setup.clone(), report_sender.clone());
            let thread = Builder::new()
                .name(format!("shard-{index}"))
                .spawn(move || thread::run(index, setup, rows, commands, reports))?;
            swarm.mailboxes.push(mailbox);
            swarm.threads.push(thread);
        }
        Ok(swarm)
    }

    /// Makes the numbers of users of closed workloads, by their index, follow
    /// plans on the run's own axis.
    pub(crate) async fn follow(&self, plans: &[(usize, UserPlan)]) {
        for (workload, plan) in plans {
            self.send(|| Command::Follow {
                workload: *workload,
                plan: plan.clone(),
            })
            .await;
        }
    }

    /// Makes the task starts of an open workload follow a plan of starts that
    /// begins at `start_us`, from `from_us` on, both on the run's own axis.
    pub(crate) async fn arrive(
        &self,
        workload: usize,
        arrivals: &Arrivals,
        start_us: u64,
        from_us: u64,
    ) {
        self.send(|| Command::Arrive {
            workload,
            arrivals: arrivals.clone(),
            start_us,
            from_us,
        })
        .await;
    }

    /// Gives the classes of a workload, in their order, other populations.
    /// Under a closed load users whose class is another then are replaced, so
    /// many a second.
    pub(crate) async fn mix(
        &self,
        workload: usize,
        populations: &Arc<[Population]>,
        per_second: f64,
    ) {
        self.send(|| Command::Mix {
            workload,
            populations: Arc::clone(populations),
            per_second,
        })
        .await;
    }

    /// Makes users of a class pick tasks and wait as this one says.
    pub(crate) async fn tune(&self, id: ClassId, class: &Arc<Class>) {
        self.send(|| Command::Class {
            id,
            class: Arc::clone(class),
        })
        .await;
    }

    /// Lets requests of this name be sent, or passed over.
    pub(crate) async fn send_request(&self, name: NameId, is_sent: bool) {
        self.send(|| Command::Request { name, is_sent }).await;
    }

    /// Makes new connections to these destinations go to these addresses.
    pub(crate) async fn move_to(&self, origins: &Arc<[OriginId]>, addresses: &Arc<[SocketAddr]>) {
        self.send(|| Command::Move {
            origins: Arc::clone(origins),
            addresses: Arc::clone(addresses),
        })
        .await;
    }

    /// Makes the load end by itself at `at_us` on the run's axis, or not at all.
    pub(crate) async fn end_at(&self, at_us: Option<u64>) {
        self.send(|| Command::End { at_us }).await;
    }

    /// Lets users finish their tasks for this long, then cuts them off: the load
    /// ended at `at_us` on the run's axis. Each shard ends with a report marked
    /// as its last.
    pub async fn stop(&self, at_us: u64, timeout_us: u64) {
        self.send(|| Command::Stop { at_us, timeout_us }).await;
    }

    /// Cuts everybody off at once, and skips `on_stop`. Each shard ends with a
    /// report marked as its last.
    pub(crate) async fn halt(&self, at_us: u64) {
        self.send(|| Command::Halt { at_us }).await;
    }

    /// Lets users finish their tasks and begin nothing until [`resume`](Self::resume).
    pub(crate) async fn pause(&self) {
        self.send(|| Command::Pause).await;
    }

    /// Goes on: what was due while it was paused is due as much later.
    pub(crate) async fn resume(&self) {
        self.send(|| Command::Resume).await;
    }

    /// Forgets what was counted; reports from before carry an older epoch.
    pub(crate) async fn reset(&self, epoch: u32) {
        self.send(|| Command::Reset { epoch }).await;
    }

    /// A shard that has ended is not there to be told.
    async fn send(&self, command: impl Fn() -> Command) {
        self.commands_sent.fetch_add(1, Ordering::Relaxed);
        for mailbox in &self.mailboxes {
            let _ = mailbox.send(command()).await;
        }
    }

    /// The next report; `None` when every shard has ended. Safe to cancel.
    pub async fn report(&mut self) -> Option<Report> {
        self.reports.recv().await
    }

    /// Gives a report's buffers back; they are dropped when the shard is busy.
    pub fn recycle(&self, report: Report) {
        if let Some(mailbox) = self.mailboxes.get(report.shard) {
            let _ = mailbox.try_send(Command::Recycle(report.interval));
        }
    }

    /// Commands that each shard was sent; see [`Report::commands_done`].
    pub(crate) fn commands_sent(&self) -> u64 {
        self.commands_sent.load(Ordering::Relaxed)
    }

    /// Whether a shard has ended that was not told to.
    pub(crate) fn is_broken(&self) -> bool {
        self.threads.iter().any(JoinHandle::is_finished)
    }

    /// What went wrong in the shards, once all have ended: a text per shard
    /// that failed or panicked. Blocks until the threads are joined.
    #[must_use]
    pub fn join(self) -> Vec<String> {
        drop(self.mailboxes);
        drop(self.reports);
        let outcome = |thread: JoinHandle<io::Result<()>>| match thread.join() {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("panicked".to_owned()),
        };
        let numbered = self.threads.into_iter().enumerate();
        numbered
            .filter_map(|(i, thread)| Some(format!("shard {i}: {}", outcome(thread)?)))
            .collect()
    }
}
