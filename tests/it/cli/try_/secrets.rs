//! Messages and captures are shown, secrets in them are not.

use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::assert_in_order;
use crate::support::{Folder, Program, serve_app};

/// A login that answers with a redirect, and a page that shows what it was sent.
fn login() -> Router {
    let log_in = || async {
        let cookie = [(SET_COOKIE, "sid=value-of-the-cookie; Path=/")];
        (cookie, Redirect::to("/home?from=login"))
    };
    let home = |headers: HeaderMap| async move {
        let has_cookie = headers.contains_key("cookie");
        Json(
            json!({"user": {"id": 1_234_567_890, "name": "ada"}, "cookie": has_cookie,
            "access_token": "value-of-the-token", "colour": "\u{1b}[31mred",
            "list": vec!["an element"; 40]}),
        )
    };
    let router = Router::new().route("/login", post(log_in));
    router.route("/home", get(home)).route(
        "/slow",
        get(async || {
            std::future::pending::<()>().await;
        }),
    )
}

/// Says what it was asked with, and grants what is a credential by its use alone.
fn grants() -> Router {
    let login = || async {
        Json(
            json!({"grant": {"value": "uPLk-grant-9876", "uses": 8}, "plain": "ab5435-plain-cdef"}),
        )
    };
    let echo = |headers: HeaderMap| async move {
        let sent = |name| {
            headers
                .get(name)
                .map(|value| value.to_str().expect("ASCII").to_owned())
        };
        let seen = (sent("authorization"), sent("x-service"), sent("x-api-key"));
        Json(json!({"seen": format!("{seen:?}"), "token": {"value": "fresh-one-1", "uses": 3}}))
    };
    Router::new()
        .route("/login", post(login))
        .fallback(get(echo))
}

/// What is sent as a credential is one under every name, from its capture on.
#[tokio::test]
async fn captured_credentials_are_hidden_wherever_they_occur() {
    let url = serve_app(grants()).await;
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "user_classes:
  U:
    headers: {Authorization: 'Bearer {{ grant.value }}'}
    on_start:
      - post: /login
        capture: {grant: {json: $.grant}, plain: {json: $.plain}}
    tasks:
      t:
        - set: {service: '{{ plain }}'}
        - get: /echo/{{ plain }}?x={{ grant.value }}
          headers: {X-Service: '{{ service }}', X-Api-Key: '{{ service }}'}
          expect: {json: {$.seen: nothing}, text: never}
        - get: /echo
          expect: {json: {$.token.value: other}}
          capture: {next_token: {json: $.token.value}}
        - get: /echo
          capture: {next_token: {json: $.token.value}, whole: {json: $}}
",
    );
    for brief in [&[][..], &["--brief"]] {
        let arguments = [&["try", &file, "-H", &url], brief].concat();
        let (code, said, stderr) = Program::output(&arguments).await;
        assert_eq!(code, Some(1), "{said}{stderr}");
        for value in ["uPLk-grant-9876", "ab5435-plain-cdef", "fresh-one-1"] {
            assert!(!said.contains(value), "{value} in {said}");
        }
        for shown in [
            "\n      grant = {\"value\":\"***\",\"uses\":8}\n",
            "\n      plain = ***\n",
            "\n      next_token = ***\n",
            "/echo/***?x=***\n",
            "expected $.token.value == \"other\", found \"***\" (text)",
            "\\\"Bearer ***\\\"",
        ] {
            assert!(said.contains(shown), "{shown} in {said}");
        }
    }
}

#[tokio::test]
async fn what_was_sent_and_what_came_back_is_shown_hop_by_hop() {
    let url = serve_app(login()).await;
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "user_classes:
  U:
    headers: {Authorization: \"Bearer {{ secret('TRY_SECRET') }}\"}
    tasks:
      t:
        - post: /login
          form: {user: ada, password: teapot-1, note: \"{{ env.TRY_SECRET }}\"}
          expect: {json: {$.user.id: '1234567890'}}
        - get: /slow
          timeout: 100ms
        - repeat: 5
          steps: [{get: /home, headers: {Authorization: null}}]
",
    );
    let arguments = ["try", &file, "-H", &url];
    let environment = [("TRY_SECRET", "value-of-the-secret")];
    let (code, said, stderr) = Program::output_in(&folder, &environment, &arguments).await;
    assert_eq!(code, Some(1), "{said}{stderr}");
    let order = [
        format!("    POST {url}/login\n      200 "),
        format!("      1. {url}, "),
        "\n      > POST /login HTTP/1.1\n".to_owned(),
        "\n      > Authorization: Bearer ***\n".to_owned(),
        "\n      >\n      > user=ada&password=***&note=***\n      < HTTP/1.1 303 See Other\n"
            .to_owned(),
        format!("\n      2. {url}, "),
        format!(
            "\n      HTTP/1.1 with {}",
            url.trim_start_matches("http://")
        ),
        "\n      > GET /home?from=login HTTP/1.1\n".to_owned(),
        "\n      > Cookie: sid=***\n".to_owned(),
        "      < HTTP/1.1 200 OK\n".to_owned(),
        "\n      <\n      < {\n      <   \"user\": {\"id\": 1234567890, \"name\": \"ada\"},\n"
            .to_owned(),
        "\n      <   \"access_token\": \"***\",\n".to_owned(),
        " in all)\n".to_owned(),
        "      failed: expected $.user.id == \"1234567890\", found 1234567890 (number)\n"
            .to_owned(),
        "      < (no response)\n      failed: timed out before the first byte".to_owned(),
    ];
    assert_in_order(&said, &order);
    for field in ["set-cookie: sid=***; Path=/", "location: /home?from=login"] {
        assert!(
            said.contains(&format!("\n      < {field}\n")),
            "{field}: {said}"
        );
    }
    assert!(!said.contains("value-of"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    let is_wide = |line: &&str| line.chars().count() > 80 && line.starts_with("      ");
    assert_eq!(said.lines().find(is_wide), None, "{said}");
    assert_eq!(said.matches("/home\n      200").count(), 5, "{said}");
    assert_eq!(
        said.matches("> GET /home HTTP").count(),
        3,
        "the first of a name: {said}"
    );
}
