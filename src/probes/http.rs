//! One request and its bounded response: to an address, or to a Unix socket.

use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::model::{Hidden, basic_authorization};
use crate::probes::ProbeError;

/// How TLS connections are made; why not, in words.
pub type Tls = Result<Arc<rustls::ClientConfig>, String>;

/// The longest response of an endpoint.
pub(super) const BODY_MAX: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct ProbeResponse {
    pub(super) status: u16,
    /// The body, truncated to the limit.
    pub(super) body: Vec<u8>,
    /// Whether the body was truncated.
    pub(super) is_cut: bool,
}

pub(super) struct ProbeRequest<'q> {
    pub(super) method: Method,
    /// Path and query.
    pub(super) path: &'q str,
    /// The value of `Host`.
    pub(super) host: &'q str,
    /// The value of `Authorization`; may be empty.
    pub(super) authorization: &'q str,
    /// JSON; may be empty.
    pub(super) body: String,
    /// How much of the response is read.
    pub(super) max_bytes: usize,
}

/// Endpoints that tell figures: an address.
#[derive(Debug)]
pub(super) struct Endpoint {
    url: Url,
    tls: Tls,
    /// The URL without secrets, for display.
    place: String,
    authorization: String,
}

impl Endpoint {
    pub(super) fn new(url: &Hidden, tls: Tls) -> Result<Self, ProbeError> {
        let mut url = Url::parse(&url.0).map_err(|error| ProbeError::Spec(error.to_string()))?;
        let authorization = authorization(&url);
        // An address of http always has room for these.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        let mut place = url.clone();
        // A token may stand in the query.
        place.set_query(None);
        Ok(Self {
            place: place.to_string(),
            url,
            tls,
            authorization,
        })
    }

    /// The URL without secrets, for display.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The body of a successful response.
    pub(super) async fn get(&self) -> Result<Vec<u8>, ProbeError> {
        let unreachable = |why: String| ProbeError::Unreachable {
            place: self.place.clone(),
            why,
        };
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or(80);
        let bare = host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((bare, port)).await;
        let stream = stream.map_err(|error| unreachable(error.to_string()))?;
        let mut path = self.url.path().to_owned();
        if let Some(query) = self.url.query() {
            path.push('?');
            path.push_str(query);
        }
        let authority = match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let request = ProbeRequest {
            method: Method::GET,
            path: &path,
            host: &authority,
            authorization: &self.authorization,
            body: String::new(),
            max_bytes: BODY_MAX,
        };
        let response = if self.url.scheme() == "https" {
            let config = self.tls.clone().map_err(unreachable)?;
            let name = ServerName::try_from(bare.to_owned());
            let name = name.map_err(|error| unreachable(error.to_string()))?;
            let stream = TlsConnector::from(config).connect(name, stream).await;
            let stream = stream.map_err(|error| unreachable(error.to_string()))?;
            ask(stream, request, &self.place).await?
        } else {
            ask(stream, request, &self.place).await?
        };
        let place = self.place.clone();
        match response {
            ProbeResponse { is_cut: true, .. } => Err(ProbeError::TooLong {
                place,
                most: BODY_MAX,
            }),
            ProbeResponse {
                status: 200..300,
                body,
                ..
            } => Ok(body),
            ProbeResponse { status, .. } => Err(ProbeError::Status {
                place,
                status,
                detail: String::new(),
            }),
        }
    }
}

/// One exchange on a connection of its own.
pub(super) async fn ask<S>(
    stream: S,
    request: ProbeRequest<'_>,
    place: &str,
) -> Result<ProbeResponse, ProbeError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |why: String| ProbeError::Broken {
        place: place.to_owned(),
        why,
    };
    let max_bytes = request.max_bytes;
    let request = build(request).map_err(|error| broken(error.to_string()))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(error.to_string()))?;
    let exchange = async move {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let mut incoming = response.into_body();
        let mut body = Vec::new();
        let mut is_cut = false;
        while let Some(frame) = incoming.frame().await {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            let room = max_bytes - body.len();
            body.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                is_cut = true;
                break;
            }
        }
        Ok(ProbeResponse {
            status,
            body,
            is_cut,
        })
    };
    let mut exchange = std::pin::pin!(exchange);
    let response: Result<_, hyper::Error> = tokio::select! {
        response = &mut exchange => response,
        // An error of the connection also ends the exchange.
        _ = connection => exchange.await,
    };
    response.map_err(|error| broken(error.to_string()))
}

fn build(parts: ProbeRequest<'_>) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let mut request = Request::builder()
        .method(parts.method)
        .uri(parts.path)
        .header(HOST, parts.host)
        .header(USER_AGENT, concat!("swarmdeck/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "*/*")
        .header(CONNECTION, "close");
    if !parts.authorization.is_empty() {
        request = request.header(AUTHORIZATION, parts.authorization);
    }
    if !parts.body.is_empty() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    request.body(Full::new(Bytes::from(parts.body)))
}

/// `http://user:password@...` as a header, RFC 7617; empty without a user.
fn authorization(url: &Url) -> String {
    if url.username().is_empty() {
        return String::new();
    }
    let password = url.password().unwrap_or_default();
    basic_authorization(url.username().as_bytes(), password.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_sent_and_not_told() {
        let url = Hidden("https://me:p%40ss@example.org/metrics?key=token".to_owned());
        let endpoint = Endpoint::new(&url, Err(String::new())).expect("an address");
        assert_eq!(endpoint.place, "https://example.org/metrics");
        assert_eq!(endpoint.authorization, "Basic bWU6cEBzcw==");
    }
}
