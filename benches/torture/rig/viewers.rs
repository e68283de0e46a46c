//! Clients that bother a dashboard.

use std::net::SocketAddr;
use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How they bother it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ViewerAbuse {
    /// Connections on which nothing is said.
    Idle(usize),
    /// Viewers of the live feed that never read.
    Stalled(usize),
    /// The first half of a request's head.
    HalfHeads(usize),
    /// A request whose body does not come.
    HalfBodies(usize),
    /// Requests one after the other whose answers are never read.
    Unread(usize),
    /// So many at a time that connect, ask and leave, over and over.
    Flood(usize),
    /// So many at a time that send what is no request, over and over.
    Garbage(usize),
    /// Viewers of the live feed that send frames of random bytes.
    Frames(usize),
}

/// Between two connections of the same client, so that the machine has time
/// for others.
const PAUSE: Duration = Duration::from_millis(2);

/// Begins; ends when the tasks are dropped.
pub(super) fn bother(
    kind: ViewerAbuse,
    address: SocketAddr,
    rng: &mut Rng,
    tasks: &mut JoinSet<()>,
) {
    let host = address.to_string();
    let open = match kind {
        ViewerAbuse::Idle(count) => vec![String::new(); count],
        ViewerAbuse::Stalled(count) => vec![upgrade(&host); count],
        ViewerAbuse::HalfHeads(count) => {
            vec![format!("GET / HTTP/1.1\r\nHost: {host}\r\nX-"); count]
        }
        ViewerAbuse::HalfBodies(count) => {
            let head = "Content-Type: application/json\r\nContent-Length: 1000";
            let text =
                format!("POST /api/v1/run/burst HTTP/1.1\r\nHost: {host}\r\n{head}\r\n\r\n{{");
            vec![text; count]
        }
        ViewerAbuse::Unread(count) => {
            let one = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
            vec![one.repeat(200); count]
        }
        ViewerAbuse::Flood(count) => {
            let ask = format!("GET /health HTTP/1.1\r\nHost: {host}\r\n\r\n");
            for _ in 0..count {
                let mut rng = rng.fork();
                let ask = ask.clone();
                tasks.spawn(again(address, move || {
                    ask.as_bytes()[..rng.usize(..=ask.len())].to_vec()
                }));
            }
            return;
        }
        ViewerAbuse::Garbage(count) => {
            for _ in 0..count {
                let mut rng = rng.fork();
                let host = host.clone();
                tasks.spawn(again(address, move || garbage(&mut rng, &host)));
            }
            return;
        }
        ViewerAbuse::Frames(count) => {
            for _ in 0..count {
                let mut rng = rng.fork();
                let first = upgrade(&host);
                tasks.spawn(again(address, move || {
                    let noise = (0..rng.usize(1..4_000)).map(|_| rng.u8(..));
                    first.bytes().chain(noise).collect()
                }));
            }
            return;
        }
    };
    for text in open {
        tasks.spawn(hold(address, text));
    }
}

fn upgrade(host: &str) -> String {
    format!(
        "GET /api/v1/live HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// Opens a connection, says this, and never reads. One that is closed is opened
/// again.
async fn hold(address: SocketAddr, text: String) {
    loop {
        let held = async {
            let socket = TcpSocket::new_v4()?;
            // So that what is not read is soon in the way of the other side.
            socket.set_recv_buffer_size(4_096)?;
            let mut stream = socket.connect(address).await?;
            stream.write_all(text.as_bytes()).await?;
            loop {
                sleep(Duration::from_secs(1)).await;
                // A close is noticed by what is sent, not by reading.
                if text.ends_with('-') || text.ends_with('{') {
                    stream.write_all(b"a").await?;
                }
            }
        };
        let _: std::io::Result<()> = held.await;
        sleep(Duration::from_millis(50)).await;
    }
}

/// Connects, says something, reads a little or nothing, leaves; again and again.
async fn again(address: SocketAddr, mut text: impl FnMut() -> Vec<u8>) {
    loop {
        let bytes = text();
        let asked = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(&bytes).await?;
            if bytes.len().is_multiple_of(2) {
                let mut piece = [0; 512];
                let read = stream.read(&mut piece);
                let _ = tokio::time::timeout(Duration::from_millis(200), read).await;
            }
            Ok::<_, std::io::Error>(())
        };
        // It may be refused, which is an answer too.
        let _ = asked.await;
        sleep(PAUSE).await;
    }
}

/// A request with bytes of it changed, or none at all.
fn garbage(rng: &mut Rng, host: &str) -> Vec<u8> {
    if rng.bool() {
        return (0..rng.usize(1..2_000)).map(|_| rng.u8(..)).collect();
    }
    let paths = [
        "/",
        "/stats/requests",
        "/api/v1/run",
        "/api/v1/live",
        "/swarm",
    ];
    let path = paths[rng.usize(..paths.len())];
    let body = "{\"users\": 1e99}";
    let mut text = format!(
        "PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..text.len());
        match rng.u8(..3) {
            0 => text[at] = rng.u8(..),
            1 => text.truncate(at.max(1)),
            _ => text.insert(at, rng.u8(..)),
        }
    }
    text
}
