//! The dashboard over TLS.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;

use crate::web::http::pem;
use crate::web::http::pem::PemError;

/// The certificate of the dashboard and its key. Clones are cheap.
#[derive(Clone, Debug)]
pub struct ServerTls(Arc<rustls::ServerConfig>);

/// Why a certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ServerTlsError {
    /// No certificate.
    #[error("the file of --tls-cert is not a PEM certificate chain: {0}")]
    Certificate(PemError),
    /// No key.
    #[error("the file of --tls-key has no usable PEM private key: {0}")]
    Key(PemError),
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
        let chain = pem::certificates(certificate).map_err(ServerTlsError::Certificate)?;
        let key = pem::private_key(key).map_err(ServerTlsError::Key)?;
        // The provider is named: with two compiled in, rustls would panic on choosing.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    /// The acceptor of connections.
    pub(super) fn acceptor(self) -> TlsAcceptor {
        self.0.into()
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
