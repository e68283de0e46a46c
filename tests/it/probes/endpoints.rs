use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use swarmdeck::lab::LabConfig;
use tokio::time::sleep;

use super::{error_text, reader, value};
use crate::support::{Manner, lab, misbehaving_target, refused_port, serve_app};

#[tokio::test]
async fn metrics_are_read_by_name_and_labels() {
    let errors = Arc::new(AtomicU64::new(100));
    let counter = Arc::clone(&errors);
    let page = move || {
        let errors = counter.load(Ordering::Relaxed);
        async move {
            format!(
                "# TYPE http_requests_in_flight gauge\nhttp_requests_in_flight{{app=\"a\"}} 3\nhttp_requests_in_flight{{app=\"b\"}} 4\nhttp_errors_total {errors}\n"
            )
        }
    };
    let url = serve_app(Router::new().route("/metrics", get(page))).await;
    let text = format!(
        "prom:
    prometheus: {url}/metrics
    readings:
      inflight: http_requests_in_flight
      of_b: 'http_requests_in_flight{{app=\"b\"}}'
      errors: {{rate: http_errors_total}}
      absent: no_such_metric"
    );
    let mut reader = reader(&text, &[]);
    let first = reader.read().await;
    assert_eq!(value(&first, "inflight"), 7.0);
    assert_eq!(value(&first, "of_b"), 4.0);
    assert!(
        first.values.iter().all(|value| value.name != "errors"),
        "{first:?}"
    );
    assert!(error_text(&first).contains("no_such_metric"));
    errors.fetch_add(50, Ordering::Relaxed);
    sleep(Duration::from_millis(500)).await;
    let rate = value(&reader.read().await, "errors");
    assert!((1.0..=100.0).contains(&rate), "{rate}");
}

#[tokio::test]
async fn the_counters_of_the_lab_are_read() {
    let lab = lab(LabConfig::default());
    let text = format!(
        "stats: {{json: '{}/lab/stats', readings: {{answered: $.answered, none: $.nothing}}}}",
        lab.url()
    );
    let mut reader = reader(&text, &[]);
    let before = value(&reader.read().await, "answered");
    reqwest::get(format!("{}/api/v1/health/", lab.url()))
        .await
        .expect("a lab");
    let round = reader.read().await;
    assert!(value(&round, "answered") > before, "{round:?}");
    assert!(error_text(&round).contains("$.nothing"), "{round:?}");
}

#[tokio::test]
async fn a_password_in_the_address_is_sent() {
    let answer = |headers: HeaderMap| async move {
        let given = headers
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        match given {
            Some("Basic bWU6c2VjcmV0") => Ok("{\"a\": \"12.5\"}"),
            _ => Err(StatusCode::UNAUTHORIZED),
        }
    };
    let url = serve_app(Router::new().route("/", get(answer))).await;
    let authority = url.trim_start_matches("http://");
    let text = |password: &str| {
        format!("s: {{json: 'http://me:{password}@{authority}/', readings: {{a: $.a}}}}")
    };
    let mut right = reader(&text("{{ secret(\"PW\") }}"), &[("PW", "secret")]);
    assert_eq!(value(&right.read().await, "a"), 12.5);
    let mut wrong = reader(&text("wrong"), &[]);
    let said = error_text(&wrong.read().await);
    assert!(
        said.contains("status 401") && !said.contains("wrong"),
        "{said}"
    );
}

#[tokio::test]
async fn endpoints_that_misbehave_cost_a_reading_and_no_more() {
    for (manner, words) in [
        (Manner::ClosesWithinBody, "invalid response from"),
        (Manner::SendsGarbage, "invalid response from"),
        (Manner::NeverAnswers, "no response within 0.2 s"),
        (Manner::SendsEndlessHeaders, "invalid response from"),
    ] {
        let url = misbehaving_target(manner).await;
        let text = format!("s: {{json: '{url}', readings: {{a: $.a}}, timeout: 200ms}}");
        let said = error_text(&reader(&text, &[]).read().await);
        assert!(said.contains(words), "{manner:?}: {said}");
    }
    let endless = || async {
        let pieces =
            futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1 << 16]));
        axum::body::Body::from_stream(pieces)
    };
    let url = serve_app(Router::new().route("/", get(endless))).await;
    let text = format!("s: {{prometheus: '{url}', readings: {{a: a}}, timeout: 20s}}");
    let said = error_text(&reader(&text, &[]).read().await);
    assert!(said.contains("larger than 4 MiB"), "{said}");
    let port = refused_port().await;
    let text = format!("s: {{json: 'http://127.0.0.1:{port}', readings: {{a: $.a}}}}");
    let said = error_text(&reader(&text, &[]).read().await);
    assert!(said.contains("cannot reach"), "{said}");
}

#[tokio::test]
async fn this_process_is_read() {
    let mut reader = reader("own: process", &[]);
    let first = reader.read().await;
    assert_eq!(first.error, None);
    if cfg!(target_os = "linux") {
        assert!(value(&first, "memory") > 1.0);
        assert!(value(&first, "descriptors") >= 3.0);
    }
    sleep(Duration::from_millis(50)).await;
    let round = reader.read().await;
    assert!((0.0..10_000.0).contains(&value(&round, "cpu")), "{round:?}");
}
