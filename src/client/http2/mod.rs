//! HTTP/2: a connection that carries many exchanges, driven by a task of its
//! own on the shard. The library does the framing; what an answer is and how
//! it can fail is told by the same reader as for HTTP/1.1.

mod channel;
mod exchange;
mod head;

pub(super) use channel::Channel;
pub(super) use exchange::Http2Exchange;
#[cfg(fuzzing)]
pub(super) use head::{request, write_answer};
