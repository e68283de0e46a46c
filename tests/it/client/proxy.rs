//! Connections that lead through a proxy.

use std::net::SocketAddr;
use std::sync::Arc;

use swarmdeck::client::{End, Endpoint};
use swarmdeck::model::{Blob, ConnectFailure, Failure, Origin, Proxy, Route, Scheme, TlsOptions};
use swarmdeck::model::{TimedOut, Verification};

use super::connecting::closed_port;
use super::scripted_server::{Hang, Read, ScriptedServer, answer, send};
use super::shard::{User, failure, on_shard};
use super::tls::{localhost, serve};
use crate::support::{self, Authority, Says};

/// The route through the proxy at an address.
fn through(proxy: SocketAddr) -> Route {
    Route {
        proxy: Some(Proxy {
            host: proxy.ip().to_string(),
            port: proxy.port(),
            authorization: Some(Blob::from(&b"Basic dTpw"[..])),
        }),
        resolve: vec![("pinned.test".to_owned(), "127.0.0.1".parse().expect("one"))],
        ..Route::default()
    }
}

/// A user who asks a host for what is at `port`, through a proxy.
fn user(host: &str, port: u16, proxy: SocketAddr) -> User {
    let origin = Origin {
        scheme: Scheme::Http,
        host: host.to_owned(),
        port,
    };
    User::at(Endpoint {
        route: Arc::new(through(proxy)),
        ..Endpoint::direct(origin, vec![proxy])
    })
}

#[test]
fn a_plain_target_is_reached_and_the_tunnel_kept() {
    on_shard(async {
        let proxy = support::Proxy::start(Says::Connected).await;
        let script = vec![Read, answer("one"), Read, answer("two"), Hang];
        let server = ScriptedServer::start(vec![script]).await;
        let port = server.address.port();
        let mut user = user("pinned.test", port, proxy.address);
        for body in ["one", "two"] {
            assert_eq!(user.get("/x").await.end, End::Answered(200));
            assert_eq!(user.body(), body);
        }
        let head = format!(
            "CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nProxy-Authorization: Basic dTpw\r\n\r\n"
        );
        assert_eq!(proxy.asked(), [head]);
        let request = server.requests().remove(0);
        assert!(
            request.starts_with("GET /x HTTP/1.1\r\nHost: pinned.test:"),
            "{request}"
        );
        assert!(!request.contains("Proxy-Authorization"), "{request}");
    });
}

#[test]
fn a_target_with_tls_is_verified_through_the_tunnel() {
    on_shard(async {
        let proxy = support::Proxy::start(Says::Connected).await;
        let authority = Authority::new("ours");
        let address = serve(authority.server_speaking(&[]), 2).await;
        let route = Route {
            tls: TlsOptions {
                verification: Verification::Off,
                ..TlsOptions::default()
            },
            ..through(proxy.address)
        };
        let mut endpoint = localhost(route, address);
        endpoint.addresses = vec![proxy.address];
        let exchange = User::at(endpoint).get("/").await;
        assert_eq!(exchange.end, End::Answered(200));
        assert!(exchange.phases.tls_us > 0);
        let asked = proxy.asked().remove(0);
        assert!(asked.starts_with("CONNECT localhost:"), "{asked}");
    });
}

#[test]
fn a_redirect_goes_through_the_proxy_too() {
    on_shard(async {
        let proxy = support::Proxy::start(Says::Connected).await;
        let there = ScriptedServer::start(vec![vec![Read, answer("there"), Hang]]).await;
        let location = format!("http://pinned.test:{}/", there.address.port());
        let here =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        let here = ScriptedServer::start(vec![vec![Read, send(&here), Hang]]).await;
        let mut user = user("127.0.0.1", here.address.port(), proxy.address);
        user.max_redirects = 1;
        assert_eq!(user.get("/").await.end, End::Answered(200));
        assert_eq!((user.body(), proxy.asked().len()), ("there", 2));
    });
}

#[test]
fn failures_of_a_proxy_have_their_own_words() {
    let denied = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    let cases = [
        (Says::Only(denied), ConnectFailure::ProxyRefused(407)),
        (Says::Only("SSH-2.0 hello\r\n"), ConnectFailure::ProxyBroken),
        (Says::Only(""), ConnectFailure::ProxyBroken),
        (
            Says::Only("HTTP/1.1 200 OK\r\n\r\nmore"),
            ConnectFailure::ProxyBroken,
        ),
        (Says::Connected, ConnectFailure::ProxyRefused(502)),
    ];
    on_shard(async {
        let nobody = closed_port().await;
        for (says, expected) in cases {
            let proxy = support::Proxy::start(says).await;
            let mut user = user("127.0.0.1", nobody.port(), proxy.address);
            let exchange = user.get("/").await;
            assert_eq!(failure(&exchange), Failure::Connect(expected), "{says:?}");
            assert_eq!((exchange.exchanges, exchange.connections_opened), (0, 0));
        }
        let mut user = user("127.0.0.1", 1, nobody);
        let expected = Failure::Connect(ConnectFailure::ProxyUnreachable);
        assert_eq!(failure(&user.get("/").await), expected);
    });
}

#[test]
fn a_proxy_that_says_nothing_times_out_while_connecting() {
    on_shard(async {
        let proxy = ScriptedServer::start(vec![vec![Read, Hang]]).await;
        let mut user = user("127.0.0.1", 1, proxy.address);
        user.connect_timeout_us = 50_000;
        let expected = Failure::TimedOut(TimedOut::Connect);
        assert_eq!(failure(&user.get("/").await), expected);
    });
}
