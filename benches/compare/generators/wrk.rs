//! wrk, one thread.

use std::fmt::Write as _;
use std::process::Command;

use crate::cost::Cost;
use crate::error::BenchError;
use crate::outputs;
use crate::traffic::Walker;

use super::generator::Context;
use super::program::Program;

/// How many messages a script holds: enough for the mix to be that of its weights.
const MESSAGES: usize = 2_000;

/// Runs it; with a script if it is to send the messages of a scenario.
pub(super) async fn run(
    ground: &Context,
    users: u32,
    messages: Option<&'static str>,
) -> Result<Cost, BenchError> {
    let url = ground.target.url();
    let mut command = Command::new("wrk");
    command.args(["-t1", "--timeout", "30s"]);
    command.arg(format!("-c{users}"));
    command.arg(format!("-d{}s", ground.time.as_secs()));
    if let Some(scenario) = messages {
        let script = script(scenario, &url)?;
        let path = ground
            .folder
            .write("messages.lua", script.as_bytes())
            .map_err(BenchError::io("a script for wrk"))?;
        command.arg("-s").arg(path);
    }
    command.arg(&url);
    let program = Program {
        name: "wrk",
        remedy: "on Debian, apt-get install wrk",
        command,
    };
    program.run(ground.time).await?.cost(outputs::wrk)
}

/// A script that sends, byte for byte, what the users of a scenario send, and
/// looks at nothing that comes back.
fn script(scenario: &str, host: &str) -> Result<String, BenchError> {
    let mut walker = Walker::new(scenario, host).map_err(BenchError::Scenario)?;
    let mut script = String::from("local messages = {\n");
    for _ in 0..MESSAGES {
        let request = walker.next();
        script.push('"');
        for byte in walker.render(request).bytes {
            // Three digits, so that a digit that follows is not read with it.
            let _ = write!(script, "\\{byte:03}");
        }
        script.push_str("\",\n");
        walker.judge(request);
    }
    script.push_str(
        "}
local last = 0
function request()
    last = last % #messages + 1
    return messages[last]
end
",
    );
    Ok(script)
}
