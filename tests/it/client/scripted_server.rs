//! A server that does exactly what its script says, connection by connection.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What to do next on a connection. After the last it is closed.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Reads one whole request.
    Read,
    /// Reads so many bytes, whatever they are.
    ReadBytes(usize),
    Send(String),
    /// Sends what is not text.
    SendAll(Vec<u8>),
    /// Sends byte by byte, each in its own segment.
    Drip(String),
    /// Sends this for ever, or until the other side has had enough.
    Endless(&'static str),
    /// Waits until the test says so.
    Wait(Rc<Notify>),
    /// Closes with a reset.
    Reset,
    /// Says nothing until the other side closes.
    Hang,
}

pub(super) use Act::{Drip, Endless, Hang, Read, ReadBytes, Reset, SendAll, Wait};

/// Sends this text.
pub(super) fn send(text: &str) -> Act {
    Act::Send(text.to_owned())
}

/// A sound answer with this body.
pub(super) fn answer(body: &str) -> Act {
    let len = body.len();
    Act::Send(format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n{body}"
    ))
}

/// The server and what it saw.
pub(super) struct ScriptedServer {
    pub(super) address: SocketAddr,
    requests: Rc<RefCell<Vec<String>>>,
    ended: tokio::sync::watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ScriptedServer {
    /// Plays one script per connection, in the order in which they come.
    pub(super) async fn start(scripts: Vec<Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::on(listener, scripts)
    }

    /// The same on a port that is bound already.
    pub(super) fn on(listener: TcpListener, scripts: Vec<Vec<Act>>) -> Self {
        let address = listener.local_addr().expect("bound");
        let requests = Rc::<RefCell<Vec<String>>>::default();
        let (count, ended) = tokio::sync::watch::channel(0);
        let seen = Rc::clone(&requests);
        let task = tokio::task::spawn_local(async move {
            for script in scripts {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let (seen, count) = (Rc::clone(&seen), count.clone());
                tokio::task::spawn_local(async move {
                    play(stream, script, &seen).await;
                    count.send_modify(|ended| *ended += 1);
                });
            }
        });
        Self {
            address,
            requests,
            ended,
            task,
        }
    }

    /// What was asked, request by request.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.borrow().clone()
    }

    /// Waits until so many connections have ended, and their closing has been
    /// delivered: the loopback does that before the runtime next looks.
    pub(super) async fn ended(&mut self, connections: usize) {
        let enough = self.ended.wait_for(|&ended| ended >= connections).await;
        drop(enough);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn play(mut stream: TcpStream, script: Vec<Act>, seen: &RefCell<Vec<String>>) {
    let _ = stream.set_nodelay(true);
    for act in script {
        let done = match act {
            Act::Read => read_request(&mut stream).await.map(|request| {
                seen.borrow_mut().push(request);
            }),
            Act::ReadBytes(count) => stream.read_exact(&mut vec![0; count]).await.map(|_| ()),
            Act::Send(text) => stream.write_all(text.as_bytes()).await,
            Act::SendAll(bytes) => stream.write_all(&bytes).await,
            Act::Drip(text) => drip(&mut stream, &text).await,
            Act::Endless(text) => loop {
                if let Err(why) = stream.write_all(text.as_bytes()).await {
                    break Err(why);
                }
            },
            Act::Wait(word) => {
                word.notified().await;
                Ok(())
            }
            Act::Reset => stream.set_zero_linger(),
            Act::Hang => stream.read_to_end(&mut Vec::new()).await.map(|_| ()),
        };
        if done.is_err() {
            return;
        }
    }
}

async fn drip(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    for byte in text.bytes() {
        stream.write_all(&[byte]).await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Head and body, as text.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut request = Vec::new();
    let head_len = loop {
        request.push(stream.read_u8().await?);
        if request.ends_with(b"\r\n\r\n") {
            break request.len();
        }
    };
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let body_len = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |value| value.trim().parse().expect("a length"));
    request.resize(head_len + body_len, 0);
    stream.read_exact(&mut request[head_len..]).await?;
    Ok(String::from_utf8_lossy(&request).into_owned())
}
