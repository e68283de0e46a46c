//! One kind of failure of one name, as tables, messages and run files have it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Failure, RowKind};
use crate::program::Program;
use crate::run::FailureSample;
use crate::run::stats::samples::Samples;
use crate::run::stats::tables::seconds;
use crate::stats::Failures;

/// One kind of failure of one name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Failure)]
pub struct FailureLine {
    /// The method, `GROUP` or `TASK`.
    #[schema(value_type = String)]
    pub method: Cow<'static, str>,
    /// The name.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// What kind, in one stable word; empty where it is not known.
    #[serde(default)]
    #[schema(value_type = String, required)]
    pub kind: Cow<'static, str>,
    /// In words.
    pub text: String,
    /// How often.
    pub count: u64,
    /// When first, in seconds since the start; `None` where it is not known.
    pub first_s: Option<f64>,
    /// When last, likewise.
    pub last_s: Option<f64>,
    /// The first of them, with what their responses said, the earliest first.
    #[serde(default)]
    #[schema(value_type = Vec<FailureSample>, max_items = 3, required)]
    pub samples: Vec<Arc<FailureSample>>,
    /// What exactly failed; `None` in what was read from a file.
    #[serde(skip)]
    pub failure: Option<Failure>,
}

impl FailureLine {
    /// Whether a request failed, and not a group of steps or a task.
    #[must_use]
    pub fn is_request(&self) -> bool {
        ![RowKind::Group, RowKind::Task]
            .map(RowKind::as_str)
            .contains(&&*self.method)
    }

    /// Whether a task failed where no request did.
    #[must_use]
    pub fn is_task(&self) -> bool {
        self.method == RowKind::Task.as_str()
    }
}

/// Failures in words, most frequent first.
pub(super) fn failure_lines(
    program: &Program,
    failures: &Failures,
    samples: &Samples,
) -> Vec<FailureLine> {
    let sorted = failures.sorted().into_iter();
    let lines = sorted.filter_map(|(id, failure, row)| {
        let name = program.names.get(id.index())?;
        Some(FailureLine {
            method: name.kind.as_str().into(),
            name: name.name.as_str().into(),
            kind: failure.kind().into(),
            text: program.describe(failure),
            count: row.count,
            first_s: Some(seconds(row.first_us)),
            last_s: Some(seconds(row.last_us)),
            samples: samples.of(id, failure).to_vec(),
            failure: Some(failure),
        })
    });
    lines.collect()
}
