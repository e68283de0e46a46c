use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use hyper::StatusCode;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::handler::{Counted, LabState};

/// Heads longer than this are refused (431).
const HEAD_MAX_BYTES: usize = 32 * 1024;

/// The connection of a request, as faults see it.
pub(super) struct Caller {
    /// How many connections there were before.
    pub(super) number: u64,
    /// Whether the connection has passed the accept queue.
    pub(super) accepted: Cell<bool>,
}

/// Serves one connection until either side closes it; `number` counts them.
pub(super) async fn serve(state: Rc<LabState>, stream: TcpStream, number: u64) {
    // Without it an answer can wait 40 ms for an acknowledgement. A socket that
    // refuses is one that is gone, which hyper is about to find out.
    let _ = stream.set_nodelay(true);
    let unsent = Rc::new(RefCell::new(Vec::new()));
    let io = CountedIo {
        io: TokioIo::new(stream),
        state: Rc::clone(&state),
        unsent: Rc::clone(&unsent),
    };
    let caller = Rc::new(Caller {
        number,
        accepted: Cell::new(false),
    });
    let service = service_fn(move |request| {
        let state = Rc::clone(&state);
        let caller = Rc::clone(&caller);
        let unsent = Rc::clone(&unsent);
        async move {
            let (reply, counted) = state.answer(request, &caller).await;
            if counted == Counted::Yes {
                unsent.borrow_mut().push(reply.status());
            }
            Ok::<_, Infallible>(reply.into_response())
        }
    });
    // A connection that broke, or that spoke no HTTP, is the client's affair:
    // the counters show what was received and never answered.
    let _ = http1::Builder::new()
        .max_buf_size(HEAD_MAX_BYTES)
        .serve_connection(io, service)
        .await;
}

/// A socket that counts an answer when all of it has been given to the kernel:
/// hyper reports that by flushing.
struct CountedIo {
    io: TokioIo<TcpStream>,
    state: Rc<LabState>,
    /// Statuses of the answers that hyper has and the kernel may not have yet.
    unsent: Rc<RefCell<Vec<StatusCode>>>,
}

impl Read for CountedIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for CountedIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        let mut unsent = self.unsent.borrow_mut();
        if !unsent.is_empty() {
            let mut counters = self.state.counters.borrow_mut();
            for status in unsent.drain(..) {
                counters.count_answered(status);
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
