//! A target on a thread of its own that answers late and writes down how late.

use std::cell::RefCell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::oneshot;

use crate::delays::DelayDistribution;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The most delays that are written down.
const MOST: usize = 2_000_000;

/// How long each answer took, in microseconds; the target's thread has it.
type Log = Rc<RefCell<Vec<u64>>>;

/// A running target.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    end: oneshot::Sender<()>,
    thread: JoinHandle<io::Result<Vec<u64>>>,
}

impl Target {
    /// Starts it on a free port, on the core of the thread that calls this.
    pub(crate) fn start(delays: DelayDistribution) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (end, ended) = oneshot::channel();
        let thread = std::thread::spawn(move || serve_until(ended, listener, delays));
        Ok(Self {
            address,
            end,
            thread,
        })
    }

    /// Ends it; how long it took to answer each request, from the moment it had
    /// read it to the moment before it wrote, in microseconds.
    ///
    /// # Errors
    /// What ended it before.
    pub(crate) fn end(self) -> io::Result<Vec<u64>> {
        // Nobody listens to one that has ended by itself, which its result says.
        let _ = self.end.send(());
        let ended = self.thread.join();
        ended.map_err(|_| io::Error::other("the target panicked"))?
    }
}

fn serve_until(
    ended: oneshot::Receiver<()>,
    listener: std::net::TcpListener,
    delays: DelayDistribution,
) -> io::Result<Vec<u64>> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    let log = Log::default();
    runtime.block_on(async {
        tokio::select! {
            stopped = listen(listener, delays, &log) => stopped,
            _ = ended => Ok(()),
        }
    })?;
    Ok(log.take())
}

async fn listen(
    listener: std::net::TcpListener,
    delays: DelayDistribution,
    log: &Log,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let mut rng = fastrand::Rng::with_seed(11);
    loop {
        let (stream, _) = listener.accept().await?;
        // A connection that is lost has ended; so has its task.
        tokio::task::spawn_local(serve(stream, delays, rng.fork(), Rc::clone(log)));
    }
}

/// Each read is one request: they are small, and the next waits for the answer.
async fn serve(
    mut stream: TcpStream,
    delays: DelayDistribution,
    mut rng: fastrand::Rng,
    log: Log,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; 2048];
    while stream.read(&mut buffer).await? > 0 {
        let read = Instant::now();
        let delay = delays.draw(&mut rng);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let taken_us = u64::try_from(read.elapsed().as_micros()).unwrap_or(u64::MAX);
        if log.borrow().len() < MOST {
            log.borrow_mut().push(taken_us);
        }
        stream.write_all(ANSWER).await?;
    }
    Ok(())
}
