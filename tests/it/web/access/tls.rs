//! The dashboard over TLS.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use swarmdeck::client::tls_config_trusting;
use swarmdeck::web::{ServerTls, Token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{Authority, TestApp, pem, soon};

/// A certificate for `localhost` and its key, as a dashboard is given them.
pub(super) fn server_tls(authority: &Authority) -> ServerTls {
    let (certificate, key) = authority.sign("localhost", |_| ());
    let certificate = pem("CERTIFICATE", &certificate);
    let key = pem("PRIVATE KEY", key.secret_der());
    ServerTls::from_pem(certificate.as_bytes(), key.as_bytes()).expect("a pair")
}

pub(super) async fn connect(app: &TestApp, authority: &Authority) -> TlsStream<TcpStream> {
    let config = tls_config_trusting(std::slice::from_ref(&authority.der)).expect("trusts");
    let connector = TlsConnector::from(Arc::clone(&config));
    let tcp = soon("a connection", TcpStream::connect(app.address)).await;
    let tcp = tcp.expect("listens");
    let name = ServerName::try_from("localhost").expect("a name");
    let shaken = soon("a handshake", connector.connect(name, tcp)).await;
    shaken.expect("a handshake")
}

/// What comes back until `enough` is in it.
async fn exchange(tls: &mut TlsStream<TcpStream>, request: &str, enough: &str) -> String {
    tls.write_all(request.as_bytes()).await.expect("sent");
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(enough) {
        let read = soon("an answer", tls.read(&mut buffer)).await;
        let read = read.expect("readable");
        assert!(read > 0, "{enough} is not in {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    text
}

#[tokio::test]
async fn pages_and_the_live_socket_are_served_over_tls() {
    let authority = Authority::new("of the test");
    let tls = server_tls(&authority);
    let token = Token::random().expect("random numbers");
    let secret = token.as_str().to_owned();
    let app = TestApp::over_tls(tls, token).await;

    // Who says nothing, and who does not speak TLS, hold nobody up.
    let silent = TcpStream::connect(app.address).await.expect("listens");
    let mut plain = TcpStream::connect(app.address).await.expect("listens");
    let hello = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    plain.write_all(hello).await.expect("sent");

    let mut page = connect(&app, &authority).await;
    let request = "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let answer = exchange(&mut page, request, "\"ok\"").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let request = format!("GET /?token={secret} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let answer = exchange(&mut page, &request, "swarmdeck_token_").await;
    assert!(answer.contains("; SameSite=Strict; Secure\r\n"), "{answer}");

    let mut live = connect(&app, &authority).await;
    let request = format!(
        "GET /api/v1/live HTTP/1.1\r\nhost: localhost\r\norigin: https://localhost\r\n\
        authorization: Bearer {secret}\r\n\
        connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let answer = exchange(&mut live, &request, "\"hello\"").await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    drop(silent);
}
