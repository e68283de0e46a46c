//! Plays the demo on the run that was started for it.

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::model::{Burst, Change, RunState};
use crate::run::{Author, Level};
use crate::session::demo::lab::DemoLab;
use crate::session::demo::playing::Claim;
use crate::session::demo::script::{ACTS, Act, BURST, FACTOR, Scene};
use crate::session::prepared_run::StartedRun;
use crate::session::state::Session;

/// Who the demo is, where it says who did something.
pub(super) static AUTHOR: LazyLock<Author> = LazyLock::new(|| Author::new("the demo"));

/// Why a demo came to its end.
enum End {
    /// All acts were played.
    Played,
    /// Somebody wished it, or has taken over.
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
    pub(super) _claim: Claim,
}

impl Director {
    /// From the first act to the end; whatever that is, the target is sound then.
    pub(super) async fn direct(self) {
        let end = self.play().await;
        let repaired = self.lab.repair().await;
        if let Err(why) = repaired {
            let text = format!("the demo's fault may still be active: {why}");
            self.session.note(Level::Warning, text);
        }
        match end {
            End::Played => {
                // A run that has ended meanwhile needs no word.
                let _ = self.session.stop("demo finished").await;
            }
            End::Left => self.tell("Demo ended. The run continues.").await,
            End::Failed(why) => {
                let text = format!("demo aborted: {why}");
                self.session.note(Level::Warning, text.as_str());
                self.tell(&text).await;
            }
            End::RunOver => {}
        }
    }

    /// Act after act, until somebody or something ends it.
    async fn play(&self) -> End {
        let mut end = pin!(self.ended());
        tokio::select! {
            biased;
            end = &mut end => return end,
            () = self.begun() => {}
        }
        for act in ACTS {
            // Not to be broken off: what it does to the target has to be known.
            let lasts = match self.begin(act).await {
                Ok(()) => self.lab.script.beat * act.beats(),
                // It may be for an end that it does not know of yet.
                Err(why) => {
                    return timeout(Duration::ZERO, end)
                        .await
                        .unwrap_or(End::Failed(why));
                }
            };
            tokio::select! {
                biased;
                end = &mut end => return end,
                () = sleep(lasts) => {}
            }
        }
        End::Played
    }

    /// Comes back when the users of the run begin to come.
    async fn begun(&self) {
        let mut snapshots = self.session.runs.snapshots();
        let begun = snapshots.wait_for(|one| self.started.is(one) && one.elapsed_s > 0.0);
        // A controller that is gone begins nothing, and ends the demo.
        let _ = begun.await;
    }

    async fn begin(&self, act: Act) -> Result<(), String> {
        let beat = self.lab.script.beat;
        let scene = Scene::new(act, self.lab.script);
        self.tell(&format!("{}: {}", scene.title, scene.text)).await;
        self.session.demo.tell(scene);
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

    /// Comes back when the demo is to end before its last act has.
    async fn ended(&self) -> End {
        tokio::select! {
            biased;
            () = self.session.demo.left() => End::Left,
            end = self.disturbed() => end,
        }
    }

    /// Comes back when the run is over, or somebody else does something to it.
    async fn disturbed(&self) -> End {
        let log = self.session.runs.log();
        let mut snapshots = self.session.runs.snapshots();
        if snapshots
            .wait_for(|one| self.started.is(one))
            .await
            .is_err()
        {
            return End::RunOver;
        }
        let mut seen = 0;
        loop {
            let snapshot = Arc::clone(&snapshots.borrow_and_update());
            let goes_on = snapshot.state.is_active() && snapshot.state != RunState::Stopping;
            if !self.started.is(&snapshot) || !goes_on {
                return End::RunOver;
            }
            let (events, appended) = log.events_after(seen);
            seen = appended;
            let is_other = |by: &Author| *by != *AUTHOR;
            if events
                .iter()
                .any(|event| event.by.as_ref().is_some_and(is_other))
            {
                return End::Left;
            }
            if snapshots.changed().await.is_err() {
                return End::RunOver;
            }
        }
    }

    /// Writes into the run's log; a run that has ended takes no more.
    async fn tell(&self, text: &str) {
        let _ = self
            .session
            .runs
            .tell(text.to_owned(), AUTHOR.clone())
            .await;
    }
}
