//! What a page shows of the guard rails, and what it asks.

use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Rails, RunState, Targets};

use crate::support::{Browser, TestApp, lab};

#[tokio::test]
async fn a_page_asks_once_before_load_goes_to_a_public_target() {
    let lab = lab(LabConfig::default());
    let rails = Rails {
        max_users: Some(500),
        max_rps: Some(2_000.0),
        allowed: Some(Targets::near()),
        // Everything is public here.
        unasked: Some(Targets::default()),
        ..Rails::default()
    };
    let app = TestApp::within(rails, &lab.url()).await;
    let browser = Browser::ready(&app).await;
    let line = browser.until("#rails", |text| !text.is_empty()).await;
    assert_eq!(
        line,
        "Guard rails: at most 500 users, 2,000 requests/s; targets: loopback, private; public targets need confirmation."
    );

    let open = "return document.querySelector('#confirm').open";
    browser.start().await;
    browser
        .until("#confirm-targets", |text| text == "127.0.0.1")
        .await;
    browser
        .until("#confirm-go", |text| text == "Send load to 127.0.0.1")
        .await;
    browser.click("#confirm-cancel").await;
    browser
        .until("#form-message", |text| text.contains("not confirmed"))
        .await;
    assert_eq!(browser.evaluate(open).await, false);
    assert_eq!(app.runs.snapshot().state, RunState::Ready);

    browser.start().await;
    browser.click("#confirm-go").await;
    browser.until_users(3).await;
    assert_eq!(browser.evaluate(open).await, false);
    browser.stop().await;
    browser.until_state("Stopped").await;
    browser.new_run().await;
    browser.until_state("Ready").await;
    browser.fill("#users", "501").await;
    browser.start().await;
    browser
        .until("#users-error", |text| text.contains("--max-users 500"))
        .await;
    browser.fill("#users", "2").await;
    browser.start().await;
    // Nobody is asked twice.
    browser.until_users(2).await;
    app.runs
        .abandon("nobody is here".to_owned())
        .await
        .expect("goes");
    browser
        .until("#banner-unattended", |text| {
            text.starts_with("Nobody is here: ")
        })
        .await;
    browser.until_state("Stopped").await;
    assert!(browser.is_shown("#banner-unattended").await);
    browser.close().await;
}
