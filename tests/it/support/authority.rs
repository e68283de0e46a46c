use std::sync::Arc;

use base64::Engine as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

/// An authority that signs what a test needs.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) der: Vec<u8>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let der = params.self_signed(&key).expect("signed").der().to_vec();
        let issuer = Issuer::new(params, key);
        Self { issuer, der }
    }

    /// Its certificate, as files hold it.
    pub(crate) fn pem(&self) -> String {
        pem("CERTIFICATE", &self.der)
    }

    /// A server with a certificate for this name.
    pub(crate) fn server(
        &self,
        name: &str,
        set: impl FnOnce(&mut CertificateParams),
    ) -> TlsAcceptor {
        let (certificate, key) = self.sign(name, set);
        let config = server_config().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate], key);
        TlsAcceptor::from(Arc::new(config.expect("a certificate")))
    }

    /// A server for `localhost` that speaks these protocols.
    pub(crate) fn server_speaking(&self, protocols: &[&str]) -> TlsAcceptor {
        let (certificate, key) = self.sign("localhost", |_| ());
        let config = server_config().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate], key);
        let mut config = config.expect("a certificate");
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
        config.alpn_protocols = protocols.collect();
        TlsAcceptor::from(Arc::new(config))
    }

    /// A server for `localhost` that lets in whom this authority knows.
    pub(crate) fn exclusive_server(
        &self,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> TlsAcceptor {
        let (certificate, key) = self.sign("localhost", |_| ());
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone().into()).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let known =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let known = known.build().expect("a verifier");
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions")
            .with_client_cert_verifier(known);
        let config = config.with_single_cert(vec![certificate], key);
        TlsAcceptor::from(Arc::new(config.expect("a certificate")))
    }

    /// A certificate with its key.
    pub(crate) fn sign(
        &self,
        name: &str,
        set: impl FnOnce(&mut CertificateParams),
    ) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        set(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        (certificate.der().clone(), key)
    }
}

/// DER as files of PEM hold it.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let der = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = der
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).expect("text"))
        .collect();
    let text = lines.join("\n");
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

fn server_config() -> rustls::ConfigBuilder<rustls::ServerConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
}
