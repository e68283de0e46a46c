//! `swarmdeck try`.

use swarmdeck::lab::LabConfig;

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::support::{Folder, Program, lab, refused_port, serve_app};

const FILE: &str = "user_classes:
  Deployer:
    wait: 1h
    headers: {Authorization: 'Bearer {{ token }}'}
    on_start:
      - post: /api/v1/auth/login/
        json: {username: loadtest_user, password: test123}
        expect: {status: 200}
        capture: {token: {json: $.token}}
    tasks:
      read:
        when: id is defined
        steps:
          - get: /api/v1/deployments/{{ id }}/
      create:
        - post: /api/v1/deployments/?source=try
          json: {app_name: nginx, version: 1.0.0, target_ring: PILOT, evidence_pack_id: '{{ uuid() }}'}
          expect: {status: 201}
          capture: {id: {json: $.id}}
      never:
        when: nothing is defined and id is not defined
        steps:
          - get: /never
            capture: {nothing: {header: X-Nothing}}
    on_stop:
      - get: /api/v1/health/
";

/// All of these are said, one after the other.
fn assert_in_order(said: &str, order: &[String]) {
    let mut rest = said;
    for part in order {
        let (_, after) = rest
            .split_once(part.as_str())
            .unwrap_or_else(|| panic!("{part} in {said}"));
        rest = after;
    }
}

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
async fn without_a_login_no_task_is_tried() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("deploy.yaml", FILE);
    let set = "user_classes.Deployer.on_start.0.json.password=wrong";
    let arguments = ["try", &file, "-H", &lab.url(), "--set", set];
    let (code, said, _) = Program::output(&arguments).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("failed: status 401"), "{said}");
    assert!(said.contains("0 tasks tried, 3 not eligible"), "{said}");
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
        // What was sent is shown once more in the messages.
        assert_eq!(said.matches(shown).count(), times, "{shown:?} in {said}");
    }
}

#[tokio::test]
async fn setup_and_teardown_are_shown_like_tasks() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "setup:
  - get: /api/v1/health/?setup
    expect: {json: {$.status: healthy}}
    capture: {state: {json: $.status}}
teardown:
  - get: /api/v1/health/?state={{ state | default('none') }}
user_classes:
  U: {tasks: {t: [{get: '/api/v1/health/?task={{ state }}'}]}}
",
    );
    let url = lab.url();
    let arguments = ["try", &file, "-H", &url];
    let (code, said, stderr) = Program::output(&arguments).await;
    assert_eq!(code, Some(0), "{said}{stderr}");
    let request =
        |part: &str, rest: &str| format!("{part}\n    GET {url}/api/v1/health/?{rest}\n      200 ");
    let mut order = vec![
        request("setup", "setup"),
        "\n      state = healthy\n".to_owned(),
        request("U\n  t", "task=healthy"),
        request("\nteardown", "state=healthy"),
        "1 task tried; no failures".to_owned(),
    ];
    assert_in_order(&said, &order);
    let set = ["--set", "setup.0.expect.json={$.status: broken}"];
    let (code, said, stderr) = Program::output(&[&arguments[..], &set].concat()).await;
    assert_eq!(code, Some(1), "{said}{stderr}");
    let why = "expected $.status == \"broken\"";
    let found = format!("\n      failed: {why}, found \"healthy\" (text)\n");
    order = vec![
        request("setup", "setup"),
        found,
        request("teardown", "state=none"),
    ];
    assert_in_order(&said, &order);
    assert!(!said.contains("task="), "{said}");
    let message = format!("setup failed: GET /api/v1/health/: {why}; no tasks were tried");
    assert!(stderr.contains(&message), "{stderr}");
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
        // What it would have captured is unset only afterwards.
        "failed: expected $.status == {{ n - 1 }} (4), found \"healthy\" (text)\n",
        "expected $.status == {{ n + 1 }}, but a variable in it has no usable value",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("nothing-3"), "{said}");
}

#[tokio::test]
async fn a_task_that_new_users_cannot_do_is_remarked_on() {
    let folder = Folder::new();
    let tasks = "
  U:
    on_start: [{set: {started: 1}}]
    tasks:
      makes: [{set: {made: 1}}]
      needs: {when: made is defined, steps: [{get: /}]}
      avoids: {when: not made, steps: [{get: /}]}
      started: {when: started == 1, steps: [{get: /}]}
      prepared: {when: prepared == 1, steps: [{get: /}]}
      later: {when: user.iteration > 3, steps: [{get: /}]}
";
    let setup = "host: http://localhost\nsetup: [{set: {prepared: 1}}]\n";
    let open = folder.file(
        "open.yaml",
        &format!("{setup}load: {{rate: 10/s}}\nuser_classes:{tasks}"),
    );
    let (code, said, stderr) = Program::output(&["check", &open]).await;
    assert_eq!(code, Some(0), "{said}{stderr}");
    let remark = "begin without `made`, so task `needs` is done less often";
    assert!(said.contains(remark), "{said}");
    assert_eq!(said.matches("begin without").count(), 1, "{said}");
    let closed = folder.file("closed.yaml", &format!("{setup}user_classes:{tasks}"));
    let (_, said, _) = Program::output(&["check", &closed]).await;
    assert!(!said.contains("begin without"), "{said}");
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
        "      < (no answer)\n      failed: timed out before the first byte".to_owned(),
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
