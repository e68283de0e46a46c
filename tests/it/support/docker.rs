use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::UnixListener;
use tokio::process::Command;

use super::process::Folder;

/// A stand-in for the Docker engine, on a Unix socket, for as long as the
/// test's runtime lives. What it answers was written after the engine's
/// documentation; commands "in a container" are run on this machine.
#[derive(Clone)]
pub(crate) struct Docker {
    inner: Arc<Mutex<Inner>>,
    folder: Arc<Folder>,
}

#[derive(Default)]
struct Inner {
    containers: BTreeMap<String, Container>,
    /// What commands are given beside the machine's own environment.
    environment: Vec<(String, String)>,
    /// Commands that were created, by id, and what they left.
    commands: Vec<(Vec<String>, Option<i32>)>,
}

/// A container.
#[derive(Clone, Default)]
pub(crate) struct Container {
    pub(crate) has_ended: bool,
    pub(crate) restarts: u32,
    /// The CPU time it used and that of the system, in nanoseconds.
    pub(crate) cpu: (u64, u64),
    pub(crate) received: u64,
    /// The lines of its log, with the second in which they were written.
    pub(crate) log: Vec<(u32, String)>,
}

type Answer = Result<Response, (StatusCode, Json<Value>)>;

impl Docker {
    pub(crate) fn start() -> Self {
        let docker = Self {
            inner: Arc::default(),
            folder: Arc::new(Folder::new()),
        };
        let listener = UnixListener::bind(docker.path()).expect("a socket");
        let app = Router::new()
            .route("/containers/{name}/json", get(inspect))
            .route("/containers/{name}/stats", get(stats))
            .route("/containers/{name}/logs", get(logs))
            .route("/containers/{name}/exec", post(create))
            .route("/exec/{id}/start", post(execute))
            .route("/exec/{id}/json", get(executed))
            .with_state(docker.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        docker
    }

    /// As `DOCKER_HOST` names it.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.path())
    }

    fn path(&self) -> String {
        format!("{}/docker.sock", self.folder.path())
    }

    /// Changes a container, which is made if there is none.
    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Container)) {
        change(self.lock().containers.entry(name.to_owned()).or_default());
    }

    /// Sets a variable of the environment of commands.
    pub(crate) fn set(&self, name: &str, value: &str) {
        let pair = (name.to_owned(), value.to_string());
        self.lock().environment.push(pair);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panicked in here")
    }

    fn container(&self, name: &str) -> Result<Container, (StatusCode, Json<Value>)> {
        let found = self.lock().containers.get(name).cloned();
        let message = format!("No such container: {name}");
        found.ok_or((StatusCode::NOT_FOUND, Json(json!({"message": message}))))
    }
}

async fn inspect(State(docker): State<Docker>, Path(name): Path<String>) -> Answer {
    let container = docker.container(&name)?;
    let answer = json!({
        "Id": "a1b2",
        "Name": format!("/{name}"),
        "RestartCount": container.restarts,
        "State": {
            "Status": if container.has_ended { "exited" } else { "running" },
            "Running": !container.has_ended,
            "OOMKilled": container.has_ended,
            "ExitCode": if container.has_ended { 137 } else { 0 },
        },
        "Config": {"Tty": false},
    });
    Ok(Json(answer).into_response())
}

async fn stats(
    State(docker): State<Docker>,
    Path(name): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    assert_eq!(query["stream"], "false");
    assert_eq!(query["one-shot"], "true");
    let container = docker.container(&name)?;
    let (used, system) = container.cpu;
    let answer = json!({
        "name": format!("/{name}"),
        "cpu_stats": {
            "cpu_usage": {"total_usage": used, "usage_in_kernelmode": 0, "usage_in_usermode": used},
            "system_cpu_usage": system,
            "online_cpus": 2,
            "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
        },
        "precpu_stats": {"cpu_usage": {"total_usage": 0}, "throttling_data": {}},
        "memory_stats": {
            "usage": 260_000_000,
            "limit": 1_000_000_000,
            "stats": {"inactive_file": 10_000_000, "active_file": 1},
        },
        "networks": {"eth0": {"rx_bytes": container.received, "tx_bytes": 0, "rx_dropped": 0}},
    });
    Ok(Json(answer).into_response())
}

/// In frames, as of a container without a terminal.
async fn logs(
    State(docker): State<Docker>,
    Path(name): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    assert_eq!(query["timestamps"], "true");
    let container = docker.container(&name)?;
    let since = query
        .get("since")
        .map(|since| since.parse::<f64>().expect("seconds"));
    let tail = query
        .get("tail")
        .map_or(usize::MAX, |tail| tail.parse().expect("a number"));
    let mut body = Vec::new();
    let skipped = container.log.len().saturating_sub(tail);
    for (second, text) in container.log.iter().skip(skipped) {
        let stamp = format!("2026-11-24T17:00:{second:02}.000000000Z");
        let unix: jiff::Timestamp = stamp.parse().expect("a time");
        #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
        let is_before = since.is_some_and(|since| (unix.as_second() as f64) < since);
        if !is_before {
            push_frame(&mut body, 2, format!("{stamp} {text}\n").as_bytes());
        }
    }
    Ok(body.into_response())
}

async fn create(
    State(docker): State<Docker>,
    Path(name): Path<String>,
    Json(wish): Json<Value>,
) -> Answer {
    if docker.container(&name)?.has_ended {
        let message = format!("container {name} is not running");
        return Err((StatusCode::CONFLICT, Json(json!({"message": message}))));
    }
    let command = serde_json::from_value(wish["Cmd"].clone()).expect("a command");
    let mut inner = docker.lock();
    inner.commands.push((command, None));
    let answer = json!({"Id": format!("{}", inner.commands.len() - 1)});
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn execute(State(docker): State<Docker>, Path(id): Path<usize>) -> Answer {
    let (words, environment) = {
        let inner = docker.lock();
        (inner.commands[id].0.clone(), inner.environment.clone())
    };
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .envs(environment)
        .stdin(Stdio::null());
    let output = command.output().await.expect("a command");
    docker.lock().commands[id].1 = output.status.code();
    let mut body = Vec::new();
    push_frame(&mut body, 1, &output.stdout);
    push_frame(&mut body, 2, &output.stderr);
    let kind = [("content-type", "application/vnd.docker.multiplexed-stream")];
    Ok((kind, body).into_response())
}

async fn executed(State(docker): State<Docker>, Path(id): Path<usize>) -> Answer {
    let exit_code = docker.lock().commands[id].1;
    Ok(Json(json!({"Running": false, "ExitCode": exit_code})).into_response())
}

fn push_frame(body: &mut Vec<u8>, stream: u8, bytes: &[u8]) {
    body.extend([stream, 0, 0, 0]);
    body.extend(u32::try_from(bytes.len()).expect("short").to_be_bytes());
    body.extend(bytes);
}
