//! Request steps: what is sent, what is expected, what is captured.

pub(crate) mod body;
pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod content_type;
pub(crate) mod expect;
pub(crate) mod headers;
pub(crate) mod multipart;
pub(crate) mod request_ir;
pub(crate) mod request_step;
pub(crate) mod target;
