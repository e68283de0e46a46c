//! The keyboard alone: every shortcut, and where they do not act.

use serde_json::{Value, json};
use swarmdeck::format::event_lines;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use swarmdeck::run::EventKind;
use thirtyfour::Key;

use crate::support::{Browser, PATIENCE, TestApp, eventually, lab};

const HELP: &str = "return document.querySelector('#help').open";
const FOCUS: &str = "return document.activeElement.id";

/// Has the page write down what it asks the server for.
const OVERHEAR: &str = "window.asked = [];
    const real = window.fetch;
    window.fetch = (path, ...rest) => { window.asked.push(path); return real(path, ...rest); }";
/// What was asked for, but for what the page asks for by itself.
const ASKED: &str = "return window.asked.filter((path) => !/logs|heatmap/.test(path))";

/// Presses keys where the focus is, as they are typed.
async fn press(browser: &Browser, keys: &str) {
    browser.press("body", keys).await;
}

/// A key goes down, or up again, as of a hand.
async fn hold(browser: &Browser, kind: &str, key: &str) {
    let event = json!({"type": kind, "key": key, "code": format!("Digit{key}"), "text": key});
    browser.devtools("Input.dispatchKeyEvent", event).await;
}

#[tokio::test]
async fn a_run_is_steered_by_keys_alone() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    press(&browser, "s").await;
    browser.until_users(3).await;
    press(&browser, "+").await;
    browser.until_users(4).await;
    press(&browser, "-").await;
    browser.until_users(3).await;
    browser.press("body", Key::Control + "z").await;
    browser.until_users(4).await;
    press(&browser, ".").await;
    let rate = || app.runs.snapshot().load.spawn_rate;
    eventually("a higher rate", PATIENCE, async || rate() == 110.0).await;

    hold(&browser, "keyDown", "5").await;
    browser.until_users(20).await;
    // It lasts longer than what it was given at first.
    let lasts = app.runs.snapshot().elapsed_s + 3.0;
    eventually("three seconds", PATIENCE, async || {
        app.runs.snapshot().elapsed_s > lasts
    })
    .await;
    assert_eq!(app.runs.snapshot().users, 20, "for as long as it is held");
    hold(&browser, "keyUp", "5").await;
    browser.until_users(4).await;
    let (events, _) = event_lines(&app.runs.log(), 0);
    let bursts = events.iter().filter(|event| event.kind == EventKind::Burst);
    assert_eq!(bursts.count(), 1, "letting go is no click: {events:?}");
    press(&browser, "2").await;
    browser.until_users(8).await;

    press(&browser, "p").await;
    browser.until_state("Paused").await;
    press(&browser, "p").await;
    browser.until_active().await;
    press(&browser, "x").await;
    browser.until_state("Stopped").await;
    browser.press("body", Key::Shift + Key::Delete).await;
    browser
        .until("[data-tile=rps] [data-first]", |text| text == "0 total")
        .await;
    press(&browser, "n").await;
    browser.until_state("Ready").await;
    browser.close().await;
}

#[tokio::test]
async fn keys_lead_through_charts_tables_and_menus() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    let theme = "return document.documentElement.dataset.theme";
    let mut themes = Vec::new();
    for _ in 0..3 {
        press(&browser, "t").await;
        themes.push(browser.evaluate(theme).await);
    }
    let [dark, light] = [json!("dark"), json!("light")];
    assert!(
        themes.contains(&dark) && themes.contains(&light),
        "{themes:?}"
    );
    press(&browser, "s").await;
    browser.until_state("Running").await;

    assert!(!browser.is_shown("#reset-zoom").await);
    press(&browser, "w").await;
    press(&browser, "i").await;
    assert!(browser.is_shown("#reset-zoom").await);
    press(&browser, "o").await;
    assert!(!browser.is_shown("#reset-zoom").await, "all is to be seen");
    press(&browser, "i<>w").await;
    assert!(!browser.is_shown("#reset-zoom").await);
    press(&browser, "g").await;
    browser
        .until("#latency-scale", |text| text == "linear")
        .await;

    for (key, tab) in [
        ("f", "failures"),
        ("e", "events"),
        ("c", "counts"),
        ("l", "logs"),
    ] {
        press(&browser, key).await;
        assert!(browser.is_shown(&format!("#panel-{tab}")).await, "{tab}");
        assert_eq!(browser.evaluate(FOCUS).await, format!("tab-{tab}"));
    }
    press(&browser, "/").await;
    assert_eq!(browser.evaluate(FOCUS).await, "log-search");
    browser.press("#tab-logs", Key::Home).await;
    assert_eq!(browser.evaluate(FOCUS).await, "tab-requests");
    browser.press("#tab-requests", Key::Left).await;
    assert_eq!(browser.evaluate(FOCUS).await, "tab-logs");

    press(&browser, "d").await;
    let link = "return document.activeElement.getAttribute('href')";
    browser.press("#downloads summary", Key::Down).await;
    assert_eq!(browser.evaluate(link).await, "stats/requests/csv");
    browser.press("#downloads a", Key::Up).await;
    assert_eq!(browser.evaluate(FOCUS).await, "save-scenario");
    browser.press("#save-scenario", Key::Escape).await;
    let open = "return document.querySelector('#downloads').open";
    assert_eq!(browser.evaluate(open).await, false);
    app.runs.stop("by the test").await.expect("stops");
    browser.close().await;
}

#[tokio::test]
async fn nothing_is_a_shortcut_while_one_types() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    browser.evaluate(OVERHEAR).await;
    browser.fill("#run-time", "sax?un2").await;
    let typed = "return document.querySelector('#run-time').value";
    assert_eq!(browser.evaluate(typed).await, "sax?un2");
    browser.press("#scenario", "s").await;
    assert_eq!(browser.evaluate(HELP).await, false);
    assert_eq!(browser.evaluate(ASKED).await, json!([]));
    assert_eq!(app.runs.snapshot().state, RunState::Ready);
    browser.close().await;
}

#[tokio::test]
async fn the_help_sheet_shows_every_key_and_closing_it_is_no_panic() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let browser = Browser::ready(&app).await;
    press(&browser, "s").await;
    browser.until_state("Running").await;
    browser.evaluate(OVERHEAR).await;

    press(&browser, "?").await;
    assert_eq!(browser.evaluate(HELP).await, true);
    let shown =
        "return [...document.querySelectorAll('#help dd')].map((one) => one.firstChild.data)";
    let table = "const main = document.querySelector('script[type=module]').src;
        return import(main.replace('main.js', 'controls/shortcuts.js')).then(({SHORTCUTS}) =>
            SHORTCUTS.filter(({on}) => document.querySelector(on)).map(({words}) => words))";
    let (shown, table) = (browser.evaluate(shown).await, browser.evaluate(table).await);
    assert!(
        table.as_array().is_some_and(|all| all.len() > 30),
        "{table}"
    );
    assert_eq!(shown, table);
    // What lies under the sheet is not reached, and one press closes, one counts.
    press(&browser, "x").await;
    browser.press("body", Key::Escape + Key::Escape).await;
    assert_eq!(browser.evaluate(HELP).await, false);
    assert_eq!(browser.evaluate(ASKED).await, json!([]));
    browser.press("body", Key::Escape + Key::Escape).await;
    browser.until_state("Stopped").await;

    // Who types by voice turns single characters off, for good.
    browser.click("#help-open").await;
    browser.press("#help-single", Key::Space).await;
    browser.click("#help-close").await;
    press(&browser, "n?").await;
    assert_eq!(browser.evaluate(HELP).await, false);
    browser.reload().await;
    browser.until_state("Stopped").await;
    browser.evaluate(OVERHEAR).await;
    press(&browser, "n").await;
    assert_eq!(browser.evaluate(ASKED).await, json!([]));
    let labels = "return document.querySelector('#new').getAttribute('aria-keyshortcuts')";
    assert_eq!(browser.evaluate(labels).await, Value::Null);
    browser.click("#help-open").await;
    browser.press("#help-single", Key::Space).await;
    browser.click("#help-close").await;
    press(&browser, "n").await;
    browser.until_state("Ready").await;
    browser.close().await;
}
