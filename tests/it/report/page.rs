//! The page, in a real browser, from a file as from a mail.

use reqwest::Method;
use scraper::{Html, Selector};
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use swarmdeck::report::{HtmlReport, ReadingLine, RunFile, Theme, html};

use super::sample::{NASTY, failed, real};
use crate::support::{Browser, Folder, TestApp, lab, soon};

const LIMIT: usize = 2_000_000;

async fn open(folder: &Folder, page: &str) -> Browser {
    let path = folder.file("report.html", page);
    Browser::open(&format!("file://{path}")).await
}

async fn number(browser: &Browser, expression: &str) -> f64 {
    let value = browser.evaluate(&format!("return {expression}")).await;
    value.as_f64().expect("a number")
}

#[tokio::test]
async fn a_report_opens_from_a_file_with_charts_that_zoom() {
    let folder = Folder::new();
    let runs = [failed(), real().await];
    let page = html(&HtmlReport::of(&runs)).expect("a page");
    assert!(page.len() < LIMIT, "{}", page.len());
    let browser = open(&folder, &page).await;
    browser.until("#verdict", |text| text == "FAIL").await;
    let canvases = number(
        &browser,
        "document.querySelectorAll('[data-charts] canvas').length",
    );
    // Our own process adds its readings, as soon as there are some.
    assert!(canvases.await >= 7.0, "three a run, and one a reading");
    let curve = "document.querySelectorAll('[data-capacity] canvas').length";
    assert!(number(&browser, curve).await >= 1.0, "a capacity curve");
    let drawn = "[...document.querySelectorAll('canvas')].every((c) => c.getContext('2d')
        .getImageData(0, 0, c.width, c.height).data.some((v) => v > 0))";
    let drawn = browser.evaluate(&format!("return {drawn}")).await;
    assert_eq!(drawn, true, "all have something on them");
    assert_eq!(
        browser
            .evaluate("return document.querySelectorAll('[data-reset-zoom]')[0].hidden")
            .await,
        true
    );
    // A drag over the middle third of the first chart.
    browser
        .evaluate(
            "const over = document.querySelector('.u-over'); const box = over.getBoundingClientRect();
            const send = (type, part, target = over) => target.dispatchEvent(new MouseEvent(type, {
                bubbles: true, clientX: box.left + box.width * part, clientY: box.top + 20, button: 0, movementX: 9 }));
            send('mousemove', 0.3); send('mousedown', 0.3); send('mousemove', 0.6);
            send('mousemove', 0.6, document); send('mouseup', 0.6, document);",
        )
        .await;
    browser
        .until("[data-reset-zoom]", |text| text == "Reset zoom")
        .await;
    browser.click("[data-reset-zoom]").await;
    browser.click("[data-scale]").await;
    browser.until("[data-scale]", |text| text == "linear").await;
    browser
        .until("#theme-toggle", |text| text == "Theme: system")
        .await;
    browser.click("#theme-toggle").await;
    browser
        .until("#theme-toggle", |text| text == "Theme: dark")
        .await;
    let asked = "performance.getEntriesByType('resource').filter((e) => !e.name.startsWith('data:')).length";
    assert_eq!(
        number(&browser, asked).await,
        0.0,
        "nothing is asked of anybody"
    );
    browser.close().await;
}

#[tokio::test]
async fn what_is_printed_is_light_and_whole() {
    let folder = Folder::new();
    let runs = [failed()];
    let page = html(&HtmlReport {
        runs: &runs,
        theme: Theme::Dark,
    });
    let browser = open(&folder, &page.expect("a page")).await;
    browser.until("#verdict", |text| text == "FAIL").await;
    let theme = "return document.documentElement.dataset.theme";
    assert_eq!(browser.evaluate(theme).await, "dark");
    browser
        .evaluate("dispatchEvent(new Event('beforeprint'))")
        .await;
    assert_eq!(browser.evaluate(theme).await, "light");
    let open = "return [...document.querySelectorAll('details')].every((d) => d.open)";
    assert_eq!(browser.evaluate(open).await, true);
    browser
        .evaluate("dispatchEvent(new Event('afterprint'))")
        .await;
    assert_eq!(browser.evaluate(theme).await, "dark");
    browser.close().await;
}

#[test]
fn texts_of_others_stay_texts() {
    let page = html(&HtmlReport::of(&[failed()])).expect("a page");
    let document = Html::parse_document(&page);
    let select = |selector: &str| {
        let selector = Selector::parse(selector).expect("a selector");
        document.select(&selector).count()
    };
    assert_eq!(select("script"), 3, "theme, figures, charts");
    assert_eq!(select("script[src], link[rel=stylesheet], img, iframe"), 0);
    let text: String = document.root_element().text().collect();
    assert!(text.contains(NASTY), "it is shown as it is");
    assert!(text.contains("p99 rose from 120 ms to 980 ms"));
    assert!(text.contains("Raise the size of the connection pool."));
}

/// Every table as long as it can get.
fn huge() -> RunFile {
    let mut run = failed();
    let row = run.requests[0].clone();
    run.requests = (0..1_000)
        .map(|at| {
            let mut row = row.clone();
            row.name = format!("/api/v1/somewhere/rather/long/{at}/").into();
            row
        })
        .collect();
    let failure = run.failures[0].clone();
    run.failures = vec![failure; 1_000];
    let second = run.series[0];
    run.series = (1..=1_472)
        .map(|at| {
            let mut second = second;
            second.end_s = at;
            second
        })
        .collect();
    let event = run.events[0].clone();
    run.events = vec![event; 1_000];
    let points: Vec<_> = (0..1_200).map(|at| (f64::from(at), 1e6 / 3.0)).collect();
    run.readings = (0..200)
        .map(|at| ReadingLine {
            name: format!("probe.reading_{at}"),
            points: points.clone(),
            ..run.readings[0].clone()
        })
        .collect();
    run.run.text = "- get: /somewhere\n".repeat(60_000);
    run
}

#[test]
fn the_longest_run_still_fits_into_a_mail() {
    let page = html(&HtmlReport::of(&[huge()])).expect("a page");
    assert!(page.len() < LIMIT, "{}", page.len());
}

#[tokio::test]
async fn the_dashboard_links_to_the_report_on_the_run_on_show() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let none = app.send(Method::GET, "/stats/report").await;
    assert_eq!(none.status(), 404, "there is no run yet");
    app.swarm(&[("user_count", "3"), ("spawn_rate", "100")])
        .await;
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| s.tables.aggregated.requests > 50);
    drop(soon("requests", enough).await.expect("a controller"));
    let browser = Browser::show(&app).await;
    browser.until("#report", |text| text == "Open report").await;
    browser.stop().await;
    browser.until("#state-word", |text| text == "Stopped").await;
    assert_eq!(app.runs.snapshot().state, RunState::Stopped);
    browser.close().await;

    let url = format!("http://{}/stats/report?theme=light", app.address);
    let browser = Browser::open(&url).await;
    browser.until("#verdict", |text| text == "PASS").await;
    browser.until("h1", |text| text == "Health").await;
    let shown = "return document.querySelector('details pre').textContent";
    let text = browser.evaluate(shown).await;
    assert!(text.as_str().expect("a text").contains("name: Health"));
    let canvases = number(&browser, "document.querySelectorAll('canvas').length");
    assert!(canvases.await >= 3.0);
    browser.close().await;

    let kept = app.send(Method::GET, "/stats/report?download=1").await;
    let name = kept.headers()["content-disposition"]
        .to_str()
        .expect("text");
    assert!(
        name.starts_with("attachment; filename=\"swarmdeck_Health_"),
        "{name}"
    );
    assert_eq!(kept.headers()["content-type"], "text/html; charset=utf-8");
}
