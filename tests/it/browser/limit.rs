//! Looking for the limit, as an operator does.

use reqwest::Method;
use swarmdeck::lab::LabConfig;

use crate::support::{Browser, PATIENCE, TestApp, eventually, lab};

const WORDS: &str = "#limit-words";
const FOUND: &str = "#capacity-words";

#[tokio::test]
async fn the_limit_is_looked_for_with_one_click_and_drawn() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    assert!(!browser.is_shown("#capacity").await);
    browser.fill("#users", "30").await;
    browser.click("#find-limit").await;
    browser
        .until(WORDS, |text| {
            text.starts_with("Limit search: testing 3 users")
        })
        .await;
    browser.until_users(3).await;
    assert!(!browser.is_shown("#burst").await, "the search steers alone");
    assert!(!browser.is_shown("#find-limit").await);
    let disabled = "return document.querySelector('#users').disabled";
    assert_eq!(browser.evaluate(disabled).await, true);
    browser.stop().await;
    browser.until_state("Stopped").await;
    assert_eq!(browser.text(WORDS).await, "");
    browser.new_run().await;
    browser.until_state("Ready").await;

    let body = r#"{"find_limit": {"start": 1, "max": 2, "level_time": "2s"}}"#;
    let (status, _) = app.json(Method::POST, "/api/v1/run", body).await;
    assert_eq!(status, 200);
    browser.until(FOUND, |text| !text.is_empty()).await;
    browser.until_state("Stopped").await;
    // What is found on a machine that is busy is not known before.
    let found = browser
        .until(FOUND, |text| !text.starts_with("Looking for"))
        .await;
    assert!(found.ends_with('.'), "{found}");
    let drawn = "return document.querySelectorAll('#capacity canvas').length";
    eventually("a chart", PATIENCE, async || {
        browser.evaluate(drawn).await == 1
    })
    .await;
    browser.click("#capacity summary").await;
    let first = "#capacity-levels tr:first-child";
    browser
        .until(first, |text| text.starts_with("1 user "))
        .await;
    browser.close().await;
}
