//! The addresses of a target that take connections.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use crate::client::{Probed, TlsConfig, try_connect, try_source};
use crate::model::{
    AddressOrigin, Agreed, HttpVersion, Negotiated, Origin, OriginId, Protocol, Route, Target,
};
use crate::run::RunError;
use crate::run::events::details::{ReachedTarget, TargetEvent};
use crate::run::prepare::lookups::Name;
use crate::run::prepare::resolver::Resolver;

/// The time limit for an address to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// An origin and the addresses that take connections.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) origin: Origin,
    /// Of the origin, or of the proxy it is reached through.
    pub(crate) addresses: Vec<SocketAddr>,
    /// The handshake of the first of them; `None` if none takes connections.
    probed: Option<Probed>,
    /// The proxy, as people write it.
    proxy: Option<String>,
    /// Addresses that do not take connections, with their errors.
    refused: Vec<(SocketAddr, String)>,
}

impl Reached {
    /// With all addresses, if none takes connections yet.
    pub(super) fn or_all(mut self) -> Self {
        if self.addresses.is_empty() {
            let refused = self.refused.drain(..);
            self.addresses = refused.map(|(address, _)| address).collect();
        }
        self
    }

    /// # Errors
    /// No address takes connections.
    pub(super) fn or_error(self) -> Result<Self, RunError> {
        if !self.addresses.is_empty() {
            return Ok(self);
        }
        let refused = self.refused.iter();
        let detail: Vec<_> = refused
            .map(|(address, why)| format!("{address}: {why}"))
            .collect();
        let (origin, detail) = (self.origin.to_string(), detail.join("; "));
        Err(match self.proxy {
            None => RunError::Unreachable { origin, detail },
            Some(proxy) => RunError::Proxy {
                origin,
                proxy,
                detail,
            },
        })
    }

    /// The addresses that are used and those that are not.
    pub(crate) fn event(&self) -> TargetEvent {
        TargetEvent::Reached(ReachedTarget {
            origin: self.origin.clone(),
            proxy: self.proxy.clone(),
            addresses: self.addresses.clone(),
            negotiated: match self.probed {
                Some(Probed::Tls(protocol, version)) => Some((protocol, version)),
                Some(Probed::Plain | Probed::Failed(_)) | None => None,
            },
            left_out: self.refused.clone(),
        })
    }

    /// The protocol of a route of this version; `None` where nothing has shown it.
    pub(crate) fn negotiated(&self, version: HttpVersion) -> Option<Negotiated> {
        let (offered, tls) = match self.probed? {
            Probed::Failed(_) => return None,
            Probed::Plain => (Protocol::Http1, None),
            Probed::Tls(protocol, tls) => (protocol, Some(tls)),
        };
        let (protocol, agreed) = match (version, offered) {
            (HttpVersion::Http2PriorKnowledge, _) => (Protocol::Http2, Agreed::PriorKnowledge),
            (HttpVersion::Http1, _) => (Protocol::Http1, Agreed::Configured),
            (HttpVersion::Http2, Protocol::Http2) => (Protocol::Http2, Agreed::Alpn),
            (HttpVersion::Http2, Protocol::Http1) => (Protocol::Http1, Agreed::Fallback),
        };
        Some(Negotiated {
            origin: self.origin.to_string(),
            protocol,
            tls,
            agreed,
        })
    }

    /// The warning, if one is due: a handshake that fails, or another version of
    /// HTTP than the one that is wanted.
    pub(crate) fn remark(&self, wanted: HttpVersion) -> Option<String> {
        let origin = &self.origin;
        match (self.probed?, wanted) {
            (Probed::Failed(why), _) => Some(format!("TLS handshake with {origin} failed: {why}")),
            (Probed::Tls(Protocol::Http1, _), HttpVersion::Http2) => {
                Some(format!("{origin} does not offer HTTP/2; using HTTP/1.1"))
            }
            _ => None,
        }
    }
}

/// An origin that has been looked up; nothing has been sent there.
#[derive(Debug)]
pub(crate) struct LookedUp<'o> {
    origin: &'o Origin,
    route: &'o Route,
    /// Of the origin, or of the proxy it is reached through.
    addresses: Vec<SocketAddr>,
}

/// The host and the port that connections are made to: the origin's, or those of
/// the proxy that leads to it.
fn first_stop<'o>(origin: &'o Origin, route: &'o Route) -> (&'o str, u16) {
    match &route.proxy {
        Some(proxy) => (&proxy.host, proxy.port),
        None => (&origin.host, origin.port),
    }
}

/// Looks an origin up once, or the proxy that leads to it.
///
/// # Errors
/// The name has no address, or connections cannot leave from a source address.
pub(crate) async fn find<'o>(
    origin: &'o Origin,
    route: &'o Route,
    resolver: &Resolver,
) -> Result<LookedUp<'o>, RunError> {
    for &address in &route.source_addresses {
        try_source(address).map_err(|error| RunError::SourceAddress {
            address: address.to_string(),
            detail: plain(&error),
        })?;
    }
    let (host, port) = first_stop(origin, route);
    let addresses = match route.pinned(host) {
        Some(address) => vec![SocketAddr::new(address, port)],
        None => {
            let found = resolver.look_up(host, port).await;
            found.map_err(|detail| RunError::Resolve {
                host: host.to_owned(),
                detail,
            })?
        }
    };
    Ok(LookedUp {
        origin,
        route,
        addresses,
    })
}

impl LookedUp<'_> {
    /// The targets of the load: the origin, and the proxy that leads there.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Target> {
        let Self { origin, route, .. } = self;
        let target =
            |host: &str, looked_up: Option<&[SocketAddr]>| match (route.pinned(host), looked_up) {
                (Some(address), _) => Target::new(host, AddressOrigin::Pinned, vec![address]),
                (None, Some(found)) => {
                    let addresses = found.iter().map(SocketAddr::ip).collect();
                    Target::new(host, AddressOrigin::ByName, addresses)
                }
                (None, None) => Target::new(host, AddressOrigin::ByProxy, Vec::new()),
            };
        let all = Some(self.addresses.as_slice());
        let proxy = route.proxy.as_ref();
        let origin = target(&origin.host, all.filter(|_| proxy.is_none()));
        std::iter::once(origin).chain(proxy.map(|proxy| target(&proxy.host, all)))
    }

    /// The name that these destinations depend on, if it is to be looked up again.
    pub(crate) fn name(&self, origins: Arc<[OriginId]>) -> Option<Name> {
        let label = match &self.route.proxy {
            Some(proxy) => proxy.to_string(),
            None => self.origin.to_string(),
        };
        let (host, port) = first_stop(self.origin, self.route);
        let ttl_us = self.route.dns.ttl_us?;
        let is_name = self.route.pinned(host).is_none() && host.parse::<IpAddr>().is_err();
        is_name.then(|| Name {
            label,
            host: host.to_owned(),
            port,
            ttl: Duration::from_micros(ttl_us),
            addresses: self.addresses.clone(),
            origins,
        })
    }

    /// Tries each of the addresses, with TLS if this is given.
    pub(crate) async fn reach(self, tls: Option<TlsConfig>) -> Reached {
        let Self { origin, route, .. } = self;
        let mut reached = Reached {
            origin: origin.clone(),
            addresses: Vec::new(),
            probed: None,
            proxy: route.proxy.as_ref().map(ToString::to_string),
            refused: Vec::new(),
        };
        let tried = self.addresses.into_iter();
        let tls = &tls;
        let tried = tried.map(async |address| {
            let answer = try_address(address, origin, route, tls.clone()).await;
            (address, answer)
        });
        for (address, answer) in join_all(tried).await {
            match answer {
                Ok(probed) => {
                    reached.addresses.push(address);
                    reached.probed = reached.probed.or(Some(probed));
                }
                Err(why) => reached.refused.push((address, why)),
            }
        }
        reached
    }
}

async fn try_address(
    address: SocketAddr,
    origin: &Origin,
    route: &Route,
    tls: Option<TlsConfig>,
) -> Result<Probed, String> {
    match timeout(CONNECT, try_connect(address, origin, route, tls)).await {
        Ok(Ok(probed)) => Ok(probed),
        Ok(Err(error)) => Err(plain(&error)),
        Err(_) => Err(format!("no response within {} s", CONNECT.as_secs())),
    }
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
