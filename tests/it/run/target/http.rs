//! What `http:` in a scenario does to a run.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::Failure;
use swarmdeck::run::{EventKind, RunError};
use tokio::net::TcpListener;

use crate::support::{
    Authority, Bench, Proxy, Says, assert_conserved, assert_sound, lab, refused_port,
};

/// Who asked, and with which headers.
type Seen = Arc<Mutex<Vec<(SocketAddr, HeaderMap)>>>;

/// A target that remembers whatever it is asked, at this port of the loopback.
async fn observer() -> (u16, Seen) {
    let seen = Seen::default();
    let app = Router::new().fallback(note).with_state(Arc::clone(&seen));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    (port, seen)
}

async fn note(
    State(seen): State<Seen>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> ([(&'static str, &'static str); 1], &'static str) {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.push((peer, headers));
    ([("set-cookie", "a=1; Path=/")], "fine")
}

fn all(seen: &Seen) -> Vec<(SocketAddr, HeaderMap)> {
    seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The connections that were made.
fn peers(seen: &Seen) -> Vec<SocketAddr> {
    let mut peers: Vec<_> = all(seen).iter().map(|(peer, _)| *peer).collect();
    peers.sort_unstable();
    peers.dedup();
    peers
}

/// Runs some requests of one class with this `http:` and gives the bench back.
async fn run(http: &str, steps: &str, host: &str) -> Bench {
    let text =
        format!("http: {http}\nuser_classes:\n  U:\n    wait: 1ms\n    tasks: {{t: {steps}}}\n");
    let mut bench = Bench::new(&text, host);
    bench.start(4, 1_000.0).await;
    bench.until_requests(40).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_sound(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    bench
}

/// The remarks of a run.
fn remarks(bench: &Bench) -> Vec<String> {
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let remarks = events.into_iter().filter(|e| e.kind == EventKind::Remark);
    remarks.map(|event| event.text).collect()
}

#[tokio::test]
async fn a_pinned_host_a_source_and_no_connection_kept() {
    let (port, seen) = observer().await;
    let http =
        "{resolve: {shop.test: 127.0.0.1}, connections: close, source_addresses: [127.0.0.1]}";
    let host = format!("http://shop.test:{port}");
    let bench = run(http, "[{get: /}]", &host).await;
    let counts = bench.runs.snapshot().counts;
    assert_eq!(counts.connections_opened, counts.exchanges);
    let all = all(&seen);
    let (_, headers) = &all[0];
    assert_eq!(headers["host"], format!("shop.test:{port}").as_str());
    assert_eq!(headers["connection"], "close");
}

#[tokio::test]
async fn shared_connections_outlive_their_users() {
    let (port, seen) = observer().await;
    let text = format!(
        "http: {{connections: shared}}
user_classes:
  U:
    wait: 5ms
    tasks: {{t: [{{get: /}}, {{get: 'http://127.0.0.1:{port}/other'}}]}}
"
    );
    let mut bench = Bench::new(&text, &format!("http://127.0.0.1:{port}"));
    bench.start(10, 1_000.0).await;
    for _ in 0..3 {
        bench.until_users(10).await;
        bench.edit_users(1).await;
        bench.until_users(1).await;
        bench.edit_users(10).await;
    }
    bench.until_requests(200).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert!(end.counts.users_started > 20, "{:?}", end.counts);
    // One at most for each user that there was at the same time.
    assert!(peers(&seen).len() <= 10, "{:?}", peers(&seen));
}

#[tokio::test]
async fn a_step_decides_on_compression_and_cookies() {
    let (port, seen) = observer().await;
    let plain = "{get: /plain, http: {compression: false, cookies: false}}";
    let steps = format!("[{{get: /}}, {plain}, {{get: /}}]");
    run("{}", &steps, &format!("http://127.0.0.1:{port}")).await;
    let all = all(&seen);
    let plain = all
        .iter()
        .filter(|(_, h)| !h.contains_key("accept-encoding"));
    let (mut without, mut with) = (0, 0);
    for (_, headers) in plain {
        without += 1;
        assert!(!headers.contains_key("cookie"), "{headers:?}");
    }
    with += all.iter().filter(|(_, h)| h.contains_key("cookie")).count();
    assert!(without > 5 && with > 5, "{without} without, {with} with");
}

#[tokio::test]
async fn a_run_goes_through_a_proxy() {
    let lab = lab(LabConfig::default());
    let proxy = Proxy::start(Says::Connected).await;
    let http = format!("{{proxy: 'http://u:p@{}'}}", proxy.address);
    let steps = "[{get: /api/v1/health/}]";
    let bench = run(&http, steps, &lab.url()).await;
    let asked = proxy.asked();
    assert!(asked.len() >= 5, "one to try it, and one a user: {asked:?}");
    assert!(
        asked[0].contains("Proxy-Authorization: Basic dTpw\r\n"),
        "{asked:?}"
    );
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let target = events.iter().find(|e| e.kind == EventKind::Target);
    let text = &target.expect("said").text;
    assert!(text.contains("via proxy http://127.0.0.1:"), "{text}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_said_before_the_run() {
    let text = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
    let proxy = Proxy::start(Says::Only(text)).await;
    let address = proxy.address;
    let closed = format!("127.0.0.1:{}", refused_port().await);
    for (address, expected) in [
        (address.to_string(), "responded with status 407"),
        (closed, "connection refused"),
    ] {
        let text = format!(
            "http: {{proxy: 'http://{address}'}}\nuser_classes: {{U: {{tasks: {{t: [{{get: /}}]}}}}}}\n"
        );
        let mut bench = Bench::new(&text, "http://127.0.0.1:1");
        let error = bench.try_start(1, 1.0).await.expect_err("no proxy");
        assert!(matches!(error, RunError::Proxy { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_source_address_that_is_not_ours_is_said_before_the_run() {
    let (port, _) = observer().await;
    let text =
        "http: {source_addresses: [192.0.2.1]}\nuser_classes: {U: {tasks: {t: [{get: /}]}}}\n";
    let mut bench = Bench::new(text, &format!("http://127.0.0.1:{port}"));
    let error = bench.try_start(1, 1.0).await.expect_err("not ours");
    assert!(matches!(error, RunError::SourceAddress { .. }), "{error}");
    assert!(error.to_string().contains("192.0.2.1"), "{error}");
}

#[tokio::test]
async fn a_version_that_cannot_be_agreed_on_is_remarked() {
    let (port, _) = observer().await;
    let host = format!("http://127.0.0.1:{port}");
    let bench = run("{version: 2}", "[{get: /}]", &host).await;
    let remarks = remarks(&bench);
    assert!(
        remarks.iter().any(|r| r.contains("needs TLS")),
        "{remarks:?}"
    );
}

/// Spawns what a connection of HTTP/2 needs.
#[derive(Clone, Copy)]
struct Tasks;

impl<F: Future<Output: Send> + Send + 'static> hyper::rt::Executor<F> for Tasks {
    fn execute(&self, future: F) {
        tokio::spawn(future);
    }
}

/// A target that speaks HTTP/2 over TLS, and what it counts as one.
async fn modern(authority: &Authority) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let acceptor = authority.server_speaking(&["h2"]);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // The first to come only looks whether somebody listens.
                let Ok(tls) = acceptor.accept(tcp).await else {
                    return;
                };
                let answer = service_fn(async |request: hyper::Request<_>| {
                    let version = format!("{{\"version\": \"{:?}\"}}", request.version());
                    drop::<hyper::Request<hyper::body::Incoming>>(request);
                    let body = Full::new(bytes::Bytes::from(version));
                    Ok::<_, std::convert::Infallible>(hyper::Response::new(body))
                });
                let builder = hyper::server::conn::http2::Builder::new(Tasks);
                let _ = builder.serve_connection(TokioIo::new(tls), answer).await;
            });
        }
    });
    port
}

const SPEAKS_2: &str = "[{get: /, expect: {json: {$.version: HTTP/2.0}}}]";

#[tokio::test]
async fn http_2_over_tls_that_nobody_verifies() {
    let authority = Authority::new("nobody");
    let host = format!("https://localhost:{}", modern(&authority).await);
    let http = "{version: 2, tls: {insecure: true}, resolve: {localhost: 127.0.0.1}}";
    let bench = run(http, SPEAKS_2, &host).await;
    let remarks = remarks(&bench);
    assert!(
        remarks.iter().any(|r| r.contains("are not verified")),
        "{remarks:?}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn an_authority_from_a_file_is_trusted() {
    let authority = Authority::new("ours");
    let host = format!("https://localhost:{}", modern(&authority).await);
    let folder = crate::support::Folder::new();
    let ca = folder.file("ca.pem", &authority.pem());
    let http = format!(
        "{{version: 2-prior-knowledge, tls: {{ca: '{ca}'}}, resolve: {{localhost: 127.0.0.1}}}}"
    );
    let bench = run(&http, SPEAKS_2, &host).await;
    assert_eq!(remarks(&bench), [""; 0]);

    let http = "http: {resolve: {localhost: 127.0.0.1}}";
    let text = format!("{http}\nuser_classes: {{U: {{wait: 1ms, tasks: {{t: [{{get: /}}]}}}}}}\n");
    let mut bench = Bench::new(&text, &host);
    bench.start(1, 1.0).await;
    bench.until_requests(1).await;
    let end = bench.stop().await;
    assert!(end.counts.failed > 0);
    let failures = &end.tables.failures;
    assert!(
        failures
            .iter()
            .all(|line| matches!(line.failure, Some(Failure::Tls(_)))),
        "{failures:?}"
    );
}
