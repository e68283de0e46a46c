//! Credentials in messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode;

/// Header fields that hold credentials: they are for the origin that they were
/// given to.
pub const CREDENTIAL_FIELDS: [&str; 3] = ["Authorization", "Cookie", "Proxy-Authorization"];

/// The value of `Authorization` for the user and the password of an address,
/// which are percent-encoded there (RFC 7617).
#[must_use]
pub fn basic_authorization(user: &[u8], password: &[u8]) -> String {
    let mut pair: Vec<u8> = percent_decode(user).collect();
    pair.push(b':');
    pair.extend(percent_decode(password));
    format!("Basic {}", STANDARD.encode(pair))
}
