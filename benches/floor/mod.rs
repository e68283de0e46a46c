//! The least that a request can cost over tokio: a loop that writes the same
//! bytes, reads once, finds the end of the head and of the body, and counts.
//! No statistics, no checks, no time-outs, no clock.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What the loop does.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    /// The target, whose answers come in one piece.
    pub(crate) address: SocketAddr,
    /// Connections that send one request after the other.
    pub(crate) connections: usize,
    /// What they send.
    pub(crate) message: Rc<[u8]>,
}

impl Floor {
    /// Makes the connections.
    ///
    /// # Errors
    /// One that cannot be made.
    pub(crate) async fn connect(&self) -> io::Result<Vec<TcpStream>> {
        let mut streams = Vec::new();
        for _ in 0..self.connections {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        Ok(streams)
    }

    /// Sends over these connections, on the local runtime that this is called
    /// on. Requests are counted up in `answered`; each connection ends when
    /// that has reached `until`.
    ///
    /// # Errors
    /// A connection that is lost.
    pub(crate) async fn run(
        &self,
        streams: Vec<TcpStream>,
        answered: &Rc<Cell<u64>>,
        until: u64,
    ) -> io::Result<()> {
        let mut loops = JoinSet::new();
        let buffer = Buffer::new(RefCell::new(vec![0; 64 * 1024]));
        for stream in streams {
            let (message, answered) = (Rc::clone(&self.message), Rc::clone(answered));
            loops.spawn_local(ask(stream, message, Rc::clone(&buffer), answered, until));
        }
        while let Some(ended) = loops.join_next().await {
            ended.map_err(io::Error::other)??;
        }
        Ok(())
    }
}

/// Every read lands in the same buffer, as it is always warm in the cache.
type Buffer = Rc<RefCell<Vec<u8>>>;

async fn ask(
    mut stream: TcpStream,
    message: Rc<[u8]>,
    buffer: Buffer,
    answered: Rc<Cell<u64>>,
    until: u64,
) -> io::Result<()> {
    while answered.get() < until {
        stream.write_all(&message).await?;
        poll_fn(|cx| {
            let mut space = buffer.borrow_mut();
            let mut read = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut stream).poll_read(cx, &mut read))?;
            Poll::Ready(expect_whole(read.filled()))
        })
        .await?;
        answered.set(answered.get() + 1);
    }
    Ok(())
}

/// Finds the end of an answer with a `Content-Length`, which has to come in one piece.
fn expect_whole(bytes: &[u8]) -> io::Result<()> {
    let mut fields = [httparse::EMPTY_HEADER; 16];
    let mut head = httparse::Response::new(&mut fields);
    let parsed = head.parse(bytes).map_err(io::Error::other)?;
    let is_length =
        |field: &&httparse::Header<'_>| field.name.eq_ignore_ascii_case("content-length");
    let body = head.headers.iter().find(is_length);
    let body = body.and_then(|field| std::str::from_utf8(field.value).ok());
    let body: usize = body.and_then(|text| text.parse().ok()).unwrap_or(0);
    match parsed {
        httparse::Status::Complete(len) if bytes.len() == len + body => Ok(()),
        _ => Err(io::Error::other("an answer did not come in one piece")),
    }
}
