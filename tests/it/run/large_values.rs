//! Variables that grow without end.

use axum::Router;

use crate::support::{Bench, assert_conserved, serve_app};

#[tokio::test]
async fn a_variable_that_grows_has_no_value_and_what_uses_it_says_so() {
    let app = Router::new()
        .route("/large", axum::routing::get(async || "x".repeat(7 << 20)))
        .fallback(async || "ok");
    let url = serve_app(app).await;
    let text = "load: {users: 3, spawn_rate: 1000, iterations: 6}
user_classes:
  U:
    wait: 10ms
    order: sequential
    tasks:
      doubled:
        - set: {text: 0123456789, list: [1]}
        - repeat: 60
          steps: [{set: {text: \"{{ text }}{{ text }}\", list: [\"{{ list }}\", \"{{ list }}\"]}}]
        - {get: \"/{{ text }}\", name: doubled}
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
        let begin = format!("{name}: variable \"{variable}\" has no value: it would be larger");
        failures.iter().any(|line| line.starts_with(&begin))
    };
    assert!(said("doubled", "text"), "{failures:?}");
    assert!(said("third", "three"), "{failures:?}");
    assert_eq!(failures.len(), 2, "{failures:?}");
}
