//! Tasks and their requests, as `try` shows them.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;
use swarmdeck::lab::LabConfig;

use super::{FILE, assert_in_order};
use crate::support::{Folder, Program, lab, refused_port, serve_app};

#[tokio::test]
async fn each_task_is_tried_once_and_every_request_is_shown() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("deploy.yaml", FILE);
    let url = lab.url();
    let (code, said, stderr) = Program::output(&["try", &file, "-H", &url]).await;
    assert_eq!(code, Some(0), "{said}{stderr}");
    let order = [
        "Deployer\n  on_start\n".to_owned(),
        format!("    POST {url}/api/v1/auth/login/\n      200 "),
        "\n      token = ".to_owned(),
        "\n  create\n".to_owned(),
        format!("    POST {url}/api/v1/deployments/?source=try\n      201 "),
        "\n      id = ".to_owned(),
        // Its condition did not hold at first.
        "\n  read\n".to_owned(),
        format!("    GET {url}/api/v1/deployments/"),
        "\n  on_stop\n".to_owned(),
        "\n  never: not eligible, its `when` was false\n".to_owned(),
        "2 tasks tried, 1 not eligible; no failures\n".to_owned(),
    ];
    assert_in_order(&said, &order);
    assert!(
        said.contains("sent ") && said.contains(", HTTP/1.1 with 127.0.0.1:"),
        "{said}"
    );
    assert!(said.contains("|c"), "the first request connects: {said}");
}

#[tokio::test]
async fn what_fails_is_shown_with_what_was_found() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "user_classes:
  U:
    tasks:
      wrong:
        - get: /api/v1/health/
          expect: {json: {$.status: broken}}
      deep:
        - get: /api/v1/health/
          capture: {id: {json: '$.data.items[0].id'}}
      compared:
        - set: {age: n/a}
        - if: '3 > 2 and age > 18'
          then: [{get: /api/v1/health/}]
      password:
        - set: {password: hunter2hunter}
        - repeat: password
          steps: [{get: /api/v1/health/}]
      missing:
        - get: /nowhere/
      unset:
        - get: /{{ id }}
          capture: {id: {json: $.id}}
      fine:
        - get: /api/v1/health/
",
    );
    let (code, said, _) = Program::output(&["try", &file, "-H", &lab.url()]).await;
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "failed: expected $.status == \"broken\", found \"healthy\" (text)",
        "failed: capture \"id\": $.data.items[0].id found nothing: the body has only `status`",
        "failed: `3 > 2 and age > 18` compares a number with something else, found \"n/a\" (text)",
        "failed: `password` is not a whole number of at most 1000000, found \"***\" (text)",
        "      > GET /api/v1/health/ HTTP/1.1\n      > Host: 127.0.0.1:",
        "      < HTTP/1.1 200 OK\n",
        "failed: status 404",
        "GET /{id}\n",
        "failed: not sent: variable \"id\" is not set yet",
        "7 tasks tried; there were failures",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let arguments = ["try", &file, "-H", &lab.url(), "--task", "fine"];
    let (code, said, _) = Program::output(&arguments).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 task tried; no failures"), "{said}");
}

#[tokio::test]
async fn what_cannot_be_tried_is_said() {
    let folder = Folder::new();
    let file = folder.file("deploy.yaml", FILE);
    let (code, _, stderr) = Program::output(&["try", &file]).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("--host"), "{stderr}");
    let arguments = ["try", &file, "-H", "http://x", "--task", "raed"];
    let (code, _, stderr) = Program::output(&arguments).await;
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("available: read, create, never"),
        "{stderr}"
    );
    let url = format!("http://127.0.0.1:{}", refused_port().await);
    let (code, _, stderr) = Program::output(&["try", &file, "-H", &url]).await;
    assert_eq!(code, Some(1));
    assert!(stderr.contains("refused"), "{stderr}");
    let broken = folder.file("broken.yaml", "user_classes: {U: {tusks: {}}}\n");
    let (code, _, stderr) = Program::output(&["try", &broken, "-H", &url]).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("did you mean `tasks`?"), "{stderr}");
}

#[tokio::test]
async fn every_branch_is_tried_and_what_never_came_up_is_named() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "user_classes:
  U:
    variables: {n: 1}
    tasks:
      leaves:
        - choose:
            - {weight: 1, steps: [{stop_user: true}]}
            - {weight: 99, steps: [{get: /api/v1/health/?likely}]}
      chooses:
        - choose:
            - steps:
                - choose: [{steps: [{get: /api/v1/health/?aa}]}, {steps: [{get: /api/v1/health/?ab}]}]
            - {weight: 1000, steps: [{get: /api/v1/health/?b}]}
            - {steps: []}
        - if: n > 1
          then: [{post: /rare}, {get: /rarer}]
        - get: /api/v1/health/?after
    on_stop:
      - {get: /api/v1/health/?stop}
",
    );
    let (code, said, stderr) = Program::output(&["try", &file, "-H", &lab.url()]).await;
    assert_eq!(code, Some(0), "{said}{stderr}");
    for (shown, times) in [
        ("?likely\n", 1),
        ("?aa\n", 1),
        ("?ab\n", 1),
        ("?b\n", 1),
        ("?after\n", 4),
        ("\n  chooses\n", 1),
        ("\n  chooses, once more: another branch of `choose`\n", 3),
        ("\n  leaves, once more: another branch of `choose`\n", 1),
        ("?stop\n", 1),
        ("not sent, 2 of 8 requests: POST /rare, GET /rarer (", 1),
        ("2 tasks tried; no failures", 1),
    ] {
        // Each request is shown once more in the messages.
        assert_eq!(said.matches(shown).count(), times, "{shown:?} in {said}");
    }
}

#[tokio::test]
async fn steps_of_every_kind_are_tried() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "user_classes:
  U:
    tasks:
      page:
        - parallel: [{get: /api/v1/health/?a=1}, {get: /api/v1/health/?a=2}]
        - repeat: 2
          steps: [{get: /lab/stats}]
      gives_up:
        - if: 1 < 2
          then: [{fail: no stock}]
",
    );
    let (code, said, _) = Program::output(&["try", &file, "-H", &lab.url()]).await;
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "health/?a=1\n      200",
        "health/?a=2\n      200",
        "failed: no stock",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(said.matches("/lab/stats\n      200").count(), 2, "{said}");
}

#[tokio::test]
async fn of_an_error_page_the_message_is_shown() {
    let style = "p { margin: 0 }\n".repeat(2_000);
    let page = format!(
        "<!DOCTYPE html><html><head><title>OperationalError at /orders/</title>\
         <style>{style}</style></head><body><h1>Too many connections</h1></body></html>"
    );
    let answer = move || async move { (StatusCode::INTERNAL_SERVER_ERROR, Html(page)) };
    let url = serve_app(Router::new().fallback(answer)).await;
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "user_classes: {U: {tasks: {t: [{get: /orders/}]}}}",
    );
    let (code, said, stderr) = Program::output(&["try", &file, "-H", &url]).await;
    assert_eq!(code, Some(1), "{said}{stderr}");
    let message = "      < OperationalError at /orders/: Too many connections\n";
    assert!(said.contains(message), "{said}");
    let (_, brief, _) = Program::output(&["try", "--brief", &file, "-H", &url]).await;
    let message = "the body begins: OperationalError at /orders/: Too many connections\n";
    assert!(
        brief.contains(message) && !brief.contains("> GET"),
        "{brief}"
    );
}

#[tokio::test]
async fn an_expectation_with_variables_shows_their_value() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "user_classes:
  U:
    variables: {n: 5, word: sick, password: nothing-3}
    tasks:
      t:
        - get: /api/v1/health/
          expect: {json: {$.status: '{{ n + 1 }}'}}
        - get: /api/v1/health/
          expect: {json: {$.status: {not: '{{ \"healthy\" }}'}}, text: '{{ word }}'}
        - get: /api/v1/health/
          expect: {text: 'very {{ word }}'}
        - get: /api/v1/health/
          expect: {json: {$.status: {above: '{{ n }}'}}}
        - get: /api/v1/health/
          expect: {json: {$.status: '{{ n - 1 }}'}}
          capture: {n: {status: true}}
        - get: /api/v1/health/
          expect: {text: '{{ password }}'}
        - get: /api/v1/health/
          expect: {json: {$.status: '{{ n + 1 }}'}}
",
    );
    let (code, said, _) = Program::output(&["try", &file, "-H", &lab.url()]).await;
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "failed: expected $.status == {{ n + 1 }} (6), found \"healthy\" (text)\n",
        " (\"very sick\"), the body has ",
        "failed: expected $.status > {{ n }} (5), found \"healthy\" (text)\n",
        // The variable of its capture is unset only afterwards.
        "failed: expected $.status == {{ n - 1 }} (4), found \"healthy\" (text)\n",
        "expected $.status == {{ n + 1 }}, but a variable in it has no usable value",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("nothing-3"), "{said}");
}
