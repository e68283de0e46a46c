//! The choice of user classes.

use swarmdeck::lab::LabConfig;
use thirtyfour::Key;

use crate::support::{Browser, Folder, Program, lab};

const CHOICE: &str = "#class-choice";

const MIXED: &str = "name: Mixed
load: {users: 3, spawn_rate: 100}
user_classes:
  Shopper:
    weight: 3
    wait: 20ms
    tasks: {browse: [{get: /api/v1/deployments/}]}
  Clerk:
    load: {rate: 20/s, max_users: 5}
    tasks: {file: [{get: /api/v1/health/}]}
  Guard:
    count: 2
    wait: 20ms
    tasks: {look: [{get: /api/v1/health/}], listen: [{get: /api/v1/health/}]}
";

/// A dashboard on a scenario with three classes, the picker in sight.
async fn on_mixed(host: &str) -> (Program, Folder, Browser) {
    let folder = Folder::new();
    let file = folder.file("mixed.yaml", MIXED);
    let options = ["-P", "0", "--class-picker", "--profile", "nightly"];
    let arguments = [&["-f", &file, "-H", host][..], &options].concat();
    let mut program = Program::start(&arguments);
    let (url, _) = program.address("Dashboard").await;
    let browser = Browser::open(&format!("{url}/")).await;
    browser.until(CHOICE, |text| text == "all 3").await;
    (program, folder, browser)
}

#[tokio::test]
async fn user_classes_are_told_and_one_at_least_has_to_be_chosen() {
    let (_program, _folder, browser) = on_mixed("http://127.0.0.1:1").await;
    browser.resize(500, 900).await;
    for (at, words) in [
        (0, "weight 3 · browse"),
        (1, "20 task starts/s, up to 5 users · file"),
        (2, "always 2 · look, listen"),
    ] {
        let said = format!("#class-{at}-words");
        browser.until(&said, |text| text == words).await;
    }
    let wide = "return document.documentElement.scrollWidth > window.innerWidth";
    assert_eq!(browser.evaluate(wide).await, false, "nothing is cut off");

    let error = "#classes-error";
    browser.press("#all-classes", Key::Space).await;
    browser
        .until(error, |text| text == "Choose at least one user class.")
        .await;
    browser.until(CHOICE, |text| text == "none").await;
    browser.click("#class-picker summary").await;
    browser.until(error, str::is_empty).await;
    // The refusal opens what was folded.
    browser.press("#start", Key::Enter).await;
    browser.until(error, |text| !text.is_empty()).await;
    browser.until_state("Ready").await;
    browser.press("#class-1", Key::Space).await;
    browser.until(error, str::is_empty).await;
    browser
        .until_plan(|text| text.contains("20 task starts/s"))
        .await;
    assert!(!browser.is_shown("#users").await, "nothing is steered");
    browser.close().await;
}

#[tokio::test]
async fn the_classes_that_are_chosen_with_the_keyboard_run() {
    let lab = lab(LabConfig::default());
    let (_program, _folder, browser) = on_mixed(&lab.url()).await;
    browser.press("#class-0", Key::Space).await;
    browser.press("#class-1", Key::Space).await;
    browser.until(CHOICE, |text| text == "1 of 3").await;
    let partly = "return document.querySelector('#all-classes').indeterminate";
    assert_eq!(browser.evaluate(partly).await, true);
    assert!(browser.is_shown("#users").await, "this one is steered");
    browser
        .until("#explain", |text| {
            text.contains("Guard") && !text.contains("Shopper")
        })
        .await;
    browser.press("#start", Key::Enter).await;
    browser
        .until("#users-error", |text| text.contains("2 users in total"))
        .await;
    browser.fill("#users", "2").await;
    browser.press("#start", Key::Enter).await;
    browser.until_users(2).await;
    browser
        .until("#run-scenario", |text| text == "Mixed · nightly")
        .await;
    browser.until_rps_above(20.0).await;
    let names = browser
        .until("#panel-requests tbody", |text| text.contains("/health/"))
        .await;
    assert!(!names.contains("/deployments/"), "{names}");
    browser.stop().await;
    browser.until_state("Stopped").await;
    browser.new_run().await;
    browser.until(CHOICE, |text| text == "1 of 3").await;
    browser.close().await;
}
