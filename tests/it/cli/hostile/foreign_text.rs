//! Names and texts with what terminals and logs obey.

use axum::Router;
use axum::http::StatusCode;

use crate::support::{Folder, Program, serve_app};

/// Sets the title, clears the screen, ends the line, turns the direction.
const EVIL: &str =
    r"a\e]0;title\a\e[2J\n[2026-01-01 00:00:00,000] forged\r\u202Eb\u009b1m\u200Bc\u2028d";

const SCENARIO: &str = r#"
name: "EVIL"
load: {users: 1, spawn_rate: 10, run_time: 1s}
user_classes:
  U:
    wait: 50ms
    tasks:
      "t":
        - {get: /x, expect: {status: 500}, capture: {said: {body: true}}}
        - {get: /y, name: "EVIL"}
        - log: "said {{ said }}"
        - fail: "EVIL"
"#;

fn assert_harmless(place: &str, text: &str) {
    for c in text.chars() {
        let is_harmful = c.is_control() && c != '\n' && c != '\t'
            || "\u{202e}\u{200b}\u{2028}\u{9b}".contains(c);
        assert!(!is_harmful, "{c:?} in {place}: {text:?}");
    }
    let forged = text.lines().find(|line| line.starts_with("[2026-01-01"));
    assert_eq!(forged, None, "{place}: {text}");
}

#[tokio::test]
async fn nothing_that_others_wrote_does_anything() {
    let app = Router::new().fallback(async || {
        let evil = "x\x1b]0;title\x07\x1b[2J\n[2026-01-01 00:00:00,000] forged\r\u{202e}y\u{2028}z";
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            [("content-type", "text/plain")],
            evil,
        )
    });
    let url = serve_app(app).await;
    let folder = Folder::new();
    let name = "evil\x1b[2J.yaml";
    folder.file(name, &SCENARIO.replace("EVIL", EVIL));
    for arguments in [
        &[
            "-f",
            name,
            "-H",
            &url,
            "--headless",
            "--print-stats",
            "--shards",
            "1",
        ][..],
        &[
            "-f",
            name,
            "-H",
            &url,
            "--headless",
            "--shards",
            "1",
            "--logfile",
            "x.log",
        ],
        &["try", name, "-H", &url],
        &["check", name],
        &["suite", name, "-H", &url, "--cool-down", "0s"],
        &["-f", name, "--list"],
        &["-f", name, "--show-task-ratio"],
        &["check", "no\x1b[2Jthing.yaml"],
        &["-f", name, "\x1b[2JUser", "--headless"],
    ] {
        let (_, stdout, stderr) = Program::output_in(&folder, &[], arguments).await;
        assert_harmless(&format!("{arguments:?}"), &stdout);
        assert_harmless(&format!("{arguments:?}"), &stderr);
    }
    let log = std::fs::read_to_string(format!("{}/x.log", folder.path())).unwrap();
    assert!(log.contains("said x"), "{log}");
    assert_harmless("the log", &log);
}
