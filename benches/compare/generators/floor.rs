//! The floor, as a process of its own: this program, started once more.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::cost::{Cost, RunTotals};
use crate::error::BenchError;
use crate::floor::Floor;
use crate::outputs::OutputError;
use crate::traffic::Walker;

use super::generator::Context;
use super::program::Program;

/// Measures it. Each connection sends one message of a scenario over and over.
pub(super) async fn measure(
    ground: &Context,
    users: usize,
    scenario: &str,
) -> Result<Cost, BenchError> {
    let url = ground.target.url();
    let mut walker = Walker::new(scenario, &url).map_err(BenchError::Scenario)?;
    let request = walker.next();
    let path = ground
        .folder
        .write("message", walker.render(request).bytes)
        .map_err(BenchError::io("a message for the floor"))?;
    let this = std::env::current_exe().map_err(BenchError::io("this program"))?;
    let mut command = Command::new(this);
    command.args(["--floor", url.trim_start_matches("http://")]);
    command.arg("--message").arg(path);
    command.args(["--users", &users.to_string()]);
    command.args(["--seconds", &ground.time.as_secs().to_string()]);
    let program = Program {
        name: "the floor",
        remedy: "it is part of this program",
        command,
    };
    program.run(ground.time).await?.cost(read)
}

/// Is it: sends for so long and prints what it did.
pub(crate) fn run(
    address: SocketAddr,
    connections: usize,
    message: &Path,
    time: Duration,
) -> io::Result<String> {
    let floor = Floor {
        address,
        connections,
        message: std::fs::read(message)?.into(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(tokio::runtime::LocalOptions::default())?;
    let answered = Rc::new(Cell::new(0));
    let began = Instant::now();
    let sending = async {
        let streams = floor.connect().await?;
        floor.run(streams, &answered, u64::MAX).await
    };
    let ended = runtime.block_on(async { tokio::time::timeout(time, sending).await });
    // Its time is over, or something went wrong before that.
    ended.unwrap_or(Ok(()))?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(format!("{} {seconds}", answered.get()))
}

fn read(text: &str) -> Result<RunTotals, OutputError> {
    let mut words = text.split_whitespace();
    let mut next = |what| {
        let word = words.next().and_then(|word| word.parse().ok());
        word.ok_or(OutputError::Without(what))
    };
    Ok(RunTotals {
        requests: next("number of requests")?,
        seconds: next("duration")?,
    })
}
