use serde::Serialize;

use crate::stats::Row;

use crate::model::rounded;

/// Stretches of time as columns of equal length.
#[derive(Debug, Default, Serialize)]
pub(crate) struct SeriesBody {
    t_s: Vec<u64>,
    width_s: Vec<u64>,
    rps: Vec<f64>,
    fps: Vec<f64>,
    p50_us: Vec<Option<u64>>,
    p95_us: Vec<Option<u64>>,
    p99_us: Vec<Option<u64>>,
    response_p50_us: Vec<Option<u64>>,
    response_p95_us: Vec<Option<u64>>,
    response_p99_us: Vec<Option<u64>>,
    scheduled: Vec<f64>,
    started: Vec<f64>,
    dropped: Vec<f64>,
    planned: Vec<f64>,
    undelivered: Vec<f64>,
    overdue: Vec<u64>,
    users: Vec<u64>,
    planned_users: Vec<u64>,
}

impl SeriesBody {
    pub(crate) fn new(rows: &[Row]) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts of seconds and minutes")]
        let per_second = |count: u64, width_s: u64| rounded(count as f64 / width_s as f64);
        let column = |value: fn(&Row) -> Option<u64>| rows.iter().map(value).collect();
        let rate = |count: fn(&Row) -> u64| {
            let rates = rows.iter().map(|row| per_second(count(row), row.width_s));
            rates.collect()
        };
        Self {
            t_s: rows.iter().map(|row| row.end_s).collect(),
            width_s: rows.iter().map(|row| row.width_s).collect(),
            rps: rate(|row| row.requests),
            fps: rate(|row| row.failures),
            p50_us: column(|row| row.service.p50_us),
            p95_us: column(|row| row.service.p95_us),
            p99_us: column(|row| row.service.p99_us),
            response_p50_us: column(|row| row.response.p50_us),
            response_p95_us: column(|row| row.response.p95_us),
            response_p99_us: column(|row| row.response.p99_us),
            scheduled: rate(|row| row.scheduled),
            started: rate(|row| row.started),
            dropped: rate(|row| row.dropped),
            planned: rate(|row| row.planned),
            undelivered: rate(|row| row.undelivered),
            overdue: rows.iter().map(|row| row.overdue).collect(),
            users: rows.iter().map(|row| row.users).collect(),
            planned_users: rows.iter().map(|row| row.planned_users).collect(),
        }
    }
}
