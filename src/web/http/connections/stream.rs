//! The stream of a connection, with its time limits.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::ConnectionLimits;
use crate::web::http::connections::connection::{Connection, Phase};

/// Fails when its client takes too long, or has to give way to another. Under
/// TLS it carries the handshake too.
///
/// Nothing runs beside it: the limits are looked at when somebody reads or
/// writes, and wake whoever waits.
#[derive(Debug)]
pub(super) struct LimitedStream {
    /// There until it is dropped.
    tcp: Option<TcpStream>,
    connection: Connection,
    /// Ends what is awaited of the client.
    reading: Pin<Box<Sleep>>,
    /// Ends a write of which the client takes nothing.
    writing: Option<Pin<Box<Sleep>>>,
}

impl LimitedStream {
    pub(super) fn new(tcp: TcpStream, connection: Connection) -> Self {
        Self {
            tcp: Some(tcp),
            connection,
            reading: Box::pin(sleep_until(Instant::now())),
            writing: None,
        }
    }

    fn tcp(&mut self, context: &Context<'_>) -> io::Result<Pin<&mut TcpStream>> {
        match &mut self.tcp {
            Some(tcp) if !self.connection.poll_closed(context) => Ok(Pin::new(tcp)),
            _ => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }

    /// Fails when the client has said nothing for too long.
    fn poll_reading(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let (phase, since) = self.connection.awaits();
        let Some(limit) = limit(self.connection.limits(), phase) else {
            return Poll::Pending;
        };
        let deadline = since + limit;
        if self.reading.deadline() != deadline {
            self.reading.as_mut().reset(deadline);
        }
        let over = self.reading.as_mut().poll(context);
        over.map(|()| io::ErrorKind::TimedOut.into())
    }

    /// The result of a write; fails when the client has taken nothing for too long.
    fn poll_written<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.writing = None;
            return written;
        }
        let stalled = self.connection.limits().stalled;
        let writing = self
            .writing
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + stalled)));
        let over = writing.as_mut().poll(context);
        over.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

/// A time limit for a client.
fn limit(limits: &ConnectionLimits, phase: Phase) -> Option<Duration> {
    match phase {
        Phase::Silent => Some(limits.first_byte),
        Phase::Head => Some(limits.head),
        Phase::Idle => Some(limits.idle),
        // The body has a limit of its own, and live sockets have signs of life.
        Phase::Request | Phase::Live => None,
    }
}

impl Drop for LimitedStream {
    fn drop(&mut self) {
        // First, so that its descriptor is free when its place is.
        drop(self.tcp.take());
        self.connection.leave();
    }
}

impl AsyncRead for LimitedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.tcp(context)?.poll_read(context, buffer);
        if read.is_pending() {
            return self.poll_reading(context).map(Err);
        }
        if buffer.filled().len() > before {
            self.connection.has_received();
        }
        read
    }
}

impl AsyncWrite for LimitedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.tcp(context)?.poll_write(context, bytes);
        self.poll_written(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.tcp(context)?.poll_write_vectored(context, slices);
        self.poll_written(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp(context)?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp(context)?.poll_shutdown(context)
    }
}
