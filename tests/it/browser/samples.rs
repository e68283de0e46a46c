//! What failing answers said, in the table of failures.

use axum::Router;
use axum::http::StatusCode;
use thirtyfour::Key;

use crate::support::{Browser, TestApp, serious_findings, serve_app};

const SUMMARY: &str = "#panel-failures summary";
const BODY: &str = "#panel-failures .said";
const OPEN: &str = "return document.querySelector('#panel-failures details').open";
const COUNT: &str = "#panel-failures tbody [data-column=count]";

#[tokio::test]
async fn what_failing_answers_said_is_a_key_away() {
    let app = Router::new().fallback(async || {
        let text = r#"{"error":"No <b>active</b> risk model found"}"#;
        let fields = [
            ("x-request-id", "7f3a"),
            ("content-type", "application/json"),
        ];
        (StatusCode::INTERNAL_SERVER_ERROR, fields, text)
    });
    let app = TestApp::new(&serve_app(app).await).await;
    let browser = Browser::ready(&app).await;
    browser.choose("health").await;
    browser.start().await;
    browser.open_tab("failures").await;
    let said = r#"{"error":"No <b>active</b> risk model found"}"#;
    browser.until(SUMMARY, |text| text == said).await;
    assert_eq!(browser.evaluate(OPEN).await, false);

    browser.press(SUMMARY, Key::Enter).await;
    browser.until(BODY, |text| text == said).await;
    let item = browser.text("#panel-failures li").await;
    assert!(item.contains("Status 500 after "), "{item}");
    assert!(item.contains("x-request-id: 7f3a"), "{item}");
    assert!(item.contains("content-type: application/json"), "{item}");
    let count = browser.text(COUNT).await;
    browser.until(COUNT, |text| text != count).await;
    assert_eq!(browser.evaluate(OPEN).await, true, "it stays open");
    assert_eq!(serious_findings(&browser).await, [""; 0]);

    browser.press(SUMMARY, Key::Enter).await;
    assert_eq!(browser.evaluate(OPEN).await, false);
    browser.close().await;
}
