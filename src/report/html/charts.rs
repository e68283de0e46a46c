//! What the charts of a run draw, as columns in JSON.

use serde::Serialize;

use crate::format::EventLine;
use crate::report::{ReadingLine, RunFile};
use crate::run::{EventKind, Level};
use crate::stats::{Percentiles, Row};
use crate::verdict::Capacity;

/// Readings drawn; all are in the run file.
const READINGS: usize = 60;
/// Points drawn of a reading.
const POINTS: usize = 240;
/// Events marked.
const MARKS: usize = 200;

#[derive(Serialize)]
struct Charts<'a> {
    t_s: Vec<u64>,
    width_s: Vec<u64>,
    rps: Vec<f64>,
    fps: Vec<f64>,
    p50_us: Vec<Option<u64>>,
    p95_us: Vec<Option<u64>>,
    p99_us: Vec<Option<u64>>,
    #[serde(flatten)]
    response: Option<Response>,
    users: Vec<u64>,
    marks: Vec<&'a EventLine>,
    readings: Vec<Curve<'a>>,
    capacity: Option<&'a Capacity>,
}

/// Response times, where starts were planned.
#[derive(Serialize)]
struct Response {
    response_p50_us: Vec<Option<u64>>,
    response_p95_us: Vec<Option<u64>>,
    response_p99_us: Vec<Option<u64>>,
}

#[derive(Serialize)]
struct Curve<'a> {
    name: &'a str,
    unit: &'a str,
    t_s: Vec<f64>,
    value: Vec<f64>,
}

/// The columns as JSON that may stand in a page.
pub(super) fn json(run: &RunFile) -> String {
    let rows = &run.series;
    let rate = |count: fn(&Row) -> u64| -> Vec<f64> {
        let rates = rows.iter().map(|row| per_second(count(row), row.width_s));
        rates.collect()
    };
    let column = |value: fn(&Row) -> Option<u64>| rows.iter().map(value).collect();
    let charts = Charts {
        t_s: rows.iter().map(|row| row.end_s).collect(),
        width_s: rows.iter().map(|row| row.width_s).collect(),
        rps: rate(|row| row.requests),
        fps: rate(|row| row.failures),
        p50_us: column(|row| row.service.p50_us),
        p95_us: column(|row| row.service.p95_us),
        p99_us: column(|row| row.service.p99_us),
        response: rows
            .iter()
            .any(|row| row.response != Percentiles::default())
            .then(|| Response {
                response_p50_us: column(|row| row.response.p50_us),
                response_p95_us: column(|row| row.response.p95_us),
                response_p99_us: column(|row| row.response.p99_us),
            }),
        users: rows.iter().map(|row| row.users).collect(),
        marks: run.events.iter().filter(is_marked).take(MARKS).collect(),
        readings: run.readings.iter().take(READINGS).map(curve).collect(),
        capacity: run.capacity.as_ref(),
    };
    let text = serde_json::to_string(&charts).unwrap_or_else(|_| "null".to_owned());
    // Within a script element only this could end it, or begin a comment.
    text.replace('<', "\\u003c")
}

/// As on the dashboard.
fn is_marked(event: &&EventLine) -> bool {
    let kinds = [
        EventKind::Edited,
        EventKind::Burst,
        EventKind::Recovered,
        EventKind::Paused,
        EventKind::Resumed,
        EventKind::Reset,
        EventKind::Spawned,
        EventKind::Limit,
        EventKind::Demo,
    ];
    kinds.contains(&event.kind) || event.level != Level::Info
}

/// Neighbours are merged to the highest of them: peaks are what one looks for.
fn curve(reading: &ReadingLine) -> Curve<'_> {
    let step = reading.points.len().div_ceil(POINTS).max(1);
    let stretches = reading.points.chunks(step);
    let highest = stretches.map(|stretch| {
        let values = stretch.iter().map(|(_, value)| *value);
        let (t_s, _) = stretch.last().copied().unwrap_or_default();
        (t_s, values.fold(f64::NEG_INFINITY, f64::max))
    });
    let (t_s, value) = highest
        .map(|(t_s, value)| (rounded(t_s), rounded(value)))
        .unzip();
    Curve {
        name: &reading.name,
        unit: &reading.unit,
        t_s,
        value,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for a chart")]
fn per_second(count: u64, width_s: u64) -> f64 {
    rounded(count as f64 / width_s.max(1) as f64)
}

/// Three decimals are enough for a chart.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
