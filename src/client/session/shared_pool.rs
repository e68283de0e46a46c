use std::cell::RefCell;

use crate::client::connect::transport::Transport;
use crate::client::limits::POOLED_CONNECTIONS;

/// The idle connections to one destination that the users of a shard share.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: RefCell<Vec<Transport>>,
}

impl Pool {
    /// The one used last: a few that are busy are better than many that idle
    /// until the target closes them. One of HTTP/2 stays for others to use.
    pub(crate) fn take(&self) -> Option<Transport> {
        let mut idle = self.idle.borrow_mut();
        if let Some(Transport::Http2(channel)) = idle.last() {
            return Some(Transport::Http2(channel.clone()));
        }
        idle.pop()
    }

    /// Takes one back; those beyond the bound are closed. Of HTTP/2 there is
    /// one at most: the first that stood.
    pub(crate) fn give(&self, transport: Transport) {
        let mut idle = self.idle.borrow_mut();
        let is_there = matches!(transport, Transport::Http2(_))
            && idle.iter().any(|one| matches!(one, Transport::Http2(_)));
        if !is_there && idle.len() < POOLED_CONNECTIONS {
            idle.push(transport);
        }
    }

    /// Forgets the one of HTTP/2, which can not be used any more.
    pub(super) fn forget_http2(&self) {
        let kept = |one: &Transport| matches!(one, Transport::Http1(_));
        self.idle.borrow_mut().retain(kept);
    }
}
