//! Whether many users come as fast as they were planned to.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use swarmdeck::model::Load;

use crate::line::{Expected, Line, float};
use crate::shard;

/// One request when a user comes, and none after it: requests begun are users
/// that have sent.
const SCENARIO: &str = "{user_classes: {U: {wait: 1h, tasks: {ask: [{get: /api/v1/health/}]}}}}";
const LOAD: Load = Load {
    users: 15_000,
    spawn_rate: 5_000.0,
};
const TIME: Duration = Duration::from_secs(5);

/// The largest distance of those that have sent from those that should have,
/// at the end of each interval.
pub(crate) fn measure() -> Result<Vec<Line>, String> {
    let target = Lab::start().map_err(|error| format!("a target: {error}"))?;
    let (mut elapsed_us, mut begun) = (0, 0);
    let mut farthest = 0.0_f64;
    let totals = shard::run(SCENARIO, target.address, LOAD, TIME, |report| {
        elapsed_us += report.wall_us;
        begun += report.interval.counts.requests_started;
        let elapsed_s = Duration::from_micros(elapsed_us).as_secs_f64();
        let planned = (elapsed_s * LOAD.spawn_rate).min(f64::from(LOAD.users));
        farthest = farthest.max((planned - float(begun)).abs());
    })?;
    let line = |what: &str, expected, measured, unit| Line {
        what: what.to_owned(),
        expected,
        measured,
        unit,
    };
    Ok(vec![
        line(
            "users from the plan, 15,000 at 5,000 a second",
            Expected::AtMost(1.0),
            farthest * 100.0 / f64::from(LOAD.users),
            "% of the peak",
        ),
        line(
            "of them answered",
            Expected::Within(f64::from(LOAD.users), 0.0),
            float(totals.counts.succeeded),
            "users",
        ),
    ])
}

/// The built-in target, in a process of its own: so many connections are more
/// than one process may have at both ends.
struct Lab {
    address: SocketAddr,
    child: Child,
}

impl Lab {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_swarmdeck"))
            .args(["target", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        let url = said
            .split_whitespace()
            .find_map(|word| word.strip_prefix("http://"));
        let Some(address) = url.and_then(|address| address.parse().ok()) else {
            // It says why itself.
            let _ = child.kill();
            return Err(io::Error::other("it did not start"));
        };
        Ok(Self { address, child })
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // One that has ended needs no end.
        let _ = self.child.kill().and_then(|()| self.child.wait().map(drop));
    }
}
