//! A case as curl sees it: one curl for a case, so that cookies and
//! connections go from one request to the next.

use std::process::Stdio;

use tokio::process::Command;

use super::case::{Ask, Case};
use super::observation::{Observation, Outcome};
use super::server::Server;
use crate::support::Folder;

/// Its name and version.
pub(super) fn version() -> String {
    let output = std::process::Command::new("curl").arg("--version").output();
    let output = output.expect("curl: tests/run installs it");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

pub(super) async fn observe(case: &Case) -> Observation {
    let server = Server::start(&case.answers).await;
    let folder = Folder::new();
    let mut command = Command::new("curl");
    // Names in arguments are read in the encoding of the locale.
    command
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command.arg("-q");
    for (index, ask) in case.asks.iter().enumerate() {
        if index > 0 {
            command.arg("--next");
        }
        command.args(arguments(ask, &folder, index));
        command.args(["--connect-to", &format!("::{}", server.address)]);
    }
    let output = command.output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let outcomes = said.lines().enumerate().map(|(index, line)| {
        let (status, code) = line.split_once(' ').unwrap();
        if code != "0" {
            return Outcome::Failed(format!("curl: exit code {code}"));
        }
        // Of a HEAD curl writes the head where the body would go.
        let is_head = case.asks[index].method == "HEAD";
        let body = std::fs::read(path(&folder, index)).unwrap_or_default();
        Outcome::Answered {
            status: status.parse().unwrap(),
            body: if is_head { Vec::new() } else { body },
            text: None,
        }
    });
    Observation {
        outcomes: outcomes.collect(),
        seen: server.seen(),
    }
}

fn path(folder: &Folder, index: usize) -> String {
    format!("{}/{index}", folder.path())
}

fn arguments(ask: &Ask, folder: &Folder, index: usize) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--silent",
        "--globoff",
        "--compressed",
        "--location",
        "--max-redirs",
        "10",
        "--proto-redir",
        "=http,https",
        "--max-time",
        "20",
        "--noproxy",
        "*",
        "--cookie",
        "",
        "--write-out",
        "%{http_code} %{exitcode}\n",
        "--output",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(path(folder, index));
    for (name, value) in &ask.headers {
        arguments.extend(["--header".to_owned(), format!("{name}: {value}")]);
    }
    // As a user of curl would say it; `--request` would hold for redirects as well.
    match (ask.method.as_str(), &ask.body) {
        ("GET", None) => {}
        ("HEAD", None) => arguments.push("--head".to_owned()),
        ("POST", body) => {
            let body = body.clone().unwrap_or_default();
            arguments.extend(["--data-raw".to_owned(), body]);
        }
        ("PUT", body) => {
            let upload = format!("{}/upload{index}", folder.path());
            std::fs::write(&upload, body.clone().unwrap_or_default()).unwrap();
            arguments.extend(["--upload-file".to_owned(), upload]);
            // It would wait for a 100 that does not come.
            arguments.extend(["--header".to_owned(), "Expect:".to_owned()]);
        }
        (method, body) => {
            arguments.extend(["--request".to_owned(), method.to_owned()]);
            if let Some(body) = body {
                arguments.extend(["--data-raw".to_owned(), body.clone()]);
            }
        }
    }
    arguments.push(ask.url());
    arguments
}
