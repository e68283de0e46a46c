//! Who is let in, asked in ways that clients of libraries do not.

use reqwest::Method;
use swarmdeck::web::Token;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{NOWHERE, TestApp, answer, soon};

/// What comes back for these bytes until the connection ends.
async fn exchange(app: &TestApp, bytes: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.expect("listens");
    stream.write_all(bytes.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let _ = soon("an end", stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of a head that is sent to end the connection.
async fn status(app: &TestApp, head: &str) -> u16 {
    let said = exchange(app, &format!("{head}\r\nconnection: close\r\n\r\n")).await;
    let status = said.split(' ').nth(1).unwrap_or_default();
    status.parse().unwrap_or_else(|_| panic!("{head}: {said}"))
}

#[tokio::test]
async fn a_request_names_one_host() {
    let app = TestApp::new(NOWHERE).await;
    for (head, expected) in [
        ("GET / HTTP/1.1\r\nhost: localhost", 200),
        ("GET / HTTP/1.1\r\nHOST:localhost:8089", 200),
        ("GET / HTTP/1.1\r\nhost: [::1]:8089", 200),
        ("GET / HTTP/1.1\r\nhost: [::ffff:127.0.0.1]", 200),
        ("GET / HTTP/1.1", 400),
        ("GET / HTTP/1.1\r\nhost: localhost\r\nhost: localhost", 400),
        (
            "GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example",
            400,
        ),
        (
            "GET / HTTP/1.1\r\nhost: evil.example\r\nhost: localhost",
            400,
        ),
        ("GET / HTTP/1.1\r\nhost: localhost, evil.example", 400),
        ("GET / HTTP/1.1\r\nhost: ", 400),
        ("GET / HTTP/1.1\r\nhost: user@localhost", 400),
        ("GET / HTTP/1.1\r\nhost: evil.example@localhost", 400),
        ("GET / HTTP/1.1\r\nhost: localhost/x", 400),
        ("GET / HTTP/1.1\r\nhost: [::1", 400),
        ("GET / HTTP/1.1\r\nhost: [2001:db8::1]", 403),
        ("GET / HTTP/1.1\r\nhost: 10.0.0.1", 403),
        ("GET / HTTP/1.1\r\nhost: 127.1", 403),
        ("GET / HTTP/1.1\r\nhost: 2130706433", 403),
        ("GET / HTTP/1.1\r\nhost: localhost.evil.example", 403),
        ("GET / HTTP/1.1\r\nhost: evillocalhost", 403),
        ("GET / HTTP/1.0\r\nhost: localhost", 200),
        ("GET / HTTP/1.0", 400),
        // The target's own host counts (RFC 9112, 3.2.2).
        ("GET http://localhost/ HTTP/1.1\r\nhost: evil.example", 200),
        ("GET http://evil.example/ HTTP/1.1\r\nhost: localhost", 403),
        (
            "POST http://evil.example/stop HTTP/1.1\r\nhost: localhost",
            403,
        ),
        ("GET http://x@localhost/ HTTP/1.1\r\nhost: localhost", 400),
        ("CONNECT evil.example:443 HTTP/1.1\r\nhost: localhost", 403),
        ("CONNECT localhost:443 HTTP/1.1\r\nhost: localhost", 404),
        ("OPTIONS * HTTP/1.1\r\nhost: localhost", 404),
    ] {
        assert_eq!(status(&app, head).await, expected, "{head}");
    }
}

#[tokio::test]
async fn every_origin_that_is_named_has_to_be_ours() {
    let app = TestApp::new(NOWHERE).await;
    let stop = "POST /stop HTTP/1.1\r\nhost: localhost:1";
    for (headers, expected) in [
        ("origin: http://localhost:1", 200),
        ("origin: HTTP://LOCALHOST:1", 403),
        ("origin: http://LOCALHOST:1", 200),
        (
            "origin: http://localhost:1\r\norigin: http://evil.example",
            403,
        ),
        ("origin: http://localhost", 403),
        ("origin: http://localhost:1.evil.example", 403),
        (
            "sec-fetch-site: same-origin\r\nsec-fetch-site: cross-site",
            403,
        ),
        ("sec-fetch-site: \u{fe}", 403),
    ] {
        let head = format!("{stop}\r\n{headers}");
        assert_eq!(status(&app, &head).await, expected, "{headers}");
    }
}

#[tokio::test]
async fn one_request_is_not_taken_for_two() {
    let app = TestApp::new(NOWHERE).await;
    let inner = "GET /api/v1/run HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    for framing in [
        // Both lengths: the answer ends the connection, or is a refusal.
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked, gzip",
        "content-length: 5\r\ncontent-length: 6",
        "content-length: +5",
        "content-length: 5, 5",
        "content-length : 5",
    ] {
        let head = "POST /stop HTTP/1.1\r\nhost: localhost\r\n";
        let said = exchange(&app, &format!("{head}{framing}\r\n\r\n0\r\n\r\n{inner}")).await;
        let answers = said.matches("HTTP/1.1 ").count();
        let is_refused = said.starts_with("HTTP/1.1 400 ") && answers == 1;
        assert!(
            is_refused || framing.starts_with("content-length: 5"),
            "{framing}: {said}"
        );
        assert!(answers <= 2, "{framing}: {said}");
    }
}

#[tokio::test]
async fn a_head_has_a_bound() {
    let app = TestApp::new(NOWHERE).await;
    let long = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\nx: {}",
        "y".repeat(32 * 1024)
    );
    assert_eq!(status(&app, &long).await, 431);
    let many = format!(
        "GET / HTTP/1.1\r\nhost: localhost{}",
        "\r\nx: y".repeat(200)
    );
    assert_eq!(status(&app, &many).await, 431);
    let deep = format!(
        "GET /{} HTTP/1.1\r\nhost: localhost",
        "y/".repeat(16 * 1024)
    );
    assert!(matches!(status(&app, &deep).await, 414 | 431));
}

#[tokio::test]
async fn a_token_in_the_address_is_only_exchanged() {
    let token = Token::random().expect("random numbers");
    let secret = token.as_str().to_owned();
    let app = TestApp::with_token(NOWHERE, token).await;
    // Changes are not carried out, on any way, and nothing is left behind.
    for (method, path) in [
        (Method::POST, "/stop"),
        (Method::POST, "/swarm"),
        (Method::POST, "/api/v1/run"),
        (Method::PATCH, "/api/v1/run"),
        (Method::DELETE, "/api/v1/run"),
        (Method::OPTIONS, "/"),
    ] {
        let refused = app
            .send(method.clone(), &format!("{path}?token={secret}"))
            .await;
        assert_eq!(refused.status(), 403, "{method} {path}");
        assert!(
            !refused.headers().contains_key("set-cookie"),
            "{method} {path}"
        );
        let said = refused.text().await.expect("text");
        assert!(said.contains("Authorization: Bearer"), "{said}");
    }
    let mut cookie = String::new();
    for (path, there) in [
        ("/?token=SECRET", "./"),
        ("/?tab=logs&token=SECRET&x=%20y", "./?tab=logs&x=%20y"),
        ("/stats/requests/csv?a&token=SECRET", "./csv?a"),
        ("/stop?token=SECRET", "./stop"),
        ("/health?token=SECRET", "./health"),
        ("//evil.example?token=SECRET", "./evil.example"),
        ("//evil.example/?token=SECRET", "./"),
        ("/https:evil.example?token=SECRET", "./https:evil.example"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let path = path.replace("SECRET", &secret);
            let answer = app.send(method.clone(), &path).await;
            assert_eq!(answer.status(), 303, "{method} {path}");
            assert_eq!(answer.headers()["location"], there, "{method} {path}");
            assert_eq!(answer.headers()["cache-control"], "no-store");
            cookie = answer.headers()["set-cookie"]
                .to_str()
                .expect("text")
                .to_owned();
        }
    }
    // The browser itself keeps it to where it was opened.
    assert!(!cookie.to_lowercase().contains("path"), "{cookie}");
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    // Opened once more it disappears from the address again, whatever it is.
    for given in [secret.as_str(), "of-yesterday", ""] {
        let again = app.request(Method::GET, &format!("/?a=b&token={given}"));
        let again = answer(again.header("cookie", &cookie)).await;
        let location = again.headers().get("location").expect("a redirect");
        assert_eq!(
            (again.status().as_u16(), location),
            (303, &"./?a=b".parse().expect("one"))
        );
    }
    // A script that has the header is served.
    let both = app.request(Method::GET, &format!("/api/v1/run?token={secret}"));
    let both = answer(both.header("authorization", format!("bearer {secret}"))).await;
    assert_eq!(both.status(), 200);
}

#[tokio::test]
async fn dashboards_of_a_host_do_not_log_each_other_out() {
    let mut jar = Vec::new();
    let mut boards = Vec::new();
    for instance in ["host:8089", "host:8090"] {
        let token = Token::random().expect("random numbers");
        let path = format!("/?token={}", token.as_str());
        let app = TestApp::instance_with_token(instance, token).await;
        let opened = app.send(Method::GET, &path).await;
        let set = opened.headers()["set-cookie"].to_str().expect("text");
        jar.push(set.split(';').next().expect("a pair").to_owned());
        boards.push(app);
    }
    let names: Vec<_> = jar.iter().map(|pair| pair.split('=').next()).collect();
    assert_ne!(names[0], names[1]);
    // A browser sends both to both, since ports do not count.
    for app in &boards {
        let request = app
            .request(Method::GET, "/")
            .header("cookie", jar.join("; "));
        assert_eq!(answer(request).await.status(), 200);
    }
    for (app, other) in boards.iter().zip(jar.iter().rev()) {
        let request = app.request(Method::GET, "/").header("cookie", other);
        assert_eq!(answer(request).await.status(), 403);
    }
}
