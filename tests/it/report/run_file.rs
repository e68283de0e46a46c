use swarmdeck::model::RunState;
use swarmdeck::report::{RunFile, RunFileError};
use swarmdeck::run::EventKind;
use swarmdeck::scenario::{Environment, Source, load};

use super::sample::{failed, planned, real};

#[test]
fn a_run_file_says_its_version_and_comes_back_as_it_was() {
    let run = failed();
    let text = run.to_json().expect("JSON");
    assert!(text.starts_with("{\"swarmdeck_run\":2,"), "{text}");
    assert_eq!(RunFile::from_json(&text).expect("a run file"), run);
}

#[test]
fn a_later_version_and_foreign_files_are_refused_with_the_remedy() {
    let later = failed().to_json().expect("JSON").replacen(":2,", ":3,", 1);
    let error = RunFile::from_json(&later).expect_err("too new");
    assert!(matches!(error, RunFileError::Newer { found: 3 }), "{error}");
    assert!(error.to_string().contains("update Swarmdeck"));
    for text in ["", "{}", "[]", "hello", "{\"swarmdeck_run\": \"1\"}"] {
        let error = RunFile::from_json(text).expect_err("foreign");
        assert!(matches!(error, RunFileError::Foreign), "{text}: {error}");
    }
    let whole = failed().to_json().expect("JSON");
    let error = RunFile::from_json(&whole[..whole.len() / 2]).expect_err("cut off");
    assert!(matches!(error, RunFileError::Damaged(_)), "{error}");
    let error = RunFile::from_json("{\"swarmdeck_run\": 1}").expect_err("empty");
    assert!(error.to_string().contains("missing field"), "{error}");
}

#[test]
fn fields_that_came_later_may_be_missing_or_unknown() {
    let mut value: serde_json::Value =
        serde_json::from_str(&failed().to_json().expect("JSON")).expect("JSON");
    let fields = value.as_object_mut().expect("an object");
    for field in ["series", "events", "readings", "classes"] {
        fields.remove(field);
    }
    fields.insert("brand_new".to_owned(), 1.into());
    let run = RunFile::from_json(&value.to_string()).expect("a run file");
    assert_eq!((run.series.len(), run.events.len()), (0, 0));
}

#[test]
fn a_file_of_the_first_version_is_still_read() {
    let run = planned();
    let mut value: serde_json::Value =
        serde_json::from_str(&run.to_json().expect("JSON")).expect("JSON");
    value["swarmdeck_run"] = 1.into();
    let nested = |row: &mut serde_json::Value| {
        let row = row.as_object_mut().expect("a row");
        let mut of = |prefix: &str| {
            let names = ["p50_us", "p95_us", "p99_us"];
            let times = names.map(|name| {
                let us = row.shift_remove(&format!("{prefix}{name}"));
                (name.to_owned(), us.expect("a time"))
            });
            serde_json::Value::Object(times.into_iter().collect())
        };
        let latencies = serde_json::json!({"service": of(""), "response": of("response_")});
        row.insert("latencies".to_owned(), latencies);
        let percentiles = row.shift_remove("percentiles_us").expect("percentiles");
        row.insert("ladder_us".to_owned(), percentiles);
        if let Some(response) = row["response"].as_object_mut() {
            let percentiles = response.shift_remove("percentiles_us");
            response.insert("ladder_us".to_owned(), percentiles.expect("percentiles"));
        }
    };
    let rows = value["requests"].as_array_mut().expect("rows");
    rows.iter_mut().for_each(nested);
    nested(&mut value["aggregated"]);
    let read = RunFile::from_json(&value.to_string()).expect("a run file");
    assert_eq!(read.requests, run.requests);
    assert_eq!(read.aggregated, run.aggregated);
}

#[test]
fn a_file_that_the_first_version_wrote_is_read() {
    let text = include_str!("../../../fuzz/seeds/seed_run.json");
    assert!(text.starts_with("{\"swarmdeck_run\":1,"), "{text:.40}");
    let run = RunFile::from_json(text).expect("a run file");
    assert_eq!((run.requests.len(), run.series.len()), (2, 3));
    let service = run.aggregated.latencies.service;
    assert_eq!((service.p50_us, service.p99_us), (Some(216), Some(15_199)));
    assert_eq!(run.aggregated.percentiles_us[10], Some(18_269));
    let missing = &run.requests[1];
    assert_eq!(
        (missing.failures, missing.latencies.service.p95_us),
        (55, Some(6_387))
    );
    let [failure] = run.failures.as_slice() else {
        panic!("{:?}", run.failures)
    };
    assert_eq!((&*failure.kind, failure.samples.len()), ("status", 3));
    let today = run.to_json().expect("JSON");
    let again = RunFile::from_json(&today).expect("a run file");
    assert_eq!(again.to_json().expect("JSON"), today);
}

#[tokio::test]
async fn a_real_run_is_in_its_file_whole() {
    let run = real().await;
    assert_eq!(run.run.state, RunState::Stopped);
    assert_eq!(run.run.scenario, "Hello");
    assert!(run.run.started_unix_ms < run.run.ended_unix_ms);
    assert!(run.run.started_unix_ms > Some(1_700_000_000_000));
    let counts = run.counts.expect("counts");
    assert_eq!(run.aggregated.requests, counts.succeeded + counts.failed);
    assert!(run.aggregated.requests >= 5);
    let sum: u64 = run.series.iter().map(|row| row.requests).sum();
    // The last second is there if it was a whole one.
    assert!((1..=run.aggregated.requests).contains(&sum), "{sum}");
    let row = run.requests.first().expect("a row");
    assert_eq!((&*row.method, &*row.name), ("GET", "/api/v1/health/"));
    assert_eq!(row.statuses, [(200, row.requests)]);
    assert_eq!(row.percentiles_us[10], row.max_us);
    assert!(run.judgement.is_some());
    let started = run.events.iter().filter(|e| e.kind == EventKind::Started);
    assert_eq!(started.count(), 1);
    assert_eq!(run.environment.as_ref().map(|one| one.shards), Some(2));
    assert_eq!(run.load.peak_users, Some(5));
    // Of the run, not of the sliver of time that was left at its end.
    let busiest = run
        .environment
        .as_ref()
        .and_then(|one| one.busiest_cpu_share);
    assert!(busiest.is_none_or(|share| share < 0.8), "{busiest:?}");
    let text = run.to_json().expect("JSON");
    let read = RunFile::from_json(&text).expect("a run file");
    // Numbers with many digits may lose the last one on their way.
    assert_eq!(read.to_json().expect("JSON"), text);
}

#[test]
fn the_text_of_a_scenario_tells_no_secret() {
    let environment: Environment = [("KEY", "s3cr&t!")].into_iter().collect();
    let text = "# the key is s3cr&t! at present\nuser_classes:\n  U:\n    tasks:\n      t:\n        - get: /{{ secret('KEY') }}/\n";
    let loaded = load(&Source::new("s.yaml", text), &environment).expect("sound");
    assert!(loaded.text.contains("the key is *** at present"));
    assert!(loaded.text.contains("secret('KEY')"), "how it is called");
}
