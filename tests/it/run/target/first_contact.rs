//! What a run's start shows of the target, and what the target sees of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use swarmdeck::format::event_lines;
use swarmdeck::model::{Agreed, Negotiated, Protocol, TlsVersion};
use swarmdeck::run::{EventKind, Snapshot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Authority, Bench, assert_conserved};

#[tokio::test]
async fn a_fall_back_to_http_1_is_said_and_no_handshake_is_broken_off() {
    let authority = Authority::new("ours");
    let acceptor = authority.server_speaking(&["http/1.1"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let broken = Arc::<AtomicU64>::default();
    let count = Arc::clone(&broken);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (acceptor, count) = (acceptor.clone(), Arc::clone(&count));
            tokio::spawn(async move {
                let Ok(mut tls) = acceptor.accept(tcp).await else {
                    count.fetch_add(1, Ordering::Relaxed);
                    return;
                };
                let mut request = [0; 1024];
                while let Ok(1..) = tls.read(&mut request).await {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    let _ = tls.write_all(answer).await;
                    let _ = tls.flush().await;
                }
            });
        }
    });
    let text = "
http: {version: 2, tls: {insecure: true}, resolve: {localhost: 127.0.0.1}}
user_classes: {U: {wait: 1ms, tasks: {t: [{get: /}]}}}
";
    let host = format!("https://localhost:{port}");
    let mut bench = Bench::new(text, &host);
    bench.start(2, 1_000.0).await;
    bench.until_requests(10).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let said = |kind: EventKind, text: &str| {
        let mut events = events.iter();
        events.any(|event| event.kind == kind && event.text.contains(text))
    };
    assert!(
        said(EventKind::Target, "HTTP/1.1 over TLS 1.3"),
        "{events:?}"
    );
    let fall_back = "does not offer HTTP/2; using HTTP/1.1";
    assert!(said(EventKind::Remark, fall_back), "{events:?}");
    let negotiated = Negotiated {
        origin: host,
        protocol: Protocol::Http1,
        tls: Some(TlsVersion::Tls13),
        agreed: Agreed::Fallback,
    };
    assert_eq!(protocols(&end), [negotiated]);
    assert_eq!(broken.load(Ordering::Relaxed), 0);
}

/// Elsewhere the start of a run opens a connection that it closes again.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_connection_to_a_target_in_plain_text_is_without_a_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let bare = Arc::<AtomicU64>::default();
    let count = Arc::clone(&bare);
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut request = [0; 1024];
                let mut requests = 0;
                while let Ok(1..) = tcp.read(&mut request).await {
                    requests += 1;
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    let _ = tcp.write_all(answer).await;
                }
                count.fetch_add(u64::from(requests == 0), Ordering::Relaxed);
            });
        }
    });
    let text = "user_classes: {U: {wait: 1ms, tasks: {t: [{get: /}]}}}";
    let mut bench = Bench::new(text, &format!("http://localhost:{port}"));
    bench.start(2, 1_000.0).await;
    bench.until_requests(10).await;
    let end = bench.stop().await;
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    assert_eq!(bare.load(Ordering::Relaxed), 0);
}

/// What a run tells of the protocols that it speaks.
fn protocols(end: &Snapshot) -> &[Negotiated] {
    &end.run.as_ref().expect("a run").protocols
}

#[tokio::test]
async fn refused_streams_are_counted_apart_and_the_protocol_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let host = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(mut connection) = h2::server::handshake(tcp).await else {
                    return;
                };
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    match request.uri().path() {
                        "/refused" => respond.send_reset(h2::Reason::REFUSED_STREAM),
                        "/cancelled" => respond.send_reset(h2::Reason::CANCEL),
                        _ => drop(respond.send_response(http::Response::new(()), true)),
                    }
                }
            });
        }
    });
    let text = "
http: {version: 2-prior-knowledge}
user_classes:
  U: {iterations: 3, tasks: {t: [{get: /refused}, {get: /cancelled}, {get: /}]}}
";
    let mut bench = Bench::new(text, &host);
    bench.start(2, 1_000.0).await;
    let end = bench.until_stopped().await;
    assert_conserved(&end);
    assert_eq!((end.counts.streams_refused, end.counts.failed), (6, 12));
    let negotiated = Negotiated {
        origin: host,
        protocol: Protocol::Http2,
        tls: None,
        agreed: Agreed::PriorKnowledge,
    };
    assert_eq!(protocols(&end), [negotiated]);
}
