//! HTTP's vocabulary: methods, origins, routes, encodings.

pub(crate) mod charset;
pub(crate) mod coding;
pub(crate) mod credential;
pub(crate) mod dns;
pub(crate) mod http2_failure;
pub(crate) mod media_type;
pub(crate) mod method;
pub(crate) mod negotiated;
pub(crate) mod origin;
pub(crate) mod peer;
pub(crate) mod phases;
pub(crate) mod redirect_hop;
pub(crate) mod response_needs;
pub(crate) mod route;
pub(crate) mod targets;
