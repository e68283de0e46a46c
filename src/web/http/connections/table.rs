//! Which connections there are, and which one gives way to a new one.
//!
//! A new connection is never refused. When all places are taken,
//!
//! - one that has not been let in yet gives way, as long as these have more
//!   than the share that is kept for them;
//! - otherwise one between two requests, or else one in a request, so that
//!   somebody who holds all places with valid requests can still be stopped.
//!
//! Among them it is the oldest of the address that has most, so that many
//! connections from one address cost another none. Live sockets do not give
//! way to new connections; they may take half of the places.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};

/// Names a connection; rises with each.
pub(super) type Id = u64;

/// The stage of a connection; later stages have a better right to their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has not been let in yet: nothing came, or nothing with a token.
    Unknown,
    /// It was let in and is between two requests.
    Idle,
    /// It was let in and is in a request.
    Busy,
    /// It is a live socket.
    Live,
}

/// Where connections come from that count as one: an address, or, as anybody
/// has so many of them, a network of 64 bits of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peer(IpAddr);

/// No live socket can be had: others hold as many as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoLiveSocket;

/// The connections, each with a `T` by which it is reached.
#[derive(Debug)]
pub(super) struct Table<T> {
    places: usize,
    entries: BTreeMap<Id, Entry<T>>,
    next: Id,
    /// Rises with each change of a stage.
    now: u64,
}

#[derive(Debug)]
struct Entry<T> {
    peer: Peer,
    stage: Stage,
    /// When it came to its stage.
    since: u64,
    link: T,
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        const NETWORK: u128 = !0 << 64;
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & NETWORK).into(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl<T> Table<T> {
    /// With room for so many, at least 1.
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: places.max(1),
            entries: BTreeMap::new(),
            next: 0,
            now: 0,
        }
    }

    /// Takes a connection in. The second is the link of the one that has given
    /// way to it, if all places were taken; it is not in the table any more.
    pub(super) fn enter(&mut self, peer: Peer, link: T) -> (Id, Option<T>) {
        let victim = if self.entries.len() < self.places {
            None
        } else {
            self.make_room()
        };
        let id = self.next;
        self.next += 1;
        let entry = Entry {
            peer,
            stage: Stage::Unknown,
            since: self.tick(),
            link,
        };
        self.entries.insert(id, entry);
        (id, victim)
    }

    /// Takes the connection out that is to give way to a new one; none if all
    /// are live sockets.
    fn make_room(&mut self) -> Option<T> {
        let kept = (self.places / 8).max(2);
        if self.count(Stage::Unknown) >= kept {
            self.give_up([Stage::Unknown])
        } else {
            self.give_up([Stage::Idle, Stage::Busy, Stage::Unknown])
        }
    }

    /// Removes an idle connection, if there is one.
    pub(super) fn give_up_one(&mut self) -> Option<T> {
        self.give_up([Stage::Unknown, Stage::Idle])
    }

    /// Takes the oldest connection out of the first of these stages that any is
    /// in, of the address that has most.
    fn give_up<const N: usize>(&mut self, stages: [Stage; N]) -> Option<T> {
        let most = |stage| self.most(stage).map(|(_, peer)| (stage, peer));
        let (stage, peer) = stages.into_iter().find_map(most)?;
        self.take_oldest(stage, peer)
    }

    /// Lets a connection be a live socket. It takes the place of one of the
    /// address that has most of them, if that is another one that has more
    /// even so; the link of that one, which is not in the table any more.
    ///
    /// # Errors
    /// There are as many as there may be, and nobody has more of them.
    pub(super) fn go_live(&mut self, id: Id) -> Result<Option<T>, NoLiveSocket> {
        let Some(peer) = self.entries.get(&id).map(|entry| entry.peer) else {
            return Err(NoLiveSocket);
        };
        let mut victim = None;
        if self.count(Stage::Live) >= (self.places / 2).max(1) {
            let (count, greediest) = self.most(Stage::Live).ok_or(NoLiveSocket)?;
            let own = self.of(Stage::Live).filter(|(_, entry)| entry.peer == peer);
            if count <= own.count() + 1 {
                return Err(NoLiveSocket);
            }
            victim = self.take_oldest(Stage::Live, greediest);
        }
        self.set(id, Stage::Live);
        Ok(victim)
    }

    /// Says what a connection has come to.
    pub(super) fn set(&mut self, id: Id, stage: Stage) {
        let now = self.tick();
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.stage = stage;
            entry.since = now;
        }
    }

    /// Lets go of a connection that has ended.
    pub(super) fn leave(&mut self, id: Id) {
        self.entries.remove(&id);
    }

    fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    fn of(&self, stage: Stage) -> impl Iterator<Item = (&Id, &Entry<T>)> {
        self.entries
            .iter()
            .filter(move |(_, entry)| entry.stage == stage)
    }

    fn count(&self, stage: Stage) -> usize {
        self.of(stage).count()
    }

    /// The address that has most connections of a stage, and how many; of
    /// several the one that has had one for longest.
    fn most(&self, stage: Stage) -> Option<(usize, Peer)> {
        let mut counts = HashMap::<Peer, (usize, u64)>::new();
        for (_, entry) in self.of(stage) {
            let (count, since) = counts.entry(entry.peer).or_insert((0, entry.since));
            *count += 1;
            *since = (*since).min(entry.since);
        }
        let most = counts
            .into_iter()
            .max_by_key(|(_, (count, since))| (*count, std::cmp::Reverse(*since)));
        most.map(|(peer, (count, _))| (count, peer))
    }

    fn take_oldest(&mut self, stage: Stage, peer: Peer) -> Option<T> {
        let of_peer = self.of(stage).filter(|(_, entry)| entry.peer == peer);
        let (id, _) = of_peer.min_by_key(|(_, entry)| entry.since)?;
        let id = *id;
        self.entries.remove(&id).map(|entry| entry.link)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn peer(number: u8) -> Peer {
        IpAddr::from([10, 0, 0, number]).into()
    }

    /// A table with connections of one address, each linked by its number.
    fn full(places: usize, stage: Stage) -> Table<u64> {
        let mut table = Table::new(places);
        for number in 0..places as u64 {
            let (id, victim) = table.enter(peer(1), number);
            assert_eq!(victim, None);
            table.set(id, stage);
        }
        table
    }

    #[test]
    fn many_addresses_of_a_network_are_one() {
        let of = |text: &str| Peer::from(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }

    #[test]
    fn who_has_shown_nothing_gives_way_to_who_comes() {
        let mut table = full(16, Stage::Unknown);
        let (operator, victim) = table.enter(peer(2), 100);
        assert_eq!(victim, Some(0), "the oldest");
        // Their flood goes on, and costs the operator nothing.
        for number in 101..1_000 {
            let (_, victim) = table.enter(peer(1), number);
            assert!(victim.is_some_and(|victim| victim != 100));
        }
        table.set(operator, Stage::Busy);
        for number in 1_000..2_000 {
            let (_, victim) = table.enter(peer(3), number);
            assert!(victim.is_some_and(|victim| victim != 100));
        }
    }

    #[test]
    fn a_share_is_kept_for_who_comes() {
        for (stage, first) in [(Stage::Idle, Some(0)), (Stage::Busy, Some(0))] {
            let mut table = full(16, stage);
            assert_eq!(table.enter(peer(2), 100).1, first, "{stage:?}");
            assert_eq!(table.enter(peer(2), 101).1, Some(1), "{stage:?}");
            // More than that strangers do not get of those who were let in.
            assert_eq!(table.enter(peer(2), 102).1, Some(100), "{stage:?}");
        }
        let mut table = full(16, Stage::Busy);
        table.set(7, Stage::Idle);
        assert_eq!(table.enter(peer(2), 100).1, Some(7), "idle goes first");
        let mut table = full(16, Stage::Live);
        assert_eq!(table.enter(peer(2), 100).1, None, "live ones stay");
    }

    #[test]
    fn live_sockets_are_shared_between_addresses() {
        let mut table = Table::new(8);
        let mut live = |peer, link| {
            let (id, _) = table.enter(peer, link);
            table.go_live(id)
        };
        for number in 0..4 {
            assert_eq!(live(peer(1), number), Ok(None));
        }
        assert_eq!(live(peer(1), 4), Err(NoLiveSocket));
        assert_eq!(live(peer(2), 5), Ok(Some(0)));
        assert_eq!(live(peer(2), 6), Ok(Some(1)));
        // Two and two: nobody gains anything by going on.
        assert_eq!(live(peer(1), 7), Err(NoLiveSocket));
        assert_eq!(live(peer(2), 8), Err(NoLiveSocket));
        assert_eq!(live(peer(3), 9), Ok(Some(2)));
    }

    #[test]
    fn without_descriptors_only_those_go_that_nobody_waits_for() {
        let mut table = full(4, Stage::Busy);
        assert_eq!(table.give_up_one(), None);
        table.set(1, Stage::Idle);
        table.set(2, Stage::Live);
        assert_eq!(table.give_up_one(), Some(1));
        assert_eq!(table.give_up_one(), None);
    }

    #[test]
    fn who_has_left_is_not_asked() {
        let mut table = full(2, Stage::Idle);
        table.leave(0);
        table.set(0, Stage::Busy);
        assert_eq!(table.go_live(0), Err(NoLiveSocket));
        assert_eq!(table.enter(peer(2), 100).1, None);
    }

    proptest! {
        /// Only a table full of live sockets grows, by those who come, and no
        /// further than by the share that is kept.
        #[test]
        fn there_are_never_more_than_places(
            places in 1usize..24,
            acts in proptest::collection::vec((0u8..6, 0u8..4, 0u64..40), 0..200),
        ) {
            let mut table = Table::new(places);
            for (act, from, id) in acts {
                match act {
                    0 | 1 => drop(table.enter(peer(from), ())),
                    2 => table.set(id, Stage::Idle),
                    3 => table.set(id, Stage::Busy),
                    4 => drop(table.go_live(id)),
                    _ => table.leave(id),
                }
                prop_assert!(table.count(Stage::Live) <= (places / 2).max(1));
                prop_assert!(table.entries.len() <= places + 1);
            }
        }
    }
}
