//! The demo, as somebody sees it who has never seen the dashboard.

use std::time::Duration;

use serde_json::json;
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::run::EventKind;
use thirtyfour::Key;

use crate::support::{Browser, TestApp, lab};

#[tokio::test]
async fn one_button_plays_it_with_captions_and_escape_leaves_it() {
    let lab = lab(LabConfig::default());
    let app = TestApp::with_demo(&lab, Duration::from_secs(1)).await;
    let browser = Browser::ready(&app).await;
    assert!(!browser.is_shown("#demo-leave").await);
    browser.click("#demo").await;
    browser.until("#stage-title", |text| text == "Ramp").await;
    browser.until("#stage-count", |text| text == "1 of 5").await;
    browser
        .until("#stage-words", |text| text.starts_with("3 users ramp up"))
        .await;
    let spoken = "return document.querySelector('#stage-announcer').textContent";
    let spoken = browser.evaluate(spoken).await;
    assert!(
        spoken
            .as_str()
            .is_some_and(|text| text.starts_with("Ramp: 3 users ramp up"))
    );
    browser.until_users_are(|users| users > 0.0).await;
    browser.reload().await;
    browser.until("#stage-title", |text| text == "Hold").await;

    // It leaves the demo, and is no first press of what halts.
    browser.press("body", Key::Escape).await;
    browser.until("#stage-title", str::is_empty).await;
    assert!(app.runs.snapshot().state.is_active());
    let (events, _) = event_lines(&app.runs.log(), 0);
    let told = events.iter().filter(|event| event.kind == EventKind::Demo);
    assert_eq!(told.count(), 3, "two acts and the end: {events:?}");
    browser.press("body", "x").await;
    browser.until_state("Stopped").await;
    browser.close().await;
}

#[tokio::test]
async fn a_dashboard_without_a_lab_of_its_own_has_no_demo() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let browser = Browser::ready(&app).await;
    let there = "return document.querySelectorAll('#demo, #stage').length";
    assert_eq!(browser.evaluate(there).await, json!(0));
    browser.close().await;
}
