//! Rows of charts as a list of values for each column: for live messages, routes and reports.

use serde::{Serialize, Serializer};

use crate::model::{float, serialize_rounded};
use crate::stats::{Percentiles, Row};

/// Rows as columns of equal length, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns(Vec<(&'static str, Vec<Cell>)>);

/// What every chart over time needs of a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// When it ends, in seconds since the start of the run.
    pub end_s: f64,
    /// How long it is, in seconds.
    pub width_s: f64,
    /// Samples per second.
    pub rps: f64,
    /// Failed samples per second.
    pub fps: f64,
    /// Percentiles of service times.
    pub service: Percentiles,
    /// Percentiles of response times.
    pub response: Percentiles,
}

/// A value of a column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Cell {
    Whole(Option<u64>),
    Number(#[serde(serialize_with = "serialize_rounded")] f64),
}

type Column<R> = (&'static str, fn(&R) -> Cell);

const SPAN: &[Column<Moment>] = &[
    ("t_s", |one| Cell::Number(one.end_s)),
    ("width_s", |one| Cell::Number(one.width_s)),
];

/// Those of a series are whole seconds.
const SPAN_OF_ROW: &[Column<Row>] = &[
    ("t_s", |row| Cell::Whole(Some(row.end_s))),
    ("width_s", |row| Cell::Whole(Some(row.width_s))),
];

const FIGURES: &[Column<Moment>] = &[
    ("rps", |one| Cell::Number(one.rps)),
    ("fps", |one| Cell::Number(one.fps)),
    ("p50_us", |one| Cell::Whole(one.service.p50_us)),
    ("p95_us", |one| Cell::Whole(one.service.p95_us)),
    ("p99_us", |one| Cell::Whole(one.service.p99_us)),
    ("response_p50_us", |one| Cell::Whole(one.response.p50_us)),
    ("response_p95_us", |one| Cell::Whole(one.response.p95_us)),
    ("response_p99_us", |one| Cell::Whole(one.response.p99_us)),
];

const PLAN: &[Column<Row>] = &[
    ("scheduled", |row| Cell::Number(row.rate(row.scheduled))),
    ("started", |row| Cell::Number(row.rate(row.started))),
    ("dropped", |row| Cell::Number(row.rate(row.dropped))),
    ("planned", |row| Cell::Number(row.rate(row.planned))),
    ("undelivered", |row| Cell::Number(row.rate(row.undelivered))),
    ("overdue", |row| Cell::Whole(Some(row.overdue))),
    ("users", |row| Cell::Whole(Some(row.users))),
    ("planned_users", |row| Cell::Whole(Some(row.planned_users))),
];

impl Columns {
    /// Any stretch of a run, moment by moment.
    #[must_use]
    pub fn of_moments(moments: &[Moment]) -> Self {
        Self::default().with(SPAN, moments).with(FIGURES, moments)
    }

    /// The series of a run, with its users and planned starts.
    #[must_use]
    pub fn of_rows(rows: &[Row]) -> Self {
        let moments: Vec<Moment> = rows.iter().map(Moment::from).collect();
        Self::default()
            .with(SPAN_OF_ROW, rows)
            .with(FIGURES, &moments)
            .with(PLAN, rows)
    }

    /// Only the columns with such names.
    #[must_use]
    pub fn only(mut self, is_wanted: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| is_wanted(name));
        self
    }

    fn with<R>(mut self, columns: &[Column<R>], rows: &[R]) -> Self {
        let columns = columns.iter();
        (self.0).extend(columns.map(|(name, cell)| (*name, rows.iter().map(cell).collect())));
        self
    }
}

impl From<&Row> for Moment {
    fn from(row: &Row) -> Self {
        Self {
            end_s: float(row.end_s),
            width_s: float(row.width_s),
            rps: row.rate(row.requests),
            fps: row.rate(row.failures),
            service: row.service,
            response: row.response,
        }
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, cells)| (name, cells)))
    }
}
