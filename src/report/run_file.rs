//! The run file `PREFIX_run.json`: everything a report is made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::format::EventLine;
use crate::model::{Negotiated, RunState};
use crate::run::{FailureLine, StatRow};
use crate::stats::{Counts, Row};
use crate::verdict::{Capacity, Judgement, PlanLine};

/// The version of the file's shape that this program writes. It rises when a
/// reader of the old shape would misread the new one; fields that are merely
/// new do not raise it.
pub const SCHEMA: u32 = 2;
/// The version in which percentiles of requests stood below `latencies`.
const SCHEMA_NESTED: u64 = 1;

/// One run, complete enough to be reported on. Times are in the unit that ends
/// a field's name; `docs/reports.md` describes the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    /// The version of the shape: [`SCHEMA`].
    #[serde(rename = "swarmdeck_run")]
    pub schema: u32,
    /// The program that counted, such as `Swarmdeck 0.1.0`, or the origin of the files.
    pub made_by: String,
    /// Scenario, target and times.
    pub run: RunLine,
    /// With what load.
    pub load: LoadLine,
    /// The kinds of users, in the order of the scenario.
    #[serde(default)]
    pub classes: Vec<ClassLine>,
    /// The judgement; `None` if no criteria are known.
    pub judgement: Option<Judgement>,
    /// The conservation counts; `None` if they were not kept.
    pub counts: Option<Counts>,
    /// Every plan of task starts, and what became of it.
    #[serde(default)]
    pub deliveries: Vec<PlanLine>,
    /// All requests together.
    pub aggregated: StatRow,
    /// A line a name that was requested.
    pub requests: Vec<StatRow>,
    /// Kinds of failure, the most frequent first.
    pub failures: Vec<FailureLine>,
    /// Failures that found no line.
    #[serde(default)]
    pub failures_dropped: u64,
    /// The run over time, coarser with age.
    #[serde(default)]
    pub series: Vec<Row>,
    /// Throughput and times over load, where the load had levels, and what a
    /// search for the limit found.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    /// The events, oldest first.
    #[serde(default)]
    pub events: Vec<EventLine>,
    /// Events that made room for later ones.
    #[serde(default)]
    pub events_dropped: u64,
    /// The readings of probes.
    #[serde(default)]
    pub readings: Vec<ReadingLine>,
    /// Values of probes that found no place.
    #[serde(default)]
    pub readings_dropped: u64,
    /// Where the load came from; `None` where it is not known.
    pub environment: Option<Environment>,
}

/// Scenario, target and times of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLine {
    /// Its id; empty where it has none.
    pub id: String,
    /// The name of the scenario.
    pub scenario: String,
    /// The scenario's description; may be empty.
    #[serde(default)]
    pub description: String,
    /// The scenario as it was written, secrets masked; may be empty.
    #[serde(default)]
    pub text: String,
    /// The target's base address; may be empty.
    pub host: String,
    /// What was spoken with its origins, as far as it showed before the run.
    #[serde(default)]
    pub protocols: Vec<Negotiated>,
    /// A label that groups runs; may be empty.
    #[serde(default)]
    pub profile: String,
    /// Where it was in its life; `stopped` for final figures.
    pub state: RunState,
    /// When it was started.
    pub started_unix_ms: Option<u64>,
    /// When it ended; `None` while it is running.
    pub ended_unix_ms: Option<u64>,
    /// How long it took.
    pub elapsed_s: f64,
}

/// With what load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoadLine {
    /// In words.
    pub words: String,
    /// The most users there were to be.
    pub users: Option<u64>,
    /// The most users that ran at once; `None` where that is not known.
    pub peak_users: Option<u64>,
    /// Users started per second.
    pub spawn_rate: Option<f64>,
    /// When it was to stop by itself.
    pub run_time_s: Option<f64>,
}

/// A kind of user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassLine {
    /// Its name.
    pub name: String,
    /// The share or number of users of this class.
    pub population: String,
    /// Their wait between tasks.
    pub wait: String,
    /// Their tasks.
    pub tasks: Vec<TaskLine>,
}

/// A weighted thing a user picks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskLine {
    /// Its name.
    pub name: String,
    /// Its weight among the tasks of its class.
    pub weight: u32,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// One reading of a probe over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadingLine {
    /// `PROBE.READING`.
    pub name: String,
    /// Its unit; may be empty.
    pub unit: String,
    /// The lowest value.
    pub min: f64,
    /// The highest value.
    pub max: f64,
    /// The mean of all values.
    pub mean: f64,
    /// When (in seconds since the start) and what, oldest first.
    pub points: Vec<(f64, f64)>,
}

/// Where the load came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The operating system and the processor's architecture.
    pub os: String,
    /// Cores that the generator could use.
    pub cpus: usize,
    /// Threads that made load.
    pub shards: usize,
    /// The processor share of the busiest of them, 0 to 1: what it reached in a tenth of
    /// the run, each over five seconds.
    pub busiest_cpu_share: Option<f64>,
    /// The 99th percentile of how late planned moments came.
    pub lateness_p99_us: Option<u64>,
}

/// Why a text is no run file. Completes "failed to read FILE: ...".
#[derive(Debug, thiserror::Error)]
pub enum RunFileError {
    /// It is JSON, but not ours; or no JSON at all.
    #[error("not a run file (no `swarmdeck_run`); use a *_run.json or Locust's *_stats.csv")]
    Foreign,
    /// A later program wrote it.
    #[error(
        "run file version {found} is newer than this Swarmdeck reads (up to {SCHEMA}); update Swarmdeck"
    )]
    Newer {
        /// The version it says.
        found: u64,
    },
    /// Something is missing or of another type.
    #[error("damaged run file: {0}")]
    Damaged(#[from] serde_json::Error),
}

impl RunFile {
    /// Reads a run file.
    ///
    /// # Errors
    /// When it is none, damaged, or of a later version.
    pub fn from_json(text: &str) -> Result<Self, RunFileError> {
        #[derive(Deserialize)]
        struct Head {
            swarmdeck_run: u64,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| match error.classify() {
            // What was cut off began well.
            serde_json::error::Category::Eof if !text.trim().is_empty() => {
                RunFileError::Damaged(error)
            }
            _ => RunFileError::Foreign,
        })?;
        if head.swarmdeck_run > u64::from(SCHEMA) {
            return Err(RunFileError::Newer {
                found: head.swarmdeck_run,
            });
        }
        Ok(match head.swarmdeck_run {
            SCHEMA_NESTED => serde_json::from_value(flattened(serde_json::from_str(text)?))?,
            _ => serde_json::from_str(text)?,
        })
    }

    /// The run file as text, with a line break at its end.
    ///
    /// # Errors
    /// None that is known: everything in it has a shape in JSON.
    pub fn to_json(&self) -> Result<String, RunFileError> {
        let mut text = serde_json::to_string(self)?;
        text.push('\n');
        Ok(text)
    }

    /// The share of requests that did not fail, 0 to 1; `None` without any.
    #[must_use]
    pub fn success(&self) -> Option<f64> {
        self.aggregated.success()
    }
}

/// A run file of version [`SCHEMA_NESTED`] in the shape of today: percentiles stand
/// beside the other figures of a row.
fn flattened(mut file: Value) -> Value {
    let flatten = |row: &mut Value| {
        let Value::Object(row) = row else { return };
        let latencies = row.remove("latencies").unwrap_or_default();
        for (kind, prefix) in [("service", ""), ("response", "response_")] {
            let times = latencies[kind].as_object().into_iter().flatten();
            row.extend(times.map(|(name, us)| (format!("{prefix}{name}"), us.clone())));
        }
    };
    let rows = file.get_mut("requests").and_then(Value::as_array_mut);
    rows.into_iter().flatten().for_each(flatten);
    file.get_mut("aggregated").into_iter().for_each(flatten);
    file
}
