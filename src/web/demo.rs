//! The demo: a run on the program's own target, and what happens to both in
//! about a minute, told as it happens.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::model::{Burst, Change, RunState};
use crate::run::{Author, Level};
use crate::scenario::{RunOptions, RunTime};
use crate::session::Started;
use crate::web::http::problem::Problem;
use crate::web::launch::Start;
use crate::web::state::App;

/// The target that the demo is played on; it can be made to fail.
pub trait Stage: fmt::Debug + Send + Sync {
    /// Its base address.
    fn host(&self) -> String;

    /// Breaks it, or makes it sound again. Takes a bounded time.
    ///
    /// # Errors
    /// Why it is not done, for people.
    fn be(&self, condition: Condition) -> BoxFuture<'_, Result<(), String>>;
}

/// How a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It does what it can.
    Sound,
    /// It answers three of ten requests with 500.
    Broken,
}

/// How the demo is played.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Users to begin with.
    pub users: u32,
    /// What the length of every act is a multiple of; there are 60 of them.
    pub beat: Duration,
}

impl Default for Script {
    /// A minute with 60 users.
    fn default() -> Self {
        Self {
            users: 60,
            beat: Duration::from_secs(1),
        }
    }
}

/// What happens, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Ramp,
    Hold,
    Burst,
    Break,
    Recover,
}

const ACTS: [Act; 5] = [Act::Ramp, Act::Hold, Act::Burst, Act::Break, Act::Recover];

/// Beats that users take to come.
const RAMP: u32 = 10;
/// How many times the users a burst has.
const FACTOR: f64 = 5.0;
/// Beats that a burst stays; it rises and falls in one each.
const BURST: u32 = 8;

impl Act {
    const fn beats(self) -> u32 {
        match self {
            Self::Ramp => RAMP,
            Self::Hold => 12,
            Self::Burst => BURST + 6,
            Self::Break => 10,
            Self::Recover => 14,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Ramp => "Ramp",
            Self::Hold => "Hold",
            Self::Burst => "Burst",
            Self::Break => "Break",
            Self::Recover => "Recover",
        }
    }

    fn text(self, script: Script) -> String {
        match self {
            Self::Ramp => {
                let users = script.users;
                format!("{users} users come one after the other, and requests per second with them")
            }
            Self::Hold => {
                "the load stands still: so quick is the target when all is well".to_owned()
            }
            Self::Burst => {
                let lasts_s = (script.beat * BURST).as_secs_f64();
                format!(
                    "{FACTOR} times the users for {lasts_s} s, as a click on the burst pad brings"
                )
            }
            Self::Break => {
                "the target is made to fail: it answers three of ten requests with 500".to_owned()
            }
            Self::Recover => {
                "the fault is taken out again: failures end, what they did to the run stays"
                    .to_owned()
            }
        }
    }
}

/// The act that is being played, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    /// Which it is, from 1.
    pub(super) act: usize,
    /// How many there are.
    pub(super) of: usize,
    pub(super) title: &'static str,
    /// One sentence, without a capital and a full stop.
    pub(super) text: String,
}

impl Scene {
    fn new(act: Act, script: Script) -> Self {
        Self {
            act: act as usize + 1,
            of: ACTS.len(),
            title: act.title(),
            text: act.text(script),
        }
    }
}

/// The demo of a dashboard: where it is played, and how far it has come.
#[derive(Debug, Default)]
pub(super) struct Demo {
    scene: watch::Sender<Option<Scene>>,
    /// Whether the one that is being played is to end.
    leave: watch::Sender<bool>,
}

/// Who the demo is, where it says who did something.
static AUTHOR: LazyLock<Author> = LazyLock::new(|| Author::new("the demo"));

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

impl Demo {
    /// What is being played, as it goes on.
    pub(super) fn scenes(&self) -> watch::Receiver<Option<Scene>> {
        self.scene.subscribe()
    }

    fn tell(&self, scene: Scene) {
        self.scene.send_if_modified(|told| {
            let is_new = told.as_ref() != Some(&scene);
            *told = Some(scene);
            is_new
        });
    }

    /// Comes back when a word to leave is spoken.
    async fn left(&self) {
        let mut leave = self.leave.subscribe();
        // The sender is ours: it does not go away.
        let _ = leave.wait_for(|leave| *leave).await;
    }
}

/// The right to play; it is given back by dropping it, and nothing is played then.
struct Claim(Arc<Demo>);

impl Claim {
    /// `None` while somebody else has it.
    fn take(demo: &Arc<Demo>, opening: Scene) -> Option<Self> {
        let is_free = demo.scene.send_if_modified(|scene| {
            let is_free = scene.is_none();
            if is_free {
                *scene = Some(opening);
            }
            is_free
        });
        is_free.then(|| Self(Arc::clone(demo)))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.0.scene.send_replace(None);
    }
}

impl App {
    /// Plays the demo: starts its run, and goes on by itself. How long it takes.
    ///
    /// # Errors
    /// There is no target for it, it is being played, or the run cannot start.
    pub(super) async fn play(&self) -> Result<Duration, Problem> {
        let (stage, script) = self.stage.clone().ok_or_else(Problem::no_stage)?;
        let opening = Scene::new(Act::Ramp, script);
        let claim = Claim::take(&self.demo, opening).ok_or_else(Problem::demo_active)?;
        self.demo.leave.send_replace(false);
        let rise = script.beat * RAMP;
        let wish = RunOptions {
            users: Some(f64::from(script.users)),
            spawn_rate: Some(f64::from(script.users) / rise.as_secs_f64()),
            host: Some(stage.host()),
            run_time: RunTime::UntilStopped,
            ..RunOptions::default()
        };
        let start = Start {
            wish,
            by: Some(AUTHOR.clone()),
            ..Start::default()
        };
        let director = Director {
            started: self.start(start).await?,
            app: self.clone(),
            stage,
            script,
            _claim: claim,
        };
        tokio::spawn(director.direct());
        let beats: u32 = ACTS.iter().map(|act| act.beats()).sum();
        Ok(script.beat * beats)
    }

    /// Ends the demo that is being played, and comes back when its target is
    /// sound; false if none is. Its run goes on.
    pub(super) async fn leave_demo(&self) -> bool {
        let mut scenes = self.demo.scenes();
        if scenes.borrow().is_none() {
            return false;
        }
        self.demo.leave.send_replace(true);
        // The sender is ours: it does not go away.
        let _ = scenes.wait_for(Option::is_none).await;
        true
    }
}

/// Plays the demo on the run that was started for it.
struct Director {
    app: App,
    stage: Arc<dyn Stage>,
    script: Script,
    started: Arc<Started>,
    _claim: Claim,
}

impl Director {
    /// From the first act to the end; whatever that is, the target is sound then.
    async fn direct(self) {
        let end = self.play().await;
        let mended = self.stage.be(Condition::Sound).await;
        if let Err(why) = mended {
            let text = format!("the demo's fault may still be there: {why}");
            self.app.note(Level::Warning, text);
        }
        match end {
            End::Played => {
                // A run that has ended meanwhile needs no word.
                let _ = self.app.stop("the demo is over").await;
            }
            End::Left => self.tell("Left: the run goes on without the demo").await,
            End::Failed(why) => {
                let text = format!("the demo breaks off: {why}");
                self.app.note(Level::Warning, text.as_str());
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
                Ok(()) => self.script.beat * act.beats(),
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
        let mut snapshots = self.app.runs.snapshots();
        let begun = snapshots.wait_for(|one| self.started.is(one) && one.elapsed_s > 0.0);
        // A controller that is gone begins nothing, and ends the demo.
        let _ = begun.await;
    }

    async fn begin(&self, act: Act) -> Result<(), String> {
        let beat = self.script.beat;
        let scene = Scene::new(act, self.script);
        self.tell(&format!("{}: {}", scene.title, scene.text)).await;
        self.app.demo.tell(scene);
        match act {
            Act::Ramp | Act::Hold => Ok(()),
            Act::Burst => {
                let burst = Burst {
                    factor: FACTOR,
                    rise: beat,
                    hold: beat * BURST,
                };
                let change = Change::Burst(burst);
                let done = self.app.runs.change(change, AUTHOR.clone()).await;
                done.map(drop).map_err(|error| error.to_string())
            }
            Act::Break => self.stage.be(Condition::Broken).await,
            Act::Recover => self.stage.be(Condition::Sound).await,
        }
    }

    /// Comes back when the demo is to end before its last act has.
    async fn ended(&self) -> End {
        tokio::select! {
            biased;
            () = self.app.demo.left() => End::Left,
            end = self.disturbed() => end,
        }
    }

    /// Comes back when the run is over, or somebody else does something to it.
    async fn disturbed(&self) -> End {
        let log = self.app.runs.log();
        let mut snapshots = self.app.runs.snapshots();
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
        let _ = self.app.runs.tell(text.to_owned(), AUTHOR.clone()).await;
    }
}
