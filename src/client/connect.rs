//! Making a connection: addresses, TCP, TLS.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use tokio::net::{TcpStream, lookup_host};

use super::connection::{Connection, Stream};
use super::destination::Destination;
use super::exchange::{Stop, stretch_us};
use super::shared::Client;
use super::tls::{self, TlsConfig};
use super::watch::{Interrupt, Watch};
use crate::model::{ConnectFailure, Failure, Origin, Phases, Scheme, TimedOut, TlsFailure};

/// Everything that making a connection depends on.
pub(super) struct Opening<'a> {
    pub(super) client: &'a Client,
    pub(super) watch: &'a Watch,
    /// Where in the addresses to begin, so that sessions share them out.
    pub(super) rotation: usize,
    /// Limit for the connection, already no later than the sample's.
    pub(super) deadline_us: u64,
}

impl Opening<'_> {
    /// Connects, and shakes hands if the origin asks for it, from `from_us` on.
    /// Adds what it took to `phases`; returns the connection and when it stood.
    pub(super) async fn open(
        &self,
        destination: &Destination,
        from_us: u64,
        phases: &mut Phases,
    ) -> Result<(Connection, u64), Stop> {
        self.watch.arm(self.deadline_us);
        let connected = self.guard(self.connect(&destination.addresses)).await;
        let connected_us = self.client.clock.now_us();
        phases.connect_us = phases
            .connect_us
            .saturating_add(stretch_us(from_us, connected_us));
        let tcp = connected??;
        let (stream, ready_us) = match destination.origin.scheme {
            Scheme::Http => (Stream::Plain(tcp), connected_us),
            Scheme::Https => {
                let config = self.guard(self.tls()).await??;
                let host = &destination.origin.host;
                let shaken = self.guard(tls::handshake(config, host, tcp)).await;
                let shaken_us = self.client.clock.now_us();
                phases.tls_us = phases
                    .tls_us
                    .saturating_add(stretch_us(connected_us, shaken_us));
                (Stream::Tls(shaken??), shaken_us)
            }
        };
        let connection = Connection::new(stream, &self.client.open_connections);
        Ok((connection, ready_us))
    }

    /// The destination that a redirect names, looked up if it is new.
    pub(super) async fn find(
        &self,
        origin: Origin,
        from_us: u64,
        phases: &mut Phases,
    ) -> Result<(Rc<Destination>, u64), Stop> {
        if let Some(known) = self.client.destinations.known(&origin) {
            return Ok((known, from_us));
        }
        self.watch.arm(self.deadline_us);
        let looked_up = self
            .guard(lookup_host((origin.host.as_str(), origin.port)))
            .await;
        let now_us = self.client.clock.now_us();
        phases.resolve_us = phases
            .resolve_us
            .saturating_add(stretch_us(from_us, now_us));
        let addresses: Vec<_> = match looked_up? {
            Ok(addresses) => addresses.collect(),
            Err(why) if is_out_of_descriptors(&why) => {
                return Err(Failure::Connect(ConnectFailure::NoDescriptor).into());
            }
            Err(_) => Vec::new(),
        };
        if addresses.is_empty() {
            return Err(Failure::Connect(ConnectFailure::Resolve).into());
        }
        let destination = self.client.destinations.learn(origin, addresses);
        Ok((destination, now_us))
    }

    /// Tries the addresses in turn until one accepts.
    async fn connect(&self, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let mut worst = None;
        for turn in 0..addresses.len() {
            let at = self.rotation.wrapping_add(turn) % addresses.len();
            let Some(address) = addresses.get(at) else {
                break;
            };
            match TcpStream::connect(address).await {
                Ok(tcp) => {
                    // A small request must not wait for the acknowledgement of
                    // the one before. A socket that refuses is still a socket.
                    let _ = tcp.set_nodelay(true);
                    return Ok(tcp);
                }
                Err(why) => {
                    let failure = failure(&why);
                    if failure == Failure::Connect(ConnectFailure::NoDescriptor) {
                        return Err(failure);
                    }
                    // "No port" is also what a missing IPv6 looks like: what any
                    // other address said tells more.
                    let no_port = Failure::Connect(ConnectFailure::NoPort);
                    worst = worst.filter(|&kept| kept != no_port).or(Some(failure));
                }
            }
        }
        Err(worst.unwrap_or(Failure::Connect(ConnectFailure::Resolve)))
    }

    /// The TLS configuration, made now if nobody saw that it would be needed.
    async fn tls(&self) -> Result<TlsConfig, Failure> {
        if let Some(config) = self.client.tls.borrow().as_ref() {
            return Ok(config.clone());
        }
        // Off the shard: it reads files.
        let made = tokio::task::spawn_blocking(tls::tls_config).await;
        let Ok(Ok(config)) = made else {
            return Err(Failure::Tls(TlsFailure::UnknownIssuer));
        };
        self.client.tls.replace(Some(config.clone()));
        Ok(config)
    }

    async fn guard<F: Future>(&self, future: F) -> Result<F::Output, Stop> {
        self.watch
            .guard(future)
            .await
            .map_err(|interrupt| match interrupt {
                Interrupt::TimedOut => Stop::Failed(Failure::TimedOut(TimedOut::Connect)),
                Interrupt::CutOff => Stop::CutOff,
            })
    }
}

fn failure(why: &io::Error) -> Failure {
    if is_out_of_descriptors(why) {
        return Failure::Connect(ConnectFailure::NoDescriptor);
    }
    Failure::Connect(match why.kind() {
        io::ErrorKind::ConnectionRefused => ConnectFailure::Refused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => ConnectFailure::Reset,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown => ConnectFailure::Unreachable,
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse => ConnectFailure::NoPort,
        // The system's own patience ended before ours.
        io::ErrorKind::TimedOut => return Failure::TimedOut(TimedOut::Connect),
        _ => ConnectFailure::Other,
    })
}

#[cfg(unix)]
fn is_out_of_descriptors(why: &io::Error) -> bool {
    use rustix::io::Errno;
    let code = why.raw_os_error();
    code == Some(Errno::MFILE.raw_os_error()) || code == Some(Errno::NFILE.raw_os_error())
}

#[cfg(not(unix))]
fn is_out_of_descriptors(_: &io::Error) -> bool {
    false
}
