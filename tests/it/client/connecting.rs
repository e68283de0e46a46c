use std::net::{Ipv4Addr, SocketAddr};

use swarmdeck::client::{End, Probed, try_connect};
use swarmdeck::model::{ConnectFailure, Failure, HttpVersion, Origin, Route, Scheme, TimedOut};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::scripted_server::{Hang, Read, ScriptedServer, answer};
use super::shard::{User, failure, on_shard};

/// A port of the loopback that nobody listens on.
pub(super) async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("bound")
}

fn localhost(port: u16) -> Origin {
    Origin {
        scheme: Scheme::Http,
        host: "localhost".to_owned(),
        port,
    }
}

#[test]
fn a_refused_port_is_named_so() {
    on_shard(async {
        let mut user = User::of(closed_port().await);
        let exchange = user.get("/").await;
        assert_eq!(
            failure(&exchange),
            Failure::Connect(ConnectFailure::Refused)
        );
        assert_eq!((exchange.exchanges, exchange.connections_opened), (0, 0));
    });
}

/// What the trial of a target in plain text comes to.
async fn tried(address: SocketAddr, route: &Route) -> std::io::Result<Probed> {
    try_connect(address, &localhost(address.port()), route, None).await
}

#[cfg(target_os = "linux")]
#[test]
fn a_target_in_plain_text_does_not_notice_that_it_is_tried() {
    on_shard(async {
        for listens_on in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(listens_on).await.expect("a port");
            let address = listener.local_addr().expect("bound");
            for route in [
                Route::default(),
                Route {
                    version: HttpVersion::Http2PriorKnowledge,
                    ..Route::default()
                },
                Route {
                    source_addresses: vec![address.ip()],
                    ..Route::default()
                },
            ] {
                let probed = tried(address, &route).await;
                assert_eq!(probed.expect("it listens"), Probed::Plain);
            }
            // A connection that stands is the first one that arrives.
            let own = TcpStream::connect(address).await.expect("it listens");
            let (_, from) = listener.accept().await.expect("one connection");
            assert_eq!(from, own.local_addr().expect("connected"));
        }
    });
}

#[test]
fn a_trial_tells_a_port_that_refuses() {
    on_shard(async {
        let refused = tried(closed_port().await, &Route::default()).await;
        let refused = refused.expect_err("nobody listens");
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    });
}

#[test]
fn an_origin_without_addresses_is_not_resolved() {
    on_shard(async {
        let mut user = User::with(localhost(1), Vec::new(), None);
        let exchange = user.get("/").await;
        assert_eq!(
            failure(&exchange),
            Failure::Connect(ConnectFailure::Resolve)
        );
    });
}

#[test]
fn an_address_that_refuses_is_passed_over() {
    on_shard(async {
        let server = ScriptedServer::start(vec![vec![Read, answer("here"), Hang]]).await;
        let addresses = vec![closed_port().await, server.address];
        let mut user = User::with(localhost(server.address.port()), addresses, None);
        let exchange = user.get("/").await;
        assert_eq!((exchange.end, user.body()), (End::Answered(200), "here"));
        assert_eq!(exchange.connections_opened, 1);
    });
}

#[test]
fn a_target_that_does_not_accept_times_out_while_connecting() {
    on_shard(async {
        // A full queue of connections makes the system drop further ones.
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .expect("a port");
        let listener = socket.listen(0).expect("listening");
        let address = listener.local_addr().expect("bound");
        let mut filling = Vec::new();
        for _ in 0..8 {
            filling.push(tokio::task::spawn_local(TcpStream::connect(address)));
        }
        tokio::task::yield_now().await;
        let mut user = User::of(address);
        user.connect_timeout_us = 50_000;
        let exchange = user.get("/").await;
        assert_eq!(failure(&exchange), Failure::TimedOut(TimedOut::Connect));
        for task in filling {
            task.abort();
        }
    });
}
