//! The dashboard below a path of its own.

use reqwest::Method;
use swarmdeck::lab::LabConfig;
use swarmdeck::web::{Token, build_hash};

use crate::support::{TestApp, answer, lab};

#[tokio::test]
async fn everything_is_below_the_path_and_nothing_beside_it() {
    let lab = lab(LabConfig::default());
    let app = TestApp::below("/team/load", &lab.url()).await;
    let asset = format!("/team/load/static/{}/main.js", build_hash());
    for path in [
        "/team/load/",
        "/team/load/stats/requests",
        "/team/load/api/v1/run",
        "/team/load/health",
        &asset,
    ] {
        assert_eq!(app.send(Method::GET, path).await.status(), 200, "{path}");
    }
    for path in ["/", "/team", "/team/loads", "/stats/requests", "/health"] {
        let answer = app.send(Method::GET, path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.headers().contains_key("content-security-policy"));
        let text = answer.text().await.unwrap();
        assert!(text.contains("/team/load/"), "{text}");
    }
    let bare = app.send(Method::GET, "/team/load?tab=logs").await;
    assert_eq!(
        (bare.status().as_u16(), &bare.headers()["location"]),
        (308, &"/team/load/?tab=logs".parse().unwrap())
    );
    // The page's own links are relative, also those of a page that is not there.
    let request = app.request(Method::GET, "/team/load/a/b");
    let missing = answer(request.header("accept", "text/html")).await;
    assert_eq!(missing.status(), 404);
    let page = missing.text().await.unwrap();
    let style = format!("../static/{}/css/style.css", build_hash());
    assert!(page.contains(&format!("\"{style}\"")), "{page}");

    let form = [("user_count", "1"), ("spawn_rate", "9")];
    let request = app.request(Method::POST, "/team/load/swarm").form(&form);
    let started: serde_json::Value = answer(request).await.json().await.unwrap();
    assert_eq!(started["success"], true, "{started}");
    let stopped = app.send(Method::GET, "/team/load/stop").await;
    assert_eq!(stopped.status(), 200);
}

#[tokio::test]
async fn the_guard_holds_below_a_path() {
    let app = TestApp::below("/load", "http://127.0.0.1:1").await;
    for (method, path) in [
        (Method::GET, "/load/stop"),
        (Method::GET, "/load/stats/reset"),
        (Method::GET, "/load/api/v1/live"),
        (Method::POST, "/load/swarm"),
    ] {
        for header in [("origin", "https://evil.example"), ("host", "evil.example")] {
            let request = app.request(method.clone(), path);
            let refused = answer(request.header(header.0, header.1)).await;
            assert_eq!(refused.status(), 403, "{method} {path} {header:?}");
        }
    }
}

#[tokio::test]
async fn a_token_is_left_below_a_path() {
    let token = Token::random().unwrap();
    let secret = token.as_str().to_owned();
    let app = TestApp::below_with_token("/load", token).await;
    assert_eq!(app.send(Method::GET, "/load/").await.status(), 403);
    let path = format!("/load?token={secret}");
    let bare = app.send(Method::GET, &path).await;
    assert_eq!(bare.status(), 308);
    let there = bare.headers()["location"].to_str().unwrap().to_owned();
    let first = app.send(Method::GET, &there).await;
    // Seen from /load/ that is /load/ again.
    assert_eq!(
        (first.status().as_u16(), &first.headers()["location"]),
        (303, &"./".parse().unwrap())
    );
    let cookie = first.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let request = app.request(Method::GET, "/load/").header("cookie", cookie);
    assert_eq!(answer(request).await.status(), 200);
}
