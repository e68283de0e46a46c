//! Playing with a run that goes on, by hand, and keeping what was played.

use swarmdeck::lab::LabConfig;
use swarmdeck::scenario::{Environment, Source, load};

use crate::support::{Browser, PATIENCE, TestApp, eventually, lab};

/// The field of the panel Behaviour beside this label.
async fn behave(browser: &Browser, label: &str, value: &str) {
    let script = format!(
        "const label = [...document.querySelectorAll('#overrides label')].find((l) => l.textContent === '{label}');
        const input = label.querySelector('input');
        if (input.type === 'checkbox') input.checked = {value:?} === 'true'; else input.value = {value:?};
        input.dispatchEvent(new Event('change', {{bubbles: true}}))"
    );
    browser.evaluate(&script).await;
}

/// What that field says, or hints at.
async fn says(browser: &Browser, label: &str) -> String {
    let script = format!(
        "const label = [...document.querySelectorAll('#overrides label')].find((l) => l.textContent === '{label}');
        const input = label?.querySelector('input');
        return String(input?.type === 'checkbox' ? input.checked : (input?.value || input?.placeholder))"
    );
    browser
        .evaluate(&script)
        .await
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

async fn open_panel(browser: &Browser) {
    browser
        .evaluate("document.querySelector('#overrides').open = true")
        .await;
    eventually("the fields", PATIENCE, async || {
        says(browser, "duration").await != "undefined"
    })
    .await;
}

#[tokio::test]
async fn two_operators_change_what_users_do() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let one = Browser::ready(&app).await;
    one.choose("fails").await;
    one.start().await;
    one.until_users(4).await;
    let other = Browser::show(&app).await;
    other.until_users(4).await;
    open_panel(&one).await;
    open_panel(&other).await;

    for (label, value, shown) in [
        ("loud", "0", "0"),
        (
            "wait",
            "100ms to 300ms",
            "thinks 0.1 to 0.3 s after each task",
        ),
        ("GET /api/v1/health/", "false", "false"),
        ("duration", "10m", "10:00"),
    ] {
        behave(&one, label, value).await;
        eventually(label, PATIENCE, async || says(&other, label).await == shown).await;
    }
    other
        .until("#overrides-word", |text| text == "3 changed")
        .await;
    other.open_tab("events").await;
    let by_other = |table: &str| {
        let mut rows = table.lines();
        rows.any(|row| row.contains("weight of Often.loud 1 → 0") && row.contains("browser "))
    };
    other.until("#panel-events tbody", by_other).await;

    behave(&one, "wait", "soon").await;
    one.until("#overrides-message", |text| text.contains("500ms to 2s"))
        .await;
    behave(&one, "weight", "-1").await;
    one.until("#overrides-message", |text| {
        text.contains("`weight` must be a whole number")
    })
    .await;

    // The run time, and the request before it.
    one.click("#undo").await;
    one.click("#undo").await;
    eventually("sent again", PATIENCE, async || {
        says(&other, "GET /api/v1/health/").await == "true"
    })
    .await;
    one.click("#drain").await;
    other.until_state("Stopped").await;
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_plan_is_steered_by_hand_and_holds_again() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.choose("staged").await;
    browser.start().await;
    browser.until_users(7).await;
    browser.click("#take-over").await;
    eventually("the fields", PATIENCE, async || {
        browser
            .evaluate("return document.querySelector('#users').offsetParent !== null")
            .await
            == true
    })
    .await;
    browser.enter("#users", "2").await;
    browser.until_users(2).await;
    browser.click("#back-to-plan").await;
    browser.until_users(7).await;
    let gone = "return document.querySelector('#back-to-plan').hidden";
    eventually("no way back", PATIENCE, async || {
        browser.evaluate(gone).await == true
    })
    .await;
    app.runs.stop("by the test").await.expect("stops");
    browser.close().await;
}

#[tokio::test]
async fn what_was_played_is_shown_and_saved() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.fill_load("3", "50").await;
    browser.start().await;
    browser.until_users(3).await;
    browser.enter("#users", "6").await;
    browser.until_users(6).await;
    browser.stop().await;
    browser.until_state("Stopped").await;

    browser.click("#downloads summary").await;
    browser.click("#save-scenario").await;
    let added = "#scenario-export-diff .added:nth-last-child(2)";
    browser.until(added, |text| text.contains("users: 6")).await;
    // What the page makes of it, instead of a file in some folder.
    let take = "const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return make(blob); };
        document.querySelector('#scenario-export-download').click()";
    browser.evaluate(take).await;
    let mut text = String::new();
    eventually("a file", PATIENCE, async || {
        browser.evaluate("return window.saved ?? ''").await != ""
    })
    .await;
    text.push_str(
        browser
            .evaluate("return window.saved")
            .await
            .as_str()
            .unwrap_or_default(),
    );
    let source = Source::new("played.yaml", text.clone());
    let loaded = load(&source, &Environment::default());
    let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?} in {text}"));
    let changes = loaded.scenario.timeline.len();
    assert_eq!(changes, 3, "the start, the edit and the end: {text}");
    browser.close().await;
}
