//! `tls:`, and the files it names.

use std::io;
use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::disk::read_regular;
use crate::model::{Blob, Identity, TlsOptions, Verification};
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::maps;
use crate::scenario::yaml::fields;
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
            tls.authorities = self.certificates(node, "`ca`").unwrap_or_default();
        }
        let verification = [(true, Verification::Off), (false, Verification::Full)];
        if let Some(given) = fields.switch("insecure", verification, &mut self.problems) {
            tls.verification = given;
        }
        let cert = fields.entry("cert");
        let key = fields.entry("key");
        let certificates = cert.and_then(|cert| self.certificates(&cert.value, "`cert`"));
        let private = key.and_then(|key| self.key(&key.value));
        match (cert, key) {
            (Some(cert), None) => {
                let help = "for example `tls: {cert: client.pem, key: client.key}`";
                let what = "the `key` of `cert`";
                fields::missing(cert.key.span, what, help, &mut self.problems);
            }
            (None, Some(key)) => {
                let help = "for example `tls: {cert: client.pem, key: client.key}`";
                let what = "the `cert` of `key`";
                fields::missing(key.key.span, what, help, &mut self.problems);
            }
            _ => {}
        }
        tls.identity = certificates
            .zip(private)
            .map(|(certificates, key)| Identity { certificates, key });
        tls
    }

    fn certificates(&mut self, node: &Node, what: &str) -> Option<Vec<Blob>> {
        let (name, bytes) = self.pem(node, what)?;
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
        let (name, bytes) = self.pem(node, "`key`")?;
        let Ok(key) = PrivateKeyDer::from_pem_slice(&bytes) else {
            let message = format!("`{name}` holds no private key in PEM");
            let help = "it begins with `-----BEGIN PRIVATE KEY-----`, and has no password";
            self.report_with(node.span, message, help);
            return None;
        };
        Some(Blob::from(key.secret_der()))
    }

    /// The bytes of a file, with what the scenario calls it.
    fn pem(&mut self, node: &Node, what: &str) -> Option<(String, Vec<u8>)> {
        let name = fields::plain_text(node, what, &mut self.problems)?;
        let path = self.path(node)?;
        match read(&path) {
            Ok(bytes) => Some((name.to_owned(), bytes)),
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
