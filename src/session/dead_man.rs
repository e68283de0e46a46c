//! Whether anybody still looks at a run that was started from the dashboard.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::model::duration_literal;
use crate::run::Why;
use crate::session::state::Session;

/// How often a viewer is asked for a sign of life, unless more often is needed.
const PING: Duration = Duration::from_secs(20);
/// Signs of life that a viewer may be asked for before it counts as gone.
const PINGS: u32 = 3;

/// When somebody looked last, and at what.
#[derive(Debug)]
pub struct DeadMan {
    /// After which time without a viewer a run is let go; never if `None`.
    limit: Option<Duration>,
    /// The latest sign of life of any viewer; written by the live sockets and
    /// by who starts a run.
    seen: watch::Sender<Instant>,
    /// What a page has started last; read by the dead-man switch.
    started: watch::Sender<Option<Charge>>,
}

/// What somebody has to look after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Charge {
    /// The run of this id.
    Run(String),
    /// The suite that goes on.
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

    /// A viewer is there.
    pub fn seen(&self) {
        self.seen.send_replace(Instant::now());
    }

    /// A page has started something.
    pub(super) fn take_charge(&self, of: Charge) {
        self.seen();
        self.started.send_replace(Some(of));
    }

    /// How often viewers are asked whether they are still there.
    #[must_use]
    pub fn ping_every(&self) -> Duration {
        let least = Duration::from_millis(1);
        self.limit
            .map_or(PING, |limit| PING.min(limit / PINGS).max(least))
    }

    /// How long somebody may still stay away.
    fn left(&self, limit: Duration, now: Instant) -> Duration {
        limit.saturating_sub(now.saturating_duration_since(*self.seen.borrow()))
    }

    /// Waits until a page has started something and nobody has been there for
    /// so long; what it was. Nobody has to look after it any more then.
    async fn deserted(&self, limit: Duration) -> Charge {
        let mut started = self.started.subscribe();
        loop {
            // The sender is ours: it does not go away.
            let _ = started.wait_for(Option::is_some).await;
            let left = self.left(limit, Instant::now());
            if !left.is_zero() {
                sleep(left).await;
                continue;
            }
            if let Some(charge) = self.started.send_replace(None) {
                return charge;
            }
        }
    }
}

/// Lets runs go that were started from the dashboard and that nobody looks at
/// any more; ends never.
pub(super) async fn switch(session: Session) {
    let Some(limit) = session.dead_man.limit else {
        return;
    };
    loop {
        let charge = session.dead_man.deserted(limit).await;
        // A controller that has ended has no run either.
        let _ = match charge {
            Charge::Suite if session.suites.is_active() => session.stop(Why::unattended()).await,
            Charge::Run(id) if goes_on(&session, &id) => {
                let long = duration_literal(limit);
                let why = format!("no dashboard has been open for {long} (--dead-man)");
                session.runs.let_go(why).await
            }
            Charge::Suite | Charge::Run(_) => Ok(()),
        };
    }
}

fn goes_on(session: &Session, id: &str) -> bool {
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
        let presence = DeadMan::new(Some(LIMIT));
        let since = |after: Duration| *presence.seen.borrow() + after;
        assert_eq!(presence.left(LIMIT, since(LIMIT / 3)), LIMIT * 2 / 3);
        assert_eq!(presence.left(LIMIT, since(LIMIT)), Duration::ZERO);
        assert_eq!(presence.left(LIMIT, since(LIMIT * 9)), Duration::ZERO);
        let before = *presence.seen.borrow();
        presence.seen();
        assert!(*presence.seen.borrow() >= before);
    }

    #[tokio::test]
    async fn what_a_page_started_last_counts_and_only_once() {
        let presence = DeadMan::new(Some(SOON));
        presence.take_charge(Charge::Run("a".to_owned()));
        presence.take_charge(Charge::Suite);
        assert_eq!(presence.deserted(SOON).await, Charge::Suite);
        assert_eq!(*presence.started.borrow(), None);
    }

    #[test]
    fn viewers_are_asked_often_enough() {
        assert_eq!(DeadMan::new(None).ping_every(), PING);
        let every = DeadMan::new(Some(LIMIT)).ping_every();
        assert!(every * PINGS <= LIMIT);
        assert_eq!(DeadMan::new(Some(LIMIT * 100)).ping_every(), PING);
    }
}
