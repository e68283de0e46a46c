//! Pictures of every state of the dashboard, for `docs/`. `tests/screenshots`
//! makes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use thirtyfour::Key;

use crate::support::{Browser, Program};

/// All of them together may weigh so much.
const WEIGHT_MAX: u64 = 1_500_000;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Each state is seen in these ways: width, height, whether in a hand, and theme.
const VIEWS: [(&str, u32, u32, bool, &str); 3] = [
    ("dark", 1440, 960, false, "dark"),
    ("light", 1440, 960, false, "light"),
    ("phone", 390, 844, true, "dark"),
];

async fn picture(browser: &Browser, state: &str) {
    for (view, width, height, is_mobile, theme) in VIEWS {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_mobile,
        });
        browser
            .devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
        let touch = json!({ "enabled": is_mobile });
        browser
            .devtools("Emulation.setTouchEmulationEnabled", touch)
            .await;
        // Two frames: charts are drawn anew when their size is known.
        let change = format!(
            "document.documentElement.dataset.theme = '{theme}';
            document.dispatchEvent(new CustomEvent('themechange'));
            const frame = () => new Promise(requestAnimationFrame);
            return frame().then(frame).then(frame).then(() => true)"
        );
        browser.evaluate(&change).await;
        let taken = browser.devtools("Page.captureScreenshot", json!({})).await;
        let data = taken["data"].as_str().expect("a picture");
        let file = docs().join(format!("screenshots/{state}-{view}.png"));
        let bytes = STANDARD.decode(data).expect("base64");
        fs::write(file, bytes).expect("a file");
    }
}

#[tokio::test]
#[ignore = "makes the pictures in docs/, by tests/screenshots"]
async fn every_state_is_pictured() {
    fs::create_dir_all(docs().join("screenshots")).expect("a folder");
    let mut program = Program::start(&["--demo", "-P", "0", "--stop-timeout", "60"]);
    let (lab, _) = program.address("Lab").await;
    let (url, _) = program.address("Dashboard").await;
    let browser = Browser::open(&format!("{url}/")).await;
    browser.until_state("Ready").await;
    before_a_run(&browser).await;
    a_demo(&browser).await;
    a_run(&browser, &lab).await;
    browser.click("#run-all").await;
    browser.until_users_are(|users| users > 40.0).await;
    picture(&browser, "suite").await;
    drop(program);
    browser
        .until("#banner-connection", |text| {
            text.starts_with("Connection lost")
        })
        .await;
    picture(&browser, "lost").await;
    browser.close().await;
}

async fn before_a_run(browser: &Browser) {
    picture(browser, "ready").await;
    browser.click("#help-open").await;
    picture(browser, "help").await;
    browser.click("#help-close").await;
    browser.fill("#host", "localhost").await;
    browser.start().await;
    browser.until("#host-error", |text| !text.is_empty()).await;
    picture(browser, "mistake").await;
    browser.reload().await;
    browser.until_state("Ready").await;
}

async fn a_demo(browser: &Browser) {
    browser.click("#demo").await;
    browser.until("#stage-title", |text| text == "Burst").await;
    browser.until_users(300).await;
    // The pictures are of a few seconds later, when charts show it.
    browser.until("#stage-title", |text| text == "Break").await;
    browser
        .until_number("[data-tile=failures] [data-value]", |share| share > 2.0)
        .await;
    picture(browser, "demo").await;
    browser.until_state("Stopped").await;
    picture(browser, "stopped").await;
    browser.new_run().await;
    browser.until_state("Ready").await;
}

async fn a_run(browser: &Browser, lab: &str) {
    browser.fill_load("200", "10").await;
    browser.start().await;
    browser.until_users_are(|users| users > 120.0).await;
    picture(browser, "spawning").await;
    browser.until_state("Running").await;
    browser.until("#state-clock", |text| text >= "0:26").await;
    picture(browser, "running").await;
    browser.click("#burst [data-factor='2']").await;
    browser.until_users(400).await;
    picture(browser, "burst").await;
    browser.until_users(200).await;
    browser.press("body", "p").await;
    browser
        .until("[data-tile=rps] [data-value]", |text| text == "0")
        .await;
    browser.open_tab("events").await;
    picture(browser, "paused").await;
    browser.open_tab("requests").await;
    browser.press("body", "p").await;
    // Nothing ends any more: who is in a task is waited for.
    let faults = json!({"faults": ["pool=1,600s,600s"]});
    let client = reqwest::Client::builder().no_proxy().build();
    let put = client.expect("a client").put(format!("{lab}/lab/faults"));
    put.json(&faults).send().await.expect("an answer");
    browser
        .until("[data-tile=rps] [data-second]", |text| {
            text.starts_with("200")
        })
        .await;
    browser.stop().await;
    browser.until_state("Stopping").await;
    picture(browser, "stopping").await;
    browser.press("body", Key::Escape + Key::Escape).await;
    browser.until_state("Stopped").await;
    browser.new_run().await;
    browser.until_state("Ready").await;
}

#[test]
fn the_pictures_are_shown_and_light() {
    let page = fs::read_to_string(docs().join("dashboard.md")).expect("a page");
    let shown = page.split("screenshots/").skip(1);
    let shown: BTreeSet<_> = shown.filter_map(|rest| rest.split('"').next()).collect();
    let mut weight = 0;
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(docs().join("screenshots")).expect("a folder") {
        let entry = entry.expect("an entry");
        weight += entry.metadata().expect("a file").len();
        there.insert(entry.file_name().into_string().expect("text"));
    }
    let there: BTreeSet<_> = there.iter().map(String::as_str).collect();
    assert_eq!(shown, there);
    assert!(
        weight <= WEIGHT_MAX,
        "{weight} bytes: tests/screenshots makes them smaller"
    );
}
