//! `tls:`, and the files it names.

use std::io;
use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::disk::read_regular;
use crate::model::{Blob, Identity, TlsOptions, Verification};
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::maps;
use crate::scenario::yaml::node::Node;

/// A file of certificates longer than this is something else.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

impl Reader<'_> {
    /// Reads `tls:` and its files.
    pub(crate) fn tls(&mut self, node: &Node) -> TlsOptions {
        let mut tls = TlsOptions::default();
        let Some(fields) = self.fields(node, "`tls`", &maps::TLS) else {
            return tls;
        };
        if let Some(node) = fields.value("ca") {
            tls.authorities = self.certificates(node).unwrap_or_default();
        }
        if fields.get("insecure") == Some(true) {
            tls.verification = Verification::Off;
        }
        let certificates = fields
            .value("cert")
            .and_then(|cert| self.certificates(cert));
        let private = fields.value("key").and_then(|key| self.key(key));
        tls.identity = certificates
            .zip(private)
            .map(|(certificates, key)| Identity { certificates, key });
        tls
    }

    fn certificates(&mut self, node: &Node) -> Option<Vec<Blob>> {
        let (name, bytes) = self.pem(node)?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        let found = found.unwrap_or_default();
        if found.is_empty() {
            let message = format!("`{name}` holds no certificate in PEM");
            let help = "it begins with `-----BEGIN CERTIFICATE-----`";
            self.report_with(node.span, message, help);
            return None;
        }
        Some(found.iter().map(|der| Blob::from(der.as_ref())).collect())
    }

    fn key(&mut self, node: &Node) -> Option<Blob> {
        let (name, bytes) = self.pem(node)?;
        let Ok(key) = PrivateKeyDer::from_pem_slice(&bytes) else {
            let message = format!("`{name}` holds no private key in PEM");
            let help = "it begins with `-----BEGIN PRIVATE KEY-----`, and has no password";
            self.report_with(node.span, message, help);
            return None;
        };
        Some(Blob::from(key.secret_der()))
    }

    /// The bytes of a file, with what the scenario calls it.
    fn pem(&mut self, node: &Node) -> Option<(String, Vec<u8>)> {
        let path = self.path(node)?;
        let name = node.as_scalar()?.text.clone();
        match read(&path) {
            Ok(bytes) => Some((name, bytes)),
            Err(error) => {
                let message = format!("`{name}` cannot be read: {error}");
                let help = format!(
                    "it was looked for at {}: a path is relative to the scenario's file",
                    path.display()
                );
                self.report_with(node.span, message, help);
                None
            }
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = read_regular(path, FILE_BYTES)?;
    bytes.ok_or_else(|| io::Error::other("larger than 4 MiB"))
}
