use std::io;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::model::{Failure, TlsFailure};

/// How TLS connections are made; shared by all shards of a process.
pub type TlsConfig = Arc<rustls::ClientConfig>;

/// Why TLS can not be used at all.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TlsSetupError {
    /// The machine trusts nobody, so every certificate would fail.
    #[error(
        "no trusted certificate authority found on this machine: install the package `ca-certificates`, or point SSL_CERT_FILE at a bundle{0}"
    )]
    NoRoots(String),
    /// The TLS library refuses its own defaults.
    #[error("TLS can not be set up: {0}")]
    Library(#[from] rustls::Error),
}

/// The machine's trusted authorities, certificates verified, HTTP/1.1 only.
/// Built once per process: it reads some hundred files.
///
/// # Errors
/// If the machine has no trusted authorities.
pub fn tls_config() -> Result<TlsConfig, TlsSetupError> {
    static BUILT: OnceLock<Result<TlsConfig, TlsSetupError>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let found = rustls_native_certs::load_native_certs();
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                let why = found.errors.first();
                return Err(TlsSetupError::NoRoots(
                    why.map(|why| format!(" ({why})")).unwrap_or_default(),
                ));
            }
            build(roots)
        })
        .clone()
}

/// Trusts these authorities (DER) and no others.
///
/// # Errors
/// If one of them is not a certificate.
pub fn tls_config_trusting(authorities: &[Vec<u8>]) -> Result<TlsConfig, TlsSetupError> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(CertificateDer::from(authority.clone()))?;
    }
    build(roots)
}

fn build(roots: RootCertStore) -> Result<TlsConfig, TlsSetupError> {
    // The provider is named: with two compiled in, rustls would panic on choosing.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Shakes hands over a fresh connection.
pub(super) async fn handshake(
    config: TlsConfig,
    host: &str,
    tcp: TcpStream,
) -> Result<Box<TlsStream<TcpStream>>, Failure> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|_| Failure::Tls(TlsFailure::WrongName))?;
    let connecting = TlsConnector::from(config).connect(name, tcp);
    match connecting.await {
        Ok(tls) => Ok(Box::new(tls)),
        Err(why) => Err(Failure::Tls(failure(&why))),
    }
}

fn failure(why: &io::Error) -> TlsFailure {
    let tls = why
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(certificate)) => certificate_failure(certificate),
        Some(rustls::Error::InvalidMessage(_)) => TlsFailure::NotTls,
        Some(_) => TlsFailure::Other,
        None => match why.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => TlsFailure::Closed,
            _ => TlsFailure::Other,
        },
    }
}

fn certificate_failure(why: &CertificateError) -> TlsFailure {
    match why {
        CertificateError::UnknownIssuer => TlsFailure::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFailure::WrongName
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsFailure::Expired,
        _ => TlsFailure::BadCertificate,
    }
}
