use std::rc::Rc;

use crate::client::connect::connection::Freshness;
use crate::client::connect::destination::Destination;
use crate::client::connect::transport::Transport;
use crate::client::limits::SESSION_CONNECTIONS;
use crate::model::Connections;

/// A user's idle connections, one per destination, the longest unused first;
/// and the way to those that users share.
#[derive(Debug, Default)]
pub(crate) struct IdlePool {
    own: Vec<(Rc<Destination>, Transport)>,
}

/// What there is of a connection to a destination.
#[derive(Debug)]
pub(crate) enum PoolHit {
    Usable(Transport),
    /// One that the target has closed.
    Closed,
    /// None, or one that is too old.
    Nothing,
}

impl IdlePool {
    /// Takes out a connection that is there already.
    pub(crate) fn take(&mut self, to: &Rc<Destination>, now_us: u64) -> PoolHit {
        match to.route_state.connections {
            Connections::PerUser => {
                let position = self.own.iter().position(|(of, _)| Rc::ptr_eq(of, to));
                let Some(at) = position else {
                    return PoolHit::Nothing;
                };
                let (_, transport) = self.own.remove(at);
                check_idle(transport, to, now_us)
            }
            Connections::Shared => take_shared(to, now_us),
            Connections::Close => PoolHit::Nothing,
        }
    }

    /// Keeps a connection for the next exchange, if any is kept.
    pub(crate) fn give(&mut self, to: &Rc<Destination>, transport: Transport) {
        match to.route_state.connections {
            Connections::PerUser => {
                if self.own.len() >= SESSION_CONNECTIONS {
                    self.own.remove(0);
                }
                // Room for one more, not for four: few users speak to several origins.
                self.own.reserve_exact(1);
                self.own.push((Rc::clone(to), transport));
            }
            Connections::Shared => to.pool.give(transport),
            Connections::Close => {}
        }
    }

    /// Closes the user's own.
    pub(crate) fn close(&mut self) {
        self.own.clear();
    }
}

/// The first usable one of the pool.
fn take_shared(to: &Destination, now_us: u64) -> PoolHit {
    let mut found = PoolHit::Nothing;
    while let Some(transport) = to.pool.take() {
        let is_http2 = matches!(transport, Transport::Http2(_));
        match check_idle(transport, to, now_us) {
            PoolHit::Usable(transport) => return PoolHit::Usable(transport),
            PoolHit::Closed => found = PoolHit::Closed,
            PoolHit::Nothing => {}
        }
        if is_http2 {
            to.pool.forget_http2();
        }
    }
    found
}

fn check_idle(mut transport: Transport, to: &Destination, now_us: u64) -> PoolHit {
    if now_us.saturating_sub(transport.opened_us()) > to.route_state.max_age_us {
        return PoolHit::Nothing;
    }
    match transport.freshness(now_us) {
        Freshness::Usable => PoolHit::Usable(transport),
        Freshness::Stale => PoolHit::Closed,
    }
}
