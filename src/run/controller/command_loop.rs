//! The controller: the one task that owns the run.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

use crate::client::Clock;
use crate::engine::INTERVAL_US;
use crate::model::{Change, Load, Rails, RunState, SLOTS};
use crate::run::controller::handle::{Command, Runs};
use crate::run::controller::run_task::RunTask;
use crate::run::controller::run_task::phase::News;
use crate::run::controller::stop_reason::StopReason;
use crate::run::events::event::{Event, EventData};
use crate::run::events::log::Log;
use crate::run::prepare::guardrails::Guardrails;
use crate::run::prepare::preflight::{Prepared, check_descriptors, limits_of_machine};
use crate::run::prepare::resolver::Resolver;
use crate::run::{Author, RunError, RunInfo, Snapshot};

/// The interval between snapshots.
const PUBLISH: Duration = Duration::from_micros(INTERVAL_US);
/// Commands that may wait; who sends more waits.
const COMMANDS: usize = 32;

/// Starts the controller on the current runtime, without guard rails. It ends
/// when every handle is dropped and stops its run then.
#[must_use]
pub fn spawn(clock: Clock, shards: usize) -> Runs {
    spawn_within(Rails::default(), clock, shards)
}

/// The same with guard rails, which hold for every run that it ever starts.
#[must_use]
pub fn spawn_within(rails: Rails, clock: Clock, shards: usize) -> Runs {
    let (commands, inbox) = mpsc::channel(COMMANDS);
    let (publisher, snapshots) = watch::channel(Arc::new(Snapshot::ready(0)));
    let log = Arc::new(Log::default());
    let guard = Arc::new(Guardrails::new(rails));
    let controller = Controller {
        clock,
        // One without a slot would have nothing to do.
        shards: shards.clamp(1, usize::from(SLOTS)),
        inbox,
        publisher,
        log: Arc::clone(&log),
        rails: Arc::clone(&guard.rails),
        generation: 0,
        run: None,
    };
    tokio::spawn(controller.run());
    Runs {
        commands,
        snapshots,
        log,
        guard,
        resolver: Resolver::default(),
    }
}

struct Controller {
    clock: Clock,
    shards: usize,
    inbox: mpsc::Receiver<Command>,
    publisher: watch::Sender<Arc<Snapshot>>,
    log: Arc<Log>,
    rails: Arc<Rails>,
    generation: u64,
    run: Option<RunTask>,
}

/// The causes that wake the controller.
enum Wake {
    Command(Option<Command>),
    News(News),
    /// A change is due that the scenario plans.
    Planned,
    Publish,
}

impl Controller {
    async fn run(mut self) {
        let mut publish = tokio::time::interval(PUBLISH);
        publish.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            let planned = self.run.as_ref().and_then(RunTask::until_planned);
            let wake = tokio::select! {
                command = self.inbox.recv() => Wake::Command(command),
                news = next_news(&mut self.run) => Wake::News(news),
                () = wait(planned) => Wake::Planned,
                _ = publish.tick(), if self.is_active() => Wake::Publish,
            };
            match wake {
                Wake::Command(Some(command)) => self.obey(command).await,
                Wake::Command(None) => break,
                Wake::News(news) => self.take_in(news).await,
                Wake::Planned => self.play_planned().await,
                Wake::Publish => self.publish_active().await,
            }
        }
        if let Some(run) = &mut self.run {
            run.stop(StopReason::ProgramEnds, &self.log).await;
        }
    }

    fn is_active(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.state().is_active())
    }

    async fn obey(&mut self, command: Command) {
        // The caller may have gone away: then the reply is not needed.
        match command {
            Command::Start(prepared, by, answer) => {
                let _ = answer.send(self.start(*prepared, by).await);
            }
            Command::Change(change, by, answer) => {
                let _ = answer.send(self.change(change, by).await);
            }
            Command::Stop(why, ending, answer) => {
                if let Some(run) = &mut self.run {
                    run.end(why, ending, &self.log).await;
                }
                let _ = answer.send(Ok(()));
            }
            Command::Played(answer) => {
                let played = self.run.as_ref().map(RunTask::played_timeline);
                let _ = answer.send(played.ok_or(RunError::NotActive));
            }
            Command::Abandon(why, answer) => {
                if let Some(run) = &mut self.run {
                    run.abandon(&why, &self.log).await;
                }
                let _ = answer.send(Ok(()));
            }
            Command::Reset(by, answer) => {
                if let Some(run) = &mut self.run {
                    run.reset(by, &self.log).await;
                    self.generation += 1;
                }
                let _ = answer.send(Ok(()));
            }
            Command::LogDemo(data, by, answer) => {
                let _ = answer.send(self.log_demo(data, by));
            }
            Command::Clear(answer) => {
                let _ = answer.send(self.clear());
            }
        }
        self.publish();
    }

    async fn start(
        &mut self,
        mut prepared: Prepared,
        by: Option<Author>,
    ) -> Result<Arc<RunInfo>, RunError> {
        if self.is_active() {
            return Err(RunError::Active);
        }
        check_descriptors(self.shards)?;
        let workloads = prepared.spec.workloads.iter();
        let users: u64 = workloads.map(|one| u64::from(one.peak_users())).sum();
        let reached = std::mem::take(&mut prepared.reached);
        let remarks = std::mem::take(&mut prepared.remarks);
        let mut run = RunTask::new(self.clock, self.shards, Arc::clone(&self.rails), prepared);
        self.generation += 1;
        self.log.clear();
        run.log_start(by, &reached, remarks, &self.log);
        run.play_planned(&self.log).await;
        run.prepare(&self.log)?;
        for text in limits_of_machine(users, &reached) {
            self.log
                .push_event(Event::warning(0, EventData::Remark(text)));
        }
        let info = Arc::clone(run.info());
        self.run = Some(run);
        Ok(info)
    }

    async fn change(&mut self, change: Change, by: Author) -> Result<Load, RunError> {
        let run = self.run.as_mut().filter(|run| run.state().is_active());
        let run = run.ok_or(RunError::NotActive)?;
        // What was planned for before now comes first.
        run.play_planned(&self.log).await;
        run.change(change, by, &self.log).await
    }

    fn log_demo(&self, data: EventData, by: Author) -> Result<(), RunError> {
        let run = self.run.as_ref().filter(|run| run.state().is_active());
        let at_us = run.ok_or(RunError::NotActive)?.elapsed_us();
        let event = Event::info(at_us, data);
        self.log.push_event(event.by(by));
        Ok(())
    }

    fn clear(&mut self) -> Result<(), RunError> {
        if self.is_active() {
            return Err(RunError::Active);
        }
        if self.run.take().is_some() {
            self.generation += 1;
            self.log.clear();
        }
        Ok(())
    }

    async fn take_in(&mut self, news: News) {
        let Some(run) = &mut self.run else { return };
        match news {
            News::Report(report) => run.add(*report, &self.log),
            News::Moved(moved) => run.move_to(moved).await,
            News::ShardsEnded => run.finish(&self.log).await,
            News::Prepared(done) => run.after_preparation(done, &self.log),
            News::TornDown(done) => run.after_teardown(done, &self.log),
        }
        if run.state() == RunState::Stopped {
            self.publish();
        }
    }

    async fn play_planned(&mut self) {
        if let Some(run) = &mut self.run {
            run.play_planned(&self.log).await;
        }
        self.publish();
    }

    async fn publish_active(&mut self) {
        if let Some(run) = &mut self.run {
            run.advance(&self.log).await;
        }
        self.publish();
    }

    fn publish(&mut self) {
        let snapshot = match &mut self.run {
            Some(run) => run.snapshot(self.generation, &self.log),
            None => Snapshot::ready(self.generation),
        };
        self.publisher.send_replace(Arc::new(snapshot));
    }
}

/// Waits for so long; for ever if nothing is waited for.
async fn wait(left: Option<Duration>) {
    match left {
        Some(left) => tokio::time::sleep(left).await,
        None => std::future::pending().await,
    }
}

/// The next message of the active run; waits for ever without one.
async fn next_news(run: &mut Option<RunTask>) -> News {
    match run {
        Some(run) => run.news().await,
        None => std::future::pending().await,
    }
}
