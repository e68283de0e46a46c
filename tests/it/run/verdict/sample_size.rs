//! What is known before a run: that a percentile cannot have its samples.

use std::time::Duration;

use swarmdeck::format::event_lines;
use swarmdeck::run::{EventKind, few_rows, few_samples};
use swarmdeck::scenario::{Environment, RunOptions, RunTime, Source, load};

use crate::support::{Bench, Folder, Program, lab};

const ASK: &str = "user_classes: {U: {tasks: {ask: [{get: /api/v1/health/}]}}}\n";

fn said(text: &str, wish: &RunOptions) -> Vec<String> {
    let source = Source::new("a.yaml", format!("host: http://localhost:1\n{text}"));
    let loaded = load(&source, &Environment::default()).expect("sound");
    let (spec, program) = loaded.plan(wish).expect("granted");
    few_samples(&spec, &program)
}

fn of(load: &str, criteria: &str, classes: &str) -> Vec<String> {
    let text = format!("load: {load}\ncriteria: {criteria}\n{classes}");
    said(&text, &RunOptions::default())
}

#[test]
fn plan_think_time_and_iterations_bound_the_samples() {
    let open = "{rate: 66/s, max_users: 50, run_time: 6s}";
    assert_eq!(
        of(open, "[p99 < 500ms]", ASK),
        [
            "`p99 < 500ms`: about 396 samples expected, p99 needs 1,000: run for 16 s or more, use a lower percentile, or use `max`"
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
        said[0].contains("about 132 samples expected in 2 s, p95 needs 200"),
        "{said:?}"
    );
    let said = of(open, "[p95 < 500ms sustained 5s]", ASK);
    assert!(
        said[0].contains("about 66 samples expected in a second"),
        "{said:?}"
    );
    let said = of(open, "{after: 4s, all: [p95 < 500ms]}", ASK);
    assert!(
        said[0].contains("about 132 samples expected, p95 needs 200: run for 8 s"),
        "{said:?}"
    );

    let waiting = ASK.replace("tasks", "wait: 2s, tasks");
    let said = of("{users: 10, run_time: 30s}", "[p99 < 1s]", &waiting);
    assert!(said[0].contains("about 160 samples expected"), "{said:?}");
    let said = of("{users: 10, run_time: 30s}", "[p99 < 1s]", ASK);
    assert_eq!(said, [""; 0], "users that do not wait do what they can");
    let said = of("{users: 10, iterations: 500}", "[p99 < 1s]", ASK);
    assert!(
        said[0].contains("about 500 samples expected, p99 needs 1,000: allow more"),
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
        said[0].contains("about 60 samples expected, p95 needs 200"),
        "{said:?}"
    );
    let loops = "user_classes: {U: {wait: 10s, tasks: {t: [{repeat: 5, steps: [{get: /}]}]}}}\n";
    let said = of(load, "[p99 < 1s]", loops);
    assert!(
        said[0].contains("about 345 samples expected, p99"),
        "{said:?}"
    );
    let wish = RunOptions {
        run_time: RunTime::Limited(Duration::from_secs(600)),
        ..RunOptions::default()
    };
    let text = "load: {rate: 10/s, max_users: 5, run_time: 5s}\ncriteria: [p99 < 1s]\n";
    assert_eq!(said_of(text, &wish), [""; 0], "what is wished counts");
}

/// A class with one task of these steps.
fn steps(steps: &str) -> String {
    format!("user_classes: {{U: {{tasks: {{t: [{{set: {{id: 1}}}}, {steps}]}}}}}}\n")
}

const OPEN: &str = "{rate: 85/s, max_users: 500, run_time: 9s}";
const RARE: &str = "['p95 of \"/b\" < 1s']";

#[test]
fn weights_and_branches_count() {
    let (open, rare) = (OPEN, RARE);
    let mixed = "user_classes:
  U:
    tasks:
      most: {weight: 85, steps: [{get: /a}, {set: {id: 1}}]}
      rare: {weight: 15, when: id is defined, steps: [{get: /b}]}
";
    let said = of(open, rare, mixed);
    assert!(
        said[0].contains("about 115 samples expected, p95 needs 200: run for 16 s"),
        "{said:?}"
    );
    assert_eq!(
        of("{rate: 85/s, max_users: 500, run_time: 20s}", rare, mixed),
        [""; 0]
    );

    let choose =
        steps("{choose: [{weight: 9, steps: [{get: /a}]}, {steps: [{get: /b}]}]}, {get: /c}");
    let said = of(open, rare, &choose);
    assert!(
        said[0].contains("about 76 samples expected, p95"),
        "{said:?}"
    );
    assert_eq!(
        of(
            open,
            "['p95 of \"/a\" < 1s', 'p95 of \"/c\" < 1s']",
            &choose
        ),
        [""; 0]
    );

    // A branch of `if` may always be taken, and its thinking never.
    let branch =
        steps("{if: id == 1, then: [{think: 9s}, {get: /a}], else: [{get: /b}]}, {get: /c}");
    let each = "['p95 of \"/a\" < 1s', 'p95 of \"/b\" < 1s', 'p95 of \"/c\" < 1s']";
    assert_eq!(of(open, each, &branch), [""; 0]);
    let said = of("{rate: 10/s, max_users: 50, run_time: 9s}", each, &branch);
    let counts = said
        .iter()
        .filter(|said| said.contains("about 90 samples expected"));
    assert_eq!(counts.count(), 3, "{said:?}");
}

#[test]
fn loops_and_thinking_count() {
    let (open, rare) = (OPEN, RARE);
    // Loops whose rounds only the run knows go round once at least.
    for repeat in ["{while: id}", "{each: one, in: id}", "'{{ id }}'"] {
        let loops = steps(&format!(
            "{{repeat: {repeat}, steps: [{{get: /b}}]}}, {{get: /c}}"
        ));
        let said = of("{rate: 10/s, max_users: 50, run_time: 9s}", rare, &loops);
        assert!(
            said[0].contains("about 90 samples expected, if each loop runs once, p95"),
            "{said:?}"
        );
        assert_eq!(of(open, rare, &loops), [""; 0], "once round is enough");
    }
    let nested =
        steps("{repeat: 3, steps: [{repeat: 2, steps: [{get: /b}, {think: 1s}]}, {think: 1s}]}");
    let said = of("{users: 1, run_time: 81s}", rare, &nested);
    assert!(
        said[0].contains("about 60 samples expected, p95"),
        "ten times nine seconds: {said:?}"
    );

    // Think times take a user's time.
    let thinking = steps("{get: /a}, {think: 2s}, {get: /b}, {think: {between: [1s, 3s]}}");
    let said = of("{users: 10, run_time: 40s}", rare, &thinking);
    assert!(said[0].contains("about 110 samples expected"), "{said:?}");
    let said = of(
        "{rate: 100/s, max_users: 10, run_time: 40s}",
        rare,
        &thinking,
    );
    assert!(
        said[0].contains("about 110 samples expected"),
        "by users that think: {said:?}"
    );
}

#[test]
fn a_class_has_the_samples_of_its_own_users() {
    let classes = "user_classes:
  A: {count: 2, wait: {pacing: 1s}, tasks: {a: [{get: /a}]}}
  B: {wait: {pacing: 1s}, tasks: {b: [{get: /b}]}}
";
    let load = "{users: 20, run_time: 49s}";
    let said = of(load, "[p95 of class:A < 1s, p95 of class:B < 1s]", classes);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("about 100 samples expected"), "{said:?}");
}

#[test]
fn rows_that_are_fewer_than_the_users_who_need_one_are_remarked_on() {
    let said = |users: &str, rules: &str| {
        let text = format!(
            "host: http://localhost:1\nload: {users}\ndata: {{d: {{rows: [{{v: 1}}, {{v: 2}}, {{v: 3}}]{rules}}}}}\nuser_classes:\n  A: {{weight: 1, tasks: {{t: [{{get: '/{{{{ d.v }}}}'}}]}}}}\n  B: {{weight: 1, tasks: {{t: [{{get: /}}]}}}}\n"
        );
        let loaded = load(&Source::new("a.yaml", text), &Environment::default()).expect("sound");
        let (spec, program) = loaded.plan(&RunOptions::default()).expect("granted");
        few_rows(&spec, &program)
    };
    // Half of the users are of the class that uses it.
    let (enough, many) = ("{users: 6, run_time: 9s}", "{users: 8, run_time: 9s}");
    for rules in [
        ", pick: unique",
        ", pick: unique, per: task",
        ", at_end: stop",
        ", at_end: fail",
    ] {
        assert_eq!(said(enough, rules), [""; 0], "{rules}");
        let said = said(many, rules);
        assert!(
            said[0].starts_with("data \"d\" has 3 rows for up to 4 users: "),
            "{said:?}"
        );
    }
    for rules in ["", ", pick: random"] {
        assert_eq!(said(many, rules), [""; 0], "rows that come again: {rules}");
    }
    let open = "{rate: 5/s, max_users: 8, run_time: 9s}";
    assert_eq!(said(open, ", pick: unique").len(), 1);
}

fn said_of(text: &str, wish: &RunOptions) -> Vec<String> {
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
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let is_said = events
        .iter()
        .any(|event| event.kind == EventKind::Remark && event.text.contains("p99 needs 1,000"));
    assert!(is_said, "{events:?}");
    bench.stop().await;
    let folder = Folder::new();
    let short = "data: {d: {rows: [{v: 1}], pick: unique}}\nuser_classes: {U: {tasks: {t: [{get: '/{{ d.v }}'}]}}}\n";
    let short = folder.file(
        "b.yaml",
        &format!("load: {{users: 2, run_time: 1s}}\n{short}"),
    );
    let (_, stdout, _) = Program::output(&["check", &short]).await;
    assert!(
        stdout.contains("note: data \"d\" has 1 row for up to 2 users"),
        "{stdout}"
    );
    let file = folder.file("a.yaml", &text);
    let (code, stdout, _) = Program::output(&["check", &file]).await;
    assert_eq!(code, Some(0));
    assert!(
        stdout.contains("note: `p99 < 500ms`: about 50 samples expected"),
        "{stdout}"
    );
}
