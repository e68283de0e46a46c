//! A server that plays the answers of one case.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::script::{After, Answer};

/// Long enough for the segment before to have been read by itself.
const BETWEEN_WRITES: Duration = Duration::from_millis(5);

/// The server and what it saw.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Rc<RefCell<Vec<Seen>>>,
    task: JoinHandle<()>,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The number of its connection.
    pub(super) connection: usize,
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Answers requests in the order in which they come, whatever their
    /// connection. When there is no answer left it closes.
    pub(super) async fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Rc::<RefCell<Vec<Seen>>>::default();
        let left = Rc::new(RefCell::new(VecDeque::from(answers.to_vec())));
        let noted = Rc::clone(&seen);
        let task = tokio::task::spawn_local(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let play = play(connection, stream, Rc::clone(&left), Rc::clone(&noted));
                tokio::task::spawn_local(play);
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }
}

async fn play(
    connection: usize,
    stream: TcpStream,
    left: Rc<RefCell<VecDeque<Answer>>>,
    seen: Rc<RefCell<Vec<Seen>>>,
) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    while let Some((head, body)) = read_request(&mut stream).await {
        seen.borrow_mut().push(Seen {
            connection,
            head,
            body,
        });
        let Some(answer) = left.borrow_mut().pop_front() else {
            return;
        };
        for (index, write) in answer.writes.iter().enumerate() {
            if index > 0 {
                tokio::time::sleep(BETWEEN_WRITES).await;
            }
            if stream.get_mut().write_all(write).await.is_err() {
                return;
            }
        }
        match answer.after {
            After::Keep => {}
            After::Close => return,
            After::Reset => {
                let _ = stream.get_mut().set_zero_linger();
                return;
            }
        }
    }
}

/// Head and body; `None` when no whole request comes any more.
async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let len = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |value| value.trim().parse().unwrap());
    let mut body = vec![0; len];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, body))
}
