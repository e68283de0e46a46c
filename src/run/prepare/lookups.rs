//! Names that are looked up again during a run: on the control plane,
//! which sends changed addresses to the shards.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::client::{Clock, ExcludedAddress};
use crate::engine::SwarmSetup;
use crate::model::{AddressOrigin, Fence, OriginId, Target};
use crate::run::events::details::TargetEvent;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::prepare::resolver::Resolver;

/// Names that are looked up at the same time; a scenario may have thousands.
const AT_ONCE: usize = 4;
/// Moves that wait for the controller.
const MOVES: usize = 4;
/// Events about the addresses of one name in a run.
const EVENTS: u32 = 50;
/// An address that is excluded again is reported again after this time.
const REMINDER_US: u64 = 60_000_000;
/// Addresses that are remembered as reported; the oldest is reported again.
const REMEMBERED: usize = 64;

/// A name that a run depends on.
#[derive(Debug)]
pub(crate) struct Name {
    /// The origin or the proxy that it leads to, as people write it.
    pub(crate) label: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) ttl: Duration,
    /// The addresses it was last looked up as, without those that are not allowed.
    pub(crate) addresses: Vec<SocketAddr>,
    /// The destinations that it leads to.
    pub(crate) origins: Arc<[OriginId]>,
}

/// Destinations whose new connections go elsewhere from now on.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) origins: Arc<[OriginId]>,
    pub(crate) addresses: Arc<[SocketAddr]>,
}

/// The names that a run depends on.
#[derive(Debug)]
pub(crate) struct Names {
    names: Vec<Name>,
    resolver: Resolver,
    moves: mpsc::Sender<Moved>,
    moved: mpsc::Receiver<Moved>,
    excluded: ExcludedLog,
}

/// The means of looking a name up again.
#[derive(Clone, Debug)]
struct Lookups {
    resolver: Resolver,
    fence: Arc<Fence>,
    log: Arc<Log>,
    clock: Clock,
    /// When the run's time began.
    origin_us: u64,
    moves: mpsc::Sender<Moved>,
}

impl Names {
    pub(crate) fn new(names: Vec<Name>, resolver: Resolver) -> Self {
        let (moves, moved) = mpsc::channel(MOVES);
        Self {
            names,
            resolver,
            moves,
            moved,
            excluded: ExcludedLog::default(),
        }
    }

    /// Looks each name up again and again, until the tasks are dropped.
    pub(crate) fn start(&mut self, setup: &SwarmSetup, log: &Arc<Log>, tasks: &mut JoinSet<()>) {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        for name in self.names.drain(..) {
            let follows = Follows {
                name,
                lookups: Lookups {
                    resolver: self.resolver.clone(),
                    fence: Arc::clone(&setup.fence),
                    log: Arc::clone(log),
                    clock: setup.clock,
                    origin_us: setup.origin_us,
                    moves: self.moves.clone(),
                },
                events: 0,
                problem: None,
            };
            tasks.spawn(follows.run(Arc::clone(&turns)));
        }
    }

    /// The next move; waits for ever where nothing moves. Safe to cancel.
    pub(crate) async fn moved(&mut self) -> Moved {
        match self.moved.recv().await {
            Some(moved) => moved,
            // It holds a sender itself.
            None => std::future::pending().await,
        }
    }

    /// Says which addresses take no connections, each once a minute at most.
    pub(crate) fn log_excluded(&mut self, excluded: Vec<ExcludedAddress>, at_us: u64, log: &Log) {
        self.excluded.report(excluded, at_us, log);
    }
}

struct Follows {
    name: Name,
    lookups: Lookups,
    /// The number of events so far.
    events: u32,
    /// The last problem that was reported.
    problem: Option<TargetEvent>,
}

impl Follows {
    async fn run(mut self, turns: Arc<Semaphore>) {
        loop {
            sleep(self.name.ttl).await;
            // Never closed.
            let Ok(_turn) = turns.acquire().await else {
                return;
            };
            let Name { host, port, .. } = &self.name;
            let found = self.lookups.resolver.look_up(host, *port).await;
            if let Some(moved) = self.take_in(found)
                && self.lookups.moves.send(moved).await.is_err()
            {
                return;
            }
        }
    }

    /// The move that shards have to know of.
    fn take_in(&mut self, found: Result<Vec<SocketAddr>, String>) -> Option<Moved> {
        let target = || self.name.label.clone();
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                let target = target();
                self.warn(Some(TargetEvent::LookupFailed { target, error }));
                return None;
            }
        };
        let (allowed, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(|address| {
            let target = Target::new(&self.name.host, AddressOrigin::ByName, vec![address.ip()]);
            self.lookups.fence.lets_pass(&target)
        });
        let warning = (!refused.is_empty()).then(|| TargetEvent::NotAllowed {
            target: target(),
            addresses: refused,
        });
        self.warn(warning);
        if allowed.is_empty() || is_same(&allowed, &self.name.addresses) {
            return None;
        }
        let change = TargetEvent::Moved {
            target: self.name.label.clone(),
            from: self.name.addresses.clone(),
            to: allowed.clone(),
        };
        self.report(Level::Info, change);
        let moved = Moved {
            origins: Arc::clone(&self.name.origins),
            addresses: allowed.as_slice().into(),
        };
        self.name.addresses = allowed;
        Some(moved)
    }

    /// Says what is wrong when it begins and when it changes.
    fn warn(&mut self, problem: Option<TargetEvent>) {
        if problem != self.problem {
            if let Some(event) = &problem {
                self.report(Level::Warning, event.clone());
            }
            self.problem = problem;
        }
    }

    fn report(&mut self, level: Level, event: TargetEvent) {
        self.events += 1;
        let event = match self.events {
            ..EVENTS => event,
            EVENTS => TargetEvent::Last(Box::new(event)),
            _ => return,
        };
        let lookups = &self.lookups;
        let at_us = lookups.clock.now_us().saturating_sub(lookups.origin_us);
        let event = Event::new(at_us, level, EventData::Target(event));
        lookups.log.push_event(event);
    }
}

/// Resolvers give the same addresses in another order each time.
fn is_same(one: &[SocketAddr], other: &[SocketAddr]) -> bool {
    one.len() == other.len() && one.iter().all(|address| other.contains(address))
}

/// The excluded addresses that were reported, and when.
#[derive(Debug, Default)]
struct ExcludedLog(Vec<(SocketAddr, u64)>);

impl ExcludedLog {
    fn report(&mut self, excluded: Vec<ExcludedAddress>, at_us: u64, log: &Log) {
        for one in excluded {
            let address = one.address;
            let known = self.0.iter_mut().find(|(known, _)| *known == address);
            match known {
                Some((_, said_us)) if at_us.saturating_sub(*said_us) < REMINDER_US => continue,
                Some((_, said_us)) => *said_us = at_us,
                None => {
                    if self.0.len() >= REMEMBERED {
                        self.0.remove(0);
                    }
                    self.0.push((address, at_us));
                }
            }
            let event = EventData::Target(TargetEvent::LeftOut {
                origin: one.origin,
                address,
                failure: one.failure,
            });
            log.push_event(Event::warning(at_us, event));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Rails, Targets};

    fn address(last: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, last], 80))
    }

    fn follows(rails: Rails) -> (Follows, Arc<Log>) {
        let log = Arc::new(Log::default());
        let follows = Follows {
            name: Name {
                label: "http://shop.test".to_owned(),
                host: "shop.test".to_owned(),
                port: 80,
                ttl: Duration::from_secs(1),
                addresses: vec![address(1), address(2)],
                origins: vec![OriginId(0)].into(),
            },
            lookups: Lookups {
                resolver: Resolver::default(),
                fence: Arc::new(Fence::new(Arc::new(rails), Vec::new())),
                log: Arc::clone(&log),
                clock: Clock::start(),
                origin_us: 0,
                moves: mpsc::channel(1).0,
            },
            events: 0,
            problem: None,
        };
        (follows, log)
    }

    fn said(log: &Log) -> Vec<TargetEvent> {
        let (events, _) = log.events_after(0);
        let of_target = events.into_iter().filter_map(|event| match event.data {
            EventData::Target(event) => Some(event),
            _ => None,
        });
        of_target.collect()
    }

    #[test]
    fn only_other_addresses_are_news() {
        let (mut follows, log) = follows(Rails::default());
        assert!(follows.take_in(Ok(vec![address(2), address(1)])).is_none());
        assert!(said(&log).is_empty());
        let moved = follows.take_in(Ok(vec![address(3)])).expect("another");
        assert_eq!(*moved.addresses, [address(3)]);
        assert_eq!(
            said(&log),
            [TargetEvent::Moved {
                target: "http://shop.test".to_owned(),
                from: vec![address(1), address(2)],
                to: vec![address(3)],
            }]
        );
        assert!(follows.take_in(Ok(vec![address(3)])).is_none());
    }

    #[test]
    fn without_an_answer_the_addresses_stay_and_that_is_said_once() {
        let (mut follows, log) = follows(Rails::default());
        for _ in 0..3 {
            assert!(follows.take_in(Err("no such host".to_owned())).is_none());
        }
        assert_eq!(said(&log).len(), 1);
        assert!(follows.take_in(Ok(vec![address(1), address(2)])).is_none());
        assert!(follows.take_in(Err("no such host".to_owned())).is_none());
        assert_eq!(said(&log).len(), 2);
    }

    #[test]
    fn the_guard_rails_hold_for_new_addresses() {
        let rails = Rails {
            allowed: Some(Targets::near()),
            ..Rails::default()
        };
        let (mut follows, log) = follows(rails);
        let outside = SocketAddr::from(([203, 0, 113, 7], 80));
        assert!(follows.take_in(Ok(vec![outside])).is_none());
        let moved = follows.take_in(Ok(vec![outside, address(9)]));
        assert_eq!(*moved.expect("one of them").addresses, [address(9)]);
        let said = said(&log);
        let not_allowed = TargetEvent::NotAllowed {
            target: "http://shop.test".to_owned(),
            addresses: vec![outside],
        };
        assert_eq!(said[0], not_allowed);
        assert_eq!(said.len(), 2, "{said:?}");
    }

    #[test]
    fn events_are_bounded() {
        let (mut follows, log) = follows(Rails::default());
        for turn in 0..EVENTS * 2 {
            let last = if turn % 2 == 0 { 3 } else { 4 };
            assert!(follows.take_in(Ok(vec![address(last)])).is_some());
        }
        let said = said(&log);
        assert_eq!(said.len(), EVENTS as usize);
        let last = &said[said.len() - 1];
        assert!(matches!(last, TargetEvent::Last(_)), "{last:?}");
    }
}
