//! Plays the demo on the run that was started for it.

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::model::{Burst, Change, RunState};
use crate::run::{Author, EventData, Level};
use crate::session::demo::demo_state::DemoPermit;
use crate::session::demo::lab::DemoLab;
use crate::session::demo::script::{ACTS, Act, BURST, FACTOR, Scene};
use crate::session::prepared_run::StartedRun;
use crate::session::state::Session;

/// The author of the demo's edits.
pub(super) static AUTHOR: LazyLock<Author> = LazyLock::new(|| Author::new("the demo"));

/// Why a demo came to its end.
enum DemoEnd {
    /// All acts were played.
    Played,
    /// The operator ended it, or took over.
    Left,
    /// The run has ended, or is about to.
    RunOver,
    /// An act could not be played.
    Failed(String),
}

/// Plays the demo on the run that was started for it.
pub(super) struct Director {
    pub(super) session: Session,
    pub(super) lab: DemoLab,
    pub(super) started: Arc<StartedRun>,
    pub(super) _permit: DemoPermit,
}

impl Director {
    /// Plays the demo to its end and repairs the target, however it ended.
    pub(super) async fn direct(self) {
        let end = self.play().await;
        let repaired = self.lab.repair().await;
        if let Err(why) = repaired {
            let text = format!("the demo's fault may still be active: {why}");
            self.session.note(Level::Warning, text);
        }
        match end {
            DemoEnd::Played => {
                // The run may have ended meanwhile.
                let _ = self.session.stop("demo finished").await;
            }
            DemoEnd::Left => self.publish(None, "Demo ended. The run continues.").await,
            DemoEnd::Failed(why) => {
                let text = format!("demo aborted: {why}");
                self.session.note(Level::Warning, text.as_str());
                self.publish(None, &text).await;
            }
            DemoEnd::RunOver => {}
        }
    }

    /// Plays act after act until something ends the demo.
    async fn play(&self) -> DemoEnd {
        let mut end = pin!(self.ended());
        tokio::select! {
            biased;
            end = &mut end => return end,
            () = self.started_users() => {}
        }
        for act in ACTS {
            // Not cancelled midway: the state of the target must be known.
            let lasts = match self.start_act(act).await {
                Ok(()) => self.lab.script.beat * act.beats(),
                // The run may have ended meanwhile.
                Err(why) => {
                    return timeout(Duration::ZERO, end)
                        .await
                        .unwrap_or(DemoEnd::Failed(why));
                }
            };
            tokio::select! {
                biased;
                end = &mut end => return end,
                () = sleep(lasts) => {}
            }
        }
        DemoEnd::Played
    }

    /// Returns when the run starts users.
    async fn started_users(&self) {
        let mut snapshots = self.session.runs.snapshots();
        let started_users = snapshots.wait_for(|one| self.started.is(one) && one.elapsed_s > 0.0);
        // A controller that has ended starts nothing, and ends the demo.
        let _ = started_users.await;
    }

    async fn start_act(&self, act: Act) -> Result<(), String> {
        let beat = self.lab.script.beat;
        let scene = Scene::new(act, self.lab.script);
        self.publish(Some(scene.title), &scene.text).await;
        self.session.demo.publish(scene);
        match act {
            Act::Ramp | Act::Hold => Ok(()),
            Act::Burst => {
                let burst = Burst {
                    factor: FACTOR,
                    rise: beat,
                    hold: beat * BURST,
                };
                let change = Change::Burst(burst);
                let done = self.session.runs.change(change, AUTHOR.clone()).await;
                done.map(drop).map_err(|error| error.to_string())
            }
            Act::Break => self.lab.break_it().await.map_err(|error| error.to_string()),
            Act::Recover => self.lab.repair().await.map_err(|error| error.to_string()),
        }
    }

    /// Returns when the demo should end early.
    async fn ended(&self) -> DemoEnd {
        tokio::select! {
            biased;
            () = self.session.demo.left() => DemoEnd::Left,
            end = self.disturbed() => end,
        }
    }

    /// Returns when the run is over, or an operator edits it.
    async fn disturbed(&self) -> DemoEnd {
        let log = self.session.runs.log();
        let mut snapshots = self.session.runs.snapshots();
        if snapshots
            .wait_for(|one| self.started.is(one))
            .await
            .is_err()
        {
            return DemoEnd::RunOver;
        }
        let mut seen = 0;
        loop {
            let snapshot = Arc::clone(&snapshots.borrow_and_update());
            let is_active = snapshot.state.is_active() && snapshot.state != RunState::Stopping;
            if !self.started.is(&snapshot) || !is_active {
                return DemoEnd::RunOver;
            }
            let (events, appended) = log.events_after(seen);
            seen = appended;
            let is_other = |by: &Author| *by != *AUTHOR;
            if events
                .iter()
                .any(|event| event.by.as_ref().is_some_and(is_other))
            {
                return DemoEnd::Left;
            }
            if snapshots.changed().await.is_err() {
                return DemoEnd::RunOver;
            }
        }
    }

    /// Writes into the run's log; a run that has ended takes no more.
    async fn publish(&self, act: Option<&'static str>, text: &str) {
        let text = text.to_owned();
        let event = EventData::Demo { act, text };
        let _ = self.session.runs.log_demo(event, AUTHOR.clone()).await;
    }
}
