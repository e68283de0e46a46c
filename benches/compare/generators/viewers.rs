//! Whoever looks at a dashboard: takes all that comes over its live socket.

use futures_util::StreamExt;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::error::BenchError;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The viewers of a dashboard: one that is asked for the latest figures, and
/// others. They live on this thread, hence on the target's core.
#[derive(Debug)]
pub(super) struct Viewers {
    first: Socket,
    /// Ended with their set.
    _others: JoinSet<()>,
}

/// What of a live message is looked at.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Live {
    Frame(LiveFrame),
    #[serde(other)]
    Other,
}

/// The latest figures.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct LiveFrame {
    state: String,
    pub(super) requests: f64,
    pub(super) failures: f64,
    pub(super) elapsed_s: f64,
}

impl Viewers {
    /// Opens a dashboard so many times, at least once.
    pub(super) async fn open(url: &str, count: usize) -> Result<Self, BenchError> {
        let url = format!("{}/api/v1/live", url.replacen("http", "ws", 1));
        let mut others = JoinSet::new();
        for _ in 1..count {
            let mut socket = connect(&url).await?;
            others.spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
        }
        Ok(Self {
            first: connect(&url).await?,
            _others: others,
        })
    }

    /// Looks until the run has ended; its last figures.
    pub(super) async fn until_stopped(&mut self) -> Result<LiveFrame, BenchError> {
        while let Some(message) = self.first.next().await {
            let message = message.map_err(|error| BenchError::Dashboard(error.to_string()))?;
            let Message::Text(text) = message else {
                continue;
            };
            let live = serde_json::from_str(&text);
            match live.map_err(|error| BenchError::Dashboard(error.to_string()))? {
                Live::Frame(frame) if frame.state == "stopped" => return Ok(frame),
                Live::Frame(_) | Live::Other => {}
            }
        }
        Err(BenchError::Dashboard(
            "it has closed the live socket".to_owned(),
        ))
    }
}

async fn connect(url: &str) -> Result<Socket, BenchError> {
    match connect_async(url).await {
        Ok((socket, _)) => Ok(socket),
        Err(error) => Err(BenchError::Dashboard(error.to_string())),
    }
}
