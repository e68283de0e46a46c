//! What is known before a run: that a percentile cannot have its samples.

use std::time::Duration;

use swarmdeck::run::{EventKind, few_samples};
use swarmdeck::scenario::{Environment, RunTime, Source, Wish, load};

use crate::support::{Bench, Folder, Program, lab};

const ASK: &str = "user_classes: {U: {tasks: {ask: [{get: /api/v1/health/}]}}}\n";

fn said(text: &str, wish: &Wish) -> Vec<String> {
    let source = Source::new("a.yaml", format!("host: http://localhost:1\n{text}"));
    let loaded = load(&source, &Environment::default()).expect("sound");
    let (spec, program) = loaded.plan(wish).expect("granted");
    few_samples(&spec, &program)
}

fn of(load: &str, criteria: &str, classes: &str) -> Vec<String> {
    let text = format!("load: {load}\ncriteria: {criteria}\n{classes}");
    said(&text, &Wish::default())
}

#[test]
fn plan_think_time_and_iterations_bound_the_samples() {
    let open = "{rate: 66/s, max_users: 50, run_time: 6s}";
    assert_eq!(
        of(open, "[p99 < 500ms]", ASK),
        [
            "`p99 < 500ms`: at most about 396 samples, p99 needs 1,000: run for 16 s or more, or lower the percentile"
        ]
    );
    let enough = [
        "[p95 < 500ms]",
        "[p50 < 500ms every 2s]",
        "[success == 100%]",
    ];
    for criteria in enough {
        assert_eq!(of(open, criteria, ASK), [""; 0], "{criteria}");
    }
    let said = of(open, "[p95 < 500ms every 2s]", ASK);
    assert!(
        said[0].contains("at most about 132 samples in 2 s, p95 needs 200"),
        "{said:?}"
    );
    let said = of(open, "[p95 < 500ms sustained 5s]", ASK);
    assert!(
        said[0].contains("at most about 66 samples in a second"),
        "{said:?}"
    );
    let said = of(open, "{after: 4s, all: [p95 < 500ms]}", ASK);
    assert!(
        said[0].contains("about 132 samples, p95 needs 200: run for 8 s"),
        "{said:?}"
    );

    let waiting = ASK.replace("tasks", "wait: 2s, tasks");
    let said = of("{users: 10, run_time: 30s}", "[p99 < 1s]", &waiting);
    assert!(said[0].contains("at most about 160 samples"), "{said:?}");
    let said = of("{users: 10, run_time: 30s}", "[p99 < 1s]", ASK);
    assert_eq!(said, [""; 0], "users that do not wait do what they can");
    let said = of("{users: 10, iterations: 500}", "[p99 < 1s]", ASK);
    assert!(
        said[0].contains("at most about 500 samples, p99 needs 1,000: allow more"),
        "{said:?}"
    );
}

#[test]
fn only_what_is_selected_counts_and_only_what_can_be_counted() {
    let classes = "user_classes:
  U:
    wait: {pacing: 1s}
    tasks:
      often: {weight: 9, steps: [{get: /a}, {get: /b}]}
      rarely: {weight: 1, steps: [{get: /c}]}
";
    let load = "{users: 10, run_time: 59s}";
    assert_eq!(
        of(load, "[p99 < 1s, 'p95 of \"/a\" < 1s']", classes),
        [""; 0]
    );
    let said = of(load, "['p95 of \"/c\" < 1s']", classes);
    assert!(
        said[0].contains("at most about 60 samples, p95 needs 200"),
        "{said:?}"
    );
    let loops = "user_classes: {U: {wait: 10s, tasks: {t: [{repeat: 5, steps: [{get: /}]}]}}}\n";
    assert_eq!(
        of(load, "[p99 < 1s]", loops),
        [""; 0],
        "a loop may go round often"
    );
    let wish = Wish {
        run_time: RunTime::Limited(Duration::from_secs(600)),
        ..Wish::default()
    };
    let text = "load: {rate: 10/s, max_users: 5, run_time: 5s}\ncriteria: [p99 < 1s]\n";
    assert_eq!(said_of(text, &wish), [""; 0], "what is wished counts");
}

fn said_of(text: &str, wish: &Wish) -> Vec<String> {
    said(&format!("{text}{ASK}"), wish)
}

#[tokio::test]
async fn it_is_said_when_a_run_starts_and_by_check() {
    let lab = lab(Default::default());
    let text = format!(
        "load: {{rate: 50/s, max_users: 50, run_time: 1s}}\ncriteria: [p99 < 500ms]\n{ASK}"
    );
    let mut bench = Bench::new(&text, &lab.url());
    bench.start_as_planned().await;
    let (events, _) = bench.runs.log().events_after(0);
    let is_said = events
        .iter()
        .any(|event| event.kind == EventKind::Remark && event.text.contains("p99 needs 1,000"));
    assert!(is_said, "{events:?}");
    bench.stop().await;
    let folder = Folder::new();
    let file = folder.file("a.yaml", &text);
    let (code, stdout, _) = Program::output(&["check", &file]).await;
    assert_eq!(code, Some(0));
    assert!(
        stdout.contains("remark: `p99 < 500ms`: at most about 50 samples"),
        "{stdout}"
    );
}
