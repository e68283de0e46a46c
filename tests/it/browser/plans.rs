//! Loads, probes and criteria of a scenario on the page.

use reqwest::Method;
use swarmdeck::lab::LabConfig;

use crate::support::{Browser, PATIENCE, TestApp, eventually, lab};

#[tokio::test]
async fn what_probes_read_is_drawn_under_the_charts() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.choose("open").await;
    browser.start().await;
    let cpu = "#target .chart[aria-label^='own, %'] [data-legend] b";
    browser.until_number(cpu, |percent| percent > 0.0).await;
    let charts = "return document.querySelectorAll('#target .chart').length";
    let expected = if cfg!(target_os = "linux") { 3 } else { 1 };
    assert_eq!(
        browser.evaluate(charts).await,
        expected,
        "one for each unit"
    );
    browser.reload().await;
    browser.until_number(cpu, |percent| percent > 0.0).await;
    browser.stop().await;
    browser.until_state("Stopped").await;
    assert!(browser.is_shown("#target").await, "also when it is over");
    // A scenario without probes has no such charts.
    app.json(Method::POST, "/api/v1/run", r#"{"scenario": "health"}"#)
        .await;
    browser.until_state("Running").await;
    eventually("no target", PATIENCE, async || {
        !browser.is_shown("#target").await
    })
    .await;
    browser.close().await;
}

#[tokio::test]
async fn task_starts_that_the_file_plans_are_shown_with_their_response_times() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.choose("open").await;
    let planned = "60 task starts/s, up to 40 users";
    browser.until_plan(|text| text.contains(planned)).await;
    assert!(!browser.is_shown("#users").await, "nothing is steered");

    browser.start().await;
    browser.until_state("Running").await;
    browser.until_rps_above(30.0).await;
    browser.until_plan(|text| text.contains(planned)).await;
    assert!(!browser.is_shown("#users").await, "nothing is steered");
    let response = "[data-tile=p95] [data-second]";
    browser
        .until(response, |text| {
            text.starts_with("Response time (with queueing) ")
        })
        .await;
    browser
        .until("#panel-requests thead", |text| {
            text.contains("Response time (with queueing)")
        })
        .await;
    let title = "[data-chart=latency] h2";
    browser.until(title, |text| text == "Service time").await;
    browser.click("#latency-time").await;
    browser
        .until(title, |text| text == "Response time (with queueing)")
        .await;
    let starts = "[data-chart=starts] .legend";
    browser
        .until(starts, |text| {
            text.contains("starts/s") && text.contains("60")
        })
        .await;
    // The last of them is drawn when it comes into sight.
    let drawn = "document.querySelector('#charts [data-chart=users]').scrollIntoView();
        return document.querySelectorAll('#charts canvas').length";
    eventually("a canvas a chart", PATIENCE, async || {
        browser.evaluate(drawn).await == 5
    })
    .await;

    browser.stop().await;
    browser.until_state("Stopped").await;
    browser.open_tab("counts").await;
    let counts = browser
        .until("#panel-counts", |text| {
            text.contains("Scheduled task starts")
        })
        .await;
    assert_eq!(counts.matches("balanced").count(), 3, "{counts}");
    browser.new_run().await;
    browser.until_plan(|text| text.contains(planned)).await;
    browser.choose("health").await;
    assert!(browser.is_shown("#users").await, "this one is steered");
    browser.close().await;
}

#[tokio::test]
async fn users_that_the_file_plans_come_without_being_asked_for() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.choose("staged").await;
    browser
        .until("#explain figcaption", |text| {
            text.starts_with("0 to 7 users in 1s, 7 for 1m")
        })
        .await;
    browser.start().await;
    browser.until_users(7).await;
    browser
        .until("[data-tile=users] [data-first]", |text| text == "of 7")
        .await;
    browser
        .until_plan(|text| text == "Planned by the file now: 7 users.")
        .await;
    assert!(!browser.is_shown("#users").await, "nothing is steered");
    assert!(!browser.is_shown("[data-chart=starts]").await);
    browser.stop().await;
    browser.until_state("Stopped").await;
    browser.close().await;
}

#[tokio::test]
async fn criteria_are_shown_as_they_stand_and_a_verdict_at_the_end() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.start().await;
    browser.until_users_are(|users| users > 0.0).await;
    assert!(!browser.is_shown("#criteria").await, "this one has none");
    browser.stop().await;
    browser.until_state("Stopped").await;
    browser.new_run().await;
    browser.until_state("Ready").await;
    browser.choose("staged").await;
    browser.start().await;
    let line = |at: u32, part: &str| format!("#criteria-list li:nth-child({at}) {part}");
    let first = line(1, ".text");
    browser
        .until(&first, |text| text == "rps of task:health > 1")
        .await;
    browser.until(&line(1, "b"), |text| text == "ok").await;
    browser
        .until(&line(1, ".figure-now"), |text| text.ends_with("/s"))
        .await;
    browser
        .until(&line(2, "b"), |text| text == "undecided")
        .await;
    assert!(!browser.is_shown("#criteria-verdict").await);
    browser.stop().await;
    browser
        .until("#criteria-verdict", |text| text == "FAIL")
        .await;
    browser.until(&line(2, "b"), |text| text == "failed").await;
    browser.close().await;
}
