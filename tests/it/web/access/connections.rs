//! Connections of strangers, and those that take too long.

use std::time::Duration;

use reqwest::Method;
use swarmdeck::lab::LabConfig;
use swarmdeck::web::{ConnectionLimits, Token, build_hash};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::tls;
use crate::support::{Authority, NOWHERE, TestApp, Viewer, answer, lab, soon};

const GET: &str = "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// Long enough for every client here that does something.
fn patient(connections: usize) -> ConnectionLimits {
    let long = Duration::from_secs(120);
    ConnectionLimits {
        connections,
        first_byte: long,
        head: long,
        body: long,
        idle: long,
        stalled: long,
    }
}

async fn connect(app: &TestApp) -> TcpStream {
    let connecting = TcpStream::connect(app.address);
    soon("a connection", connecting).await.expect("listens")
}

async fn say(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.expect("sent");
}

/// What comes until the other side closes, however it does.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset says the same.
    let _ = soon("the end of a connection", stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What comes until `enough` is in it.
async fn until(stream: &mut TcpStream, enough: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(enough) {
        let read = soon("an answer", stream.read(&mut buffer)).await;
        let read = read.expect("readable");
        assert!(read > 0, "{enough} is not in {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    text
}

#[tokio::test]
async fn who_says_nothing_or_stops_in_a_head_is_let_go() {
    let short = Duration::from_millis(200);
    let limits = ConnectionLimits {
        first_byte: short,
        head: short,
        ..patient(16)
    };
    let app = TestApp::limited(NOWHERE, limits).await;
    let mut silent = connect(&app).await;
    let mut unfinished = connect(&app).await;
    say(&mut unfinished, "GET /health HTTP/1.1\r\nhost: loc").await;
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(rest(&mut unfinished).await, "");
    // A byte now and then does not help.
    let mut trickling = connect(&app).await;
    say(&mut trickling, "GET /health HTTP/1.1\r\nx: ").await;
    let trickle = async {
        while trickling.write_all(b"y").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    soon("the end of a trickle", trickle).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_and_let_go() {
    let limits = ConnectionLimits {
        body: Duration::from_millis(200),
        ..patient(16)
    };
    let app = TestApp::limited(NOWHERE, limits).await;
    for head in [
        "content-length: 100",
        "transfer-encoding: chunked",
        "content-length: 100\r\nexpect: 100-continue",
    ] {
        let mut unfinished = connect(&app).await;
        let head = format!(
            "POST /api/v1/run HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{head}\r\n\r\n"
        );
        say(&mut unfinished, &head).await;
        let said = rest(&mut unfinished).await;
        let said = said.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
        assert!(said.starts_with("HTTP/1.1 408 "), "{head}: {said}");
    }
}

#[tokio::test]
async fn a_connection_is_kept_between_requests_but_not_for_ever() {
    let limits = ConnectionLimits {
        // The head's limit is over while it rests.
        head: Duration::from_millis(500),
        idle: Duration::from_millis(1_500),
        ..patient(16)
    };
    let app = TestApp::limited(NOWHERE, limits).await;
    let mut kept = connect(&app).await;
    for _ in 0..3 {
        say(&mut kept, GET).await;
        until(&mut kept, "\"ok\"").await;
        sleep(Duration::from_millis(700)).await;
    }
    assert_eq!(rest(&mut kept).await, "");
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let limits = ConnectionLimits {
        stalled: Duration::from_millis(300),
        ..patient(16)
    };
    let app = TestApp::limited(NOWHERE, limits).await;
    let mut deaf = connect(&app).await;
    let request = format!(
        "GET /static/{}/main.js HTTP/1.1\r\nhost: localhost\r\n\r\n",
        build_hash()
    );
    // Until the dashboard stops reading, since its answers are not read.
    let ask = async { while deaf.write_all(request.as_bytes()).await.is_ok() {} };
    soon("the end of a deaf connection", ask).await;
}

#[tokio::test]
async fn stop_is_reached_however_many_idle_connections_there_are() {
    let app = TestApp::limited(NOWHERE, patient(16)).await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(connect(&app).await);
    }
    // Not kept, as it would be among those that make room later.
    let stop = app.request(Method::POST, "/stop");
    let stopped = answer(stop.header("connection", "close")).await;
    assert_eq!(stopped.status(), 200);
    // Those that had said nothing for longest have made room.
    for stream in &mut idle[..80] {
        assert_eq!(rest(stream).await, "");
    }
    // The same with a valid request on each of them.
    let mut idle = Vec::new();
    for _ in 0..100 {
        let mut stream = connect(&app).await;
        say(&mut stream, GET).await;
        until(&mut stream, "\"ok\"").await;
        idle.push(stream);
    }
    let stopped = answer(app.request(Method::POST, "/stop")).await;
    assert_eq!(stopped.status(), 200);
}

#[tokio::test]
async fn strangers_do_not_push_out_who_has_shown_a_token() {
    let token = Token::random().expect("random numbers");
    let bearer = format!("Bearer {}", token.as_str());
    let lab = lab(LabConfig::default());
    let app = TestApp::limited_with_token(&lab.url(), token, None, patient(16)).await;
    let mut viewer = Viewer::with(app.address, &[("authorization", &bearer)])
        .await
        .expect("is let in");
    assert_eq!(viewer.next().await["type"], "hello");
    let mut kept = connect(&app).await;
    let request = GET.replace("\r\n\r\n", &format!("\r\nauthorization: {bearer}\r\n\r\n"));
    say(&mut kept, &request).await;
    until(&mut kept, "\"ok\"").await;
    let mut strangers = Vec::new();
    for _ in 0..100 {
        let mut stranger = connect(&app).await;
        say(&mut stranger, GET).await;
        strangers.push(stranger);
    }
    // Neither the socket nor the connection that is only kept.
    say(&mut kept, &request).await;
    until(&mut kept, "\"ok\"").await;
    let start = app.request(Method::POST, "/swarm");
    let form = [("user_count", "1"), ("spawn_rate", "1")];
    let started = answer(start.header("authorization", &bearer).form(&form)).await;
    assert_eq!(started.status(), 200);
    viewer.until("hello", |hello| !hello["run"].is_null()).await;
    let stop = app.request(Method::POST, "/stop");
    let stopped = answer(stop.header("authorization", &bearer)).await;
    assert_eq!(stopped.status(), 200);
}

#[tokio::test]
async fn live_sockets_leave_places_for_requests() {
    let app = TestApp::limited(NOWHERE, patient(8)).await;
    let mut viewers = Vec::new();
    for _ in 0..4 {
        viewers.push(Viewer::open(app.address).await);
    }
    let refused = Viewer::with(app.address, &[]).await;
    assert_eq!(refused.err(), Some(503));
    let stopped = answer(app.request(Method::POST, "/stop")).await;
    assert_eq!(stopped.status(), 200);
    drop(viewers.pop());
    // The place is free as soon as its end is noticed.
    let free = async {
        while Viewer::with(app.address, &[]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    soon("a place", free).await;
}

#[tokio::test]
async fn silent_handshakes_do_not_block_others() {
    let authority = Authority::new("of the test");
    let tls = tls::server_tls(&authority);
    let token = Token::random().expect("random numbers");
    let app = TestApp::limited_with_token(NOWHERE, token, Some(tls), patient(16)).await;
    let mut silent = Vec::new();
    for number in 0..100 {
        let mut stream = connect(&app).await;
        if number % 2 == 0 {
            // The beginning of a hello.
            stream.write_all(&[22, 3, 1]).await.expect("sent");
        }
        silent.push(stream);
    }
    let mut stream = tls::connect(&app, &authority).await;
    stream.write_all(GET.as_bytes()).await.expect("sent");
    let mut buffer = [0; 12];
    let read = soon("an answer", stream.read_exact(&mut buffer)).await;
    read.expect("readable");
    assert_eq!(&buffer, b"HTTP/1.1 200");
}
