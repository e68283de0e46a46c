use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertificateParams, date_time_ymd};
use swarmdeck::client::{End, Endpoint, tls_config, tls_config_trusting};
use swarmdeck::model::{
    Blob, Failure, Identity, LostAt, Origin, Route, Scheme, TimedOut, TlsFailure, TlsOptions,
    Verification,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::crooked::{Act, Crooked, Hang, ReadBytes, Reset, send};
use super::shard::{User, failure, on_shard};
use crate::support::Authority;

/// Answers each request "secret", and closes connections after `requests` of them.
pub(super) async fn serve(acceptor: TlsAcceptor, requests: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::task::spawn_local(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::task::spawn_local(async move {
                let Ok(mut tls) = acceptor.accept(tcp).await else {
                    return;
                };
                for _ in 0..requests {
                    let mut request = [0; 4096];
                    if tls.read(&mut request).await.unwrap_or(0) == 0 {
                        return;
                    }
                    let _ = tls
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
                        .await;
                    let _ = tls.flush().await;
                }
                let _ = tls.shutdown().await;
            });
        }
    });
    address
}

fn user_trusting(authority: &Authority, address: SocketAddr) -> User {
    let origin = Origin {
        scheme: Scheme::Https,
        host: "localhost".to_owned(),
        port: address.port(),
    };
    let tls = tls_config_trusting(std::slice::from_ref(&authority.der)).expect("a configuration");
    User::with(origin, vec![address], Some(tls))
}

#[test]
fn a_trusted_server_is_spoken_to_over_one_connection() {
    on_shard(async {
        let authority = Authority::new("known");
        let address = serve(authority.server("localhost", |_| ()), 3).await;
        let mut user = user_trusting(&authority, address);
        let first = user.get("/").await;
        assert_eq!((first.end, user.body()), (End::Answered(200), "secret"));
        assert!(first.phases.tls_us > 0);
        for _ in 0..2 {
            let next = user.get("/").await;
            assert_eq!((next.end, next.connections_opened), (End::Answered(200), 0));
            assert_eq!(next.phases.tls_us, 0);
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let replaced = user.get("/").await;
        assert_eq!(
            (replaced.end, replaced.connections_replaced),
            (End::Answered(200), 1)
        );
    });
}

#[test]
fn certificates_are_verified() {
    on_shard(async {
        let authority = Authority::new("known");
        let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 1, 1);
        let future = |params: &mut CertificateParams| params.not_before = date_time_ymd(3000, 1, 1);
        let cases = [
            (
                authority.server("elsewhere.test", |_| ()),
                TlsFailure::WrongName,
            ),
            (authority.server("localhost", expired), TlsFailure::Expired),
            (authority.server("localhost", future), TlsFailure::Expired),
            (
                Authority::new("unknown").server("localhost", |_| ()),
                TlsFailure::UnknownIssuer,
            ),
        ];
        for (acceptor, expected) in cases {
            let mut user = user_trusting(&authority, serve(acceptor, 1).await);
            let exchange = user.get("/").await;
            assert_eq!(failure(&exchange), Failure::Tls(expected));
            assert_eq!((exchange.exchanges, user.client.open_connections()), (0, 0));
        }
    });
}

#[test]
fn what_is_not_tls_is_named_so() {
    let plain = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let cases: Vec<(Vec<Act>, Failure)> = vec![
        (
            vec![ReadBytes(100), send(plain), Hang],
            Failure::Tls(TlsFailure::NotTls),
        ),
        (
            vec![ReadBytes(100), Reset],
            Failure::Tls(TlsFailure::Closed),
        ),
        (
            vec![ReadBytes(100), Hang],
            Failure::TimedOut(TimedOut::Connect),
        ),
    ];
    on_shard(async {
        let authority = Authority::new("known");
        for (script, expected) in cases {
            let server = Crooked::start(vec![script]).await;
            let mut user = user_trusting(&authority, server.address);
            user.connect_timeout_us = 200_000;
            assert_eq!(failure(&user.get("/").await), expected);
        }
    });
}

#[test]
fn a_tls_connection_cut_without_goodbye_is_lost() {
    on_shard(async {
        let authority = Authority::new("known");
        let acceptor = authority.server("localhost", |_| ());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut user = user_trusting(&authority, listener.local_addr().expect("bound"));
        tokio::task::spawn_local(async move {
            let (tcp, _) = listener.accept().await.expect("a connection");
            let mut tls = acceptor.accept(tcp).await.expect("a handshake");
            let _ = tls.read(&mut [0; 4096]).await;
            let _ = tls.write_all(b"HTTP/1.1 200 OK\r\n\r\nhalf of").await;
            let _ = tls.flush().await;
        });
        let exchange = user.get("/").await;
        assert_eq!(failure(&exchange), Failure::Lost(LostAt::ClosedInBody));
    });
}

/// A user of an endpoint on `localhost` with this TLS.
fn user_with(tls: TlsOptions, address: SocketAddr) -> User {
    let route = Route {
        tls,
        ..Route::default()
    };
    User::at(localhost(route, address))
}

/// An endpoint on `localhost`, made as before a run.
pub(super) fn localhost(route: Route, address: SocketAddr) -> Endpoint {
    let origin = Origin {
        scheme: Scheme::Https,
        host: "localhost".to_owned(),
        port: address.port(),
    };
    Endpoint {
        tls: Some(tls_config(&route).expect("a configuration")),
        route: Arc::new(route),
        ..Endpoint::direct(origin, vec![address])
    }
}

#[test]
fn an_authority_of_the_route_is_trusted() {
    on_shard(async {
        let authority = Authority::new("ours");
        let address = serve(authority.server("localhost", |_| ()), 1).await;
        let tls = TlsOptions {
            authorities: vec![Blob::from(authority.der.as_slice())],
            ..TlsOptions::default()
        };
        let exchange = user_with(tls, address).get("/").await;
        assert_eq!(exchange.end, End::Answered(200));
        let stranger = user_with(TlsOptions::default(), address).get("/").await;
        assert_eq!(failure(&stranger), Failure::Tls(TlsFailure::UnknownIssuer));
    });
}

#[test]
fn without_verification_any_certificate_will_do() {
    on_shard(async {
        let authority = Authority::new("unknown");
        let address = serve(authority.server("elsewhere", |_| ()), 1).await;
        let tls = TlsOptions {
            verification: Verification::Off,
            ..TlsOptions::default()
        };
        let exchange = user_with(tls, address).get("/").await;
        assert_eq!(exchange.end, End::Answered(200));
    });
}

#[test]
fn a_client_certificate_opens_the_door() {
    on_shard(async {
        let authority = Authority::new("ours");
        let address = serve(authority.exclusive_server(), 1).await;
        let (certificate, key) = authority.sign("a client", |_| ());
        let mut tls = TlsOptions {
            authorities: vec![Blob::from(authority.der.as_slice())],
            ..TlsOptions::default()
        };
        let without = user_with(tls.clone(), address).get("/").await;
        // A reset may come before the words are read.
        let without = failure(&without);
        assert!(
            matches!(
                without,
                Failure::Lost(_) | Failure::Tls(TlsFailure::Refused)
            ),
            "{without:?}"
        );
        tls.identity = Some(Identity {
            certificates: vec![Blob::from(certificate.as_ref())],
            key: Blob::from(key.secret_der()),
        });
        let exchange = user_with(tls, address).get("/").await;
        assert_eq!(exchange.end, End::Answered(200));
    });
}

#[test]
fn a_key_of_another_certificate_is_said_before_the_run() {
    let authority = Authority::new("ours");
    let (certificate, _) = authority.sign("one", |_| ());
    let (_, key) = authority.sign("another", |_| ());
    let route = Route {
        tls: TlsOptions {
            identity: Some(Identity {
                certificates: vec![Blob::from(certificate.as_ref())],
                key: Blob::from(key.secret_der()),
            }),
            ..TlsOptions::default()
        },
        ..Route::default()
    };
    let error = tls_config(&route).expect_err("they do not fit").to_string();
    assert!(error.starts_with("the client certificate"), "{error}");
}
