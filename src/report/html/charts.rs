//! The data of a run's charts, as columns in JSON.

use serde::Serialize;

use crate::format::EventLine;
use crate::model::rounded;
use crate::report::{ReadingLine, RunFile};
use crate::run::{EventKind, Level};
use crate::stats::{Columns, Percentiles, Row};
use crate::verdict::Capacity;

/// Readings drawn; all are in the run file.
const READINGS: usize = 60;
/// Points drawn of a reading.
const POINTS: usize = 240;
/// Events marked.
const MARKS: usize = 200;

#[derive(Serialize)]
struct Charts<'a> {
    #[serde(flatten)]
    series: Columns,
    marks: Vec<&'a EventLine>,
    readings: Vec<Curve<'a>>,
    capacity: Option<&'a Capacity>,
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
    let charts = Charts {
        series: series(&run.series),
        marks: run.events.iter().filter(is_marked).take(MARKS).collect(),
        readings: run.readings.iter().take(READINGS).map(curve).collect(),
        capacity: run.capacity.as_ref(),
    };
    let text = serde_json::to_string(&charts).unwrap_or_else(|_| "null".to_owned());
    // Within a script element only this could end it, or begin a comment.
    text.replace('<', "\\u003c")
}

/// Response times only where starts were planned, and of the plan nothing.
fn series(rows: &[Row]) -> Columns {
    let has_response = (rows.iter()).any(|row| row.response != Percentiles::default());
    Columns::of_rows(rows).only(|name| match name {
        "t_s" | "width_s" | "rps" | "fps" | "p50_us" | "p95_us" | "p99_us" | "users" => true,
        _ => has_response && name.starts_with("response_"),
    })
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
