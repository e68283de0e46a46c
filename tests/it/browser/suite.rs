//! Scenarios that are run one after the other.

use reqwest::Method;
use swarmdeck::lab::LabConfig;
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::Catalog;

use crate::support::{Browser, TestApp, lab};

/// A scenario that ends by itself where a run time is given.
fn visit(name: &str, run_time: &str) -> Source {
    let text = format!(
        "name: {name}\nload: {{users: 2, spawn_rate: 100{run_time}}}\nuser_classes:\n  U:\n    wait: 20ms\n    tasks:\n      t:\n        - get: /api/v1/health/\n"
    );
    Source::new(format!("{name}.yaml"), text)
}

/// One run and four formats of the report.
async fn every_link_of_the_suite_answers(browser: &Browser, app: &TestApp) {
    let links = "return [...document.querySelectorAll('#suite a')]
        .filter((a) => a.offsetParent !== null).map((a) => new URL(a.href).pathname)";
    let links = browser.evaluate(links).await;
    let links = links.as_array().expect("links");
    assert_eq!(links.len(), 5, "one run, and four formats: {links:?}");
    for link in links {
        let path = link.as_str().expect("a link");
        assert_eq!(app.send(Method::GET, path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn all_scenarios_are_run_with_one_click_for_everybody_to_see() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let sources = [
        visit("First", ", run_time: 2s"),
        visit("Second", ", run_time: 2s"),
        visit("Endless", ""),
    ];
    let browser = Browser::ready(&app).await;
    assert!(
        !browser.is_shown("#run-all").await,
        "only one of these ends"
    );
    let catalog = Catalog::new(sources, &Environment::default(), &Changes::default());
    app.session.offer(catalog);
    browser
        .until("#run-all", |text| text == "Run all (2)")
        .await;
    let words = browser
        .until("#run-all-words", |text| {
            text.starts_with("Runs First, Second in sequence")
        })
        .await;
    assert!(
        words.contains("with 10s between them, about 14s in total"),
        "{words}"
    );
    assert!(words.contains("Skips Endless: no run time"), "{words}");

    browser.click("#run-all").await;
    let name = "#run-scenario";
    browser
        .until(name, |text| text == "Running 1 of 2: First")
        .await;
    browser.until_users(2).await;
    let other = Browser::show(&app).await;
    for page in [&browser, &other] {
        page.until_state("Cooling down").await;
        page.until(name, |text| text == "Next: 2 of 2: Second")
            .await;
        page.until("#suite-list li:first-child", |text| text.contains("PASS"))
            .await;
    }
    browser.reload().await;
    browser.until_state("Cooling down").await;
    browser
        .until("#suite-title", |text| {
            text.ends_with("Stop skips the other 1.")
        })
        .await;
    browser.stop().await;
    for page in [&browser, &other] {
        page.until("#suite-title", |text| text.ends_with("1 skipped"))
            .await;
        // What was left out may have failed.
        page.until("#suite-verdict", |text| text == "UNDECIDED")
            .await;
        page.until_state("Stopped").await;
    }
    every_link_of_the_suite_answers(&browser, &app).await;
    // A run by itself is no part of it.
    browser.new_run().await;
    browser.until_state("Ready").await;
    assert!(browser.is_shown("#suite").await, "what it came to stays");
    browser.start().await;
    browser.until_state("Running").await;
    assert!(!browser.is_shown("#suite").await);
    other.close().await;
    browser.close().await;
}
