use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use crate::client::connect::addresses::Addresses;
use crate::client::connect::endpoint::Endpoint;
use crate::client::connect::route_state::RouteState;
use crate::client::limits::LEARNED_ORIGINS;
use crate::client::session::shared_pool::Pool;
use crate::model::{Origin, OriginId};

/// An origin, where it is, and how connections to it are made.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(crate) origin: Origin,
    /// Of the origin or the proxy.
    pub(crate) addresses: Addresses,
    pub(crate) way: Rc<RouteState>,
    /// Idle connections, if users share them.
    pub(crate) pool: Pool,
}

impl Destination {
    /// `turn` is where in the addresses its connections begin.
    pub(crate) fn new(
        origin: Origin,
        addresses: &[SocketAddr],
        way: Rc<RouteState>,
        turn: usize,
    ) -> Rc<Self> {
        Rc::new(Self {
            origin,
            addresses: Addresses::new(addresses, way.route.dns.policy, turn),
            way,
            pool: Pool::default(),
        })
    }
}

/// The origins a shard knows. Sessions hold on to a destination itself, so
/// forgetting one here closes nothing.
#[derive(Debug)]
pub(crate) struct Destinations {
    planned: Vec<Rc<Destination>>,
    /// Where in their addresses connections begin.
    turn: usize,
    /// Met in redirects; the oldest is forgotten first.
    learned: RefCell<Vec<Rc<Destination>>>,
}

impl Destinations {
    pub(crate) fn new(endpoints: Vec<Endpoint>, turn: usize) -> Self {
        let mut ways: Vec<Rc<RouteState>> = Vec::new();
        let mut planned = Vec::with_capacity(endpoints.len());
        for endpoint in endpoints {
            let known = |way: &&Rc<RouteState>| way.route == endpoint.route;
            let way = if let Some(way) = ways.iter().find(known) {
                Rc::clone(way)
            } else {
                let way = Rc::new(RouteState::new(endpoint.route));
                ways.push(Rc::clone(&way));
                way
            };
            if let Some(tls) = endpoint.tls {
                way.tls.replace(Some(tls));
            }
            planned.push(Destination::new(
                endpoint.origin,
                &endpoint.addresses,
                way,
                turn,
            ));
        }
        Self {
            planned,
            turn,
            learned: RefCell::default(),
        }
    }

    /// One that the client was made with.
    pub(crate) fn planned(&self, id: OriginId) -> Option<&Rc<Destination>> {
        self.planned.get(id.index())
    }

    /// Any that is known by its name and gone to in this way.
    pub(crate) fn known(&self, origin: &Origin, way: &Rc<RouteState>) -> Option<Rc<Destination>> {
        let learned = self.learned.borrow();
        self.planned
            .iter()
            .chain(learned.iter())
            .find(|known| is_same(&known.origin, origin) && Rc::ptr_eq(&known.way, way))
            .cloned()
    }

    /// Remembers what a look-up found, unless another user was quicker.
    pub(crate) fn learn(
        &self,
        origin: Origin,
        addresses: &[SocketAddr],
        way: &Rc<RouteState>,
    ) -> Rc<Destination> {
        if let Some(known) = self.known(&origin, way) {
            return known;
        }
        let mut learned = self.learned.borrow_mut();
        if learned.len() >= LEARNED_ORIGINS {
            learned.remove(0);
        }
        let destination = Destination::new(origin, addresses, Rc::clone(way), self.turn);
        learned.push(Rc::clone(&destination));
        destination
    }
}

/// Hosts are the same whatever their case.
pub(crate) fn is_same(one: &Origin, other: &Origin) -> bool {
    one.scheme == other.scheme
        && one.port == other.port
        && one.host.eq_ignore_ascii_case(&other.host)
}
