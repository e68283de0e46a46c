//! Start and end of the dashboard's demo.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::scenario::{RunOptions, RunTime};
use crate::session::demo::director::{AUTHOR, Director};
use crate::session::demo::script::{ACTS, Act, RAMP, Scene};
use crate::session::error::SessionError;
use crate::session::launch::Start;
use crate::session::state::Session;

/// The state of the dashboard's demo.
#[derive(Debug, Default)]
pub(crate) struct Demo {
    scene: watch::Sender<Option<Scene>>,
    /// Whether the active demo should end.
    leave: watch::Sender<bool>,
}

impl Demo {
    /// The current scene, and each later one.
    pub(crate) fn scenes(&self) -> watch::Receiver<Option<Scene>> {
        self.scene.subscribe()
    }

    pub(super) fn publish(&self, scene: Scene) {
        self.scene.send_if_modified(|told| {
            let is_new = told.as_ref() != Some(&scene);
            *told = Some(scene);
            is_new
        });
    }

    /// Returns when the operator exits the demo.
    pub(super) async fn left(&self) {
        let mut leave = self.leave.subscribe();
        // The sender is ours: it does not go away.
        let _ = leave.wait_for(|leave| *leave).await;
    }
}

/// The permit to play the demo; dropping it ends the demo.
pub(super) struct DemoPermit(Arc<Demo>);

impl DemoPermit {
    /// `None` while the demo is active.
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

impl Drop for DemoPermit {
    fn drop(&mut self) {
        self.0.scene.send_replace(None);
    }
}

impl Session {
    /// Starts the demo's run and plays the demo in a task. Returns its
    /// duration.
    pub(crate) async fn play(&self) -> Result<Duration, SessionError> {
        let lab = self.lab.ok_or(SessionError::NoLab)?;
        let script = lab.script;
        let opening = Scene::new(Act::Ramp, script);
        let permit = DemoPermit::take(&self.demo, opening).ok_or(SessionError::DemoActive)?;
        self.demo.leave.send_replace(false);
        let rise = script.beat * RAMP;
        let options = RunOptions {
            users: Some(f64::from(script.users)),
            spawn_rate: Some(f64::from(script.users) / rise.as_secs_f64()),
            host: Some(lab.url()),
            run_time: RunTime::UntilStopped,
            ..RunOptions::default()
        };
        let start = Start {
            options,
            by: Some(AUTHOR.clone()),
            ..Start::default()
        };
        let director = Director {
            started: self.start(start).await?,
            session: self.clone(),
            lab,
            _permit: permit,
        };
        tokio::spawn(director.direct());
        let beats: u32 = ACTS.iter().map(|act| act.beats()).sum();
        Ok(script.beat * beats)
    }

    /// Ends the active demo and returns once its target is repaired; false if
    /// none is active. The run continues.
    pub(crate) async fn leave_demo(&self) -> bool {
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
