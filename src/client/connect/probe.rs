//! Whether a target takes connections, before a run.

use std::io;
use std::net::SocketAddr;

use tokio::io::AsyncWriteExt;

use crate::client::connect::tls::TlsConfig;
use crate::client::connect::{socket, tls, tunnel};
use crate::model::{Origin, Protocol, Route, TlsFailure, TlsVersion};

/// What a target says when it is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probed {
    /// It takes connections in plain text.
    Plain,
    /// The handshake agreed on these.
    Tls(Protocol, TlsVersion),
    /// It takes connections, but the handshake failed.
    Failed(TlsFailure),
}

/// Sees whether a request to `origin` could connect, through the proxy if there is
/// one. `to` is an address of the origin, or of the proxy.
///
/// A target in plain text sees nothing of it. With `tls` the handshake is done and
/// the connection ended as TLS asks for, so that nothing in it is an error to the
/// target. Whether a proxy leads to a target only a tunnel shows, which is closed again.
///
/// # Errors
/// What the system or the proxy says; a source address that this machine does
/// not have, or that there is none of the family of `to`.
pub async fn try_connect(
    to: SocketAddr,
    origin: &Origin,
    route: &Route,
    tls: Option<TlsConfig>,
) -> io::Result<Probed> {
    let sources = &route.source_addresses;
    let mut of_family = sources
        .iter()
        .filter(|source| source.is_ipv4() == to.is_ipv4());
    let source = of_family.next().copied();
    if source.is_none() && !sources.is_empty() {
        return Err(io::Error::other("no source address of the same IP version"));
    }
    if tls.is_none() && route.proxy.is_none() {
        socket::knock(to, source).await?;
        return Ok(Probed::Plain);
    }
    let mut tcp = socket::connect(to, source).await?;
    if let Some(proxy) = &route.proxy {
        let told = tunnel::open_tunnel(&mut tcp, proxy, origin, route).await;
        told.map_err(|failure| io::Error::other(failure.to_string()))?;
    }
    let Some(tls) = tls else {
        return Ok(Probed::Plain);
    };
    match tls::handshake(tls, origin.host_without_zone(), tcp).await {
        Ok(mut handshake) => {
            // A target that has gone already needs no goodbye.
            let _ = handshake.stream.shutdown().await;
            Ok(Probed::Tls(handshake.protocol, handshake.version))
        }
        Err(failure) => Ok(Probed::Failed(failure)),
    }
}
