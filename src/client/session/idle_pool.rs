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
pub(crate) enum Found {
    Usable(Transport),
    /// One that the target has closed.
    Closed,
    /// None, or one that is too old.
    Nothing,
}

impl IdlePool {
    /// Takes out a connection that is there already.
    pub(crate) fn take(&mut self, to: &Rc<Destination>, now_us: u64) -> Found {
        match to.way.connections {
            Connections::PerUser => {
                let position = self.own.iter().position(|(of, _)| Rc::ptr_eq(of, to));
                let Some(at) = position else {
                    return Found::Nothing;
                };
                let (_, carrier) = self.own.remove(at);
                look_at(carrier, to, now_us)
            }
            Connections::Shared => take_shared(to, now_us),
            Connections::Close => Found::Nothing,
        }
    }

    /// Keeps a connection for the next exchange, if any is kept.
    pub(crate) fn give(&mut self, to: &Rc<Destination>, carrier: Transport) {
        match to.way.connections {
            Connections::PerUser => {
                if self.own.len() >= SESSION_CONNECTIONS {
                    self.own.remove(0);
                }
                // Room for one more, not for four: few users speak to several origins.
                self.own.reserve_exact(1);
                self.own.push((Rc::clone(to), carrier));
            }
            Connections::Shared => to.pool.give(carrier),
            Connections::Close => {}
        }
    }

    /// Closes the user's own.
    pub(crate) fn close(&mut self) {
        self.own.clear();
    }
}

/// The first usable one of the pool.
fn take_shared(to: &Destination, now_us: u64) -> Found {
    let mut found = Found::Nothing;
    while let Some(carrier) = to.pool.take() {
        let is_http2 = matches!(carrier, Transport::Http2(_));
        match look_at(carrier, to, now_us) {
            Found::Usable(carrier) => return Found::Usable(carrier),
            Found::Closed => found = Found::Closed,
            Found::Nothing => {}
        }
        if is_http2 {
            to.pool.forget_http2();
        }
    }
    found
}

fn look_at(mut carrier: Transport, to: &Destination, now_us: u64) -> Found {
    if now_us.saturating_sub(carrier.opened_us()) > to.way.max_age_us {
        return Found::Nothing;
    }
    match carrier.freshness(now_us) {
        Freshness::Usable => Found::Usable(carrier),
        Freshness::Stale => Found::Closed,
    }
}
