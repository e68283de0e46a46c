use serde::Serialize;

use crate::stats::Row;

use super::latencies::rounded;

/// Stretches of time as columns of equal length.
#[derive(Debug, Default, Serialize)]
pub(in crate::web) struct SeriesBody {
    t_s: Vec<u64>,
    width_s: Vec<u64>,
    rps: Vec<f64>,
    fps: Vec<f64>,
    p50_us: Vec<Option<u64>>,
    p95_us: Vec<Option<u64>>,
    p99_us: Vec<Option<u64>>,
    users: Vec<u64>,
    planned_users: Vec<u64>,
}

impl SeriesBody {
    pub(in crate::web) fn new(rows: &[Row]) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts of seconds and minutes")]
        let per_second = |count: u64, width_s: u64| rounded(count as f64 / width_s as f64);
        Self {
            t_s: rows.iter().map(|row| row.end_s).collect(),
            width_s: rows.iter().map(|row| row.width_s).collect(),
            rps: rows
                .iter()
                .map(|row| per_second(row.requests, row.width_s))
                .collect(),
            fps: rows
                .iter()
                .map(|row| per_second(row.failures, row.width_s))
                .collect(),
            p50_us: rows.iter().map(|row| row.service.p50_us).collect(),
            p95_us: rows.iter().map(|row| row.service.p95_us).collect(),
            p99_us: rows.iter().map(|row| row.service.p99_us).collect(),
            users: rows.iter().map(|row| row.users).collect(),
            planned_users: rows.iter().map(|row| row.planned_users).collect(),
        }
    }
}
