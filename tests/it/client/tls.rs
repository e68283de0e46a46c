#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertificateParams, date_time_ymd};
use swarmdeck::client::{End, Endpoint, Probed, tls_config, tls_config_trusting, try_connect};
use swarmdeck::model::{
    Blob, Failure, HttpVersion, Identity, LostAt, Origin, Protocol, Route, Scheme, TimedOut,
    TlsFailure, TlsOptions, TlsVersion, Verification,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::scripted_server::{Act, Hang, ReadBytes, Reset, ScriptedServer, send};
use super::shard::{User, failure, on_shard};
use crate::support::{Authority, pem};
#[cfg(unix)]
use crate::support::{Folder, python};

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
            let server = ScriptedServer::start(vec![script]).await;
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
        let address = serve(authority.exclusive_server(rustls::ALL_VERSIONS), 1).await;
        let (certificate, key) = authority.sign("a client", |_| ());
        let mut tls = TlsOptions {
            authorities: vec![Blob::from(authority.der.as_slice())],
            ..TlsOptions::default()
        };
        let without = user_with(tls.clone(), address).get("/").await;
        // A reset may come before the words are read.
        let missing = Failure::Tls(TlsFailure::CertificateMissing);
        assert_eq!(failure(&without), missing);
        tls.identity = Some(Identity {
            certificates: vec![Blob::from(certificate.as_ref())],
            key: Blob::from(key.secret_der()),
        });
        let exchange = user_with(tls, address).get("/").await;
        assert_eq!(exchange.end, End::Answered(200));
    });
}

#[test]
fn a_certificate_that_is_asked_for_is_named_whatever_the_version() {
    on_shard(async {
        let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
        let (certificate, key) = theirs.sign("a client", |_| ());
        let identity = Identity {
            certificates: vec![Blob::from(certificate.as_ref())],
            key: Blob::from(key.secret_der()),
        };
        for version in rustls::ALL_VERSIONS {
            let address = serve(ours.exclusive_server(&[version]), 1).await;
            for (identity, expected) in [
                (None, TlsFailure::CertificateMissing),
                (Some(identity.clone()), TlsFailure::Refused),
            ] {
                let has_identity = identity.is_some();
                let tls = TlsOptions {
                    authorities: vec![Blob::from(ours.der.as_slice())],
                    identity,
                    ..TlsOptions::default()
                };
                let exchange = user_with(tls, address).get("/").await;
                let failure = failure(&exchange);
                // With TLS 1.3 a reset may come before the words are read.
                let is_reset = has_identity && matches!(failure, Failure::Lost(_));
                assert!(
                    failure == Failure::Tls(expected) || is_reset,
                    "{version:?}: {failure:?}"
                );
            }
        }
    });
}

#[cfg(unix)]
/// Asks for a client certificate as OpenSSL does in TLS 1.2: `handshake_failure`
/// is all it says when none comes.
const OPENSSL: &str = r#"
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
context.load_verify_locations(sys.argv[1])
context.verify_mode = ssl.CERT_REQUIRED
context.maximum_version = ssl.TLSVersion.TLSv1_2
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    tcp, _ = listener.accept()
    try:
        context.wrap_socket(tcp, server_side=True).recv(1)
    except OSError:
        pass
"#;

#[cfg(unix)]
#[test]
fn a_certificate_that_openssl_misses_is_named() {
    let Some(python) = python("python") else {
        return;
    };
    let authority = Authority::new("ours");
    let (certificate, key) = authority.sign("localhost", |_| ());
    let folder = Folder::new();
    let text = [
        pem("CERTIFICATE", &certificate),
        pem("PRIVATE KEY", key.secret_der()),
        authority.pem(),
    ];
    let file = folder.file("server.pem", &text.concat());
    let mut server = std::process::Command::new(python)
        .args(["-c", OPENSSL])
        .arg(&file)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("a server");
    let mut port = String::new();
    let mut said = BufReader::new(server.stdout.take().expect("piped"));
    said.read_line(&mut port).expect("a port");
    let address = SocketAddr::from(([127, 0, 0, 1], port.trim().parse().expect("a port")));
    let exchange = on_shard(async {
        let tls = TlsOptions {
            authorities: vec![Blob::from(authority.der.as_slice())],
            ..TlsOptions::default()
        };
        user_with(tls, address).get("/").await
    });
    let _ = server.kill();
    let _ = server.wait();
    let missing = Failure::Tls(TlsFailure::CertificateMissing);
    assert_eq!(failure(&exchange), missing);
}

/// A server that takes one connection and notes how it went: what came after
/// the handshake, if there was one.
async fn note_one(acceptor: TlsAcceptor) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let noted = tokio::task::spawn_local(async move {
        let (tcp, _) = listener.accept().await.expect("a connection");
        match acceptor.accept(tcp).await {
            Err(error) => error.to_string(),
            Ok(mut tls) => format!(
                "{:?}",
                tls.read(&mut [0; 1]).await.map_err(|why| why.kind())
            ),
        }
    });
    (address, noted)
}

#[test]
fn a_probe_connection_is_none_that_a_server_complains_of() {
    on_shard(async {
        let authority = Authority::new("ours");
        let tls = TlsOptions {
            authorities: vec![Blob::from(authority.der.as_slice())],
            ..TlsOptions::default()
        };
        for (spoken, version, protocol) in [
            (&["h2", "http/1.1"][..], HttpVersion::Http2, Protocol::Http2),
            (&["http/1.1"][..], HttpVersion::Http2, Protocol::Http1),
            (&[][..], HttpVersion::Http1, Protocol::Http1),
        ] {
            let (address, noted) = note_one(authority.server_speaking(spoken)).await;
            let route = Route {
                version,
                tls: tls.clone(),
                ..Route::default()
            };
            let endpoint = localhost(route.clone(), address);
            let probed = try_connect(address, &endpoint.origin, &route, endpoint.tls).await;
            let expected = Probed::Tls(protocol, TlsVersion::Tls13);
            assert_eq!(probed.expect("connected"), expected);
            // The end of the stream, announced.
            assert_eq!(noted.await.expect("noted"), "Ok(0)");
        }
        let (address, noted) = note_one(authority.server("elsewhere", |_| ())).await;
        let route = Route {
            tls,
            ..Route::default()
        };
        let endpoint = localhost(route.clone(), address);
        let probed = try_connect(address, &endpoint.origin, &route, endpoint.tls).await;
        let failed = Probed::Failed(TlsFailure::WrongName);
        assert_eq!(probed.expect("connected"), failed);
        drop(noted);
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
