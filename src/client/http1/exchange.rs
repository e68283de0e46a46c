use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::model::{Cookies, Failure, Method, Origin, OriginId, Peer, Phases, ResponseNeeds};

/// A message to send, ready for the wire.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Where it goes: index into the origins the client was made with.
    pub origin: OriginId,
    /// Where it goes instead, by the same route: a link's origin, known only
    /// now. It is held to the guard rails as a redirect is.
    pub elsewhere: Option<&'a Origin>,
    /// Its method, which decides whether the answer has a body.
    pub method: Method,
    /// The whole message: head, blank line, body.
    pub bytes: &'a [u8],
    /// Bytes of the head, blank line included.
    pub head_len: usize,
    /// What of the answer to keep.
    pub needs: ResponseNeeds,
    /// Limit for everything, redirects included; `u64::MAX` for none.
    pub timeout_us: u64,
    /// Limit for making one connection, TLS included; `u64::MAX` for none.
    pub connect_timeout_us: u64,
    /// Redirects to follow; with 0 a redirect is the answer.
    pub max_redirects: u8,
    /// The most bytes of a body that has to be kept, as received and decoded.
    pub max_body: usize,
    /// Whether the session's cookies are sent, and new ones kept.
    pub cookies: Cookies,
    /// Where redirects wait for their turns; `None` without a limit of requests.
    pub turns: Option<&'a dyn Turns>,
}

/// Turns to send, where requests per second are limited: what a redirect waits for
/// before it is followed. The first request of a sample had its turn.
pub trait Turns: fmt::Debug {
    /// The moment of the next turn, when it has come; `None` if the user is cut off
    /// before.
    fn next_turn<'t>(&'t self, now_us: u64) -> Pin<Box<dyn Future<Output = Option<u64>> + 't>>;
}

/// How one sample ended: a message and the redirects it led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// How it ended.
    pub end: End,
    /// When: the last byte of the answer, or the failure.
    pub ended_us: u64,
    /// Body bytes received, as they came over the wire (not decoded, without
    /// the framing of chunks), of all hops.
    pub received_bytes: u64,
    /// How long redirects waited for their turns: no part of the service time.
    pub(crate) held_us: u64,
    /// Where the time went.
    pub phases: Phases,
    /// Whom the last message was sent to; `None` if no connection was made.
    pub peer: Option<Peer>,
    /// Messages that were sent, at least in part.
    pub exchanges: u32,
    /// Connections made.
    pub connections_opened: u32,
    /// Of these, the ones made because the target had closed a kept one.
    pub connections_replaced: u32,
}

/// How a sample ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a whole answer of this status.
    Answered(u16),
    /// Without a usable answer.
    Failed(Failure),
    /// Interrupted from outside.
    CutOff,
}

impl Exchange {
    /// A sample that failed before anything of it was sent.
    pub(crate) fn not_sent(failure: Failure, at_us: u64) -> Self {
        Self {
            end: End::Failed(failure),
            ..Self::begin(at_us)
        }
    }

    pub(crate) fn begin(started_us: u64) -> Self {
        Self {
            end: End::CutOff,
            ended_us: started_us,
            received_bytes: 0,
            held_us: 0,
            phases: Phases::default(),
            peer: None,
            exchanges: 0,
            connections_opened: 0,
            connections_replaced: 0,
        }
    }

    /// Adds the time of a message and its answer, whose first byte came by itself
    /// or with the last.
    pub(crate) fn add_timing(&mut self, first_byte_us: Option<u64>, sent_us: u64, ended_us: u64) {
        let first_byte_us = first_byte_us.unwrap_or(ended_us);
        let phases = &mut self.phases;
        phases.first_byte_us = phases
            .first_byte_us
            .saturating_add(stretch_us(sent_us, first_byte_us));
        phases.transfer_us = phases
            .transfer_us
            .saturating_add(stretch_us(first_byte_us, ended_us));
        self.ended_us = ended_us;
    }
}

/// Why an exchange stopped short of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Failed(Failure),
    CutOff,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Stop> for End {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(failure) => Self::Failed(failure),
            Stop::CutOff => Self::CutOff,
        }
    }
}

/// The stretch from `from_us` to `to_us`, as phases hold it.
pub(crate) fn stretch_us(from_us: u64, to_us: u64) -> u32 {
    u32::try_from(to_us.saturating_sub(from_us)).unwrap_or(u32::MAX)
}
