//! The dashboard over TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Handshakes that go on at a time; more connections wait to be accepted.
const HANDSHAKES: usize = 256;
/// Who has not shaken hands by then is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Who the dashboard proves to be. Clones are cheap.
#[derive(Clone, Debug)]
pub struct ServerTls(Arc<rustls::ServerConfig>);

/// Why a certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ServerTlsError {
    /// No certificate.
    #[error("the file of --tls-cert holds no certificate (PEM): {0}")]
    Certificate(String),
    /// No key.
    #[error("the file of --tls-key holds no private key (PEM): {0}")]
    Key(String),
    /// They do not fit, or the library refuses them.
    #[error("the certificate and its key cannot be used together: {0}")]
    Pair(#[from] rustls::Error),
}

impl ServerTls {
    /// From the text of two PEM files: a certificate with those that signed
    /// it, and its private key.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, ServerTlsError> {
        let chain = CertificateDer::pem_slice_iter(certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| ServerTlsError::Certificate(error.to_string()))?;
        if chain.is_empty() {
            let why = "there is none in it".to_owned();
            return Err(ServerTlsError::Certificate(why));
        }
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|error| ServerTlsError::Key(error.to_string()))?;
        // The provider is named: with two compiled in, rustls would panic on choosing.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

/// Marks requests that came over TLS.
#[derive(Clone, Copy, Debug)]
pub(super) struct OverTls;

/// Accepts connections and shakes hands with many at a time, so that one that
/// says nothing holds nobody up.
pub(super) struct TlsListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
    shaking: JoinSet<Option<Shaken>>,
}

type Shaken = (TlsStream<TcpStream>, SocketAddr);

impl TlsListener {
    pub(super) fn new(tcp: TcpListener, tls: ServerTls) -> Self {
        Self {
            tcp,
            tls: TlsAcceptor::from(tls.0),
            shaking: JoinSet::new(),
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Shaken {
        loop {
            let has_room = self.shaking.len() < HANDSHAKES;
            tokio::select! {
                Some(ended) = self.shaking.join_next() => {
                    // Who does not speak TLS, or not ours, is nobody's failure.
                    if let Ok(Some(shaken)) = ended {
                        return shaken;
                    }
                }
                (stream, from) = Listener::accept(&mut self.tcp), if has_room => {
                    let accepting = self.tls.accept(stream);
                    self.shaking.spawn(async move {
                        let shaken = timeout(HANDSHAKE, accepting).await.ok()?.ok()?;
                        Some((shaken, from))
                    });
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said() {
        let no_certificate = ServerTls::from_pem(b"nothing", b"nothing").unwrap_err();
        assert!(no_certificate.to_string().contains("--tls-cert"));
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = signed.cert.pem();
        let no_key = ServerTls::from_pem(certificate.as_bytes(), b"nothing").unwrap_err();
        assert!(no_key.to_string().contains("--tls-key"), "{no_key}");
        let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let no_pair = ServerTls::from_pem(certificate.as_bytes(), other.as_bytes()).unwrap_err();
        assert!(no_pair.to_string().contains("together"), "{no_pair}");
        let key = signed.signing_key.serialize_pem();
        assert!(ServerTls::from_pem(certificate.as_bytes(), key.as_bytes()).is_ok());
    }
}
