use serde::Serialize;

use crate::run::Latencies;

/// The percentiles of both kinds of time.
#[derive(Debug, Serialize)]
pub(super) struct LatenciesBody {
    p50_us: Option<u64>,
    p95_us: Option<u64>,
    p99_us: Option<u64>,
    response_p50_us: Option<u64>,
    response_p95_us: Option<u64>,
    response_p99_us: Option<u64>,
}

impl LatenciesBody {
    pub(super) fn new(latencies: &Latencies) -> Self {
        let Latencies { service, response } = latencies;
        Self {
            p50_us: service.p50_us,
            p95_us: service.p95_us,
            p99_us: service.p99_us,
            response_p50_us: response.p50_us,
            response_p95_us: response.p95_us,
            response_p99_us: response.p99_us,
        }
    }
}

/// Three decimals are enough for people and keep messages short.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
