//! Operators who start, edit and stop by clicking.

use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use swarmdeck::run::EventKind;
use thirtyfour::Key;

use crate::support::{Browser, PATIENCE, TestApp, eventually, lab, lab_stats, number};

#[tokio::test]
async fn an_operator_starts_edits_and_stops_a_swarm_by_clicking() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;

    browser.fill_load("5", "50").await;
    browser.start().await;
    browser.until_state("Running").await;
    browser.until_users(5).await;
    browser.until_rps_above(20.0).await;

    browser.enter("#users", "9").await;
    browser.until_users(9).await;
    browser.until_rps_above(50.0).await;
    let drawn = "return document.querySelectorAll('#charts canvas').length";
    assert_eq!(browser.evaluate(drawn).await, 4, "a canvas a chart");

    // What goes on is the same after a reload, for everybody who looks.
    browser.reload().await;
    browser.until_users(9).await;
    let other = Browser::show(&app).await;
    other.until_users(9).await;

    browser.stop().await;
    browser.until_state("Stopped").await;
    other.until_state("Stopped").await;
    browser.until_users(0).await;
    let aggregated = "#panel-requests tfoot tr";
    let row = browser
        .until(aggregated, |text| text.contains("Aggregated"))
        .await;
    let requests = number(row.trim_start_matches("Aggregated").trim()).expect("a count");
    let stats = lab_stats(&lab.url()).await;
    assert!(requests <= stats.answered as f64, "{requests} {stats:?}");
    assert_eq!(requests, (app.runs.snapshot().counts.succeeded) as f64);
    assert!(requests > 50.0, "{row}");

    browser.click("#reset").await;
    browser
        .until("[data-tile=rps] [data-first]", |text| text == "0 total")
        .await;
    browser.new_run().await;
    browser.until_state("Ready").await;
    other.until_state("Ready").await;
    other.close().await;
    browser.close().await;
}

#[tokio::test]
async fn two_operators_see_who_changed_what_and_undo_their_own() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let one = Browser::ready(&app).await;
    one.fill_load("5", "50").await;
    one.start().await;
    one.until_users(5).await;
    let other = Browser::show(&app).await;
    other.until_users(5).await;
    let disabled = "return document.querySelector('#undo').disabled";
    assert_eq!(
        other.evaluate(disabled).await,
        true,
        "nothing of its own yet"
    );

    one.enter("#users", "9").await;
    one.until_users(9).await;
    other.enter("#users", "7").await;
    one.until_users(7).await;
    one.open_tab("events").await;
    other.open_tab("events").await;
    let says = |table: &str, by: fn(&str) -> bool| {
        let mut rows = table.lines();
        rows.any(|row| row.contains("users 9 → 7") && by(row))
    };
    let events = "#panel-events tbody";
    one.until(events, |table| says(table, |row| row.contains("browser ")))
        .await;
    other
        .until(events, |table| says(table, |row| row.ends_with("you")))
        .await;

    // What one changed last is as before, whatever the other did since.
    one.press("body", Key::Control + "z").await;
    other.until_users(5).await;
    other.click("#undo").await;
    one.until_users(9).await;

    one.click("#pause").await;
    other.until_state("Paused").await;
    let paused = app.runs.snapshot().counts.tasks_started;
    other.until("#pause", |text| text == "Resume").await;
    other.click("#pause").await;
    one.until_state("Running").await;
    eventually("it goes on", PATIENCE, async || {
        app.runs.snapshot().counts.tasks_started > paused + 10
    })
    .await;

    // On the way there nobody is cut off by one press.
    one.press("body", Key::Escape).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    one.press("body", Key::Escape).await;
    assert!(app.runs.snapshot().state.is_active());
    one.press("body", Key::Escape + Key::Escape).await;
    other.until_state("Stopped").await;
    let halted = "stopping: killed by the operator";
    let (events, _) = event_lines(&app.runs.log(), 0);
    assert!(
        events.iter().any(|event| event.text == halted),
        "{events:?}"
    );
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_burst_is_played_by_a_click_or_held() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.fill_load("4", "50").await;
    browser.start().await;
    browser.until_users(4).await;
    browser.click("#burst [data-factor='5']").await;
    browser.until_users(20).await;
    browser.click("#undo").await;
    browser.until_users(4).await;
    let (events, _) = event_lines(&app.runs.log(), 0);
    assert!(
        events
            .iter()
            .any(|event| event.text == "undone: burst ended"),
        "{events:?}"
    );

    let act = |kind: &str| {
        format!(
            "document.querySelector('#burst [data-factor=\"10\"]').dispatchEvent(new PointerEvent('{kind}', {{bubbles: true, button: 0}}))"
        )
    };
    browser.evaluate(&act("pointerdown")).await;
    browser.until_users(40).await;
    // It lasts longer than what it was given at first.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(app.runs.snapshot().users, 40);
    browser.evaluate(&act("pointerup")).await;
    browser.until_users(4).await;
    let (events, _) = event_lines(&app.runs.log(), 0);
    let bursts = events.iter().filter(|event| event.kind == EventKind::Burst);
    assert_eq!(bursts.count(), 2, "{events:?}");
    app.runs.stop("by the test").await.expect("stops");
    browser.close().await;
}

#[tokio::test]
async fn mistakes_are_shown_where_they_were_made() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    for (field, text, error, words) in [
        ("#users", "0", "#users-error", "at least 1"),
        ("#users", "1000000000", "#users-error", "1000000"),
        ("#spawn-rate", "0", "#spawn-rate-error", "above 0"),
        ("#host", "localhost", "#host-error", "http://localhost"),
        ("#host", "http://127.0.0.1:1", "#host-error", "refused"),
        ("#run-time", "soon", "#run-time-error", "1h30m"),
    ] {
        let value = format!("return document.querySelector('{field}').value");
        let before = browser.evaluate(&value).await;
        browser.fill(field, text).await;
        browser.start().await;
        browser.until(error, |text| text.contains(words)).await;
        assert_eq!(app.runs.snapshot().state, RunState::Ready, "{field} {text}");
        browser.fill(field, before.as_str().expect("a value")).await;
    }
    browser.choose("broken").await;
    browser
        .until("#explain", |text| text.contains("did you mean `tasks`?"))
        .await;
    browser.close().await;
}

#[tokio::test]
async fn a_browser_that_goes_away_disturbs_nothing() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.start().await;
    browser.until_users(3).await;
    drop(browser);
    let requests = || app.runs.snapshot().counts.succeeded;
    let then = requests();
    eventually("the run goes on", PATIENCE, async || {
        requests() > then + 100
    })
    .await;
    app.runs.stop("by the test").await.expect("stops");
    assert_eq!(app.runs.snapshot().counts.failed, 0);
}
