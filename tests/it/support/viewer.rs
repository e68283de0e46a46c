use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::time::soon;

/// Somebody who looks at a dashboard over its live socket.
pub(crate) struct Viewer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    seq: Option<u64>,
}

impl Viewer {
    /// Looks; the first message is a hello.
    pub(crate) async fn open(address: SocketAddr) -> (Self, Value) {
        let mut viewer = Self::with(address, &[]).await.expect("is let in");
        let hello = viewer.next().await;
        assert_eq!(hello["type"], "hello");
        (viewer, hello)
    }

    /// Knocks with these headers; else the status of the refusal.
    pub(crate) async fn with(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/api/v1/live")
            .into_client_request()
            .expect("a request");
        for (name, value) in headers {
            let value = value.parse().expect("a header value");
            request.headers_mut().insert(*name, value);
        }
        match soon("an answer", connect_async(request)).await {
            Ok((socket, _)) => Ok(Self { socket, seq: None }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// The next message. Numbers rise by one, or a hello says so.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let message = soon("a message", self.socket.next()).await;
            let Message::Text(text) = message.expect("open").expect("sound") else {
                continue;
            };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            let seq = message["seq"].as_u64().expect("a number");
            if let Some(last) = self.seq {
                assert!(
                    seq == last + 1 || message["type"] == "hello",
                    "{seq} after {last}"
                );
            }
            self.seq = Some(seq);
            return message;
        }
    }

    /// The next message of a type for which a condition holds.
    pub(crate) async fn until(
        &mut self,
        kind: &str,
        mut condition: impl FnMut(&Value) -> bool,
    ) -> Value {
        let found = async {
            loop {
                let message = self.next().await;
                if message["type"] == kind && condition(&message) {
                    return message;
                }
            }
        };
        soon(kind, found).await
    }

    /// Says something, though nobody listens.
    pub(crate) async fn say(&mut self, text: &str) {
        // It may be let go before it has finished.
        let _ = self.socket.send(Message::text(text)).await;
    }

    /// Until it is let go.
    pub(crate) async fn until_closed(&mut self) {
        let closed = async {
            while let Some(Ok(message)) = self.socket.next().await {
                if message.is_close() {
                    break;
                }
            }
        };
        soon("a close", closed).await;
    }
}
