use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where the time of one request went, in microseconds; redirect hops summed.
///
/// The parts do not overlap; on a reused connection the first three are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// The mean phases of requests, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PhaseMeans {
    /// Looking the host up.
    pub resolve_us: f64,
    /// TCP connect.
    pub connect_us: f64,
    /// TLS handshake.
    pub tls_us: f64,
    /// From the request written to the first byte of the response.
    pub first_byte_us: f64,
    /// From the first byte of the response to its last.
    pub transfer_us: f64,
}

impl PhaseMeans {
    /// The phases in their order.
    #[must_use]
    pub const fn all(self) -> [f64; 5] {
        [
            self.resolve_us,
            self.connect_us,
            self.tls_us,
            self.first_byte_us,
            self.transfer_us,
        ]
    }
}

impl From<[f64; 5]> for PhaseMeans {
    fn from(means: [f64; 5]) -> Self {
        let [resolve_us, connect_us, tls_us, first_byte_us, transfer_us] = means;
        Self {
            resolve_us,
            connect_us,
            tls_us,
            first_byte_us,
            transfer_us,
        }
    }
}
