use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use serde::Deserialize;
use swarmdeck::lab::{Lab, LabConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Any free port of this machine.
const ANY: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// A lab on a free port.
pub(crate) fn lab(config: LabConfig) -> Lab {
    Lab::start(SocketAddr::from(ANY), config).expect("a lab")
}

/// What a lab saw.
#[derive(Debug, Deserialize)]
pub(crate) struct LabStats {
    pub(crate) received: u64,
    pub(crate) answered: u64,
    pub(crate) by_status: BTreeMap<u16, u64>,
}

/// Asks a lab for its counters.
pub(crate) async fn lab_stats(url: &str) -> LabStats {
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let answer = client.get(format!("{url}/lab/stats")).send().await;
    answer.expect("a lab").json().await.expect("counters")
}

/// Serves an application for as long as the test's runtime lives.
pub(crate) async fn serve_app(app: Router) -> String {
    let listener = TcpListener::bind(ANY).await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// A port that nobody listens on.
pub(crate) async fn refused_port() -> u16 {
    let listener = TcpListener::bind(ANY).await.expect("a port");
    listener.local_addr().expect("bound").port()
}

/// How a target misbehaves, on every connection and for every request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    ClosesWithinBody,
    SendsGarbage,
    NeverAnswers,
    SendsEndlessHeaders,
}

/// A target with these manners, for as long as the test's runtime lives.
pub(crate) async fn misbehaving_target(manner: Manner) -> String {
    let listener = TcpListener::bind(ANY).await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that goes away in the middle is what this is about.
            tokio::spawn(async move { misbehave(stream, manner).await });
        }
    });
    format!("http://{address}")
}

async fn misbehave(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    match manner {
        Manner::ClosesWithinBody => {
            let part = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
            stream.write_all(part).await
        }
        Manner::SendsGarbage => stream.write_all(b"\x00\xffSSH-2.0 hello\r\n\r\n").await,
        Manner::NeverAnswers => stream.read_to_end(&mut Vec::new()).await.map(|_| ()),
        Manner::SendsEndlessHeaders => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                stream.write_all(b"X-More: and more\r\n").await?;
            }
        }
    }
}
