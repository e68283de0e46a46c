//! A way through a proxy: `CONNECT`.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::limits::TUNNEL_HEAD_BYTES;
use crate::model::{ConnectFailure, Origin, Proxy, Route};

/// Asks the proxy at the other end to connect to `origin`. Afterwards the
/// connection leads there. The proxy looks the host up, unless it is pinned.
pub(super) async fn open_tunnel(
    tcp: &mut TcpStream,
    proxy: &Proxy,
    origin: &Origin,
    route: &Route,
) -> Result<(), ConnectFailure> {
    let host = match route.pinned(&origin.host) {
        Some(address) => address.to_string(),
        None => origin.host_without_zone().to_owned(),
    };
    let port = origin.port;
    let authority = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let mut message = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n").into_bytes();
    if let Some(authorization) = &proxy.authorization {
        message.extend_from_slice(b"Proxy-Authorization: ");
        message.extend_from_slice(authorization.as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    message.extend_from_slice(b"\r\n");
    let sent = tcp.write_all(&message).await;
    sent.map_err(|_| ConnectFailure::ProxyBroken)?;
    match answer(tcp).await? {
        200..=299 => Ok(()),
        status => Err(ConnectFailure::ProxyRefused(status)),
    }
}

/// The status of the proxy's answer. Nothing may follow its head: the target
/// waits for us.
async fn answer(tcp: &mut TcpStream) -> Result<u16, ConnectFailure> {
    let mut head = Vec::with_capacity(256);
    loop {
        let read = tcp.read_buf(&mut head).await;
        let ended = !matches!(read, Ok(1..));
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Response::new(&mut fields);
        match parsed.parse(&head) {
            Ok(httparse::Status::Complete(len)) => {
                let status = parsed.code.unwrap_or(0);
                let is_tunnel = (200..300).contains(&status);
                if is_tunnel && len < head.len() {
                    return Err(ConnectFailure::ProxyBroken);
                }
                return Ok(status);
            }
            Ok(httparse::Status::Partial) if !ended && head.len() < TUNNEL_HEAD_BYTES => {}
            _ => return Err(ConnectFailure::ProxyBroken),
        }
    }
}
