//! The same requests by this client and by reqwest, to the same axum server.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use axum::routing::{any, get};
use swarmdeck::client::End;
use swarmdeck::model::Method;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

use super::shard::{User, on_shard};

async fn serve() -> SocketAddr {
    let router = Router::new()
        .route(
            "/echo",
            any(async |method: axum::http::Method, body: String| format!("{method} {body}")),
        )
        .route("/long", get(async || "a long text ".repeat(20_000)))
        .route("/chunked", get(stream_chunks))
        .route("/status/{code}", any(answer_status))
        .route("/hops/{left}", any(hop))
        .route("/cookies", get(show_cookies))
        .route("/cookies/{name}", get(set_cookie))
        .layer(CompressionLayer::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn stream_chunks() -> impl IntoResponse {
    let chunks =
        (0..200).map(|number| Ok::<_, std::io::Error>(format!("chunk {number}\n").repeat(number)));
    Body::from_stream(futures_util::stream::iter(chunks))
}

async fn answer_status(Path(code): Path<u16>) -> impl IntoResponse {
    StatusCode::from_u16(code).expect("a status")
}

async fn hop(Path(left): Path<u8>, method: axum::http::Method, body: String) -> impl IntoResponse {
    match left {
        0 => format!("{method} {body}").into_response(),
        left if left % 2 == 0 => {
            Redirect::temporary(&format!("/hops/{}", left - 1)).into_response()
        }
        left => (
            StatusCode::FOUND,
            [(header::LOCATION, format!("{}", left - 1))],
        )
            .into_response(),
    }
}

async fn show_cookies(headers: HeaderMap) -> String {
    let sent = headers.get(header::COOKIE);
    let sent = sent.map(|value| value.to_str().expect("text").to_owned());
    let mut sent: Vec<_> = sent.iter().flat_map(|all| all.split("; ")).collect();
    sent.sort_unstable();
    sent.join("; ")
}

async fn set_cookie(Path(name): Path<String>) -> impl IntoResponse {
    let cookies = [
        format!("{name}=1; Path=/"),
        format!("{name}-below=2; Path=/cookies/below"),
        format!("{name}-brief=3; Path=/; Max-Age=1000"),
        format!("{name}-gone=4; Path=/; Max-Age=0"),
    ];
    (
        AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie))),
        Redirect::to("/cookies"),
    )
}

/// Status and body as reqwest sees them.
async fn theirs(client: &reqwest::Client, method: Method, url: &str, body: &str) -> (u16, Vec<u8>) {
    let method = reqwest::Method::from_bytes(method.as_str().as_bytes()).expect("a method");
    let answer = client
        .request(method, url)
        .body(body.to_owned())
        .send()
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.bytes().await.expect("a body").to_vec())
}

#[test]
fn a_well_kept_client_sees_the_same() {
    let requests = [
        (Method::Get, "/echo", ""),
        (Method::Post, "/echo", "some text"),
        (Method::Head, "/echo", ""),
        (Method::Put, "/echo", "x"),
        (Method::Delete, "/echo", ""),
        (Method::Get, "/long", ""),
        (Method::Head, "/long", ""),
        (Method::Get, "/chunked", ""),
        (Method::Get, "/status/204", ""),
        (Method::Get, "/status/304", ""),
        (Method::Get, "/status/404", ""),
        (Method::Post, "/status/503", "x"),
        (Method::Get, "/hops/4", ""),
        (Method::Post, "/hops/4", "moved"),
        (Method::Put, "/hops/2", "moved"),
        (Method::Get, "/nowhere", ""),
        (Method::Get, "/cookies/a", ""),
        (Method::Get, "/cookies", ""),
        (Method::Get, "/cookies/b", ""),
        (Method::Get, "/cookies", ""),
    ];
    on_shard(async {
        let address = serve().await;
        for coding in ["identity", "gzip"] {
            let reqwest = reqwest::Client::builder()
                .cookie_store(true)
                .build()
                .expect("a client");
            let mut user = User::of(address);
            user.max_redirects = 10;
            let mut opened = 0;
            for (method, path, body) in requests {
                let url = format!("http://{address}{path}");
                let (status, text) = theirs(&reqwest, method, &url, body).await;
                let fields = format!("Accept-Encoding: {coding}\r\n");
                let exchange = user.request(method, path, &fields, body.as_bytes()).await;
                opened += exchange.connections_opened;
                let what = format!("{method} {path} {coding}");
                assert_eq!(exchange.end, End::Answered(status), "{what}");
                assert_eq!(user.session.body(), text, "{what}");
                if path == "/long" && method == Method::Get {
                    assert_eq!(
                        exchange.received_bytes < 20_000,
                        coding != "identity",
                        "{what}"
                    );
                }
            }
            assert_eq!(opened, 1, "one connection carried everything");
        }
    });
}
