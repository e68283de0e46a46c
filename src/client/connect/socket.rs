//! TCP connections.

use core::net::IpAddr;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::{TcpSocket, TcpStream};

use crate::client::connect::ports;

/// The lowest descriptor that connections of a load must not have.
static CEILING: AtomicU64 = AtomicU64::new(u64::MAX);

/// Keeps connections of a load from the descriptors of this number on, which
/// are for the program around it: a load may use up all others.
pub fn keep_descriptors_from(first: u64) {
    CEILING.store(first, Ordering::Relaxed);
}

/// Connects, from a source address if one is given. Beside the system calls it
/// costs a comparison.
pub(crate) async fn connect(to: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    socket(to, source)?.connect(to).await
}

/// Whether something listens at an address. On Linux the server behind it does
/// not learn of that: what would complete the handshake is held back until the
/// socket is closed, and then a reset is sent instead. Elsewhere it is a
/// connection that is closed again.
pub(super) async fn knock(to: SocketAddr, source: Option<IpAddr>) -> io::Result<()> {
    let socket = socket(to, source)?;
    #[cfg(target_os = "linux")]
    {
        rustix::net::sockopt::set_tcp_quickack(&socket, false)?;
        rustix::net::sockopt::set_socket_linger(&socket, Some(std::time::Duration::ZERO))?;
    }
    socket.connect(to).await.map(drop)
}

/// A socket that connects to an address, from a source address if one is given.
fn socket(to: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpSocket> {
    let socket = socket_for(to.ip())?;
    // The system gives the lowest that is free: all below it are taken.
    if number(&socket) >= CEILING.load(Ordering::Relaxed) {
        return Err(no_descriptor());
    }
    ports::allow_all(&socket);
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    Ok(socket)
}

fn socket_for(address: IpAddr) -> io::Result<TcpSocket> {
    match address {
        IpAddr::V4(_) => TcpSocket::new_v4(),
        IpAddr::V6(_) => TcpSocket::new_v6(),
    }
}

#[cfg(unix)]
fn number(socket: &TcpSocket) -> u64 {
    use std::os::fd::AsRawFd;

    u64::from(socket.as_raw_fd().unsigned_abs())
}

#[cfg(unix)]
fn no_descriptor() -> io::Error {
    rustix::io::Errno::MFILE.into()
}

/// Descriptors have no numbers here, and no limit.
#[cfg(not(unix))]
fn number(_: &TcpSocket) -> u64 {
    0
}

#[cfg(not(unix))]
fn no_descriptor() -> io::Error {
    io::ErrorKind::Other.into()
}

/// Whether connections can leave from an address.
///
/// # Errors
/// What the system says, usually that it is no address of this machine.
pub fn try_source(source: IpAddr) -> io::Result<()> {
    let socket = socket_for(source)?;
    socket.bind(SocketAddr::new(source, 0))
}
