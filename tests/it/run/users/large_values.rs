//! Variables that grow without end.

use axum::Router;

use crate::support::{Bench, assert_conserved, serve_app};

#[tokio::test]
async fn a_variable_that_grows_fails_the_task_that_sets_it() {
    let app = Router::new()
        .route("/large", axum::routing::get(async || "x".repeat(7 << 20)))
        .fallback(async || "ok");
    let url = serve_app(app).await;
    let text = "load: {users: 3, spawn_rate: 1000, iterations: 15}
user_classes:
  U:
    wait: 10ms
    order: sequential
    tasks:
      doubled:
        - set: {text: 0123456789}
        - repeat: 60
          steps: [{set: {text: \"{{ text }}{{ text }}\"}}]
        - {get: /after}
      listed:
        - set: {list: [1]}
        - repeat: 60
          steps: [{set: {list: [\"{{ list }}\", \"{{ list }}\"]}}]
      added:
        - set: {sum: abcdefghij}
        - repeat: 60
          steps: [{set: {sum: \"{{ sum + sum }}\"}}]
      joined:
        - set: {all: abcdefghij}
        - repeat: 60
          steps: [{set: {all: \"{{ [all, all] | join(',') }}\"}}]
      captured:
        - {get: /large, capture: {one: {body: true}}}
        - {get: /large, name: again, capture: {two: {body: true}}}
        - {get: /large, name: third, capture: {three: {body: true}}}
";
    let last = Bench::new(text, &url).play().await;
    assert_conserved(&last);
    let failures = last.tables.failures.iter();
    let failures: Vec<_> = failures
        .map(|line| format!("{}: {}", line.name, line.text))
        .collect();
    let said = |name: &str, variable: &str| {
        let begin = format!("{name}: variable \"{variable}\" has no value: variable too large");
        failures.iter().any(|line| line.starts_with(&begin))
    };
    for (task, variable) in [
        ("doubled", "text"),
        ("listed", "list"),
        ("added", "sum"),
        ("joined", "all"),
    ] {
        assert!(said(task, variable), "{task}: {failures:?}");
    }
    assert!(said("third", "three"), "{failures:?}");
    assert_eq!(failures.len(), 5, "{failures:?}");
}
