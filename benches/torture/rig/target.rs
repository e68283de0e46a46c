//! What the load goes to, and what it counted.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::bodies::Bomb;
use super::episode::Target;
use super::error::BenchError;
use super::frames::{Frames, speak};

/// How long the lab may take to start, or to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest request head that is read.
const HEAD_MAX: usize = 64 << 10;

/// A target that is being served. Its process or its tasks end with it.
#[derive(Debug)]
pub(super) enum Served {
    Lab {
        child: Child,
        url: String,
        client: reqwest::Client,
    },
    Hostile(Server),
}

impl Served {
    pub(super) async fn start(program: &Path, target: Target) -> Result<Self, BenchError> {
        match target {
            Target::Lab => lab(program).await,
            Target::Hostile(bomb) => {
                bomb.prepare();
                Self::hostile(HostileTarget::Bomb(bomb)).await
            }
            Target::HostileFrames(frames) => Self::hostile(HostileTarget::Frames(frames)).await,
        }
    }

    async fn hostile(answers: HostileTarget) -> Result<Self, BenchError> {
        let server = Server::start(answers).await;
        server
            .map(Self::Hostile)
            .map_err(BenchError::io("a server"))
    }

    /// Its address, without a slash at the end.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Lab { url, .. } => url.clone(),
            Self::Hostile(server) => format!("http://127.0.0.1:{}", server.ports[0]),
        }
    }

    /// Requests whose head it has read.
    pub(super) async fn received(&self) -> Result<u64, BenchError> {
        #[derive(Deserialize)]
        struct Stats {
            received: u64,
        }
        match self {
            Self::Lab { url, client, .. } => {
                let request = client.get(format!("{url}/lab/stats"));
                let stats: Result<Stats, _> = async { request.send().await?.json().await }.await;
                Ok(stats.map_err(|why| lab_failed(&why))?.received)
            }
            Self::Hostile(server) => Ok(server.received.load(Ordering::Relaxed)),
        }
    }

    /// Sends the lab's process a signal; a server within this process has none.
    pub(super) fn signal(&self, signal: Signal) {
        let Self::Lab { child, .. } = self else {
            return;
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            // It may have been ended by an earlier one.
            let _ = kill_process(pid, signal);
        }
    }
}

fn lab_failed(why: &reqwest::Error) -> BenchError {
    BenchError::SetUp(format!("the lab: {why:?}"))
}

async fn lab(program: &Path) -> Result<Served, BenchError> {
    let mut command = Command::new(program);
    command.args(["target", "--port", "0", "--until-stdin-closes"]);
    command.args(["--latency", "5ms"]);
    // What ends this program ends the lab: its standard input closes.
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(BenchError::io("the lab"))?;
    let address = async {
        let mut lines = BufReader::new(child.stdout.take()?).lines();
        let line = lines.next_line().await.ok().flatten()?;
        let url = line.strip_prefix("lab on ")?.split_whitespace().next()?;
        Some(url.to_owned())
    };
    let url = timeout(PATIENCE, address).await.ok().flatten();
    let url =
        url.ok_or_else(|| BenchError::SetUp("the lab does not say where it is".to_owned()))?;
    // One connection for each request: the lab may be stopped or killed in between.
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .pool_max_idle_per_host(0);
    let client = client.build().map_err(|why| lab_failed(&why))?;
    Ok(Served::Lab { child, url, client })
}

/// How a server answers everything.
#[derive(Clone, Copy, Debug)]
enum HostileTarget {
    Bomb(Bomb),
    Frames(Frames),
}

/// A server that answers everything in one way, on two ports.
#[derive(Debug)]
pub(super) struct Server {
    ports: Vec<u16>,
    received: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Server {
    async fn start(answers: HostileTarget) -> std::io::Result<Self> {
        let received = Arc::<AtomicU64>::default();
        let mut listeners = Vec::new();
        for _ in 0..2 {
            listeners.push(TcpListener::bind("0.0.0.0:0").await?);
        }
        let ports: std::io::Result<Vec<u16>> = listeners
            .iter()
            .map(|listener| Ok(listener.local_addr()?.port()))
            .collect();
        let ports = ports?;
        let mut tasks = JoinSet::new();
        for listener in listeners {
            let (received, ports) = (Arc::clone(&received), ports.clone());
            tasks.spawn(accept(listener, answers, received, ports));
        }
        Ok(Self {
            ports,
            received,
            _tasks: tasks,
        })
    }
}

async fn accept(
    listener: TcpListener,
    answers: HostileTarget,
    received: Arc<AtomicU64>,
    ports: Vec<u16>,
) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (received, ports) = (Arc::clone(&received), ports.clone());
        connections.spawn(async move {
            // A client that goes away in the middle is what this is about.
            let _ = match answers {
                HostileTarget::Bomb(bomb) => serve(stream, bomb, &received, &ports).await,
                HostileTarget::Frames(frames) => speak(stream, frames, &received).await,
            };
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(
    mut stream: TcpStream,
    bomb: Bomb,
    received: &AtomicU64,
    ports: &[u16],
) -> std::io::Result<()> {
    let mut head = Vec::new();
    loop {
        let mut piece = [0; 2_048];
        let count = stream.read(&mut piece).await?;
        if count == 0 || head.len() > HEAD_MAX {
            return Ok(());
        }
        head.extend_from_slice(&piece[..count]);
        // All requests are GETs, one after the other.
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            let number = received.fetch_add(1, Ordering::Relaxed);
            if !bomb.answer(&mut stream, number, ports).await? {
                return Ok(());
            }
        }
    }
}
