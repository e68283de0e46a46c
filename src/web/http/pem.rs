//! Certificates and keys in PEM (RFC 7468).

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;

/// Other sections that such a file may contain.
const BESIDES: [&str; 2] = ["EC PARAMETERS", "DH PARAMETERS"];

/// Why a file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// The file contains none.
    #[error("no PEM block found")]
    Missing,
    /// A section of another kind.
    #[error("it has a section {0:?}")]
    Section(String),
    /// Text after the last section.
    #[error("line {0} is not part of it; is a line before it missing?")]
    Trailing(usize),
    /// The text cannot be read.
    #[error("{0}")]
    Text(String),
    /// One of the certificates, counted from 1, is invalid.
    #[error("certificate {0} is invalid: {1}")]
    Broken(usize, String),
    /// A key that a password protects.
    #[error("the key is encrypted; decrypt it with `openssl pkey -in FILE -out DECRYPTED`")]
    Encrypted,
}

/// A certificate and those that lead to its root, every one of them sound.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, PemError> {
    check(pem)?;
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| PemError::Text(error.to_string()))?;
    for (number, certificate) in (1..).zip(&chain) {
        ParsedCertificate::try_from(certificate)
            .map_err(|error| PemError::Broken(number, error.to_string()))?;
    }
    if chain.is_empty() {
        return Err(PemError::Missing);
    }
    Ok(chain)
}

/// The first private key.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, PemError> {
    let text = String::from_utf8_lossy(pem);
    // PKCS #8, and the older form of OpenSSL (RFC 1421).
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("4,ENCRYPTED") {
        return Err(PemError::Encrypted);
    }
    check(pem)?;
    let key = PrivateKeyDer::pem_slice_iter(pem).next();
    let key = key.ok_or(PemError::Missing)?;
    key.map_err(|error| PemError::Text(error.to_string()))
}

/// True if every section is one that is known here and nothing stands behind
/// the last. What stands before one may explain it.
fn check(pem: &[u8]) -> Result<(), PemError> {
    let text = String::from_utf8_lossy(pem);
    let mut behind = None;
    let mut is_open = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some(label) = label(line, "-----BEGIN ") {
            let is_known = matches!(label, "CERTIFICATE" | "X509 CERTIFICATE")
                || label.ends_with("PRIVATE KEY")
                || BESIDES.contains(&label);
            if !is_known {
                return Err(PemError::Section(label.to_owned()));
            }
            (behind, is_open) = (None, true);
        } else if label(line, "-----END ").is_some() {
            if !std::mem::take(&mut is_open) {
                return Err(PemError::Trailing(number));
            }
            behind = None;
        } else if !line.is_empty() && behind.is_none() {
            behind = Some(number);
        }
    }
    behind.map_or(Ok(()), |number| Err(PemError::Trailing(number)))
}

fn label<'t>(line: &'t str, begins: &str) -> Option<&'t str> {
    line.strip_prefix(begins)?.strip_suffix("-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> rcgen::CertifiedKey<rcgen::KeyPair> {
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("signed")
    }

    #[test]
    fn a_chain_is_sound_from_end_to_end() {
        let one = signed().cert.pem();
        let two = signed().cert.pem();
        let count = |text: &str| certificates(text.as_bytes()).map(|chain| chain.len());
        assert_eq!(count(&one), Ok(1));
        assert_eq!(
            count(&format!("subject=/CN=x\n{one}\n 1 s:/CN=y\n{two}\n\n")),
            Ok(2)
        );
        assert_eq!(count(&one.replace('\n', "\r\n")), Ok(1));
        assert_eq!(count(""), Err(PemError::Missing));
        let lines = one.lines().count();
        let trailing = Err(PemError::Trailing(lines + 1));
        assert_eq!(count(&format!("{one}garbage")), trailing);
        // Its first line got lost.
        let headless = two.split_once('\n').expect("lines").1;
        assert!(count(&format!("{one}{headless}")).is_err());
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let said = count(&format!("{one}{broken}")).expect_err("broken");
        assert!(matches!(said, PemError::Broken(2, _)), "{said}");
        let other = two.replace("CERTIFICATE", "CERTIFICAT");
        let said = count(&format!("{one}{other}"));
        assert_eq!(said, Err(PemError::Section("CERTIFICAT".to_owned())));
        let cut = two.trim_end().trim_end_matches('-');
        assert!(count(&format!("{one}{cut}")).is_err(), "no end");
        let undecodable = two.replacen("\nMII", "\n!!!", 1);
        assert!(count(&format!("{one}{undecodable}")).is_err());
    }

    #[test]
    fn an_encrypted_key_is_called_so() {
        let modern =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        let older = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        for text in [modern, older] {
            assert_eq!(
                private_key(text.as_bytes()).err(),
                Some(PemError::Encrypted)
            );
        }
        assert_eq!(private_key(b"x").err(), Some(PemError::Trailing(1)));
        assert_eq!(private_key(b"").err(), Some(PemError::Missing));
        let signed = signed();
        let both = format!(
            "{}{}",
            signed.cert.pem(),
            signed.signing_key.serialize_pem()
        );
        assert!(private_key(both.as_bytes()).is_ok());
        assert!(certificates(both.as_bytes()).is_ok());
    }
}
