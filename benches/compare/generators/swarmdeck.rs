//! This project's program, with its dashboard open.

use std::borrow::Cow;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::cost::{Cost, Cpu, Memory, RunTotals};
use crate::error::BenchError;
use crate::machine::{Core, on_core};
use crate::resource_usage::{Stat, memory_kb};
use crate::traffic;

use super::generator::Context;
use super::viewers::Viewers;

/// How long it may take to start, and to stop after its time.
const PATIENCE: Duration = Duration::from_secs(60);

/// What Swarmdeck is to do.
#[derive(Clone, Debug)]
pub(crate) struct Swarmdeck {
    /// Its scenario.
    pub(crate) scenario: Cow<'static, str>,
    /// What is special about it, for tables; may be empty.
    pub(crate) note: &'static str,
    /// How many users.
    pub(crate) users: u32,
    /// On how many threads.
    pub(crate) shards: u16,
    /// How many look at its dashboard; at least one.
    pub(crate) viewers: usize,
    /// Which build of it.
    pub(crate) build: Build,
}

/// A build of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// The one that is measured.
    Measured,
    /// The one that it is compared with.
    Other,
}

impl Swarmdeck {
    /// The constant request with one shard and one viewer.
    pub(crate) fn of(users: u32) -> Self {
        Self {
            scenario: Cow::Borrowed(traffic::STATIC),
            note: "",
            users,
            shards: 1,
            viewers: 1,
            build: Build::Measured,
        }
    }

    /// What it is called in tables.
    pub(crate) fn name(&self) -> String {
        let Self { users, note, .. } = self;
        format!("Swarmdeck, {users} users{note}")
    }

    /// Runs it once. What counts is the processor time of the whole process
    /// from before the run starts to after its end.
    pub(crate) async fn run(&self, ground: &Context) -> Result<Cost, BenchError> {
        let mut dashboard = Dashboard::open(ground, self, Core::Generator).await?;
        let before = dashboard.cpu()?;
        let resident_kb = dashboard.memory_kb("VmRSS")?;
        dashboard.start(self.users, ground.time).await?;
        let stopped = dashboard.viewers.until_stopped();
        let last = timeout(ground.time + PATIENCE, stopped).await;
        let last = last.map_err(|_| BenchError::Dashboard("the run does not end".to_owned()))??;
        let cpu = dashboard.cpu()?.since(before);
        let peak_kb = dashboard.memory_kb("VmHWM")?;
        if last.failures > 0.0 {
            return Err(BenchError::Unsound {
                program: "swarmdeck",
                words: format!("{} of {} failed", last.failures, last.requests),
            });
        }
        let totals = RunTotals {
            requests: last.requests,
            seconds: last.elapsed_s,
        };
        let cost = Cost::new(totals, cpu);
        let cost = cost.ok_or_else(|| BenchError::Dashboard("no request was made".to_owned()))?;
        let grown_kb = peak_kb - resident_kb;
        let memory = Some(Memory { peak_kb, grown_kb });
        Ok(Cost { memory, ..cost })
    }
}

/// The program while it runs, and its viewers. Killed when dropped.
#[derive(Debug)]
pub(super) struct Dashboard {
    child: Child,
    url: String,
    viewers: Viewers,
}

impl Dashboard {
    /// One on the target's core that is looked at while another generator is
    /// measured: a single user that hardly asks keeps its figures moving.
    pub(super) async fn beside(ground: &Context, viewers: usize) -> Result<Self, BenchError> {
        let scenario =
            "user_classes:\n  One:\n    wait: 100ms\n    tasks:\n      ask:\n        - get: /\n";
        let idle = Swarmdeck {
            scenario: Cow::Borrowed(scenario),
            viewers,
            ..Swarmdeck::of(1)
        };
        let dashboard = Self::open(ground, &idle, Core::Target).await?;
        dashboard.start(1, ground.time + PATIENCE).await?;
        Ok(dashboard)
    }

    /// Looks at it for as long as it runs; why it did not run longer.
    pub(super) async fn until_it_ends(&mut self) -> BenchError {
        let ended = self.viewers.until_stopped().await;
        ended
            .err()
            .unwrap_or_else(|| BenchError::Dashboard("the run has ended early".to_owned()))
    }

    async fn open(ground: &Context, what: &Swarmdeck, core: Core) -> Result<Self, BenchError> {
        let path = ground
            .folder
            .write("scenario.yaml", what.scenario.as_bytes())
            .map_err(BenchError::io("a scenario"))?;
        let program = match what.build {
            Build::Measured => &ground.program,
            Build::Other => ground.other.as_ref().ok_or(BenchError::Missing {
                program: "another build of swarmdeck",
                remedy: "name it with --other PATH",
            })?,
        };
        let mut command = Command::new(program);
        command.arg("-f").arg(path).args(["--web-port", "0"]);
        command.args(["--shards", &what.shards.to_string()]);
        let target = ground.target.url();
        command.args(["-H", &target]).env("TARGET", &target);
        command.stdin(Stdio::null()).kill_on_drop(true);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let shown = program.display().to_string();
        let mut child = on_core(core, || command.spawn()).map_err(BenchError::io(shown))?;
        let url = timeout(PATIENCE, address(&mut child)).await;
        let url = url.ok().flatten().ok_or(BenchError::Failed {
            program: "swarmdeck",
            words: "it does not say where its dashboard is".to_owned(),
        })?;
        Ok(Self {
            viewers: Viewers::open(&url, what.viewers).await?,
            child,
            url,
        })
    }

    /// Starts a run, with all users at once.
    async fn start(&self, users: u32, time: Duration) -> Result<(), BenchError> {
        let refused = |why: reqwest::Error| BenchError::Dashboard(why.to_string());
        let client = reqwest::Client::builder().no_proxy().build();
        let wish = serde_json::json!({
            "users": users,
            "spawn_rate": 1_000_000,
            "run_time": format!("{}s", time.as_secs()),
        });
        let start = client
            .map_err(refused)?
            .post(format!("{}/api/v1/run", self.url));
        let answer = start.json(&wish).send().await.map_err(refused)?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(BenchError::Dashboard(answer.text().await.map_err(refused)?))
    }

    fn cpu(&self) -> Result<Cpu, BenchError> {
        let stat = Stat::of(self.pid()?);
        let stat = stat.map_err(BenchError::io("the processor time of swarmdeck"));
        stat.map(|stat| stat.cpu)
    }

    fn memory_kb(&self, line: &str) -> Result<f64, BenchError> {
        memory_kb(self.pid()?, line).map_err(BenchError::io("the memory of swarmdeck"))
    }

    fn pid(&self) -> Result<u32, BenchError> {
        let gone = || BenchError::Dashboard("it has ended".to_owned());
        self.child.id().ok_or_else(gone)
    }
}

/// Where it says that its dashboard is.
async fn address(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(rest) = line.strip_prefix("Dashboard") {
            return rest.split_whitespace().next().map(str::to_owned);
        }
    }
    None
}
