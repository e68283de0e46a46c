//! Charts under the hands of somebody who asks what happened, and when.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::Value;
use swarmdeck::lab::{Lab, LabConfig};
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::Catalog;
use thirtyfour::Key;

use crate::support::{Browser, PATIENCE, TestApp, eventually, lab, number};

/// Two names, one of them failing, and criteria for several charts.
const MIXED: &str = "name: Mixed
load: {users: 6, spawn_rate: 100}
criteria:
  - rps >= 1
  - p95 < 2s
  - 'p99 of \"GET /api/v1/health/\" < 3s'
  - success >= 1%
user_classes:
  U:
    wait: 20ms
    tasks:
      mixed:
        - get: /api/v1/health/
        - get: /api/v1/nothing/
";

const HEAT: &str = "[data-chart=heat]";
const CHIP: &str = "#table-window";

async fn running() -> (Lab, TestApp, Browser) {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let sources = [Source::new("mixed.yaml", MIXED)];
    let catalog = Catalog::new(sources, &Environment::default(), &Changes::default());
    app.session.offer(catalog);
    let body = r#"{"scenario": "mixed"}"#;
    let (status, answer) = app.json(Method::POST, "/api/v1/run", body).await;
    assert_eq!(status, 200, "{answer}");
    let browser = Browser::show(&app).await;
    browser.until_users(6).await;
    (lab, app, browser)
}

async fn until_s(app: &TestApp, elapsed_s: f64) {
    eventually("time", PATIENCE, async || {
        app.runs.snapshot().elapsed_s > elapsed_s
    })
    .await;
}

/// The aggregated row of the request table.
async fn requests(browser: &Browser) -> f64 {
    let row = browser.text("#panel-requests tfoot tr").await;
    number(row.trim_start_matches("Aggregated").trim()).unwrap_or_default()
}

#[tokio::test]
async fn a_cell_of_the_heatmap_tells_its_share_and_count() {
    let (_lab, app, browser) = running().await;
    until_s(&app, 4.0).await;
    let legend = &format!("{HEAT} [data-legend]");
    browser.until(legend, |text| text.contains("100%")).await;
    app.runs.stop("by the test").await.expect("stops");
    browser.until_state("Stopped").await;

    // By the keyboard: the fullest cell of the latest second, then its neighbour.
    let (cell, at) = (&format!("{HEAT} [data-cell]"), &format!("{HEAT} .at"));
    let plot = &format!("{HEAT} [data-plot]");
    browser.press(plot, Key::Left).await;
    browser.until(cell, |text| text.contains(" of ")).await;
    let latest = browser.text(at).await;
    browser.press(plot, Key::Left).await;
    browser.until(at, |text| text != latest).await;
    let said = browser.until(cell, |text| text.contains(" of ")).await;
    let parts: Vec<_> = said.split(" · ").collect();
    assert_eq!(parts.len(), 3, "{said}");
    assert!(
        parts[0].contains(" to ") && parts[1].ends_with('%'),
        "{said}"
    );
    let (count, total) = parts[2].split_once(" of ").expect("two counts");
    let share = number(count).unwrap() / number(total).unwrap() * 100.0;
    let told = number(parts[1].trim_end_matches('%')).expect("a share");
    assert!((share - told).abs() < 1.0, "{said}");

    // By the pointer, at the same place.
    let place = format!(
        "const box = document.querySelector('{HEAT} .u-over').getBoundingClientRect();
        const at = (kind) => new DOMMatrix(
            getComputedStyle(document.querySelector('{HEAT} .u-cursor-' + kind)).transform);
        return [at('x').m41 / box.width, at('y').m42 / box.height]"
    );
    let place = browser.evaluate(&place).await;
    let share = |at: usize| place[at].as_f64().expect("a share");
    browser
        .hover("[data-chart=throughput] .u-over", (share(0), 0.5))
        .await;
    browser.evaluate("document.activeElement.blur()").await;
    browser
        .until(cell, |text| text.ends_with(" requests"))
        .await;
    browser
        .hover(&format!("{HEAT} .u-over"), (share(0), share(1)))
        .await;
    browser.until(cell, |text| text == said).await;

    // What is painted is as bright as it is seen: not all of one colour.
    let colours = format!(
        "const c = document.querySelector('{HEAT} canvas');
        const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
        return new Set(d).size"
    );
    let colours = browser.evaluate(&colours).await.as_u64();
    assert!(colours > Some(20), "{colours:?}");
    browser.close().await;
}

#[tokio::test]
async fn a_drag_limits_the_tables_until_it_is_taken_back() {
    let (_lab, app, browser) = running().await;
    until_s(&app, 6.2).await;
    app.runs.stop("by the test").await.expect("stops");
    browser.until_state("Stopped").await;
    let all = app.runs.snapshot().tables.aggregated.requests as f64;
    eventually("all of it", PATIENCE, async || {
        requests(&browser).await == all
    })
    .await;
    assert!(!browser.is_shown(CHIP).await);

    // The axis goes over half a minute at least.
    browser
        .drag(
            "[data-chart=throughput] .u-over",
            (2.2 / 30.0, 0.5),
            (4.8 / 30.0, 0.5),
        )
        .await;
    let said = browser.until(CHIP, |text| text.contains("whole run")).await;
    assert_eq!(said, "Showing 0:02–0:05 · Show whole run");
    let window = "/api/v1/run/window?from_s=2&to_s=5";
    let (_, window) = app.json(Method::GET, window, "").await;
    let part = window["aggregated"]["requests"].as_f64().expect("a count");
    assert!(part < all && part > 0.0, "{window}");
    eventually("a part", PATIENCE, async || {
        requests(&browser).await == part
    })
    .await;
    let tile = browser.text("[data-tile=rps] [data-first]").await;
    assert_eq!(number(&tile), Some(all), "tiles tell of the whole run");
    browser.open_tab("failures").await;
    let failed = window["failures"][0]["count"].as_f64();
    let row = "#panel-failures tbody tr";
    browser.until(row, |text| number(text) == failed).await;
    browser.open_tab("requests").await;

    // Only the tables, then both.
    browser.click("#table-window-whole").await;
    eventually("all of it", PATIENCE, async || {
        requests(&browser).await == all
    })
    .await;
    assert!(!browser.is_shown(CHIP).await);
    assert!(browser.is_shown("#reset-zoom").await, "the zoom stays");
    let (from, to) = ((0.1, 0.5), (0.9, 0.5));
    browser.drag("[data-chart=users] .u-over", from, to).await;
    browser.until(CHIP, |text| text.contains("whole run")).await;
    browser.click("#reset-zoom").await;
    eventually("all of it", PATIENCE, async || {
        requests(&browser).await == all
    })
    .await;
    assert!(!browser.is_shown(CHIP).await);
    assert!(!browser.is_shown("#reset-zoom").await);
    browser.close().await;
}

#[tokio::test]
async fn a_row_opens_the_charts_of_its_request() {
    let (_lab, app, browser) = running().await;
    until_s(&app, 3.2).await;
    let charts = "#name-charts";
    assert!(!browser.is_shown(charts).await);
    let row = |name: &str| format!("#panel-requests tr[data-key='GET /api/v1/{name}/']");
    browser.click(&row("nothing")).await;
    let title = "#name-charts-title";
    browser
        .until(title, |text| text == "GET /api/v1/nothing/")
        .await;
    // All of its requests fail, and only its own are in its charts.
    let rates =
        "return [...document.querySelectorAll('[data-chart=name-throughput] [data-legend] b')]
        .map((b) => b.textContent)";
    eventually("its rates", PATIENCE, async || {
        let rates = browser.evaluate(rates).await;
        let rate = |at: usize| rates[at].as_str().and_then(number);
        rate(0) > Some(0.0) && rate(0) == rate(1)
    })
    .await;
    let latencies = "[data-chart=name-latency] [data-legend]";
    browser
        .until(latencies, |text| text.matches("ms").count() == 3)
        .await;
    let current = |name: &str| {
        let row = row(name);
        format!("return document.querySelector(\"{row}\").getAttribute('aria-current')")
    };
    assert_eq!(browser.evaluate(&current("nothing")).await, "true");

    // By the keyboard: another one, and back to where one was.
    browser.press(&row("health"), Key::Enter).await;
    browser
        .until(title, |text| text == "GET /api/v1/health/")
        .await;
    assert_eq!(browser.evaluate(&current("nothing")).await, Value::Null);
    let criterion =
        "return document.querySelector('[data-chart=name-latency] [data-criteria]').textContent";
    eventually("its criterion", PATIENCE, async || {
        let told = browser.evaluate(criterion).await;
        told.as_str()
            .is_some_and(|told| told.starts_with("p99 of \"GET /api/v1/health/\" < 3s: "))
    })
    .await;
    let heat = "[data-chart=name-heat] [data-plot]";
    browser.press(heat, Key::Left).await;
    browser
        .until("[data-chart=name-heat] [data-cell]", |text| {
            text.contains(" of ")
        })
        .await;
    browser.press("#name-charts-close", Key::Enter).await;
    assert!(!browser.is_shown(charts).await);
    let focused = "return document.activeElement.dataset.key";
    assert_eq!(browser.evaluate(focused).await, "GET /api/v1/health/");

    browser.press(&row("health"), Key::Enter).await;
    assert!(browser.is_shown(charts).await);
    browser.stop().await;
    browser.until_state("Stopped").await;
    browser.new_run().await;
    browser.until_state("Ready").await;
    assert!(!browser.is_shown(charts).await, "they were of that run");
    browser.close().await;
}

#[tokio::test]
async fn criteria_are_drawn_where_their_figures_are() {
    let (_lab, app, browser) = running().await;
    until_s(&app, 3.2).await;
    for (chart, expected) in [
        ("throughput", "rps >= 1: ok"),
        ("latency", "p95 < 2s: ok"),
        ("users", ""),
    ] {
        let told = format!(
            "return document.querySelector('[data-chart={chart}] [data-criteria]').textContent"
        );
        eventually(expected, PATIENCE, async || {
            browser.evaluate(&told).await == expected
        })
        .await;
    }
    app.runs.stop("by the test").await.expect("stops");
    browser.close().await;
}

/// A file that the browser has saved, when it is there as a whole: Chromium
/// reserves its name with an empty file until all of it is written.
async fn saved(browser: &Browser, ending: &str) -> PathBuf {
    let mut found = None;
    eventually(ending, PATIENCE, async || {
        let files = std::fs::read_dir(browser.downloads()).expect("a folder");
        let mut paths = files.map(|file| file.expect("a file").path());
        found = paths.find(|path| path.to_string_lossy().ends_with(ending));
        found
            .as_ref()
            .is_some_and(|path| std::fs::metadata(path).is_ok_and(|file| file.len() > 0))
    })
    .await;
    found.expect("a file")
}

#[tokio::test]
async fn charts_are_saved_as_pictures_and_figures() {
    let (_lab, app, browser) = running().await;
    until_s(&app, 4.2).await;
    app.runs.stop("by the test").await.expect("stops");
    browser.until_state("Stopped").await;
    let save = async |chart: &str, what: &str| {
        let menu = format!("[data-chart={chart}] .save");
        browser.click(&format!("{menu} summary")).await;
        browser.click(&format!("{menu} [data-save={what}]")).await;
        let open = format!("return document.querySelector('{menu}').open");
        assert_eq!(browser.evaluate(&open).await, false);
    };
    save("latency", "png").await;
    let picture = std::fs::read(saved(&browser, "latency.png").await).expect("readable");
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    let size = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().expect("four"));
    assert!(
        size(16) > 300 && size(20) > 200,
        "{} x {}",
        size(16),
        size(20)
    );

    let read = async |ending: &str| {
        let path = saved(&browser, ending).await;
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::remove_file(path).expect("a file");
        let rows = text
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect());
        rows.collect::<Vec<Vec<String>>>()
    };
    save("throughput", "csv").await;
    let rows = read("throughput.csv").await;
    assert_eq!(rows[0], ["t_s", "requests/s", "failures/s"]);
    let log = app.runs.log().rows();
    assert_eq!(rows.len(), log.len() + 1);
    for (row, second) in rows[1..].iter().zip(&log) {
        let figures: Vec<f64> = row
            .iter()
            .map(|text| text.parse().expect("a number"))
            .collect();
        let counts = [second.end_s, second.requests, second.failures];
        assert_eq!(figures, counts.map(|count| count as f64));
    }
    // The last second of the run comes a moment after its end.
    let all = app.runs.snapshot().tables.aggregated.requests;
    eventually("every request", PATIENCE, async || {
        save("heat", "csv").await;
        let rows = read("heat.csv").await;
        assert_eq!(rows[0], ["from_s", "to_s", "from_us", "to_us", "count"]);
        let counts = rows[1..].iter().map(|row| row[4].parse::<u64>());
        counts.map(|count| count.expect("a count")).sum::<u64>() == all
    })
    .await;
    browser.close().await;
}

/// An hour of a run with a hundred names, as the page would have got it: the
/// next message of the server is replaced by it, and so is what it fetches.
const AN_HOUR: &str = "
    const seconds = Array.from({length: 3600}, (_, i) => i + 1);
    const column = (value) => seconds.map(value);
    const series = {t_s: seconds, width_s: column(() => 1), rps: column((t) => 900 + t % 200),
        fps: column((t) => t % 3), p50_us: column((t) => 4000 + t % 900),
        p95_us: column((t) => 9000 + t % 900), p99_us: column((t) => 30000 + t % 900),
        users: column(() => 100), planned_users: column(() => 100)};
    for (const name of ['response_p50_us', 'response_p95_us', 'response_p99_us']) series[name] = column(() => null);
    for (const name of ['scheduled', 'started', 'dropped', 'planned', 'undelivered', 'overdue']) series[name] = column(() => 0);
    const times = {p50_us: 4000, p95_us: 9000, p99_us: 30000};
    const row = (i) => ({method: 'GET', name: `/thing/${i}/`, requests: 9000 + i, failures: 0, ...times,
        mean_us: 5000, min_us: 300, max_us: 90000, mean_bytes: 5, rps: 9, fps: 0, share: 0.01, statuses: []});
    const tables = {requests: Array.from({length: 100}, (_, i) => row(i)), aggregated: row(100),
        failures: [], failures_dropped: 0};
    const hello = {type: 'hello', build: document.body.dataset.build, scenarios: [],
        run: {id: 'replay', scenario: 'Replay', host: 'http://x', probes: []},
        frame: {state: 'running', elapsed_s: 3600, users: 100, rps: 1000, now: times, total: times, overrides: []},
        tables, series, events: []};
    const parse = JSON.parse;
    JSON.parse = (text) => {
        JSON.parse = parse;
        return {...hello, seq: parse(text).seq};
    };
    const rows = Array.from({length: 20}, (_, i) => i);
    const heat = {from_s: column((t) => t - 1), to_s: seconds,
        edges_us: Array.from({length: 21}, (_, i) => 2 ** (i + 5)),
        cells: {column: seconds.flatMap((t) => rows.map(() => t - 1)), row: seconds.flatMap(() => rows),
            count: seconds.flatMap((t) => rows.map((i) => 1 + (t * i) % 500))}};
    const fetched = window.fetch;
    window.fetch = async (path) =>
        path.includes('/heatmap') ? new Response(JSON.stringify(heat)) : fetched(path);
";

#[tokio::test]
async fn an_hour_of_a_hundred_requests_is_drawn() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let browser = Browser::ready(&app).await;
    browser.evaluate(AN_HOUR).await;
    let catalog = Catalog::new([], &Environment::default(), &Changes::default());
    app.session.offer(catalog);
    browser.until_state("Running").await;
    let rows = "return document.querySelectorAll('#panel-requests tbody tr').length";
    eventually("a row a name", PATIENCE, async || {
        browser.evaluate(rows).await == 100
    })
    .await;
    browser.hover(&format!("{HEAT} .u-over"), (0.5, 0.5)).await;
    let cell = &format!("{HEAT} [data-cell]");
    browser.until(cell, |text| text.contains(" of ")).await;
    let at = "[data-chart=throughput] .at";
    browser
        .until(at, |text| {
            text.starts_with("30:") || text.starts_with("29:")
        })
        .await;
    browser
        .drag("[data-chart=latency] .u-over", (0.25, 0.5), (0.5, 0.5))
        .await;
    assert!(browser.is_shown("#reset-zoom").await);
    browser.close().await;
}
