//! HTTP/2: a well-kept server, and one that breaks off.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use swarmdeck::client::{End, Endpoint};
use swarmdeck::model::{
    Connections, Failure, HttpVersion, Malformed, Method, Origin, Protocol, Route, Scheme,
    TimedOut, TlsOptions, TlsVersion, Verification,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::scripted_server::{Hang, ReadBytes, ScriptedServer, send};
use super::shard::{User, failure, on_shard};
use super::tls::localhost;
use crate::support::Authority;

/// Spawns on the test's own thread.
#[derive(Clone, Copy)]
struct Local;

impl<F: Future + 'static> hyper::rt::Executor<F> for Local {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(async move {
            let _ = future.await;
        });
    }
}

/// A server and how many connections it took.
pub(super) struct Server {
    address: SocketAddr,
    pub(super) connections: Rc<Cell<usize>>,
}

impl Server {
    /// Plays `serve` on every connection.
    pub(super) async fn start<F: Future<Output = ()> + 'static>(serve: fn(TcpStream) -> F) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let connections = Rc::<Cell<usize>>::default();
        let taken = Rc::clone(&connections);
        tokio::task::spawn_local(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                taken.set(taken.get() + 1);
                let _ = tcp.set_nodelay(true);
                tokio::task::spawn_local(serve(tcp));
            }
        });
        Self {
            address,
            connections,
        }
    }

    pub(super) fn user(&self) -> User {
        self.user_by(Route::default())
    }

    pub(super) fn user_by(&self, route: Route) -> User {
        user_of(self.address, route)
    }
}

/// A user who speaks HTTP/2 from the first byte.
fn user_of(address: SocketAddr, route: Route) -> User {
    let origin = Origin {
        scheme: Scheme::Http,
        host: "127.0.0.1".to_owned(),
        port: address.port(),
    };
    let mut user = User::at(Endpoint {
        route: Arc::new(Route {
            version: HttpVersion::Http2PriorKnowledge,
            ..route
        }),
        ..Endpoint::direct(origin, vec![address])
    });
    user.max_redirects = 5;
    user
}

pub(super) async fn speak(tcp: TcpStream) {
    speak_over(tcp).await;
}

async fn speak_over(stream: impl AsyncRead + AsyncWrite + Unpin + 'static) {
    let io = TokioIo::new(stream);
    let builder = hyper::server::conn::http2::Builder::new(Local);
    let _ = builder.serve_connection(io, service_fn(answer)).await;
}

/// Says what was asked, or does what the path says.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|all| all.to_bytes());
    let body = body.unwrap_or_default();
    let answer = Response::builder();
    let full = |text: String| Full::new(Bytes::from(text));
    let fields = |name: &str| {
        let all = parts.headers.get_all(name).iter();
        let all = all.map(|value| value.to_str().expect("text"));
        all.collect::<Vec<_>>().join("; ")
    };
    let sound = match parts.uri.path() {
        "/status/404" => answer.status(404).body(full("gone".to_owned())),
        "/empty" => answer.status(204).body(Full::default()),
        "/long" if parts.method == "HEAD" => answer
            .header("content-length", "2000000")
            .body(Full::default()),
        "/long" => answer.body(full("long ".repeat(400_000))),
        "/slow" => {
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer.body(full("slow".to_owned()))
        }
        "/never" => std::future::pending().await,
        "/hop" => answer
            .status(302)
            .header("location", "/landed")
            .header("set-cookie", "a=1; Path=/")
            .body(full("moved".to_owned())),
        "/gzip" => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::default());
            packed.write_all(b"hello").expect("in memory");
            let packed = packed.finish().expect("in memory");
            let answer = answer.header("content-encoding", "gzip");
            answer.body(Full::new(Bytes::from(packed)))
        }
        path => answer
            .header("x-version", format!("{:?}", parts.version))
            .body(full(format!(
                "{} {path} {:?} {} body {} cookie {}",
                parts.method,
                parts.uri.authority().map(|one| one.host().to_owned()),
                fields("x-one"),
                body.len(),
                fields("cookie"),
            ))),
    };
    Ok(sound.expect("sound"))
}

#[test]
fn messages_and_answers_pass_over_one_connection() {
    on_shard(async {
        let server = Server::start(speak).await;
        let mut user = server.user();
        let exchange = user.get("/a?b=c").await;
        assert_eq!(
            (exchange.end, exchange.connections_opened),
            (End::Answered(200), 1)
        );
        let head = String::from_utf8_lossy(user.session.head()).into_owned();
        assert!(head.starts_with("HTTP/1.1 200 \r\n"), "{head}");
        assert!(head.contains("\r\nx-version: HTTP/2.0\r\n"), "{head}");
        let body = user.body().to_owned();
        assert_eq!(body, "GET /a Some(\"127.0.0.1\")  body 0 cookie ");
        assert_eq!(exchange.received_bytes, body.len() as u64);

        let fields = "X-One: 1\r\nX-One: 2\r\nConnection: close\r\n";
        let upload = vec![b'x'; 300_000];
        let exchange = user.request(Method::Post, "/up", fields, &upload).await;
        assert_eq!(
            (exchange.end, exchange.connections_opened),
            (End::Answered(200), 0)
        );
        assert_eq!(
            user.body(),
            "POST /up Some(\"127.0.0.1\") 1; 2 body 300000 cookie "
        );

        for (path, status, len) in [
            ("/status/404", 404, 4),
            ("/empty", 204, 0),
            ("/long", 200, 2_000_000),
        ] {
            let exchange = user.get(path).await;
            assert_eq!(exchange.end, End::Answered(status), "{path}");
            assert_eq!(exchange.received_bytes, len, "{path}");
            assert_eq!(user.body().len() as u64, len, "{path}");
        }
        let exchange = user.request(Method::Head, "/long", "", b"").await;
        assert_eq!(
            (exchange.end, exchange.received_bytes),
            (End::Answered(200), 0)
        );
        assert_eq!(server.connections.get(), 1);
    });
}

#[test]
fn redirects_cookies_and_codings_work_as_before() {
    on_shard(async {
        let server = Server::start(speak).await;
        let mut user = server.user();
        let exchange = user.request(Method::Post, "/hop", "", b"hello").await;
        assert_eq!((exchange.end, exchange.exchanges), (End::Answered(200), 2));
        assert_eq!(
            user.body(),
            "GET /landed Some(\"127.0.0.1\")  body 0 cookie a=1"
        );
        user.get("/gzip").await;
        assert_eq!(user.body(), "hello");
        assert_eq!(server.connections.get(), 1);
    });
}

#[test]
fn the_version_is_agreed_on_in_the_handshake() {
    on_shard(async {
        let cases: [(&[&str], HttpVersion, &str); 4] = [
            (&["h2", "http/1.1"], HttpVersion::Http2, "HTTP/2.0"),
            (&["http/1.1"], HttpVersion::Http2, "HTTP/1.1"),
            (&["h2", "http/1.1"], HttpVersion::Http1, "HTTP/1.1"),
            (&["h2"], HttpVersion::Http2PriorKnowledge, "HTTP/2.0"),
        ];
        let authority = Authority::new("ours");
        for (spoken, version, expected) in cases {
            let acceptor = authority.server_speaking(spoken);
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("bound");
            tokio::task::spawn_local(async move {
                let (tcp, _) = listener.accept().await.expect("a connection");
                speak_what_was_agreed(&acceptor, tcp).await;
            });
            let mut user = User::at(localhost(
                Route {
                    version,
                    tls: TlsOptions {
                        verification: Verification::Off,
                        ..TlsOptions::default()
                    },
                    ..Route::default()
                },
                address,
            ));
            for _ in 0..2 {
                let exchange = user.get("/").await;
                assert_eq!(exchange.end, End::Answered(200), "{spoken:?}");
                let peer = exchange.peer.expect("a connection");
                assert_eq!(peer.address, address);
                assert_eq!(peer.tls, Some(TlsVersion::Tls13));
                let is_http2 = expected == "HTTP/2.0";
                assert_eq!(peer.protocol == Protocol::Http2, is_http2, "{spoken:?}");
                let head = String::from_utf8_lossy(user.session.head());
                assert!(head.contains(expected), "{spoken:?} {version:?}: {head}");
            }
        }
    });
}

async fn speak_what_was_agreed(acceptor: &TlsAcceptor, tcp: TcpStream) {
    let tls = acceptor.accept(tcp).await.expect("a handshake");
    if tls.get_ref().1.alpn_protocol() == Some(b"h2") {
        return speak_over(tls).await;
    }
    let io = TokioIo::new(tls);
    let builder = hyper::server::conn::http1::Builder::new();
    let _ = builder.serve_connection(io, service_fn(answer)).await;
}

#[test]
fn users_share_one_connection_at_the_same_time() {
    on_shard(async {
        let server = Server::start(speak).await;
        let mut users = vec![server.user_by(Route {
            connections: Connections::Shared,
            ..Route::default()
        })];
        users[0].get("/").await;
        for _ in 0..9 {
            users.push(users[0].beside());
        }
        for _ in 0..3 {
            let all = users.iter_mut().map(|user| user.get("/slow"));
            for exchange in futures_util::future::join_all(all).await {
                assert_eq!(exchange.end, End::Answered(200));
            }
        }
        assert_eq!(server.connections.get(), 1);
        assert_eq!(users[0].client.open_connections(), 1);
    });
}

#[test]
fn users_that_start_at_once_end_up_on_one_connection() {
    on_shard(async {
        let server = Server::start(speak).await;
        let first = server.user_by(Route {
            connections: Connections::Shared,
            ..Route::default()
        });
        let mut users: Vec<_> = (0..5).map(|_| first.beside()).collect();
        for _ in 0..3 {
            let all = users.iter_mut().map(|user| user.get("/slow"));
            for exchange in futures_util::future::join_all(all).await {
                assert_eq!(exchange.end, End::Answered(200));
            }
        }
        while first.client.open_connections() > 1 {
            tokio::task::yield_now().await;
        }
        let opened = server.connections.get();
        assert!(opened <= 5, "none after the first requests: {opened}");
    });
}

#[test]
fn an_idle_connection_that_was_closed_is_replaced() {
    on_shard(async {
        let server = Server::start(|tcp| async {
            let mut connection = h2::server::handshake(tcp).await.expect("a preface");
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                respond.send_response(head(), true).expect("sent");
                if request.uri().path() == "/last" {
                    connection.graceful_shutdown();
                }
            }
        })
        .await;
        for connections in [Connections::PerUser, Connections::Shared] {
            let mut user = server.user_by(Route {
                connections,
                ..Route::default()
            });
            assert_eq!(user.get("/last").await.end, End::Answered(200));
            while user.client.open_connections() > 0 {
                tokio::task::yield_now().await;
            }
            let exchange = user.get("/").await;
            assert_eq!(exchange.end, End::Answered(200), "{connections:?}");
            assert_eq!(exchange.connections_replaced, 1, "{connections:?}");
        }
    });
}

#[test]
fn an_old_connection_is_replaced() {
    on_shard(async {
        for connections in [Connections::PerUser, Connections::Shared] {
            let server = Server::start(speak).await;
            let mut user = server.user_by(Route {
                connections,
                max_connection_age_us: Some(1),
                ..Route::default()
            });
            for _ in 0..3 {
                let exchange = user.get("/").await;
                assert_eq!(exchange.end, End::Answered(200));
                assert_eq!(exchange.connections_opened, 1, "{connections:?}");
            }
        }
    });
}

#[test]
fn a_connection_without_users_is_closed() {
    on_shard(async {
        let server = Server::start(speak).await;
        let mut user = server.user_by(Route {
            connections: Connections::Close,
            ..Route::default()
        });
        for _ in 0..2 {
            assert_eq!(user.get("/").await.connections_opened, 1);
        }
        while user.client.open_connections() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.connections.get(), 2);
    });
}

#[test]
fn what_takes_too_long_times_out_and_is_taken_back() {
    on_shard(async {
        let server = Server::start(speak).await;
        let mut user = server.user_by(Route {
            connections: Connections::Shared,
            ..Route::default()
        });
        user.timeout_us = 50_000;
        let expected = Failure::TimedOut(TimedOut::FirstByte);
        assert_eq!(failure(&user.get("/never").await), expected);
        user.timeout_us = 20_000_000;
        let exchange = user.get("/").await;
        assert_eq!(exchange.end, End::Answered(200));
        assert_eq!(
            exchange.connections_opened, 0,
            "only the stream was given up"
        );
    });
}

/// The head of an answer without fields.
pub(super) fn head() -> http::Response<()> {
    http::Response::new(())
}

#[test]
fn a_target_that_speaks_something_else_is_named_so() {
    on_shard(async {
        let text = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        let server = ScriptedServer::start(vec![vec![ReadBytes(24), send(text), Hang]]).await;
        let mut user = user_of(server.address, Route::default());
        let expected = Failure::Malformed(Malformed::Http2);
        assert_eq!(failure(&user.get("/").await), expected);
        let closing = ScriptedServer::start(vec![vec![ReadBytes(24)]]).await;
        let mut user = user_of(closing.address, Route::default());
        let lost = failure(&user.get("/").await);
        assert!(matches!(lost, Failure::Lost(_)), "{lost:?}");
    });
}
