use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::ReadBuf;

use crate::client::connect::connection::Connection;
use crate::client::connect::tls::refusal;
use crate::client::http1::exchange::Stop;
use crate::client::http1::response::{Closed, Progress, Reader, Reuse};
use crate::client::session::deadline::{Deadline, Interrupt};
use crate::client::shard_client::Client;
use crate::model::{Failure, LostAt, TimedOut};

/// One message out and its answer in, over one connection: the hot path.
///
/// Sending and reading go on side by side, because a target may answer (and
/// close) before it has read the whole message. An answer that is whole counts,
/// even if the message could not be sent to its end.
pub(crate) struct Http1Exchange<'a> {
    pub(crate) client: &'a Client,
    pub(crate) deadline: &'a Deadline,
    pub(crate) connection: &'a mut Connection,
    pub(crate) reader: &'a mut Reader,
    /// What is left to send.
    unsent: &'a [u8],
    sending: Sending,
    first_byte_us: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    Writing,
    Flushing,
    Done,
    /// The target does not take any more; it may have answered all the same.
    Broken,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExchangeResult {
    pub(crate) end: Result<Reuse, Stop>,
    /// When the first byte of the answer came; `None` if it came with the last,
    /// or never.
    pub(crate) first_byte_us: Option<u64>,
}

impl<'a> Http1Exchange<'a> {
    pub(crate) fn new(
        client: &'a Client,
        deadline: &'a Deadline,
        connection: &'a mut Connection,
        reader: &'a mut Reader,
        message: &'a [u8],
    ) -> Self {
        Self {
            client,
            deadline,
            connection,
            reader,
            unsent: message,
            sending: Sending::Writing,
            first_byte_us: None,
        }
    }

    /// Sends as much as goes.
    fn send(&mut self, cx: &mut Context<'_>) {
        loop {
            let sent = match self.sending {
                Sending::Done | Sending::Broken => return,
                Sending::Writing => self.connection.poll_write(cx, self.unsent),
                Sending::Flushing => self.connection.poll_flush(cx).map_ok(|()| 0),
            };
            self.sending = match (self.sending, sent) {
                (_, Poll::Pending) => return,
                (_, Poll::Ready(Err(_))) | (Sending::Writing, Poll::Ready(Ok(0))) => {
                    Sending::Broken
                }
                (Sending::Writing, Poll::Ready(Ok(count))) => {
                    self.unsent = self.unsent.get(count..).unwrap_or_default();
                    if self.unsent.is_empty() {
                        Sending::Flushing
                    } else {
                        Sending::Writing
                    }
                }
                _ => Sending::Done,
            };
        }
    }

    /// Reads as much as there is; `Some` when the turn is over.
    fn read(&mut self, cx: &mut Context<'_>) -> Option<Result<Reuse, Stop>> {
        let mut space = self.client.read_buffer.borrow_mut();
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            match self.connection.poll_read(cx, &mut buffer) {
                Poll::Pending => return None,
                Poll::Ready(Err(why)) if why.kind() == io::ErrorKind::UnexpectedEof => {
                    // TLS cut off without a goodbye: an answer that ends with
                    // the connection can not be told from half of one.
                    let lost = match self.reader.close() {
                        Ok(()) => Failure::Lost(LostAt::ClosedInBody),
                        Err(closed) => self.closed(closed),
                    };
                    return Some(Err(lost.into()));
                }
                Poll::Ready(Err(why)) => return Some(Err(broken(&why).into())),
                Poll::Ready(Ok(())) => {}
            }
            self.client
                .reads
                .set(self.client.reads.get().wrapping_add(1));
            if buffer.filled().is_empty() {
                return Some(match self.reader.close() {
                    Ok(()) => Ok(Reuse::Refused),
                    Err(closed) => Err(self.closed(closed).into()),
                });
            }
            match self.reader.feed(buffer.filled(), &self.client.buffers) {
                Ok(Progress::Done { used }) => {
                    let clean = used == buffer.filled().len() && self.sending == Sending::Done;
                    return Some(Ok(if clean {
                        self.reader.reuse()
                    } else {
                        Reuse::Refused
                    }));
                }
                Ok(Progress::More) => {
                    if self.first_byte_us.is_none() && self.reader.has_begun() {
                        self.first_byte_us = Some(self.client.clock.now_us());
                    }
                }
                Err(malformed) => return Some(Err(Failure::Malformed(malformed).into())),
            }
        }
    }

    fn closed(&self, closed: Closed) -> Failure {
        match closed {
            // The system reports a reset once, and sending has had the report.
            Closed::Lost(_) if self.sending == Sending::Broken => Failure::Lost(LostAt::Reset),
            Closed::Lost(at) => Failure::Lost(at),
            Closed::Malformed(malformed) => Failure::Malformed(malformed),
        }
    }
}

impl Future for Http1Exchange<'_> {
    type Output = ExchangeResult;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ExchangeResult> {
        let exchange = self.get_mut();
        exchange.send(cx);
        let end = match exchange.read(cx) {
            Some(end) => end,
            None => match exchange.deadline.poll(cx) {
                Poll::Ready(interrupt) => Err(interrupted(interrupt, exchange.reader)),
                Poll::Pending => return Poll::Pending,
            },
        };
        Poll::Ready(ExchangeResult {
            end,
            first_byte_us: exchange.first_byte_us,
        })
    }
}

/// What an interrupt means for an answer that has come so far.
pub(crate) fn interrupted(interrupt: Interrupt, reader: &Reader) -> Stop {
    match interrupt {
        Interrupt::CutOff => Stop::CutOff,
        Interrupt::TimedOut if reader.has_begun() => Failure::TimedOut(TimedOut::Transfer).into(),
        Interrupt::TimedOut => Failure::TimedOut(TimedOut::FirstByte).into(),
    }
}

/// What an error of a connection that stood means.
fn broken(why: &io::Error) -> Failure {
    if let Some(refusal) = refusal(why) {
        return Failure::Tls(refusal);
    }
    Failure::Lost(match why.kind() {
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => LostAt::Reset,
        _ => LostAt::Other,
    })
}
