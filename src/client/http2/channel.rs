use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::task::{Context, Waker};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use h2::{Ping, PingPong};

use super::exchange;
use crate::client::connect::connection::{Connection, Freshness};
use crate::client::limits::{HTTP2_CONNECTION_WINDOW, HTTP2_HEAD_BYTES, HTTP2_STREAM_WINDOW};
use crate::model::{Failure, Http2Code, Peer};

/// Streams that were given up and are remembered, per connection.
const REMEMBERED_RESETS: usize = 1024;

/// How long a target may take to answer a ping.
const PING_PATIENCE_US: u64 = 2_000_000;

/// An end of an HTTP/2 connection. The connection is closed when all its ends
/// are gone; clones are ends of the same one.
#[derive(Clone)]
pub(crate) struct Channel {
    pub(super) sender: SendRequest<Bytes>,
    state: Rc<State>,
    opened_us: u64,
    peer: Peer,
}

/// What all ends of a connection know of it.
struct State {
    is_closed: Cell<bool>,
    /// The code with which the target closed it.
    went_away: Cell<Option<Http2Code>>,
    /// When a ping was sent that has no answer yet; `u64::MAX` if there is none.
    pinged_us: Cell<u64>,
    /// Out while a ping is on its way.
    pings: Cell<Option<PingPong>>,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("is_closed", &self.state.is_closed)
            .finish_non_exhaustive()
    }
}

/// Marks a connection as closed when the task that drives it ends, however.
struct CloseGuard(Rc<State>);

impl Drop for CloseGuard {
    fn drop(&mut self) {
        self.0.is_closed.set(true);
    }
}

impl Channel {
    /// Begins to speak HTTP/2 over a fresh connection, which a task of its own
    /// drives from now on. Whether the target speaks it too shows with the
    /// first answer.
    pub(crate) async fn open(connection: Connection) -> Result<Self, Failure> {
        let (opened_us, peer) = (connection.opened_us(), connection.peer());
        let (stream, open) = connection.into_parts();
        let (sender, mut driver) = Builder::new()
            .enable_push(false)
            // Of streams that timed out: what still comes for them is no offence.
            .max_concurrent_reset_streams(REMEMBERED_RESETS)
            .initial_window_size(HTTP2_STREAM_WINDOW)
            .initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
            .max_header_list_size(HTTP2_HEAD_BYTES)
            .handshake(stream)
            .await
            .map_err(|why| exchange::failure(&why, exchange::Received::Nothing))?;
        let state = Rc::new(State {
            is_closed: Cell::new(false),
            went_away: Cell::new(None),
            pinged_us: Cell::new(u64::MAX),
            pings: Cell::new(driver.ping_pong()),
        });
        let closes = CloseGuard(Rc::clone(&state));
        tokio::task::spawn_local(async move {
            // Whoever waits for an answer is told what went wrong, except for
            // the target's own words, if there were streams it had taken.
            if let Err(why) = driver.await
                && why.is_go_away()
                && why.is_remote()
            {
                let code = why.reason().map(|reason| u32::from(reason).into());
                closes.0.went_away.set(code);
            }
            drop((closes, open));
        });
        Ok(Self {
            sender,
            state,
            opened_us,
            peer,
        })
    }

    pub(crate) fn opened_us(&self) -> u64 {
        self.opened_us
    }

    /// The code with which the target has closed the connection, if it said one.
    pub(super) fn went_away(&self) -> Option<Http2Code> {
        self.state.went_away.get()
    }

    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }

    /// Asks the target for a sign of life, after a request that timed out: the
    /// connection is kept, but not if nobody is at its other end any more.
    pub(super) fn ping(&self, now_us: u64) {
        let Some(mut pings) = self.state.pings.take() else {
            return;
        };
        self.state.pinged_us.set(now_us);
        let state = Rc::clone(&self.state);
        tokio::task::spawn_local(async move {
            if pings.ping(Ping::opaque()).await.is_ok() {
                state.pinged_us.set(u64::MAX);
                state.pings.set(Some(pings));
            }
        });
    }

    /// Whether the target has closed the connection, is about to, or does not
    /// answer pings.
    pub(crate) fn freshness(&mut self, now_us: u64) -> Freshness {
        let mut nobody = Context::from_waker(Waker::noop());
        let refuses = matches!(
            self.sender.poll_ready(&mut nobody),
            std::task::Poll::Ready(Err(_))
        );
        let unanswered_us = now_us.saturating_sub(self.state.pinged_us.get());
        if self.state.is_closed.get() || refuses || unanswered_us > PING_PATIENCE_US {
            Freshness::Stale
        } else {
            Freshness::Usable
        }
    }
}
