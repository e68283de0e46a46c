//! A target that costs little: a thread of its own, one constant answer.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// Answers what comes over its connections until it is dropped.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Target {
    /// Starts it on a free port. A POST to the path `creates` is answered with 201.
    pub(crate) fn start(body: &str, creates: &str) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (end, ended) = oneshot::channel();
        let answers = Arc::new(Responses {
            usual: answer(body),
            created: answer_with("201 Created", body),
            creating: format!("POST {creates} ").into_bytes(),
        });
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = listen(listener, answers) => {}
                    // The sender is gone: so is whoever asked.
                    _ = ended => {}
                }
            });
        });
        Ok(Self {
            address,
            end: Some(end),
            thread: Some(thread),
        })
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Responses {
    usual: Vec<u8>,
    created: Vec<u8>,
    /// How a request begins that is answered with the latter.
    creating: Vec<u8>,
}

/// A whole answer, with the fields that nginx sends.
pub(crate) fn answer(body: &str) -> Vec<u8> {
    answer_with("200 OK", body)
}

fn answer_with(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nServer: nginx/1.22.1\r\nDate: Sat, 31 Jan 2026 12:00:00 GMT\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn listen(listener: std::net::TcpListener, answers: Arc<Responses>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    while let Ok((stream, _)) = listener.accept().await {
        let answers = Arc::clone(&answers);
        // A connection that is lost has ended; so has its task.
        tokio::spawn(async move { serve(stream, &answers).await });
    }
}

/// Each read is one request: they are small, and the next waits for the answer.
async fn serve(mut stream: TcpStream, answers: &Responses) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let creates = buffer.starts_with(&answers.creating);
        let answer = if creates {
            &answers.created
        } else {
            &answers.usual
        };
        stream.write_all(answer).await?;
    }
}
