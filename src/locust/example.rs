//! What the formats are tested with.

use crate::run::{FailureLine, Latencies, Rates, RawFigures, StatRow, Tables};
use crate::stats::{Percentiles, TimeSummary};

/// Two names, one of them odd, and failures of both kinds.
pub(super) fn tables() -> Tables {
    let mut percentiles_us = [Some(144_000); 11];
    percentiles_us[10] = Some(447_000);
    let odd = StatRow {
        method: "GET".into(),
        name: "/a,\"b\"".into(),
        requests: 10,
        failures: 7,
        percentiles_us,
        mean_us: Some(150_250.0),
        min_us: Some(2_051),
        max_us: Some(447_000),
        mean_bytes: 12.5,
        rates: Rates { rps: 3.0, fps: 1.0 },
        raw: RawFigures {
            timed: 9,
            now_percentiles_us: Some([Some(9_000); 11]),
            buckets_us: [(2_051, 1), (144_000, 4), (144_064, 3), (447_000, 1)].into(),
            to_last: Rates { rps: 2.0, fps: 1.4 },
            ..RawFigures::default()
        },
        ..StatRow::default()
    };
    let plain = StatRow {
        method: "POST".into(),
        name: "/ok".into(),
        requests: 12,
        percentiles_us: [Some(3_000); 11],
        mean_us: Some(3_000.0),
        min_us: Some(3_000),
        max_us: Some(3_000),
        raw: RawFigures {
            timed: 12,
            buckets_us: [(3_000, 12)].into(),
            to_last: Rates { rps: 2.4, fps: 0.0 },
            ..RawFigures::default()
        },
        ..StatRow::default()
    };
    let aggregated = StatRow {
        method: "".into(),
        name: "Aggregated".into(),
        requests: 22,
        raw: RawFigures {
            to_last: Rates { rps: 4.4, fps: 1.4 },
            ..odd.raw.clone()
        },
        ..odd.clone()
    };
    let failure = |method: &'static str, name: &str, text: &str, count| FailureLine {
        method: method.into(),
        name: name.into(),
        text: text.to_owned(),
        count,
        first_s: Some(0.2),
        last_s: Some(2.5),
        ..FailureLine::default()
    };
    Tables {
        requests: vec![plain, odd],
        aggregated,
        failures: vec![
            failure("GET", "/a,\"b\"", "status 500", 7),
            failure("TASK", "buy", "sold out", 2),
        ],
        ..Tables::default()
    }
}

/// The same where starts of the second name were planned, and one in five of
/// its requests waited for a second before it was sent.
pub(super) fn planned() -> Tables {
    let mut tables = tables();
    let mut percentiles_us = [Some(1_003_000); 11];
    percentiles_us[..4].fill(Some(4_000));
    let response = TimeSummary {
        samples: 11,
        mean_us: 213_500.0,
        min_us: 3_000,
        max_us: 1_003_000,
        percentiles_us,
    };
    let latencies = Latencies {
        service: Percentiles {
            p50_us: Some(3_000),
            p95_us: Some(3_000),
            p99_us: Some(3_100),
        },
        response: Percentiles {
            p50_us: Some(4_000),
            p95_us: Some(1_003_000),
            p99_us: Some(1_003_000),
        },
    };
    for row in [&mut tables.requests[0], &mut tables.aggregated] {
        row.response = Some(response.clone());
        row.raw.response_buckets_us = [(3_000, 4), (4_000, 5), (1_003_000, 2)].into();
        row.latencies = latencies;
    }
    tables
}
