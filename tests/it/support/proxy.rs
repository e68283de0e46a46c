use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A proxy that tunnels by `CONNECT`, for as long as the test's runtime lives.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What a proxy says to everybody.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Says {
    /// "Connected", if that is so.
    Connected,
    /// Something else, and closes.
    Only(&'static str),
}

impl Proxy {
    pub(crate) async fn start(says: Says) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                tokio::spawn(async move { tunnel(tcp, says, &seen).await });
            }
        });
        Self { address, asked }
    }

    /// The heads of what it was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock();
        asked.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn tunnel(
    mut client: TcpStream,
    says: Says,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(head);
    match says {
        Says::Only(text) => client.write_all(text.as_bytes()).await,
        Says::Connected => match TcpStream::connect(target).await {
            Ok(mut server) => {
                client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
                copy_bidirectional(&mut client, &mut server)
                    .await
                    .map(|_| ())
            }
            Err(_) => client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await,
        },
    }
}
