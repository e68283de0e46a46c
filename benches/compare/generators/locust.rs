//! Locust, one process without a page.

use std::process::Command;
use std::time::Duration;

use crate::cost::{Cost, Cpu, RunTotals};
use crate::error::BenchError;
use crate::outputs;

use super::generator::Context;
use super::program::Program;

/// Its two kinds of users.
#[derive(Clone, Copy, Debug)]
pub(crate) enum User {
    /// `FastHttpUser`.
    Fast,
    /// `HttpUser`.
    Plain,
}

impl User {
    /// Its base class in Locust.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Fast => "FastHttpUser",
            Self::Plain => "HttpUser",
        }
    }

    /// What it is called in our file for Locust.
    fn word(self) -> &'static str {
        match self {
            Self::Fast => "Fast",
            Self::Plain => "Plain",
        }
    }
}

const FILE: &str = include_str!("locustfile.py");
const REMEDY: &str = "python3 -m venv target/python && target/python/bin/pip install locust, \
                      or say --python PATH";

/// Runs it. Its start and its end do not count: they would be felt in a short run.
pub(super) async fn run(ground: &Context, users: u32, user: User) -> Result<Cost, BenchError> {
    let path = ground
        .folder
        .write("locustfile.py", FILE.as_bytes())
        .map_err(BenchError::io("a file for Locust"))?;
    let users = users.to_string();
    let mut command = Command::new(&ground.python);
    command.args(["-m", "locust", "--headless", "--loglevel", "ERROR"]);
    command
        .arg("-f")
        .arg(path)
        .args(["-u", &users, "-r", &users]);
    command.args(["-t", &format!("{}s", ground.time.as_secs())]);
    command.args(["-H", &ground.target.url(), user.word()]);
    let program = Program {
        name: "Locust",
        remedy: REMEDY,
        command,
    };
    let ended = program.run(ground.time).await?;
    let output = ended.read(outputs::locust)?;
    let totals = RunTotals {
        requests: output.requests,
        seconds: output.seconds,
    };
    let cpu = Cpu {
        user: seconds(output.user_s),
        system: seconds(output.system_s),
    };
    ended.cost_of(totals, cpu)
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
