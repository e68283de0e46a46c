use std::time::Instant;

use serde::Deserialize;

use crate::model::DockerProbe;
use crate::probes::docker::engine::Engine;
use crate::probes::docker::frames::Streams;
use crate::probes::docker::logs::LogWatch;
use crate::probes::docker::stats::{Stats, Usage};
use crate::probes::{ProbeError, Round, Value};

/// Reads one container.
#[derive(Debug)]
pub(crate) struct Container {
    engine: Engine,
    name: String,
    usage: Usage,
    log: Option<LogWatch>,
}

/// A response of `/containers/NAME/json`, as far as it is used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    #[serde(default)]
    restart_count: u32,
    state: ContainerState,
    #[serde(default)]
    config: Config,
}

#[derive(Debug, Deserialize)]
struct ContainerState {
    #[serde(rename = "Running", default)]
    is_running: bool,
    #[serde(rename = "ExitCode", default)]
    exit_code: i64,
    #[serde(rename = "OOMKilled", default)]
    out_of_memory: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Config {
    #[serde(rename = "Tty", default)]
    has_terminal: bool,
}

impl Container {
    pub(crate) fn new(probe: &DockerProbe, name: &str) -> Result<Self, ProbeError> {
        Ok(Self {
            engine: Engine::new(&probe.engine),
            name: name.to_owned(),
            usage: Usage::default(),
            log: probe.logs.as_deref().map(LogWatch::new).transpose()?,
        })
    }

    pub(crate) async fn read(&mut self) -> Round {
        let name = self.name.clone();
        let path = format!("/containers/{name}/json");
        let inspected: Inspected = match self.engine.get(&path, &name).await {
            Ok(inspected) => inspected,
            Err(error) => return error.into(),
        };
        let restarts = f64::from(inspected.restart_count);
        let mut round = Round {
            values: vec![Value::new(format!("{name}.restarts"), "", restarts)],
            error: None,
        };
        if let Some(log) = &mut self.log {
            let streams = match inspected.config.has_terminal {
                true => Streams::Raw,
                false => Streams::Framed,
            };
            match log.read(&self.engine, &name, streams).await {
                Ok(matches) => {
                    let what = format!("{name}.log_matches");
                    round.values.push(Value::new(what, "lines", count(matches)));
                }
                Err(error) => round.error = Some(error),
            }
        }
        if !inspected.state.is_running {
            round.error = Some(inspected.state.error(name));
            return round;
        }
        // One sample: for two of them the engine would take a second.
        let path = format!("/containers/{name}/stats?stream=false&one-shot=true");
        match self.engine.get::<Stats>(&path, &name).await {
            Ok(stats) => {
                let now = Instant::now();
                let readings = self.usage.readings(&name, &stats, now);
                round.values.extend(readings);
            }
            Err(error) => round.error = Some(error),
        }
        round
    }
}

impl ContainerState {
    fn error(&self, name: String) -> ProbeError {
        let code = self.exit_code;
        let detail = match self.out_of_memory {
            true => ": killed (out of memory)".to_owned(),
            false => format!(": exited with code {code}"),
        };
        ProbeError::NotRunning { name, detail }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count for people")]
fn count(value: u64) -> f64 {
    value as f64
}
