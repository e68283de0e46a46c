use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::process::Folder;
use super::python::python;
use super::time::soon;

/// A server of `tests/servers` on a free port; it is killed with its handle.
pub(crate) struct Server {
    pub(crate) url: String,
    _child: Child,
    /// For its temporary files.
    _folder: Folder,
}

impl Server {
    /// Starts an application by uvicorn, with further options of it. `None`
    /// where `tests/run` could not install the packages.
    pub(crate) async fn start(application: &str, options: &[&str]) -> Option<Self> {
        let servers = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers");
        let folder = Folder::new();
        let mut command = Command::new(python("uvicorn")?);
        command.args(["--app-dir", servers, "--port", "0", "--no-access-log"]);
        command.arg(format!("{application}:app")).args(options);
        command.env("TMPDIR", folder.path());
        // Nothing is left in the repository.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let command = command.stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("uvicorn");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut said = String::new();
        let url = loop {
            let line = soon("a server", lines.next_line()).await;
            let line = line.expect("readable");
            let Some(line) = line else {
                panic!("{application} ended:\n{said}");
            };
            if let Some((_, rest)) = line.split_once("Uvicorn running on ") {
                break rest
                    .split_whitespace()
                    .next()
                    .expect("an address")
                    .to_owned();
            }
            said += &line;
            said.push('\n');
        };
        // What it says later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self {
            url,
            _child: child,
            _folder: folder,
        })
    }
}
