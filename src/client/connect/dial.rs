//! Making a connection: addresses, TCP, TLS.

use std::cell::Cell;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;

use tokio::net::{TcpStream, lookup_host};

use crate::client::connect::connection::{Connection, Stream};
use crate::client::connect::destination::Destination;
use crate::client::connect::route_state::RouteState;
use crate::client::connect::tls::TlsConfig;
use crate::client::connect::transport::Transport;
use crate::client::connect::{socket, tls, tunnel};
use crate::client::http1::exchange::{Stop, stretch_us};
use crate::client::http2::Channel;
use crate::client::session::deadline::{Deadline, Interrupt};
use crate::client::shard_client::Client;
use crate::model::{
    AddressOrigin, ConnectFailure, Failure, HttpVersion, Origin, Peer, Phases, Protocol, Scheme,
    Target, TimedOut, TlsFailure,
};

/// Everything that making a connection depends on.
pub(crate) struct Opening<'a> {
    pub(crate) client: &'a Client,
    pub(crate) deadline: &'a Deadline,
    /// Limit for the connection, already no later than the sample's.
    pub(crate) deadline_us: u64,
}

impl Opening<'_> {
    /// Connects, and shakes hands if the origin asks for it, from `from_us` on.
    /// Adds what it took to `phases`; returns the connection and when it stood.
    pub(crate) async fn open(
        &self,
        destination: &Destination,
        from_us: u64,
        phases: &mut Phases,
    ) -> Result<(Transport, u64), Stop> {
        self.deadline.arm(self.deadline_us);
        let trying = Cell::new(None);
        let connected = self
            .guard(self.connect(destination, from_us, &trying))
            .await;
        let connected_us = self.client.clock.now_us();
        phases.connect_us = phases
            .connect_us
            .saturating_add(stretch_us(from_us, connected_us));
        if let (Err(Stop::Failed(failure)), Some(address)) = (&connected, trying.get()) {
            self.client.exclude(destination, address, *failure);
        }
        let (tcp, address) = connected??;
        let route_state = &destination.route_state;
        let mut peer = Peer {
            address,
            protocol: Protocol::Http1,
            tls: None,
            lacks_certificate: false,
        };
        let (stream, ready_us) = match destination.origin.scheme {
            Scheme::Http => (Stream::Plain(tcp), connected_us),
            Scheme::Https => {
                let config = self.guard(self.tls(route_state)).await??;
                let host = destination.origin.host_without_zone();
                let handshake = self.guard(tls::handshake(config, host, tcp)).await;
                let shaken_us = self.client.clock.now_us();
                phases.tls_us = phases
                    .tls_us
                    .saturating_add(stretch_us(connected_us, shaken_us));
                let tls = handshake?.map_err(Failure::Tls)?;
                peer.protocol = tls.protocol;
                peer.tls = Some(tls.version);
                peer.lacks_certificate = tls.lacks_certificate;
                (Stream::Tls(tls.stream), shaken_us)
            }
        };
        if route_state.route.version == HttpVersion::Http2PriorKnowledge {
            peer.protocol = Protocol::Http2;
        }
        let connection = Connection::new(stream, peer, ready_us, &self.client.open_connections);
        let transport = match peer.protocol {
            Protocol::Http2 => {
                let channel = self.guard(Channel::open(connection)).await??;
                Transport::Http2(Box::new(channel))
            }
            Protocol::Http1 => Transport::Http1(connection),
        };
        Ok((transport, ready_us))
    }

    /// The destination that a redirect of `from` names, looked up if it is new.
    pub(crate) async fn find(
        &self,
        origin: Origin,
        from: &Destination,
        from_us: u64,
        phases: &mut Phases,
    ) -> Result<(Rc<Destination>, u64), Stop> {
        let (route_state, destinations) = (&from.route_state, &self.client.destinations);
        if let Some(known) = destinations.known(&origin, route_state) {
            return Ok((known, from_us));
        }
        let pinned = route_state.route.pinned(&origin.host);
        let addresses = match (&route_state.route.proxy, pinned) {
            // The proxy looks names up.
            (Some(_), _) => Some(from.addresses.all().to_vec()),
            (None, Some(pinned)) => Some(vec![SocketAddr::new(pinned, origin.port)]),
            (None, None) => None,
        };
        if let Some(addresses) = addresses {
            let found = match pinned {
                Some(_) => AddressOrigin::Pinned,
                None => AddressOrigin::ByProxy,
            };
            self.require_allowed(&origin, found, pinned.into_iter().collect())?;
            return Ok((destinations.learn(origin, &addresses, route_state), from_us));
        }
        self.deadline.arm(self.deadline_us);
        let looked_up = self.guard(self.look_up(&origin)).await;
        let now_us = self.client.clock.now_us();
        phases.resolve_us = phases
            .resolve_us
            .saturating_add(stretch_us(from_us, now_us));
        let destination = destinations.learn(origin, &looked_up??, route_state);
        self.keep_fresh(&destination, now_us);
        Ok((destination, now_us))
    }

    /// The addresses of a host, all of which are allowed.
    async fn look_up(&self, origin: &Origin) -> Result<Vec<SocketAddr>, Failure> {
        let addresses: Vec<_> = match lookup_host((origin.host.as_str(), origin.port)).await {
            Ok(addresses) => addresses.collect(),
            Err(why) if is_out_of_descriptors(&why) => {
                return Err(Failure::Connect(ConnectFailure::NoDescriptor));
            }
            Err(_) => Vec::new(),
        };
        if addresses.is_empty() {
            return Err(Failure::Connect(ConnectFailure::Resolve));
        }
        let all = addresses.iter().map(SocketAddr::ip).collect();
        self.require_allowed(origin, AddressOrigin::ByName, all)?;
        Ok(addresses)
    }

    /// Has the addresses of a host that only a redirect named looked up again
    /// when their time is over.
    fn keep_fresh(&self, destination: &Destination, now_us: u64) {
        if let Some(ttl_us) = destination.route_state.route.dns.ttl_us {
            let due_us = now_us.saturating_add(ttl_us);
            destination.addresses.look_up_at(due_us);
        }
    }

    /// Asked once for each origin that is learned, not for each redirect.
    fn require_allowed(
        &self,
        origin: &Origin,
        found: AddressOrigin,
        addresses: Vec<IpAddr>,
    ) -> Result<(), Failure> {
        let target = Target::new(&origin.host, found, addresses);
        let is_allowed = self.client.fence.lets_pass(&target);
        is_allowed
            .then_some(())
            .ok_or(Failure::Connect(ConnectFailure::NotAllowed))
    }

    /// Tries the addresses in turn until one accepts. `trying` says which one.
    async fn connect(
        &self,
        to: &Destination,
        now_us: u64,
        trying: &Cell<Option<SocketAddr>>,
    ) -> Result<(TcpStream, SocketAddr), Failure> {
        if to.addresses.is_due(now_us) {
            // Not by others as well. Where there is no answer the old ones stay.
            self.keep_fresh(to, now_us);
            if let Ok(addresses) = self.look_up(&to.origin).await {
                to.addresses.replace(&addresses);
            }
        }
        let mut worst = None;
        for address in to.addresses.tries(now_us) {
            let Ok(source) = to.route_state.source(address) else {
                worst = worst.or(Some(Failure::Connect(ConnectFailure::Unreachable)));
                continue;
            };
            trying.set(Some(address));
            match socket::connect(address, source).await {
                Ok(tcp) => {
                    // A small request must not wait for the acknowledgement of
                    // the one before. A socket that refuses is still a socket.
                    let _ = tcp.set_nodelay(true);
                    let tcp = self.through_proxy(tcp, to).await?;
                    return Ok((tcp, address));
                }
                Err(why) => {
                    let failure = failure(&why, to.route_state.route.proxy.is_some());
                    if failure == Failure::Connect(ConnectFailure::NoDescriptor) {
                        return Err(failure);
                    }
                    // "No port" is also what a missing IPv6 looks like: what any
                    // other address said tells more.
                    let no_port = Failure::Connect(ConnectFailure::NoPort);
                    if failure != no_port {
                        self.client.exclude(to, address, failure);
                    }
                    worst = worst.filter(|&kept| kept != no_port).or(Some(failure));
                }
            }
        }
        Err(worst.unwrap_or(Failure::Connect(ConnectFailure::Resolve)))
    }

    /// The connection, leading to the destination.
    async fn through_proxy(
        &self,
        mut tcp: TcpStream,
        to: &Destination,
    ) -> Result<TcpStream, Failure> {
        if let Some(proxy) = &to.route_state.route.proxy {
            let opened =
                tunnel::open_tunnel(&mut tcp, proxy, &to.origin, &to.route_state.route).await;
            opened.map_err(Failure::Connect)?;
        }
        Ok(tcp)
    }

    /// The TLS configuration, made now if nobody saw that it would be needed.
    async fn tls(&self, route_state: &RouteState) -> Result<TlsConfig, Failure> {
        if let Some(config) = route_state.tls.borrow().as_ref() {
            return Ok(config.clone());
        }
        // Off the shard: it reads files.
        let route = Arc::clone(&route_state.route);
        let made = tokio::task::spawn_blocking(move || tls::tls_config(&route)).await;
        let Ok(Ok(config)) = made else {
            return Err(Failure::Tls(TlsFailure::UnknownIssuer));
        };
        route_state.tls.replace(Some(config.clone()));
        Ok(config)
    }

    async fn guard<F: Future>(&self, future: F) -> Result<F::Output, Stop> {
        self.deadline
            .guard(future)
            .await
            .map_err(|interrupt| match interrupt {
                Interrupt::TimedOut => Stop::Failed(Failure::TimedOut(TimedOut::Connect)),
                Interrupt::CutOff => Stop::CutOff,
            })
    }
}

fn failure(why: &io::Error, to_proxy: bool) -> Failure {
    if is_out_of_descriptors(why) {
        return Failure::Connect(ConnectFailure::NoDescriptor);
    }
    Failure::Connect(match why.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
            if to_proxy =>
        {
            ConnectFailure::ProxyUnreachable
        }
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
