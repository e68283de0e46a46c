//! The lab, in a process of its own.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::case::Case;
use crate::cores::{Cores, start_on};
use crate::error::BenchError;
use crate::outcome::Counters;

/// How long it may take to start, or to answer.
const PATIENCE: Duration = Duration::from_secs(10);

const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_millis(300);

/// A lab. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Lab {
    child: Child,
    url: String,
    client: reqwest::Client,
}

impl Lab {
    /// One with the faults of a case.
    pub(crate) async fn start(
        program: &Path,
        case: &Case,
        cores: usize,
    ) -> Result<Self, BenchError> {
        let mut command = Command::new(program);
        command.args(["target", "--port", "0", "--until-stdin-closes"]);
        command.args(["--latency", &case.latency]);
        for fault in &case.faults {
            command.args(["--fault", fault]);
        }
        // What ends this program ends the lab: its standard input closes.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::null()).kill_on_drop(true);
        let shown = program.display().to_string();
        let mut child =
            start_on(Cores::Lab, cores, || command.spawn()).map_err(BenchError::io(shown))?;
        let url = timeout(PATIENCE, address(&mut child)).await.ok().flatten();
        let url = url.ok_or_else(|| BenchError::Lab("it does not say where it is".to_owned()))?;
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.map_err(|why| BenchError::Lab(why.to_string()))?;
        Ok(Self { child, url, client })
    }

    /// Its address, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it has counted. It may be busy with the connections of a run that
    /// has just ended, so it is asked more than once.
    pub(crate) async fn counters(&self) -> Result<Counters, BenchError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.ask().await {
                Err(why) if tries == TRIES => return Err(BenchError::Lab(format!("{why:?}"))),
                Err(_) => sleep(BETWEEN_TRIES).await,
                Ok(counters) => return Ok(counters),
            }
        }
    }

    async fn ask(&self) -> reqwest::Result<Counters> {
        let request = self.client.get(format!("{}/lab/stats", self.url));
        request.timeout(PATIENCE).send().await?.json().await
    }

    /// Ends it.
    pub(crate) async fn end(&mut self) -> Result<(), BenchError> {
        self.child.kill().await.map_err(BenchError::io("the lab"))
    }
}

/// Where it says that it is.
async fn address(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let line = lines.next_line().await.ok().flatten()?;
    let url = line.strip_prefix("lab on ")?.split_whitespace().next()?;
    Some(url.to_owned())
}
