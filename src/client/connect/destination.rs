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
    pub(crate) route_state: Rc<RouteState>,
    /// Idle connections, if users share them.
    pub(crate) pool: Pool,
}

impl Destination {
    /// `first_address` is where in the addresses its connections begin.
    pub(crate) fn new(
        origin: Origin,
        addresses: &[SocketAddr],
        route_state: Rc<RouteState>,
        first_address: usize,
    ) -> Rc<Self> {
        Rc::new(Self {
            origin,
            addresses: Addresses::new(addresses, route_state.route.dns.policy, first_address),
            route_state,
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
    first_address: usize,
    /// Met in redirects; the oldest is forgotten first.
    learned: RefCell<Vec<Rc<Destination>>>,
}

impl Destinations {
    pub(crate) fn new(endpoints: Vec<Endpoint>, first_address: usize) -> Self {
        let mut route_states: Vec<Rc<RouteState>> = Vec::new();
        let mut planned = Vec::with_capacity(endpoints.len());
        for endpoint in endpoints {
            let known = |route_state: &&Rc<RouteState>| route_state.route == endpoint.route;
            let route_state = if let Some(route_state) = route_states.iter().find(known) {
                Rc::clone(route_state)
            } else {
                let route_state = Rc::new(RouteState::new(endpoint.route));
                route_states.push(Rc::clone(&route_state));
                route_state
            };
            if let Some(tls) = endpoint.tls {
                route_state.tls.replace(Some(tls));
            }
            planned.push(Destination::new(
                endpoint.origin,
                &endpoint.addresses,
                route_state,
                first_address,
            ));
        }
        Self {
            planned,
            first_address,
            learned: RefCell::default(),
        }
    }

    /// One that the client was made with.
    pub(crate) fn planned(&self, id: OriginId) -> Option<&Rc<Destination>> {
        self.planned.get(id.index())
    }

    /// Any that is known by its name and gone to in this way.
    pub(crate) fn known(
        &self,
        origin: &Origin,
        route_state: &Rc<RouteState>,
    ) -> Option<Rc<Destination>> {
        let learned = self.learned.borrow();
        self.planned
            .iter()
            .chain(learned.iter())
            .find(|known| {
                is_same(&known.origin, origin) && Rc::ptr_eq(&known.route_state, route_state)
            })
            .cloned()
    }

    /// Remembers what a look-up found, unless another user was quicker.
    pub(crate) fn learn(
        &self,
        origin: Origin,
        addresses: &[SocketAddr],
        route_state: &Rc<RouteState>,
    ) -> Rc<Destination> {
        if let Some(known) = self.known(&origin, route_state) {
            return known;
        }
        let mut learned = self.learned.borrow_mut();
        if learned.len() >= LEARNED_ORIGINS {
            learned.remove(0);
        }
        let destination = Destination::new(
            origin,
            addresses,
            Rc::clone(route_state),
            self.first_address,
        );
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
