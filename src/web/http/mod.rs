//! The server's side of HTTP: who may connect, over what, and how errors
//! answer.

pub(crate) mod base;
pub(crate) mod connections;
pub(crate) mod credentials;
pub(crate) mod guard;
pub(crate) mod pem;
pub(crate) mod problem;
pub(crate) mod tls;
pub(crate) mod token;
