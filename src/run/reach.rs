//! Which addresses of a target take connections.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::client::{try_connect, try_source};
use crate::model::{Found, Origin, Route, Target};
use crate::run::RunError;

/// How long an address may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// How long looking a name up may take.
const LOOK_UP: Duration = Duration::from_secs(10);

/// An origin and the addresses that take connections.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) origin: Origin,
    /// Of the origin, or of the proxy it is reached through.
    pub(super) addresses: Vec<SocketAddr>,
    /// The proxy, as people write it.
    proxy: Option<String>,
    /// Addresses that do not take connections, with what they said.
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

    /// Which addresses are used and which are not, in one sentence.
    pub(super) fn describe(&self) -> String {
        let used: Vec<_> = self.addresses.iter().map(ToString::to_string).collect();
        let left_out = self.refused.iter();
        let left_out: String = left_out
            .map(|(address, why)| format!("; {address} is left out: {why}"))
            .collect();
        let (origin, used) = (&self.origin, used.join(" and "));
        match &self.proxy {
            None => format!("{origin} is {used}{left_out}"),
            Some(proxy) => {
                format!("{origin} is reached through the proxy {proxy}, which is {used}{left_out}")
            }
        }
    }
}

/// An origin that has been looked up; nothing has been sent there.
#[derive(Debug)]
pub(super) struct LookedUp<'o> {
    origin: &'o Origin,
    route: &'o Route,
    /// Of the origin, or of the proxy it is reached through.
    addresses: Vec<SocketAddr>,
}

/// Looks an origin up once, or the proxy that leads to it.
///
/// # Errors
/// The name has no address, or connections cannot leave from a source address.
pub(super) async fn find<'o>(
    origin: &'o Origin,
    route: &'o Route,
) -> Result<LookedUp<'o>, RunError> {
    for &address in &route.source_addresses {
        try_source(address).map_err(|error| RunError::SourceAddress {
            address: address.to_string(),
            detail: plain(&error),
        })?;
    }
    let (host, port) = match &route.proxy {
        Some(proxy) => (proxy.host.as_str(), proxy.port),
        None => (origin.host.as_str(), origin.port),
    };
    let addresses = match route.pinned(host) {
        Some(address) => vec![SocketAddr::new(address, port)],
        None => look_up(host, port).await?,
    };
    Ok(LookedUp {
        origin,
        route,
        addresses,
    })
}

impl LookedUp<'_> {
    /// What load would be sent to: the origin, and the proxy that leads there.
    pub(super) fn targets(&self) -> impl Iterator<Item = Target> {
        let Self { origin, route, .. } = self;
        let target =
            |host: &str, looked_up: Option<&[SocketAddr]>| match (route.pinned(host), looked_up) {
                (Some(address), _) => Target::new(host, Found::Pinned, vec![address]),
                (None, Some(found)) => {
                    let addresses = found.iter().map(SocketAddr::ip).collect();
                    Target::new(host, Found::ByName, addresses)
                }
                (None, None) => Target::new(host, Found::ByProxy, Vec::new()),
            };
        let all = Some(self.addresses.as_slice());
        let proxy = route.proxy.as_ref();
        let origin = target(&origin.host, all.filter(|_| proxy.is_none()));
        std::iter::once(origin).chain(proxy.map(|proxy| target(&proxy.host, all)))
    }

    /// Tries each of the addresses.
    pub(super) async fn reach(self) -> Reached {
        let Self { origin, route, .. } = self;
        let mut reached = Reached {
            origin: origin.clone(),
            addresses: Vec::new(),
            proxy: route.proxy.as_ref().map(ToString::to_string),
            refused: Vec::new(),
        };
        let tried = self.addresses.into_iter();
        let tried = tried.map(async |address| {
            let answer = try_address(address, origin, route).await;
            (address, answer)
        });
        for (address, answer) in join_all(tried).await {
            match answer {
                Ok(()) => reached.addresses.push(address),
                Err(why) => reached.refused.push((address, why)),
            }
        }
        reached
    }
}

async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, RunError> {
    let resolve = |detail: String| RunError::Resolve {
        host: host.to_owned(),
        detail,
    };
    let found = timeout(LOOK_UP, lookup_host((host, port))).await;
    let found = found.map_err(|_| resolve(format!("no answer within {} s", LOOK_UP.as_secs())))?;
    let mut found: Vec<SocketAddr> = found.map_err(|error| resolve(error.to_string()))?.collect();
    found.dedup();
    if found.is_empty() {
        return Err(resolve("the resolver found none".to_owned()));
    }
    Ok(found)
}

async fn try_address(address: SocketAddr, origin: &Origin, route: &Route) -> Result<(), String> {
    match timeout(CONNECT, try_connect(address, origin, route)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(plain(&error)),
        Err(_) => Err(format!("no answer within {} s", CONNECT.as_secs())),
    }
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
