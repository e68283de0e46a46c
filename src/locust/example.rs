//! What the formats are tested with.

use crate::model::{Failure, Method, RowKind};
use crate::run::{FailureLine, Latencies, NameRow, Tables};
use crate::stats::{Percentiles, TimeSummary};

/// Two names, one of them odd, and failures of both kinds.
pub(super) fn tables() -> Tables {
    let mut ladder_us = [Some(144_000); 11];
    ladder_us[10] = Some(447_000);
    let odd = NameRow {
        kind: Some(RowKind::Request(Method::Get)),
        name: "/a,\"b\"".into(),
        requests: 10,
        failures: 7,
        timed: 9,
        ladder_us,
        now_ladder_us: Some([Some(9_000); 11]),
        buckets_us: vec![(2_051, 1), (144_000, 4), (144_064, 3), (447_000, 1)],
        mean_us: Some(150_250.0),
        min_us: Some(2_051),
        max_us: Some(447_000),
        mean_bytes: 12.5,
        rps: 3.0,
        fps: 1.0,
        rps_to_last: 2.0,
        fps_to_last: 1.4,
        ..NameRow::default()
    };
    let plain = NameRow {
        kind: Some(RowKind::Request(Method::Post)),
        name: "/ok".into(),
        requests: 12,
        timed: 12,
        ladder_us: [Some(3_000); 11],
        buckets_us: vec![(3_000, 12)],
        mean_us: Some(3_000.0),
        min_us: Some(3_000),
        max_us: Some(3_000),
        rps_to_last: 2.4,
        ..NameRow::default()
    };
    let aggregated = NameRow {
        kind: None,
        name: "Aggregated".into(),
        requests: 22,
        rps_to_last: 4.4,
        ..odd.clone()
    };
    let failure = |row, name: &str, text: &str, count| FailureLine {
        row,
        name: name.into(),
        failure: Failure::Other,
        text: text.to_owned(),
        count,
        first_s: 0.2,
        last_s: 2.5,
        samples: Vec::new(),
    };
    Tables {
        requests: vec![plain, odd],
        aggregated,
        failures: vec![
            failure(RowKind::Request(Method::Get), "/a,\"b\"", "status 500", 7),
            failure(RowKind::Task, "buy", "sold out", 2),
        ],
        ..Tables::default()
    }
}

/// The same where starts of the second name were planned, and one in five of
/// its requests waited for a second before it was sent.
pub(super) fn planned() -> Tables {
    let mut tables = tables();
    let mut ladder_us = [Some(1_003_000); 11];
    ladder_us[..4].fill(Some(4_000));
    let response = TimeSummary {
        samples: 11,
        mean_us: 213_500.0,
        min_us: 3_000,
        max_us: 1_003_000,
        ladder_us,
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
        row.response_buckets_us = vec![(3_000, 4), (4_000, 5), (1_003_000, 2)];
        row.latencies = latencies;
    }
    tables
}
