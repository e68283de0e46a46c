use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use crate::client::limits::LEARNED_ORIGINS;
use crate::model::{Origin, OriginId};

/// An origin and where it is.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) origin: Origin,
    /// In the order in which they are tried; never empty.
    pub(super) addresses: Vec<SocketAddr>,
}

/// The origins a shard knows. Sessions hold on to a destination itself, so
/// forgetting one here closes nothing.
#[derive(Debug)]
pub(super) struct Destinations {
    planned: Vec<Rc<Destination>>,
    /// Met in redirects; the oldest is forgotten first.
    learned: RefCell<Vec<Rc<Destination>>>,
}

impl Destinations {
    pub(super) fn new(planned: Vec<(Origin, Vec<SocketAddr>)>) -> Self {
        let planned = planned
            .into_iter()
            .map(|(origin, addresses)| Rc::new(Destination { origin, addresses }))
            .collect();
        Self {
            planned,
            learned: RefCell::default(),
        }
    }

    /// One that the client was made with.
    pub(super) fn planned(&self, id: OriginId) -> Option<&Rc<Destination>> {
        self.planned.get(id.index())
    }

    /// Any that is known by its name.
    pub(super) fn known(&self, origin: &Origin) -> Option<Rc<Destination>> {
        let learned = self.learned.borrow();
        self.planned
            .iter()
            .chain(learned.iter())
            .find(|known| is_same(&known.origin, origin))
            .cloned()
    }

    /// Remembers what a look-up found, unless another user was quicker.
    pub(super) fn learn(&self, origin: Origin, addresses: Vec<SocketAddr>) -> Rc<Destination> {
        if let Some(known) = self.known(&origin) {
            return known;
        }
        let mut learned = self.learned.borrow_mut();
        if learned.len() >= LEARNED_ORIGINS {
            learned.remove(0);
        }
        let destination = Rc::new(Destination { origin, addresses });
        learned.push(Rc::clone(&destination));
        destination
    }
}

/// Hosts are the same whatever their case.
pub(super) fn is_same(one: &Origin, other: &Origin) -> bool {
    one.scheme == other.scheme
        && one.port == other.port
        && one.host.eq_ignore_ascii_case(&other.host)
}
