//! HTTP's vocabulary: methods, origins, routes, encodings.

pub(crate) mod charset;
pub(crate) mod coding;
pub(crate) mod credential;
pub(crate) mod dns;
pub(crate) mod earlier_answer;
pub(crate) mod http2_failure;
pub(crate) mod media_type;
pub(crate) mod method;
pub(crate) mod origin;
pub(crate) mod peer;
pub(crate) mod phases;
pub(crate) mod route;
pub(crate) mod spoken;
pub(crate) mod targets;
pub(crate) mod wants;
