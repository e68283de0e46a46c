//! Cookies by RFC 6265, sections 5.1 to 5.4: what a `Set-Cookie` field says,
//! which of it a user keeps, and what goes along with a request. Names and
//! values are bytes, whatever their encoding.
//!
//! Beyond the RFC, as `curl` and browsers do: `Secure` cookies also go to
//! `http` on the loopback, are taken only from there or over TLS, and are not
//! replaced from elsewhere; the prefixes `__Secure-` and `__Host-` are held to.
//! Public suffixes are not known, except that a name without a dot is one: a
//! scenario says which hosts it visits, and none of them attacks the others.

mod date;
mod jar;
mod set_cookie;

pub(super) use jar::{CookieContext, Jar};
