//! The dead man's switch: ramps down a run that was started from the dashboard
//! once no dashboard is open.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::model::duration_literal;
use crate::run::Why;
use crate::session::state::Session;

/// How often a viewer is pinged, unless the limit requires more.
const PING: Duration = Duration::from_secs(20);
/// Pings a viewer may miss before it counts as gone.
const PINGS: u32 = 3;

/// When a viewer was last seen, and what it watches.
#[derive(Debug)]
pub(crate) struct DeadMan {
    /// After which time without a viewer a run is let go; never if `None`.
    limit: Option<Duration>,
    /// The latest sign of life of any viewer; written by the live sockets and
    /// by who starts a run.
    seen: watch::Sender<Instant>,
    /// The last run or suite that a page started.
    started: watch::Sender<Option<Watched>>,
}

/// A run or suite that needs a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// The run of this id.
    Run(String),
    /// The active suite.
    Suite,
}

impl DeadMan {
    pub(super) fn new(limit: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            limit,
            seen: watch::Sender::new(Instant::now()),
            started: watch::Sender::new(None),
        })
    }

    pub(crate) fn seen(&self) {
        self.seen.send_replace(Instant::now());
    }

    /// A page has started something.
    pub(super) fn watch(&self, of: Watched) {
        self.seen();
        self.started.send_replace(Some(of));
    }

    /// How often viewers are asked whether they are still there.
    pub(crate) fn ping_every(&self) -> Duration {
        let least = Duration::from_millis(1);
        self.limit
            .map_or(PING, |limit| PING.min(limit / PINGS).max(least))
    }

    /// How long viewers may still be absent.
    fn left(&self, limit: Duration, now: Instant) -> Duration {
        limit.saturating_sub(now.saturating_duration_since(*self.seen.borrow()))
    }

    /// Waits until something a page started has had no viewer for this long,
    /// and returns it. It is no longer watched then.
    async fn deserted(&self, limit: Duration) -> Watched {
        let mut started = self.started.subscribe();
        loop {
            // The sender is ours: it does not go away.
            let _ = started.wait_for(Option::is_some).await;
            let left = self.left(limit, Instant::now());
            if !left.is_zero() {
                sleep(left).await;
                continue;
            }
            if let Some(watched) = self.started.send_replace(None) {
                return watched;
            }
        }
    }
}

/// Ramps down watched runs without a viewer; never returns.
pub(super) async fn switch(session: Session) {
    let Some(limit) = session.dead_man.limit else {
        return;
    };
    loop {
        let watched = session.dead_man.deserted(limit).await;
        // A controller that has ended has no run either.
        let _ = match watched {
            Watched::Suite if session.suites.is_active() => session.stop(Why::unattended()).await,
            Watched::Run(id) if is_active(&session, &id) => {
                let long = duration_literal(limit);
                let why = format!("no dashboard has been open for {long} (--dead-man)");
                session.runs.abandon(why).await
            }
            Watched::Suite | Watched::Run(_) => Ok(()),
        };
    }
}

fn is_active(session: &Session, id: &str) -> bool {
    let snapshot = session.runs.snapshot();
    let run = snapshot.run.as_ref();
    snapshot.state.is_active() && run.is_some_and(|run| run.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);
    const SOON: Duration = Duration::from_millis(20);

    #[test]
    fn every_sign_of_life_counts_for_as_long_as_is_allowed() {
        let dead_man = DeadMan::new(Some(LIMIT));
        let since = |after: Duration| *dead_man.seen.borrow() + after;
        assert_eq!(dead_man.left(LIMIT, since(LIMIT / 3)), LIMIT * 2 / 3);
        assert_eq!(dead_man.left(LIMIT, since(LIMIT)), Duration::ZERO);
        assert_eq!(dead_man.left(LIMIT, since(LIMIT * 9)), Duration::ZERO);
        let before = *dead_man.seen.borrow();
        dead_man.seen();
        assert!(*dead_man.seen.borrow() >= before);
    }

    #[tokio::test]
    async fn what_a_page_started_last_counts_and_only_once() {
        let dead_man = DeadMan::new(Some(SOON));
        dead_man.watch(Watched::Run("a".to_owned()));
        dead_man.watch(Watched::Suite);
        assert_eq!(dead_man.deserted(SOON).await, Watched::Suite);
        assert_eq!(*dead_man.started.borrow(), None);
    }

    #[test]
    fn viewers_are_asked_often_enough() {
        assert_eq!(DeadMan::new(None).ping_every(), PING);
        let every = DeadMan::new(Some(LIMIT)).ping_every();
        assert!(every * PINGS <= LIMIT);
        assert_eq!(DeadMan::new(Some(LIMIT * 100)).ping_every(), PING);
    }
}
