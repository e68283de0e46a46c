//! The messages of the live protocol. `docs/live.md` describes each field.

use serde::Serialize;

use crate::model::{Population, Wait};
use crate::run::{FailureLine, Latencies, NameRow, RunInfo, Snapshot, Tables};
use crate::scenario::duration_text;
use crate::stats::{Counts, Row};
use crate::web::catalog::Entry;

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
    fn new(latencies: &Latencies) -> Self {
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

/// The state of the run, four times a second.
#[derive(Debug, Serialize)]
pub(super) struct FrameBody {
    state: &'static str,
    elapsed_s: f64,
    users: u64,
    planned_users: u32,
    target_users: u32,
    spawn_rate: f64,
    users_failed: u64,
    requests: u64,
    failures: u64,
    rps: f64,
    fps: f64,
    now: LatenciesBody,
    total: LatenciesBody,
    seconds: SeriesBody,
    generator: GeneratorBody,
    verdict: Option<String>,
}

#[derive(Debug, Serialize)]
struct GeneratorBody {
    cpu_share: Option<f64>,
    lateness_p99_us: Option<u64>,
}

impl FrameBody {
    pub(super) fn new(snapshot: &Snapshot, seconds: &[Row]) -> Self {
        let counts = &snapshot.counts;
        Self {
            state: snapshot.state.as_str(),
            elapsed_s: snapshot.elapsed_s,
            users: snapshot.users,
            planned_users: snapshot.planned_users,
            target_users: snapshot.load.users,
            spawn_rate: snapshot.load.spawn_rate,
            users_failed: counts.users_failed,
            requests: counts.succeeded + counts.failed,
            failures: counts.failed,
            rps: rounded(snapshot.rps),
            fps: rounded(snapshot.fps),
            now: LatenciesBody::new(&snapshot.now),
            total: LatenciesBody::new(&snapshot.total),
            seconds: SeriesBody::new(seconds),
            generator: GeneratorBody {
                cpu_share: snapshot.generator.cpu_share,
                lateness_p99_us: snapshot.generator.lateness_p99_us,
            },
            verdict: snapshot.verdict.as_deref().map(str::to_owned),
        }
    }
}

/// Stretches of time as columns of equal length.
#[derive(Debug, Default, Serialize)]
pub(super) struct SeriesBody {
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
    pub(super) fn new(rows: &[Row]) -> Self {
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

/// Requests, failures and counts, once a second.
#[derive(Debug, Serialize)]
pub(super) struct TablesBody {
    requests: Vec<RowBody>,
    aggregated: RowBody,
    failures: Vec<FailureBody>,
    failures_dropped: u64,
    counts: CountsBody,
}

#[derive(Debug, Serialize)]
struct RowBody {
    method: &'static str,
    name: String,
    requests: u64,
    failures: u64,
    p50_us: Option<u64>,
    p95_us: Option<u64>,
    p99_us: Option<u64>,
    response_p50_us: Option<u64>,
    response_p95_us: Option<u64>,
    response_p99_us: Option<u64>,
    mean_us: Option<f64>,
    min_us: Option<u64>,
    max_us: Option<u64>,
    mean_bytes: f64,
    rps: f64,
    fps: f64,
    share: f64,
    statuses: Vec<(u16, u64)>,
    phases: PhasesBody,
}

#[derive(Debug, Serialize)]
struct PhasesBody {
    resolve_us: f64,
    connect_us: f64,
    tls_us: f64,
    first_byte_us: f64,
    transfer_us: f64,
}

#[derive(Debug, Serialize)]
struct FailureBody {
    method: &'static str,
    name: String,
    kind: &'static str,
    text: String,
    count: u64,
    first_s: f64,
    last_s: f64,
}

#[derive(Debug, Serialize)]
struct CountsBody {
    tasks_started: u64,
    tasks_succeeded: u64,
    tasks_failed: u64,
    tasks_cut_off: u64,
    tasks_missed: u64,
    requests_started: u64,
    succeeded: u64,
    failed: u64,
    in_flight: u64,
    cut_off: u64,
    exchanges: u64,
    connections_opened: u64,
    connections_replaced: u64,
}

impl TablesBody {
    pub(super) fn new(tables: &Tables) -> Self {
        Self {
            requests: tables.requests.iter().map(RowBody::new).collect(),
            aggregated: RowBody::new(&tables.aggregated),
            failures: tables.failures.iter().map(FailureBody::new).collect(),
            failures_dropped: tables.failures_dropped,
            counts: CountsBody::new(&tables.counts),
        }
    }
}

impl RowBody {
    fn new(row: &NameRow) -> Self {
        let [resolve_us, connect_us, tls_us, first_byte_us, transfer_us] =
            row.phases_us.map(rounded);
        Self {
            method: row.method.map_or("", |method| method.as_str()),
            name: row.name.to_string(),
            requests: row.requests,
            failures: row.failures,
            p50_us: row.service.p50_us,
            p95_us: row.service.p95_us,
            p99_us: row.service.p99_us,
            response_p50_us: row.response.p50_us,
            response_p95_us: row.response.p95_us,
            response_p99_us: row.response.p99_us,
            mean_us: row.mean_us.map(rounded),
            min_us: row.min_us,
            max_us: row.max_us,
            mean_bytes: rounded(row.mean_bytes),
            rps: rounded(row.rps),
            fps: rounded(row.fps),
            share: row.share,
            statuses: row.statuses.clone(),
            phases: PhasesBody {
                resolve_us,
                connect_us,
                tls_us,
                first_byte_us,
                transfer_us,
            },
        }
    }
}

impl FailureBody {
    fn new(line: &FailureLine) -> Self {
        Self {
            method: line.method.as_str(),
            name: line.name.to_string(),
            kind: line.failure.kind(),
            text: line.text.clone(),
            count: line.count,
            first_s: line.first_s,
            last_s: line.last_s,
        }
    }
}

impl CountsBody {
    fn new(counts: &Counts) -> Self {
        Self {
            tasks_started: counts.tasks_started,
            tasks_succeeded: counts.tasks_succeeded,
            tasks_failed: counts.tasks_failed,
            tasks_cut_off: counts.tasks_cut_off,
            tasks_missed: counts.tasks_missed,
            requests_started: counts.requests_started,
            succeeded: counts.succeeded,
            failed: counts.failed,
            in_flight: counts.in_flight(),
            cut_off: counts.cut_off,
            exchanges: counts.exchanges,
            connections_opened: counts.connections_opened,
            connections_replaced: counts.connections_replaced,
        }
    }
}

/// What a run is.
#[derive(Debug, Serialize)]
pub(super) struct RunBody {
    id: String,
    scenario: String,
    host: String,
    started_unix_ms: u64,
    run_time_s: Option<f64>,
}

impl RunBody {
    pub(super) fn new(run: &RunInfo) -> Self {
        Self {
            id: run.id.clone(),
            scenario: run.scenario.clone(),
            host: run.host.clone(),
            started_unix_ms: run.started_unix_ms,
            run_time_s: run.run_time_s,
        }
    }
}

/// A scenario on offer.
#[derive(Debug, Serialize)]
pub(super) struct ScenarioBody {
    id: String,
    name: String,
    description: String,
    file: String,
    host: Option<String>,
    users: u32,
    spawn_rate: f64,
    run_time: String,
    classes: Vec<ClassBody>,
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ClassBody {
    name: String,
    population: String,
    wait: String,
    tasks: Vec<TaskBody>,
}

#[derive(Debug, Serialize)]
struct TaskBody {
    name: String,
    weight: u32,
}

impl ScenarioBody {
    pub(super) fn new(entry: &Entry) -> Self {
        let scenario = entry.loaded.as_ref().ok().map(|loaded| &loaded.scenario);
        let problems = entry.loaded.as_ref().err();
        let classes = scenario.map_or(&[][..], |scenario| &scenario.user_classes);
        Self {
            id: entry.id.clone(),
            name: entry.name().to_owned(),
            description: scenario
                .map(|scenario| scenario.description.clone())
                .unwrap_or_default(),
            file: entry.source.file.clone(),
            host: entry.host().map(str::to_owned),
            users: scenario.map_or(1, |scenario| scenario.load.users),
            spawn_rate: scenario.map_or(1.0, |scenario| scenario.load.spawn_rate),
            run_time: scenario
                .and_then(|scenario| scenario.run_time)
                .map(duration_text)
                .unwrap_or_default(),
            classes: classes
                .iter()
                .map(|class| ClassBody {
                    name: class.name.clone(),
                    population: population_words(class.population),
                    wait: wait_words(class.wait),
                    tasks: class
                        .tasks
                        .iter()
                        .map(|task| TaskBody {
                            name: task.name.clone(),
                            weight: task.weight,
                        })
                        .collect(),
                })
                .collect(),
            problems: problems
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect(),
        }
    }
}

fn population_words(population: Population) -> String {
    match population {
        Population::Weight(weight) => format!("weight {weight}"),
        Population::Fixed(count) => format!("always {count}"),
    }
}

fn wait_words(wait: Wait) -> String {
    match wait {
        Wait::Constant { seconds } if seconds > 0.0 => {
            format!("thinks {seconds} s after each task")
        }
        Wait::Constant { .. } => "no wait between tasks".to_owned(),
        Wait::Between {
            min_seconds,
            max_seconds,
        } => format!("thinks {min_seconds} to {max_seconds} s after each task"),
        Wait::Pacing { seconds } => format!("a task every {seconds} s"),
        Wait::Throughput { per_second } => format!("{per_second} tasks/s per user"),
        Wait::Poisson { per_second } => format!(
            "thinks {} s on average (Poisson)",
            rounded(per_second.recip())
        ),
    }
}

/// Three decimals are enough for people and keep messages short.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
