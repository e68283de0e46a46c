//! The addresses of a destination: which is tried first, and which are left out
//! for a while. Read when a connection is made, never for a request.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use crate::client::limits::RESTING_ADDRESSES;
use crate::model::AddressPolicy;

/// For how long an address that took no connection is tried after all others.
pub(super) const REST_US: u64 = 5_000_000;

#[derive(Debug)]
pub(crate) struct Addresses {
    list: RefCell<Rc<[SocketAddr]>>,
    policy: AddressPolicy,
    /// Where the next connection begins.
    next: Cell<usize>,
    /// Those that took no connection, and until when they are left out.
    resting: RefCell<Vec<(SocketAddr, u64)>>,
    /// When they are to be looked up again by whoever makes a connection;
    /// `u64::MAX` where somebody else sees to that.
    due_us: Cell<u64>,
}

/// Addresses in the order in which a connection tries them.
#[derive(Debug)]
pub(crate) struct Tries {
    list: Rc<[SocketAddr]>,
    start: usize,
    turn: usize,
    /// Tried last. Nothing is allocated where there is none.
    resting: Vec<SocketAddr>,
}

impl Addresses {
    /// `start` is where in them the first connection begins, if they take turns.
    pub(crate) fn new(list: &[SocketAddr], policy: AddressPolicy, start: usize) -> Self {
        Self {
            list: RefCell::new(list.into()),
            policy,
            next: Cell::new(start),
            resting: RefCell::default(),
            due_us: Cell::new(u64::MAX),
        }
    }

    /// All of them, in the order in which they were found.
    pub(crate) fn all(&self) -> Rc<[SocketAddr]> {
        Rc::clone(&self.list.borrow())
    }

    /// Those that the next connection tries.
    pub(crate) fn tries(&self, now_us: u64) -> Tries {
        let start = match self.policy {
            AddressPolicy::First => 0,
            AddressPolicy::RoundRobin => {
                let next = self.next.get();
                self.next.set(next.wrapping_add(1));
                next
            }
        };
        let mut resting = self.resting.borrow_mut();
        resting.retain(|(_, until_us)| *until_us > now_us);
        Tries {
            list: self.all(),
            start,
            turn: 0,
            resting: resting.iter().map(|(address, _)| *address).collect(),
        }
    }

    /// Leaves an address out for a while; whether it was not left out before.
    /// The only one there is always tried.
    pub(crate) fn rest(&self, address: SocketAddr, now_us: u64) -> bool {
        if self.list.borrow().len() < 2 {
            return false;
        }
        let mut resting = self.resting.borrow_mut();
        let until_us = now_us.saturating_add(REST_US);
        if let Some(known) = resting.iter_mut().find(|(known, _)| *known == address) {
            known.1 = until_us;
            return false;
        }
        if resting.len() >= RESTING_ADDRESSES {
            resting.remove(0);
        }
        resting.push((address, until_us));
        true
    }

    /// New connections go to these from now on.
    pub(crate) fn replace(&self, list: &[SocketAddr]) {
        self.list.replace(list.into());
        let mut resting = self.resting.borrow_mut();
        resting.retain(|(address, _)| list.contains(address));
    }

    /// They are to be looked up again then.
    pub(super) fn look_up_at(&self, due_us: u64) {
        self.due_us.set(due_us);
    }

    pub(crate) fn is_due(&self, now_us: u64) -> bool {
        now_us >= self.due_us.get()
    }
}

impl Iterator for Tries {
    type Item = SocketAddr;

    fn next(&mut self) -> Option<SocketAddr> {
        let count = self.list.len();
        // First the others, then those that rest.
        while self.turn < count * 2 {
            let (round, place) = (self.turn / count, self.turn % count);
            self.turn += 1;
            let at = self.start.wrapping_add(place) % count;
            let address = *self.list.get(at)?;
            if self.resting.contains(&address) == (round == 1) {
                return Some(address);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, last], 80))
    }

    fn three(policy: AddressPolicy) -> Addresses {
        Addresses::new(&[address(1), address(2), address(3)], policy, 1)
    }

    fn tried(addresses: &Addresses, now_us: u64) -> Vec<u8> {
        let tries = addresses.tries(now_us);
        let last = |address: SocketAddr| match address {
            SocketAddr::V4(address) => address.ip().octets()[3],
            SocketAddr::V6(_) => 0,
        };
        tries.map(last).collect()
    }

    #[test]
    fn connections_take_turns_or_begin_with_the_first() {
        let turns = three(AddressPolicy::RoundRobin);
        for expected in [[2, 3, 1], [3, 1, 2], [1, 2, 3], [2, 3, 1]] {
            assert_eq!(tried(&turns, 0), expected);
        }
        let first = three(AddressPolicy::First);
        for _ in 0..2 {
            assert_eq!(tried(&first, 0), [1, 2, 3]);
        }
    }

    #[test]
    fn an_address_that_refuses_is_tried_last_for_a_while() {
        let addresses = three(AddressPolicy::First);
        assert!(addresses.rest(address(1), 100));
        assert!(!addresses.rest(address(1), 200), "known already");
        assert_eq!(tried(&addresses, 200), [2, 3, 1]);
        assert_eq!(tried(&addresses, 199 + REST_US), [2, 3, 1]);
        assert_eq!(tried(&addresses, 200 + REST_US), [1, 2, 3]);
        for last in 1..=3 {
            addresses.rest(address(last), 0);
        }
        assert_eq!(tried(&addresses, 0), [1, 2, 3], "all are tried then");
    }

    #[test]
    fn other_addresses_take_the_place_of_these() {
        let addresses = three(AddressPolicy::First);
        addresses.rest(address(2), 0);
        addresses.replace(&[address(4), address(2)]);
        assert_eq!(tried(&addresses, 0), [4, 2]);
        addresses.replace(&[address(4)]);
        assert!(!addresses.rest(address(4), 0), "it is the only one");
        assert_eq!(tried(&addresses, 0), [4]);
        addresses.replace(&[]);
        assert_eq!(tried(&addresses, 0), [0; 0]);
    }
}
