//! The demo of a dashboard: whether it is played, and how it begins and is left.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::scenario::{RunOptions, RunTime};
use crate::session::demo::director::{AUTHOR, Director};
use crate::session::demo::script::{ACTS, Act, RAMP, Scene};
use crate::session::error::SessionError;
use crate::session::launch::Start;
use crate::session::state::Session;

/// The demo of a dashboard: where it is played, and how far it has come.
#[derive(Debug, Default)]
pub(crate) struct Demo {
    scene: watch::Sender<Option<Scene>>,
    /// Whether the one that is being played is to end.
    leave: watch::Sender<bool>,
}

impl Demo {
    /// What is being played, as it goes on.
    pub(crate) fn scenes(&self) -> watch::Receiver<Option<Scene>> {
        self.scene.subscribe()
    }

    pub(super) fn tell(&self, scene: Scene) {
        self.scene.send_if_modified(|told| {
            let is_new = told.as_ref() != Some(&scene);
            *told = Some(scene);
            is_new
        });
    }

    /// Comes back when a word to leave is spoken.
    pub(super) async fn left(&self) {
        let mut leave = self.leave.subscribe();
        // The sender is ours: it does not go away.
        let _ = leave.wait_for(|leave| *leave).await;
    }
}

/// The right to play; it is given back by dropping it, and nothing is played then.
pub(super) struct Claim(Arc<Demo>);

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

impl Session {
    /// Plays the demo: starts its run, and goes on by itself. How long it takes.
    ///
    /// # Errors
    /// There is no target for it, it is being played, or the run cannot start.
    pub async fn play(&self) -> Result<Duration, SessionError> {
        let lab = self.lab.ok_or(SessionError::NoLab)?;
        let script = lab.script;
        let opening = Scene::new(Act::Ramp, script);
        let claim = Claim::take(&self.demo, opening).ok_or(SessionError::DemoActive)?;
        self.demo.leave.send_replace(false);
        let rise = script.beat * RAMP;
        let wish = RunOptions {
            users: Some(f64::from(script.users)),
            spawn_rate: Some(f64::from(script.users) / rise.as_secs_f64()),
            host: Some(lab.url()),
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
            session: self.clone(),
            lab,
            _claim: claim,
        };
        tokio::spawn(director.direct());
        let beats: u32 = ACTS.iter().map(|act| act.beats()).sum();
        Ok(script.beat * beats)
    }

    /// Ends the demo that is being played, and comes back when its target is
    /// sound; false if none is. Its run goes on.
    pub async fn leave_demo(&self) -> bool {
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
