//! Whom the page keeps out: every state is looked over by axe-core, in both
//! themes, on a desk and in a hand.

use std::time::Duration;

use swarmdeck::lab::{Lab, LabConfig};
use thirtyfour::Key;

use crate::support::{
    Browser, Folder, Program, TestApp, lab, serious_findings, serious_findings_of_colours,
};

const LONG: &str = "name: Long
load: {users: 30, spawn_rate: 1, stop_timeout: 10m}
criteria: [p99 < 1us, rps > 0]
http: {timeout: 10m}
probes: {own: {process: true, every: 500ms}}
user_classes:
  U:
    wait: 100ms
    tasks:
      health: {weight: 3, steps: [{get: /api/v1/health/}]}
      loud: {weight: 1, steps: [{log: something was done}, {fail: 'no, not this'}]}
  Patient:
    count: 1
    tasks: {sit: [{get: SLOW/api/v1/health/}]}
";

/// All that was found, with where.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    /// Looks the page over as it is.
    async fn look(&mut self, browser: &Browser, state: &str) {
        self.look_in(browser, state, "on a desk").await;
        browser.hold_in_hand().await;
        self.look_in(browser, state, "in a hand").await;
        browser.set_desktop_size().await;
    }

    async fn look_in(&mut self, browser: &Browser, state: &str, place: &str) {
        set_theme(browser, "dark").await;
        let dark = serious_findings(browser).await;
        set_theme(browser, "light").await;
        let light = serious_findings_of_colours(browser).await;
        for (theme, found) in [("dark", dark), ("light", light)] {
            let found = found.iter();
            self.0
                .extend(found.map(|one| format!("{state}, {place}, {theme}: {one}")));
        }
        let wide = "return document.documentElement.scrollWidth > window.innerWidth";
        if browser.evaluate(wide).await == true {
            self.0.push(format!("{state}, {place}: is cut off"));
        }
    }

    fn none(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

async fn set_theme(browser: &Browser, theme: &str) {
    let change = format!(
        "document.documentElement.dataset.theme = '{theme}';
        document.dispatchEvent(new CustomEvent('themechange'))"
    );
    browser.evaluate(&change).await;
}

/// A dashboard with scenarios of these names and texts.
async fn dashboard(host: &str, scenarios: &[(&str, &str)]) -> (Program, Folder, Browser) {
    let folder = Folder::new();
    let files: Vec<_> = scenarios
        .iter()
        .map(|(name, text)| folder.file(name, text))
        .collect();
    let files = files.join(",");
    let mut program = Program::start(&["-P", "0", "-H", host, "-f", &files]);
    let (url, _) = program.address("Dashboard").await;
    let browser = Browser::open(&format!("{url}/")).await;
    browser.until_state("Ready").await;
    (program, folder, browser)
}

/// A dashboard with a long scenario and a broken one; the labs are gone with it.
async fn long_run() -> (Program, Folder, Browser, [Lab; 2]) {
    let (quick, slow) = (lab(LabConfig::default()), slow_lab());
    let long = LONG.replace("SLOW", &slow.url());
    let broken = ("broken.yaml", "user_classes: {U: {tusks: {}}}");
    let scenarios = [("a_long.yaml", long.as_str()), broken];
    let (program, folder, browser) = dashboard(&quick.url(), &scenarios).await;
    (program, folder, browser, [quick, slow])
}

#[tokio::test]
async fn nobody_is_kept_out_before_a_run() {
    let (_program, _folder, browser, _labs) = long_run().await;
    let mut found = Found::default();
    before_a_run(&browser, &mut found).await;
    browser.close().await;
    found.none();
}

#[tokio::test]
async fn nobody_is_kept_out_of_what_a_run_shows() {
    let (_program, _folder, browser, _labs) = long_run().await;
    let mut found = Found::default();
    browser.fill("#users", "4").await;
    browser.start().await;
    browser.until_state("Running").await;
    tables(&browser, &mut found).await;
    browser.close().await;
    found.none();
}

#[tokio::test]
async fn nobody_is_kept_out_of_any_state_of_a_run() {
    let (program, _folder, browser, _labs) = long_run().await;
    let mut found = Found::default();
    browser.start().await;
    browser.until_state("Spawning").await;
    found.look(&browser, "spawning").await;
    browser.enter("#users", "4").await;
    browser.until_state("Running").await;
    browser.click("#burst [data-factor='2']").await;
    browser.until_users_are(|users| users > 4.0).await;
    found.look(&browser, "burst").await;
    browser.click("#pause").await;
    browser.until_state("Paused").await;
    found.look(&browser, "paused").await;
    browser.click("#pause").await;
    browser.stop().await;
    browser.until_state("Stopping").await;
    found.look(&browser, "stopping").await;
    browser.press("body", Key::Escape + Key::Escape).await;
    browser
        .until("#criteria-verdict", |text| !text.is_empty())
        .await;
    found.look(&browser, "stopped").await;

    drop(program);
    let lost = "#banner-connection";
    browser
        .until(lost, |text| text.starts_with("Connection lost"))
        .await;
    found.look(&browser, "connection lost").await;
    browser.close().await;
    found.none();
}

fn slow_lab() -> Lab {
    lab(LabConfig {
        latency: "600s".parse().expect("a time"),
        ..LabConfig::default()
    })
}

async fn before_a_run(browser: &Browser, found: &mut Found) {
    found.look(browser, "ready").await;
    browser.fill("#users", "0").await;
    browser.start().await;
    browser.until("#users-error", |text| !text.is_empty()).await;
    found.look(browser, "a mistake in a field").await;
    browser.fill("#users", "30").await;
    browser.press("body", "?").await;
    browser
        .until("#help-title", |text| text == "Keyboard shortcuts")
        .await;
    found.look(browser, "help").await;
    browser.click("#help-close").await;
    browser.choose("broken").await;
    browser
        .until("#explain", |text| text.contains("error"))
        .await;
    found.look(browser, "a broken scenario").await;
}

async fn tables(browser: &Browser, found: &mut Found) {
    for tab in ["requests", "failures", "events", "counts", "logs"] {
        browser.open_tab(tab).await;
        let rows = format!("#panel-{tab} tbody");
        browser.until(&rows, |text| !text.is_empty()).await;
        found.look(browser, tab).await;
    }
    browser.click("#downloads summary").await;
    found.look(browser, "downloads").await;
    browser.click("#save-scenario").await;
    browser
        .until("#scenario-export-title", |text| !text.is_empty())
        .await;
    found.look(browser, "saved").await;
    browser.click("#scenario-export-close").await;
    browser.click("#overrides summary").await;
    found.look(browser, "behaviour").await;
    browser.click("#overrides summary").await;
}

#[tokio::test]
async fn what_keeps_somebody_out_is_found() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let browser = Browser::ready(&app).await;
    let spoil = "const pale = document.createElement('p');
        pale.textContent = 'too pale to be read';
        pale.style.color = '#808080';
        pale.style.backgroundColor = '#8c8c8c';
        document.querySelector('main').append(document.createElement('input'), pale)";
    browser.evaluate(spoil).await;
    let found = serious_findings(&browser).await;
    for id in ["color-contrast at", "label at"] {
        let is_it = |one: &String| one.starts_with(id);
        assert!(found.iter().any(is_it), "{id}: {found:?}");
    }
    browser.close().await;
}

#[tokio::test]
async fn nobody_is_kept_out_of_a_suite() {
    let lab = lab(LabConfig::default());
    let text = |name: &str| {
        format!(
            "name: {name}\nload: {{users: 2, spawn_rate: 100, run_time: 2s}}\nuser_classes: {{U: {{wait: 20ms, tasks: {{t: [{{get: /api/v1/health/}}]}}}}}}\n"
        )
    };
    let (first, second) = (text("First"), text("Second"));
    let scenarios = [("first.yaml", first.as_str()), ("second.yaml", &second)];
    let (_program, _folder, browser) = dashboard(&lab.url(), &scenarios).await;
    let mut found = Found::default();
    // The pause is as long as the look at it takes.
    let start = "return fetch('api/v1/suite', {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({scenarios: ['first', 'second'], cool_down: '1h'}),
    }).then(({status}) => status)";
    assert_eq!(browser.evaluate(start).await, 200);
    browser.until_state("Cooling down").await;
    found.look(&browser, "between two runs").await;
    browser.stop().await;
    browser
        .until("#suite-verdict", |text| !text.is_empty())
        .await;
    found.look(&browser, "after a suite").await;
    browser.close().await;
    found.none();
}

#[tokio::test]
async fn nobody_is_kept_out_of_the_demo() {
    let lab = lab(LabConfig::default());
    let app = TestApp::with_demo(&lab, Duration::from_secs(60)).await;
    let browser = Browser::ready(&app).await;
    browser.click("#demo").await;
    browser.until("#stage-title", |text| text == "Ramp").await;
    let mut found = Found::default();
    found.look(&browser, "the demo").await;
    browser.close().await;
    found.none();
}

#[tokio::test]
async fn nothing_moves_for_those_who_asked_for_stillness() {
    let lab = lab(LabConfig::default());
    let scenario = (
        "a.yaml",
        "load: {users: 5, spawn_rate: 100}\nuser_classes: {U: {wait: 20ms, tasks: {t: [{get: /api/v1/health/}]}}}\n",
    );
    let (_program, _folder, browser) = dashboard(&lab.url(), &[scenario]).await;
    let reduced = serde_json::json!({
        "features": [{"name": "prefers-reduced-motion", "value": "reduce"}],
    });
    browser
        .devtools("Emulation.setEmulatedMedia", reduced)
        .await;
    browser.start().await;
    browser.until_users(5).await;
    browser.press("body", "?").await;
    let moving = "return document.getAnimations().length";
    assert_eq!(browser.evaluate(moving).await, 0);
    let styles = "return [...document.querySelectorAll('*')].filter((one) => {
        const {transitionDuration, animationName} = getComputedStyle(one);
        return transitionDuration !== '0s' || animationName !== 'none';
    }).map((one) => one.outerHTML.slice(0, 80))";
    assert_eq!(browser.evaluate(styles).await, serde_json::json!([]));
    browser.close().await;
}
