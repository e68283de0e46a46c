use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::task::{Context, Waker};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};

use super::exchange;
use crate::client::connection::{Connection, Freshness};
use crate::client::limits::{HEAD_BYTES, HTTP2_CONNECTION_WINDOW, HTTP2_STREAM_WINDOW};
use crate::model::Failure;

/// Streams that were given up and are remembered, per connection.
const REMEMBERED_RESETS: usize = 1024;

/// An end of an HTTP/2 connection. The connection is closed when all its ends
/// are gone; clones are ends of the same one.
#[derive(Clone)]
pub(in crate::client) struct Channel {
    pub(super) sender: SendRequest<Bytes>,
    closed: Rc<Cell<bool>>,
    opened_us: u64,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

/// Marks a connection as closed when the task that drives it ends, however.
struct Closes(Rc<Cell<bool>>);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

impl Channel {
    /// Begins to speak HTTP/2 over a fresh connection, which a task of its own
    /// drives from now on. Whether the target speaks it too shows with the
    /// first answer.
    pub(in crate::client) async fn open(connection: Connection) -> Result<Self, Failure> {
        let opened_us = connection.opened_us();
        let (stream, open) = connection.into_parts();
        let (sender, driver) = Builder::new()
            .enable_push(false)
            // Of streams that timed out: what still comes for them is no offence.
            .max_concurrent_reset_streams(REMEMBERED_RESETS)
            .initial_window_size(HTTP2_STREAM_WINDOW)
            .initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
            .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
            .handshake(stream)
            .await
            .map_err(|why| exchange::failure(&why, exchange::Part::Nothing))?;
        let closed = Rc::new(Cell::new(false));
        let closes = Closes(Rc::clone(&closed));
        tokio::task::spawn_local(async move {
            // Whoever waits for an answer is told what went wrong.
            let _ = driver.await;
            drop((closes, open));
        });
        Ok(Self {
            sender,
            closed,
            opened_us,
        })
    }

    pub(in crate::client) fn opened_us(&self) -> u64 {
        self.opened_us
    }

    /// Whether the target has closed the connection or is about to.
    pub(in crate::client) fn freshness(&mut self) -> Freshness {
        let mut nobody = Context::from_waker(Waker::noop());
        let refuses = matches!(
            self.sender.poll_ready(&mut nobody),
            std::task::Poll::Ready(Err(_))
        );
        if self.closed.get() || refuses {
            Freshness::Stale
        } else {
            Freshness::Usable
        }
    }
}
