//! HTTP/1.1: one message out, its answer in.

pub(crate) mod decoding;
pub(crate) mod excerpt;
pub(crate) mod exchange;
pub(crate) mod http1_exchange;
pub(crate) mod message;
pub(crate) mod redirect_chain;
pub(crate) mod response;
