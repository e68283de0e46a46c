//! The lab beside the dashboard: a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpSocket;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// Ports that are tried, from the first on.
const PORTS: std::ops::Range<u16> = 8000..8089;
/// How long the lab may take to say that it listens.
const START: Duration = Duration::from_secs(10);

/// Ports that looked free and are tried.
const TRIES: usize = 5;

/// Why the demo has no lab.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    #[error("no free port from {} to {} for the lab", PORTS.start, PORTS.end - 1)]
    NoPort,
    #[error("cannot start the lab: {0}")]
    Start(#[from] std::io::Error),
    #[error("the lab did not start listening within {} s", START.as_secs())]
    Silent,
    #[error("the lab exited at startup; see the error above")]
    Ended,
}

/// The lab's process. It ends with this value, and also when our process is
/// killed: it notices that its standard input closes.
#[derive(Debug)]
pub(super) struct LabProcess {
    child: Child,
    /// Held open: `Child::wait` would close it.
    _stdin: Option<ChildStdin>,
    pub(crate) url: String,
    pub(crate) port: u16,
}

impl LabProcess {
    /// Starts it on the first free port; if another program takes that one
    /// first, the next port is tried.
    pub(crate) async fn start() -> Result<Self, DemoError> {
        let mut why = DemoError::NoPort;
        for port in PORTS.filter(|port| is_free(*port)).take(TRIES) {
            match Self::start_on(port).await {
                Err(DemoError::Ended) => why = DemoError::Ended,
                started => return started,
            }
        }
        Err(why)
    }

    async fn start_on(port: u16) -> Result<Self, DemoError> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args([
                "target",
                "--until-stdin-closes",
                "--port",
                &port.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        // Not in our group: Ctrl-C is for us, the lab ends after the run.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or(DemoError::Silent)?;
        let stdin = child.stdin.take();
        let mut lines = BufReader::new(stdout).lines();
        match timeout(START, lines.next_line()).await {
            Ok(Ok(Some(_))) => Ok(Self {
                child,
                _stdin: stdin,
                url: format!("http://127.0.0.1:{port}"),
                port,
            }),
            Ok(Ok(None)) => Err(DemoError::Ended),
            _ => Err(DemoError::Silent),
        }
    }

    /// Where it serves.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Waits until the lab's process exits on its own.
    pub(crate) async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }
}

/// Whether a port is free. Another program may still take it; the lab reports
/// that.
fn is_free(port: u16) -> bool {
    let Ok(socket) = TcpSocket::new_v4() else {
        return false;
    };
    let _ = socket.set_reuseaddr(true);
    socket
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .is_ok_and(|()| socket.listen(1).is_ok())
}
