//! What a target of HTTP/2 says when it does not answer, and what it costs.

use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use http::HeaderValue;
use swarmdeck::client::End;
use swarmdeck::model::{
    Connections, Failure, Http2Code, Http2Failure, LostAt, Malformed, Route, TimedOut,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http2::{Server, head};
use super::shard::{failure, on_shard};

const BOTH: [Connections; 2] = [Connections::PerUser, Connections::Shared];

fn keeping(connections: Connections) -> Route {
    Route {
        connections,
        ..Route::default()
    }
}

/// Answers every stream as `how` does.
async fn respond(tcp: TcpStream, how: fn(&mut h2::server::SendResponse<Bytes>, &str)) {
    let mut connection = h2::server::handshake(tcp).await.expect("a preface");
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        how(&mut respond, request.uri().path());
    }
}

/// Resets the stream with the code that the path ends with.
fn reset(respond: &mut h2::server::SendResponse<Bytes>, path: &str) {
    let Some(code) = path
        .rsplit('/')
        .next()
        .and_then(|code| code.parse::<u32>().ok())
    else {
        respond.send_response(head(), true).expect("sent");
        return;
    };
    if path.starts_with("/half/") {
        let mut body = respond.send_response(head(), false).expect("sent");
        body.send_data("half of".into(), false).expect("sent");
        body.send_reset(Reason::from(code));
    } else {
        respond.send_reset(Reason::from(code));
    }
}

#[test]
fn a_stream_that_is_reset_is_named_and_the_connection_goes_on() {
    on_shard(async {
        for connections in BOTH {
            let server = Server::start(|tcp| respond(tcp, reset)).await;
            let mut user = server.user_by(keeping(connections));
            for code in 1..=20 {
                for path in [format!("/{code}"), format!("/half/{code}")] {
                    let expected = Failure::Http2(Http2Failure::Reset(Http2Code::from(code)));
                    assert_eq!(failure(&user.get(&path).await), expected, "{path}");
                }
                let exchange = user.get("/").await;
                assert_eq!(exchange.end, End::Answered(200));
                assert_eq!(exchange.connections_opened, 0, "{code}");
            }
            assert_eq!(server.connections.get(), 1, "{connections:?}");
        }
    });
}

#[test]
fn codes_have_the_names_of_the_rfc() {
    let named = |code: u32| Failure::Http2(Http2Failure::Reset(code.into())).to_string();
    for (code, expected) in [
        (2, "HTTP/2: the target reset the stream: INTERNAL_ERROR"),
        (
            7,
            "HTTP/2: the target reset the stream: REFUSED_STREAM (request not processed)",
        ),
        (8, "HTTP/2: the target reset the stream: CANCEL"),
        (
            13,
            "HTTP/2: the target reset the stream: HTTP_1_1_REQUIRED (set `version: 1.1`)",
        ),
        (
            99,
            "HTTP/2: the target reset the stream: a code unknown to RFC 9113",
        ),
    ] {
        assert_eq!(named(code), expected);
    }
    let away = Failure::Http2(Http2Failure::GoAway(Http2Code::EnhanceYourCalm));
    assert_eq!(
        away.to_string(),
        "HTTP/2: the target closed the connection: GOAWAY ENHANCE_YOUR_CALM"
    );
}

#[test]
fn a_target_that_goes_away_says_why_and_is_connected_to_anew() {
    on_shard(async {
        let server = Server::start(|tcp| async {
            let mut connection = h2::server::handshake(tcp).await.expect("a preface");
            let Some(Ok((request, mut respond))) = connection.accept().await else {
                return;
            };
            if request.uri().path() == "/away" {
                connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
            } else {
                let mut body = respond.send_response(head(), false).expect("sent");
                body.send_data("half of".into(), false).expect("sent");
                // The runtime sends it before it looks here again.
                let _ = tokio::time::timeout(Duration::from_millis(20), connection.accept()).await;
                return;
            }
            while connection.accept().await.is_some() {}
        })
        .await;
        let mut user = server.user();
        let expected = Failure::Http2(Http2Failure::GoAway(Http2Code::EnhanceYourCalm));
        assert_eq!(failure(&user.get("/away").await), expected);
        let exchange = user.get("/half").await;
        assert!(
            matches!(
                failure(&exchange),
                Failure::Lost(LostAt::ClosedInBody | LostAt::Reset)
            ),
            "{exchange:?}"
        );
        assert_eq!(exchange.connections_opened, 1);
        assert_eq!(server.connections.get(), 2);
    });
}

/// Answers with so many fields of 1 KiB as the path says.
fn long_head(respond: &mut h2::server::SendResponse<Bytes>, path: &str) {
    let mut answer = head();
    for _ in 0..path[1..].parse::<usize>().expect("a number") {
        let value = HeaderValue::from_str(&"x".repeat(1024)).expect("text");
        answer.headers_mut().append("x-long", value);
    }
    respond.send_response(answer, true).expect("sent");
}

#[test]
fn a_head_beyond_the_limit_is_said_to_be_so() {
    on_shard(async {
        let server = Server::start(|tcp| respond(tcp, long_head)).await;
        let mut user = server.user();
        for (fields, expected) in [
            (60, None),
            (70, Some(Malformed::HeadTooLong)),
            (120, Some(Malformed::HeadTooLong)),
            (60, None),
            (280, Some(Malformed::Http2Message)),
            (60, None),
        ] {
            let exchange = user.get(&format!("/{fields}")).await;
            let expected = match expected {
                None => End::Answered(200),
                Some(malformed) => End::Failed(Failure::Malformed(malformed)),
            };
            assert_eq!(exchange.end, expected, "{fields} fields");
        }
        assert_eq!(server.connections.get(), 1);
        for far in [
            Malformed::HeadTooLong,
            Malformed::Http2Message,
            Malformed::Http2Flood,
        ] {
            assert!(far.to_string().contains("head"), "{far}");
        }
    });
}

#[test]
fn a_stream_that_timed_out_keeps_a_connection_that_lives() {
    on_shard(async {
        let server = Server::start(|tcp| {
            respond(tcp, |respond, path| {
                if path == "/never" {
                    // Kept for ever: the test ends sooner.
                    std::mem::forget(respond.send_response(head(), false).expect("sent"));
                } else {
                    respond.send_response(head(), true).expect("sent");
                }
            })
        })
        .await;
        for connections in BOTH {
            let before = server.connections.get();
            let mut user = server.user_by(keeping(connections));
            for _ in 0..3 {
                user.timeout_us = 20_000;
                let expected = Failure::TimedOut(TimedOut::Transfer);
                assert_eq!(failure(&user.get("/never").await), expected);
                user.timeout_us = 20_000_000;
                assert_eq!(user.get("/").await.end, End::Answered(200));
            }
            assert_eq!(server.connections.get(), before + 1, "{connections:?}");
        }
    });
}

#[test]
fn a_connection_that_answers_no_ping_is_replaced() {
    on_shard(async {
        let server = Server::start(|mut tcp| async move {
            let mut preface = [0; 24];
            let _ = tcp.read_exact(&mut preface).await;
            // Its settings, and then silence.
            let _ = tcp.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
            let mut rest = [0; 1024];
            while tcp.read(&mut rest).await.is_ok_and(|read| read > 0) {}
        })
        .await;
        let mut user = server.user();
        user.timeout_us = 50_000;
        for (pause, opened) in [(0, 1), (0, 0), (2_100, 1)] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let exchange = user.get("/").await;
            assert_eq!(failure(&exchange), Failure::TimedOut(TimedOut::FirstByte));
            assert_eq!(exchange.connections_opened, opened, "after {pause} ms");
        }
    });
}
