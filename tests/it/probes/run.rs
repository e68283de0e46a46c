use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use reqwest::Method;
use serde_json::json;
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::run::{EventKind, Level};
use tokio::time::Instant;

use crate::support::{
    Bench, Folder, Manner, Program, TestApp, Viewer, eventually, lab, misbehaving_target, serve_app,
};

fn scenario(url: &str) -> String {
    format!(
        "probes: {{stats: {{json: '{url}', readings: {{a: $.a}}, every: 500ms, timeout: 5s}}}}
user_classes: {{U: {{wait: 50ms, tasks: {{t: [{{get: /api/v1/health/}}]}}}}}}\n"
    )
}

/// The probe's events, with whether they are bad news.
fn told(bench: &Bench) -> Vec<(bool, String)> {
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let of_probes = events
        .into_iter()
        .filter(|event| event.kind == EventKind::Probe);
    of_probes
        .map(|event| (event.level == Level::Warning, event.text))
        .collect()
}

#[tokio::test]
async fn readings_come_with_a_baseline_and_trouble_is_said_once() {
    let lab = lab(LabConfig::default());
    let is_broken = Arc::new(AtomicBool::new(false));
    let broken = Arc::clone(&is_broken);
    let answer = move || {
        let is_broken = broken.load(Ordering::Relaxed);
        async move {
            match is_broken {
                false => Ok("{\"a\": 7}"),
                true => Err(StatusCode::SERVICE_UNAVAILABLE),
            }
        }
    };
    let url = serve_app(Router::new().route("/", get(answer))).await;
    let mut bench = Bench::new(&scenario(&url), &lab.url());
    bench.start(1, 1.0).await;
    let log = bench.runs.log();
    let points = || {
        let readings = log.readings();
        let found = readings.find("stats.a");
        found.map_or(Vec::new(), |reading| reading.points().collect())
    };
    assert_eq!(points(), [(0.0, 7.0)], "before the first user");
    let own = log.readings();
    assert!(own.find("self.memory").is_some() || !cfg!(target_os = "linux"));
    eventually("more readings", Duration::from_secs(10), async || {
        points().len() >= 3
    })
    .await;
    is_broken.store(true, Ordering::Relaxed);
    eventually("a word", Duration::from_secs(10), async || {
        !told(&bench).is_empty()
    })
    .await;
    // It fails again before it is well.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    is_broken.store(false, Ordering::Relaxed);
    eventually("another", Duration::from_secs(20), async || {
        told(&bench).len() > 1
    })
    .await;
    let events = told(&bench);
    let [(true, first), (false, second)] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(
        first.starts_with("probe stats: ") && first.contains("503"),
        "{first}"
    );
    assert_eq!(second, "probe stats is working again");
    bench.stop().await;
    let at_end = points();
    assert!(
        at_end.windows(2).all(|pair| pair[0].0 < pair[1].0),
        "{at_end:?}"
    );
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(points(), at_end, "nothing is read after the run");
}

#[tokio::test]
async fn a_probe_that_hangs_holds_nothing_up_for_long() {
    let lab = lab(LabConfig::default());
    let url = misbehaving_target(Manner::NeverAnswers).await;
    let mut bench = Bench::new(&scenario(&url), &lab.url());
    let began = Instant::now();
    bench.start(1, 1.0).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert_eq!(told(&bench), [], "it has its own time limit");
    bench.until_requests(20).await;
    bench.stop().await;
}

#[tokio::test]
async fn viewers_get_readings_once_and_a_hello_has_them_all() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let (mut viewer, hello) = Viewer::open(app.address).await;
    assert_eq!(hello["readings"], json!([]));
    app.json(Method::POST, "/api/v1/run", "{}").await;
    let mut times = Vec::new();
    while times.len() < 2 {
        let message = viewer.until("readings", |_| true).await;
        for reading in message["readings"].as_array().expect("a list") {
            if reading["name"] == "self.memory" {
                assert_eq!(reading["unit"], "MB");
                times.extend(reading["t_s"].as_array().expect("a list").clone());
            }
        }
    }
    let (_, hello) = Viewer::open(app.address).await;
    assert_eq!(
        hello["run"]["probes"],
        json!([]),
        "its own is not the target's"
    );
    let readings = hello["readings"].as_array().expect("a list");
    let memory = readings
        .iter()
        .find(|reading| reading["name"] == "self.memory");
    let memory = memory.expect("a reading");
    let all = memory["t_s"].as_array().expect("a list");
    assert_eq!(
        all[0],
        json!(0.0),
        "the baseline came with the hello of the start"
    );
    assert_eq!(all[1..3], times[..2]);
    assert_eq!(all.len(), memory["value"].as_array().expect("a list").len());
}

#[tokio::test]
async fn a_trial_shows_what_each_probe_reads() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let text = format!(
        "probes:
  lab: {{json: '{0}/lab/stats', readings: {{answered: $.answered, rate: {{rate: $.answered}}}}}}
  gone: {{json: '{0}/nothing/here', readings: {{a: $.a}}}}
user_classes: {{U: {{tasks: {{t: [{{get: /api/v1/health/}}]}}}}}}\n",
        lab.url()
    );
    let file = folder.file("probed.yaml", &text);
    let (code, said, _) = Program::output(&["try", &file, "-H", &lab.url()]).await;
    assert_eq!(code, Some(1), "{said}");
    for part in ["Probes", "lab.answered", "/s", "gone: ", "status 404"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}
