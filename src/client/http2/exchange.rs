use std::future::poll_fn;
use std::io;

use bytes::Bytes;
use h2::Reason;

use super::channel::Channel;
use super::head;
use crate::client::http1::http1_exchange::{ExchangeResult, interrupted};
use crate::client::http1::message::Message;
use crate::client::http1::response::{Closed, Reader, Reuse};
use crate::client::session::deadline::{Deadline, Interrupt};
use crate::client::shard_client::Client;
use crate::model::{Failure, Http2Failure, LostAt, Malformed};

/// One message out and its answer in, over a stream of a connection.
///
/// Cost: the head is translated and the body copied; some allocations.
pub(crate) struct Http2Exchange<'a> {
    pub(crate) client: &'a Client,
    pub(crate) deadline: &'a Deadline,
    pub(crate) channel: &'a mut Channel,
    pub(crate) reader: &'a mut Reader,
    pub(crate) message: Message<'a>,
}

/// How much of the answer there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    Nothing,
    Head,
}

impl Http2Exchange<'_> {
    /// Sends and reads. A deadline that passes resets the stream.
    pub(crate) async fn run(mut self) -> ExchangeResult {
        let mut first_byte_us = None;
        let deadline = self.deadline;
        let end = deadline.guard(self.send_and_read(&mut first_byte_us)).await;
        let end = match end {
            // A connection that is not at its end carries the next stream.
            Ok(Ok(())) => Ok(Reuse::Allowed),
            Ok(Err(failure)) => Err(self.explained(failure).into()),
            Err(interrupt) => {
                if interrupt == Interrupt::TimedOut {
                    self.channel.ping(self.client.clock.now_us());
                }
                Err(interrupted(interrupt, self.reader))
            }
        };
        ExchangeResult { end, first_byte_us }
    }

    /// A loss for which the target has given a reason is told by that.
    fn explained(&self, failure: Failure) -> Failure {
        match (failure, self.channel.went_away()) {
            (Failure::Lost(_), Some(code)) => Failure::Http2(Http2Failure::GoAway(code)),
            _ => failure,
        }
    }

    async fn send_and_read(&mut self, first_byte_us: &mut Option<u64>) -> Result<(), Failure> {
        let origin = &self.message.destination.origin;
        // What can not be said in HTTP/2: no message of ours.
        let request = head::request(self.message.head(), origin).ok_or(Failure::Other)?;
        let body = self.message.body();
        let sender = &mut self.channel.sender;
        let at_start = |why: h2::Error| failure(&why, Received::Nothing);
        poll_fn(|cx| sender.poll_ready(cx))
            .await
            .map_err(at_start)?;
        let (answer, mut stream) = sender
            .send_request(request, body.is_empty())
            .map_err(at_start)?;
        // A target may answer without having read: then its answer counts.
        let _ = (!body.is_empty()).then(|| stream.send_data(Bytes::copy_from_slice(body), true));
        let (parts, mut data) = answer.await.map_err(at_start)?.into_parts();

        let mut written = self.client.buffers.take();
        head::write_answer(&parts, &mut written);
        let fed = self.reader.feed(&written, &self.client.buffers);
        // There is no read buffer in which it could be looked for later.
        self.reader.lift(&written, &self.client.buffers);
        self.client.buffers.give(written);
        fed.map_err(Failure::Malformed)?;
        if !data.is_end_stream() {
            *first_byte_us = Some(self.client.clock.now_us());
        }
        while let Some(chunk) = data.data().await {
            let chunk = chunk.map_err(|why| failure(&why, Received::Head))?;
            // The stream may have ended meanwhile, and needs no window then.
            let _ = data.flow_control().release_capacity(chunk.len());
            self.reader
                .feed(&chunk, &self.client.buffers)
                .map_err(Failure::Malformed)?;
        }
        self.reader.close().map_err(|closed| match closed {
            Closed::Lost(at) => Failure::Lost(at),
            Closed::Malformed(malformed) => Failure::Malformed(malformed),
        })
    }
}

/// Why there is no answer, or only this part of it.
pub(super) fn failure(why: &h2::Error, part: Received) -> Failure {
    let closed = match part {
        Received::Nothing => LostAt::ClosedBeforeAnswer,
        Received::Head => LostAt::ClosedInBody,
    };
    if let Some(why) = why.get_io() {
        return Failure::Lost(match why.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => LostAt::Reset,
            io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => closed,
            _ => LostAt::Other,
        });
    }
    let reason = why.reason().unwrap_or(Reason::NO_ERROR);
    let code = u32::from(reason).into();
    match (why.is_remote(), why.is_library(), why.is_reset()) {
        (true, _, true) => Failure::Http2(Http2Failure::Reset(code)),
        (true, _, false) => Failure::Http2(Http2Failure::GoAway(code)),
        (_, true, _) if reason == Reason::ENHANCE_YOUR_CALM => {
            Failure::Malformed(Malformed::Http2Flood)
        }
        (_, true, true) => Failure::Malformed(Malformed::Http2Message),
        (_, true, false) => Failure::Malformed(Malformed::Http2),
        // The connection ended before the stream could begin.
        (false, false, _) => Failure::Lost(closed),
    }
}
