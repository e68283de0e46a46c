//! A command in a container.

use hyper::Method;
use serde::Deserialize;
use serde_json::json;

use crate::probes::ProbeError;
use crate::probes::docker::engine::Engine;
use crate::probes::docker::frames::{STDERR, Streams, pieces};

/// The longest output that is read.
const OUTPUT_MAX: usize = 64 << 10;

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Executed {
    pub(crate) exit_code: i64,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ended {
    exit_code: Option<i64>,
}

impl Engine {
    /// Runs a command in a container to its end.
    pub(crate) async fn execute(
        &self,
        container: &str,
        command: &[&str],
    ) -> Result<Executed, ProbeError> {
        let options = json!({"AttachStdout": true, "AttachStderr": true, "Cmd": command});
        let path = format!("/containers/{container}/exec");
        let created: Created = self.post(&path, options.to_string(), container).await?;
        // It becomes a part of a path.
        let id: String = created
            .id
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let options = json!({"Detach": false, "Tty": false}).to_string();
        let path = format!("/exec/{id}/start");
        let response = self.ask(Method::POST, &path, options, OUTPUT_MAX);
        let output = self.accept(response.await?, container)?;
        let ended: Ended = self.get(&format!("/exec/{id}/json"), container).await?;
        let of = |wanted: bool| {
            let pieces = pieces(&output, Streams::Framed);
            let of_it = pieces.filter(|(stream, _)| (*stream == STDERR) == wanted);
            let bytes: Vec<u8> = of_it.flat_map(|(_, piece)| piece).copied().collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Ok(Executed {
            // It is known by then, unless the engine lags.
            exit_code: ended.exit_code.unwrap_or(0),
            stdout: of(false),
            stderr: of(true),
        })
    }
}
