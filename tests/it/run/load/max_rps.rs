//! The limit of requests per second, for every request: several at the same time,
//! redirects, and those of `setup`.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect};

use crate::support::{Bench, assert_conserved, serve_app};

/// A target that keeps the moments of requests. A path with a number leads on to
/// the number below.
async fn target() -> (String, Arc<Mutex<Vec<Instant>>>) {
    let moments: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let kept = Arc::clone(&moments);
    let app = Router::new().fallback(async move |uri: Uri| {
        kept.lock().expect("sound").push(Instant::now());
        match uri.path().trim_start_matches('/').parse::<u32>() {
            Ok(left @ 1..) => Redirect::to(&format!("/{}", left - 1)).into_response(),
            _ => StatusCode::OK.into_response(),
        }
    });
    (serve_app(app).await, moments)
}

/// The most requests within any stretch of 400 ms.
fn most_at_once(moments: &[Instant]) -> usize {
    let within = |from: &Instant| {
        let end = *from + Duration::from_millis(400);
        moments
            .iter()
            .filter(|at| (*from..end).contains(*at))
            .count()
    };
    moments.iter().map(within).max().unwrap_or(0)
}

/// Runs a class for two seconds at 50 requests a second.
async fn play(class: &str) -> Vec<Instant> {
    let (url, moments) = target().await;
    let text = format!("load: {{users: 3, spawn_rate: 1000, max_rps: 50, run_time: 2s}}\n{class}");
    let last = Bench::new(&text, &url).play().await;
    assert_conserved(&last);
    std::mem::take(&mut *moments.lock().expect("sound"))
}

#[tokio::test]
async fn every_request_has_a_turn_of_its_own() {
    let parallel = (0..20).map(|at| format!("{{get: /p{at}}}"));
    let parallel = parallel.collect::<Vec<_>>().join(", ");
    for class in [
        format!("user_classes: {{U: {{tasks: {{t: [{{parallel: [{parallel}]}}]}}}}}}"),
        "user_classes: {U: {tasks: {t: [{get: /5, name: chain}]}}}".to_owned(),
        "setup: [{repeat: 30, steps: [{get: /0, name: made}]}]
user_classes: {U: {tasks: {t: [{parallel: [{get: /2, name: a}, {get: /2, name: b}]}]}}}"
            .to_owned(),
    ] {
        let moments = play(&class).await;
        // 20 are allowed, and some that were late may come together.
        let most = most_at_once(&moments);
        assert!(most <= 30, "{most} within 400 ms: {class}");
        assert!(moments.len() >= 60, "{} only: {class}", moments.len());
    }
}
