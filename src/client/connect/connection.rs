use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::model::Peer;

/// A connection to one origin.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Stream,
    peer: Peer,
    opened_us: u64,
    open: OpenGuard,
}

/// TLS state is large and not everyone's, hence the box.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Whether a kept connection can carry another exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    Usable,
    /// Closed by the target, or it has said something unasked.
    Stale,
}

/// Counts its connection as open for as long as it lives.
#[derive(Debug)]
pub(crate) struct OpenGuard(Rc<Cell<usize>>);

impl Drop for OpenGuard {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl Connection {
    pub(crate) fn new(
        stream: Stream,
        peer: Peer,
        opened_us: u64,
        open_connections: &Rc<Cell<usize>>,
    ) -> Self {
        open_connections.set(open_connections.get() + 1);
        Self {
            stream,
            peer,
            opened_us,
            open: OpenGuard(Rc::clone(open_connections)),
        }
    }

    /// When it stood.
    pub(crate) fn opened_us(&self) -> u64 {
        self.opened_us
    }

    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }

    /// The stream, and what counts it as open.
    pub(crate) fn into_parts(self) -> (Stream, OpenGuard) {
        (self.stream, self.open)
    }

    /// Looks whether anything happened while the connection was idle. Nothing
    /// did, usually, and then this asks tokio's cached readiness, not the system.
    pub(crate) fn freshness(&mut self) -> Freshness {
        let mut byte = [0; 1];
        let nothing = match &mut self.stream {
            Stream::Plain(tcp) => {
                matches!(tcp.try_read(&mut byte), Err(why) if why.kind() == io::ErrorKind::WouldBlock)
            }
            // Registers a waker that wakes nobody, which the next exchange replaces.
            Stream::Tls(tls) => Pin::new(tls)
                .poll_read(
                    &mut Context::from_waker(Waker::noop()),
                    &mut ReadBuf::new(&mut byte),
                )
                .is_pending(),
        };
        if nothing {
            Freshness::Usable
        } else {
            Freshness::Stale
        }
    }

    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }

    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
}

impl AsyncRead for Stream {
    #[inline]
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(cx, into),
            Self::Tls(tls) => Pin::new(tls).poll_read(cx, into),
        }
    }
}

impl AsyncWrite for Stream {
    #[inline]
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
        }
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(_) => Poll::Ready(Ok(())),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
