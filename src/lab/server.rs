use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fmt, io};

use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::LocalRuntime;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::config::LabConfig;
use super::connection;
use super::error::LabError;
use super::handler::LabState;

/// Connections that may wait to be accepted: a burst opens a thousand at once.
const BACKLOG: u32 = 4096;
/// Connections served at a time; more wait in the backlog.
const CONNECTIONS_MAX: usize = 20_000;
/// How long accepting rests after an error that the next try would repeat.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A lab on a thread and a runtime of its own. Dropping it closes its
/// connections and ends the thread.
pub struct Lab {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Lab {
    /// Starts a lab on `address`; port 0 takes a free one. Blocks until it listens.
    ///
    /// # Errors
    /// When the address can not be had, or no thread.
    pub fn start(address: SocketAddr, config: LabConfig) -> Result<Self, LabError> {
        let (stop, stopped) = oneshot::channel();
        let (ready, listening) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("lab".to_owned())
            .spawn(move || run(address, config, &ready, stopped))
            .map_err(LabError::Thread)?;
        // The thread always says how it went, or has died without a word.
        let address = listening
            .recv()
            .map_err(|gone| LabError::Thread(io::Error::other(gone)))??;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of its URLs, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // It has nothing to hand over, and a drop can not fail.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn run(
    address: SocketAddr,
    config: LabConfig,
    ready: &SyncSender<Result<SocketAddr, LabError>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match LocalRuntime::new() {
        Ok(runtime) => runtime,
        Err(error) => return report(ready, Err(LabError::Thread(error))),
    };
    runtime.block_on(async {
        let listener = match listen(address) {
            Ok(listener) => listener,
            Err(error) => return report(ready, Err(error)),
        };
        let bound = listener
            .local_addr()
            .map_err(|source| LabError::Listen { address, source });
        report(ready, bound);
        serve(listener, config, async {
            // The sender is only ever dropped, which is the signal.
            let _ = stopped.await;
        })
        .await;
    });
}

/// [`Lab::start`] waits for exactly one message.
fn report(ready: &SyncSender<Result<SocketAddr, LabError>>, word: Result<SocketAddr, LabError>) {
    let _ = ready.send(word);
}

/// Listens on `address` with room for a burst of connections. To be called
/// within a runtime.
///
/// # Errors
/// When the address can not be had; see [`LabError::is_address_in_use`].
pub fn listen(address: SocketAddr) -> Result<TcpListener, LabError> {
    bind(address).map_err(|source| LabError::Listen { address, source })
}

/// Listens with room for a burst of connections. To be called within a runtime.
///
/// # Errors
/// What the system says.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Windows the option would let two programs share the port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Answers on `listener` until `shutdown` completes, then closes every
/// connection, answered or not. Has to run in a `LocalSet` or `LocalRuntime`:
/// its state belongs to one thread.
pub async fn serve(listener: TcpListener, config: LabConfig, shutdown: impl Future<Output = ()>) {
    let state = Rc::new(LabState::new(config));
    let mut connections = JoinSet::new();
    let mut numbers = 0_u64..;
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, _)) => {
                    let number = numbers.next().unwrap_or(u64::MAX);
                    connections.spawn_local(connection::serve(Rc::clone(&state), stream, number));
                }
                // Out of descriptors, mostly: connections that end free some.
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
}
