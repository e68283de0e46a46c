//! What it means that a connection was lost before the first byte of an answer.

use crate::client::connect::transport::Transport;
use crate::client::http1::exchange::Stop;
use crate::model::{Failure, LostAt, TlsFailure};

/// What was lost within this time of sending met a connection that was being
/// closed: the target's word for that takes one way there and back.
const REUSE_RACE_US: u64 = 1_000_000;

/// Tells a loss after `took_us` apart by the connection that it met. `was_kept`
/// is whether that had carried an exchange before. Only called where something
/// went wrong.
pub(crate) fn explained(stop: Stop, transport: &Transport, was_kept: bool, took_us: u64) -> Stop {
    let Stop::Failed(Failure::Lost(_)) = stop else {
        return stop;
    };
    match transport {
        // With TLS 1.3 the target says so after the handshake, if at all.
        _ if !was_kept && transport.peer().lacks_certificate => {
            Failure::Tls(TlsFailure::CertificateMissing).into()
        }
        // HTTP/2 announces the end of a connection.
        Transport::Http1(_) if was_kept && took_us <= REUSE_RACE_US => {
            Failure::Lost(LostAt::Idle).into()
        }
        _ => stop,
    }
}
