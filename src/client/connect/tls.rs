use std::io;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{AlertDescription, CertificateError, ProtocolVersion, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::client::connect::client_certificate::{RecordsCertificateRequests, noting_requests};
use crate::client::connect::trust::AcceptAnyCertificate;
use crate::model::{HttpVersion, Protocol, Route, TlsFailure, TlsVersion, Verification};

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
    /// A certificate of an authority that the scenario names is none.
    #[error("a certificate in the scenario's `tls.ca` cannot be used: {0}")]
    Authority(rustls::Error),
    /// The scenario's client certificate and its key do not fit.
    #[error("the client certificate in the scenario's `tls` cannot be used: {0}")]
    Identity(rustls::Error),
    /// The TLS library refuses its own defaults.
    #[error("cannot set up TLS: {0}")]
    Library(#[from] rustls::Error),
}

/// TLS as a route says. Nothing is built anew for what most routes say, nor
/// are the machine's authorities read again, which are some hundred files.
///
/// # Errors
/// If there is no trusted authority, or what the route names cannot be used.
pub fn tls_config(route: &Route) -> Result<TlsConfig, TlsSetupError> {
    static USUAL: OnceLock<Result<TlsConfig, TlsSetupError>> = OnceLock::new();
    let usual = Route::default();
    if route.tls == usual.tls && route.version == usual.version {
        return USUAL.get_or_init(|| built(&usual)).clone();
    }
    built(route)
}

/// Trusts these authorities (DER) and no others; HTTP/1.1 only.
///
/// # Errors
/// If one of them is not a certificate.
pub fn tls_config_trusting(authorities: &[Vec<u8>]) -> Result<TlsConfig, TlsSetupError> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(CertificateDer::from(authority.clone()))?;
    }
    Ok(Arc::new(build(roots, &Route::default())?))
}

fn built(route: &Route) -> Result<TlsConfig, TlsSetupError> {
    let mut roots = match system_roots() {
        Ok(roots) => roots.clone(),
        // Then nothing depends on them.
        Err(_) if !route.tls.authorities.is_empty() => RootCertStore::empty(),
        Err(_) if route.tls.verification == Verification::Off => RootCertStore::empty(),
        Err(error) => return Err(error.clone()),
    };
    for authority in &route.tls.authorities {
        let authority = CertificateDer::from(authority.as_bytes());
        roots
            .add(authority.into_owned())
            .map_err(TlsSetupError::Authority)?;
    }
    Ok(Arc::new(build(roots, route)?))
}

fn system_roots() -> Result<&'static RootCertStore, &'static TlsSetupError> {
    static READ: OnceLock<Result<RootCertStore, TlsSetupError>> = OnceLock::new();
    let read = READ.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let why = found.errors.first();
            return Err(TlsSetupError::NoRoots(
                why.map(|why| format!(" ({why})")).unwrap_or_default(),
            ));
        }
        Ok(roots)
    });
    read.as_ref()
}

fn build(roots: RootCertStore, route: &Route) -> Result<rustls::ClientConfig, TlsSetupError> {
    // The provider is named: with two compiled in, rustls would panic on choosing.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let builder = match route.tls.verification {
        Verification::Full => builder.with_root_certificates(roots),
        Verification::Off => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AcceptAnyCertificate::new(provider))),
    };
    let mut config = match &route.tls.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let certificates = identity.certificates.iter();
            let certificates =
                certificates.map(|der| CertificateDer::from(der.as_bytes()).into_owned());
            let key = PrivateKeyDer::try_from(identity.key.as_bytes().to_vec())
                .map_err(|why| TlsSetupError::Identity(rustls::Error::General(why.to_owned())))?;
            builder
                .with_client_auth_cert(certificates.collect(), key)
                .map_err(TlsSetupError::Identity)?
        }
    };
    config.client_auth_cert_resolver = Arc::new(RecordsCertificateRequests(Arc::clone(
        &config.client_auth_cert_resolver,
    )));
    let offered: &[&[u8]] = match route.version {
        HttpVersion::Http1 => &[b"http/1.1"],
        HttpVersion::Http2 => &[b"h2", b"http/1.1"],
        HttpVersion::Http2PriorKnowledge => &[b"h2"],
    };
    config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

/// A connection whose handshake is done.
pub(crate) struct TlsHandshake {
    pub(crate) stream: Box<TlsStream<TcpStream>>,
    pub(crate) protocol: Protocol,
    pub(crate) version: TlsVersion,
    /// The target asked for a client certificate and was given none.
    pub(crate) lacks_certificate: bool,
}

/// What was agreed on. A target that says nothing about the protocol speaks
/// HTTP/1.1.
fn agreed(tls: &TlsStream<TcpStream>) -> (Protocol, TlsVersion) {
    let session = tls.get_ref().1;
    let protocol = match session.alpn_protocol() {
        Some(b"h2") => Protocol::Http2,
        _ => Protocol::Http1,
    };
    let version = match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => TlsVersion::Tls13,
        // The only other one that the library speaks.
        _ => TlsVersion::Tls12,
    };
    (protocol, version)
}

/// Shakes hands over a fresh connection.
pub(crate) async fn handshake(
    config: TlsConfig,
    host: &str,
    tcp: TcpStream,
) -> Result<TlsHandshake, TlsFailure> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| TlsFailure::WrongName)?;
    let has_identity = config.client_auth_cert_resolver.has_certs();
    let connecting = TlsConnector::from(config).connect(name, tcp);
    let (handshake, was_asked) = noting_requests(connecting).await;
    match handshake {
        Ok(stream) => {
            let (protocol, version) = agreed(&stream);
            Ok(TlsHandshake {
                stream: Box::new(stream),
                protocol,
                version,
                lacks_certificate: was_asked && !has_identity,
            })
        }
        Err(why) => Err(match failure(&why) {
            // TLS 1.2 has no alert of its own for it, and some just hang up.
            TlsFailure::Refused | TlsFailure::NoAgreement | TlsFailure::Closed if was_asked => {
                if has_identity {
                    TlsFailure::Refused
                } else {
                    TlsFailure::CertificateMissing
                }
            }
            failure => failure,
        }),
    }
}

fn failure(why: &io::Error) -> TlsFailure {
    let tls = why
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(certificate)) => certificate_failure(certificate),
        Some(rustls::Error::InvalidMessage(_)) => TlsFailure::NotTls,
        Some(rustls::Error::AlertReceived(alert)) if refuses_us(*alert) => TlsFailure::Refused,
        Some(rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion,
        )) => TlsFailure::NoAgreement,
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

/// The refusal of a client certificate, or of none, in an error of a connection
/// that stood: TLS 1.3 says it only after the handshake.
pub(crate) fn refusal(why: &io::Error) -> Option<TlsFailure> {
    let tls = why.get_ref()?.downcast_ref::<rustls::Error>()?;
    match tls {
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            Some(TlsFailure::CertificateMissing)
        }
        rustls::Error::AlertReceived(alert) if refuses_us(*alert) => Some(TlsFailure::Refused),
        _ => None,
    }
}

fn refuses_us(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
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
