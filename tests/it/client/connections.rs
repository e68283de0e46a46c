//! Whose connections are, how long they live, and where they come from.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use swarmdeck::client::{End, Endpoint};
use swarmdeck::model::{ConnectFailure, Connections, Failure, Origin, Route, Scheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::shard::{User, failure, on_shard};

/// A server that answers for ever, and who its connections came from.
struct Server {
    address: SocketAddr,
    peers: Rc<RefCell<Vec<SocketAddr>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let peers = Rc::<RefCell<Vec<_>>>::default();
        let seen = Rc::clone(&peers);
        tokio::task::spawn_local(async move {
            while let Ok((tcp, peer)) = listener.accept().await {
                seen.borrow_mut().push(peer);
                tokio::task::spawn_local(serve(tcp));
            }
        });
        Self { address, peers }
    }

    fn connections(&self) -> usize {
        self.peers.borrow().len()
    }

    fn user(&self, route: Route) -> User {
        let origin = Origin {
            scheme: Scheme::Http,
            host: "localhost".to_owned(),
            port: self.address.port(),
        };
        User::at(Endpoint {
            route: Arc::new(route),
            ..Endpoint::direct(origin, vec![self.address])
        })
    }
}

/// Answers after a moment, so that requests overlap.
async fn serve(mut tcp: TcpStream) {
    let mut request = [0; 4096];
    while tcp.read(&mut request).await.unwrap_or(0) > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        if tcp.write_all(answer).await.is_err() {
            return;
        }
    }
}

fn keeping(connections: Connections) -> Route {
    Route {
        connections,
        ..Route::default()
    }
}

#[test]
fn users_that_take_turns_share_one_connection() {
    on_shard(async {
        for (connections, expected) in [(Connections::Shared, 1), (Connections::PerUser, 4)] {
            let server = Server::start().await;
            let mut first = server.user(keeping(connections));
            let mut users: Vec<_> = (0..3).map(|_| first.beside()).collect();
            for _ in 0..3 {
                assert_eq!(first.get("/").await.end, End::Answered(200));
                for user in &mut users {
                    assert_eq!(user.get("/").await.end, End::Answered(200));
                }
            }
            assert_eq!(server.connections(), expected, "{connections:?}");
            assert_eq!(first.client.open_connections(), expected);
        }
    });
}

#[test]
fn users_at_the_same_time_use_as_many_as_they_need() {
    on_shard(async {
        let server = Server::start().await;
        let mut one = server.user(keeping(Connections::Shared));
        let mut two = one.beside();
        let mut three = one.beside();
        for _ in 0..3 {
            tokio::join!(one.get("/"), two.get("/"));
            three.get("/").await;
        }
        assert_eq!(server.connections(), 2);
    });
}

#[test]
fn a_shared_connection_that_the_target_closed_is_replaced() {
    on_shard(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Server {
            address: listener.local_addr().expect("bound"),
            peers: Rc::default(),
        };
        let (closed, closes) = tokio::sync::oneshot::channel();
        tokio::task::spawn_local(async move {
            let (mut tcp, _) = listener.accept().await.expect("a connection");
            let _ = tcp.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            let _ = tcp.write_all(answer).await;
            drop(tcp);
            let _ = closed.send(());
            let (tcp, _) = listener.accept().await.expect("a connection");
            serve(tcp).await;
        });
        let mut user = server.user(keeping(Connections::Shared));
        assert_eq!(user.get("/").await.end, End::Answered(200));
        closes.await.expect("closed");
        tokio::time::sleep(Duration::from_millis(2)).await;
        let exchange = user.beside().get("/").await;
        assert_eq!(exchange.end, End::Answered(200));
        assert_eq!(exchange.connections_replaced, 1);
    });
}

#[test]
fn close_opens_one_for_each_request() {
    on_shard(async {
        let server = Server::start().await;
        let mut user = server.user(keeping(Connections::Close));
        for _ in 0..3 {
            let exchange = user.get("/").await;
            assert_eq!(
                (exchange.end, exchange.connections_opened),
                (End::Answered(200), 1)
            );
            assert_eq!(user.client.open_connections(), 0);
        }
        assert_eq!(server.connections(), 3);
    });
}

#[test]
fn an_old_connection_is_replaced() {
    const HOUR_US: u64 = 3_600_000_000;
    on_shard(async {
        for (age_us, expected) in [(1, 3), (HOUR_US, 1)] {
            for connections in [Connections::PerUser, Connections::Shared] {
                let server = Server::start().await;
                let mut user = server.user(Route {
                    max_connection_age_us: Some(age_us),
                    ..keeping(connections)
                });
                let mut opened = 0;
                for _ in 0..3 {
                    let exchange = user.get("/").await;
                    opened += exchange.connections_opened;
                    assert_eq!(exchange.connections_replaced, 0, "not by the target");
                }
                assert_eq!(opened, expected, "{connections:?} {age_us}");
                assert_eq!(user.client.open_connections(), 1);
            }
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn connections_leave_from_the_source_addresses_in_turn() {
    on_shard(async {
        let server = Server::start().await;
        let sources = ["127.0.0.2", "127.0.0.3", "::1"];
        let mut user = server.user(Route {
            source_addresses: sources
                .map(|text| text.parse().expect("an address"))
                .to_vec(),
            ..keeping(Connections::Close)
        });
        for _ in 0..4 {
            assert_eq!(user.get("/").await.end, End::Answered(200));
        }
        let peers = server.peers.borrow();
        let peers: Vec<_> = peers.iter().map(|peer| peer.ip().to_string()).collect();
        assert_eq!(peers, ["127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.3"]);
    });
}

#[test]
fn a_source_of_another_family_reaches_nothing() {
    on_shard(async {
        let server = Server::start().await;
        let mut user = server.user(Route {
            source_addresses: vec!["::1".parse().expect("an address")],
            ..Route::default()
        });
        let expected = Failure::Connect(ConnectFailure::Unreachable);
        assert_eq!(failure(&user.get("/").await), expected);
    });
}
