use serde::{Deserialize, Serialize};

/// Where the time of one request went, in microseconds; redirect hops summed.
///
/// The parts do not overlap; on a reused connection the first three are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phases {
    /// Looking the host up (zero when the run resolved it beforehand).
    pub resolve_us: u32,
    /// TCP connect.
    pub connect_us: u32,
    /// TLS handshake.
    pub tls_us: u32,
    /// From the request written to the first byte of the answer.
    pub first_byte_us: u32,
    /// From the first byte of the answer to its last.
    pub transfer_us: u32,
}
