//! The log and the downloads.

use reqwest::Method;
use swarmdeck::lab::LabConfig;
use swarmdeck::run::Level;

use crate::support::{Browser, TestApp, lab};

#[tokio::test]
async fn the_log_is_read_and_tables_are_downloaded_below_a_base_path() {
    let lab = lab(LabConfig::default());
    let app = TestApp::below("/load", &lab.url()).await;
    app.session.note(Level::Warning, "mind the gap");
    let browser = Browser::open(&format!("http://{}/load/", app.address)).await;
    browser.until_state("Ready").await;
    browser.choose("fails").await;
    browser.start().await;
    browser.until_users(4).await;

    browser.open_tab("logs").await;
    let lines = "#log-lines tbody";
    browser
        .until(lines, |text| {
            text.contains("mind the gap") && text.contains("something was done")
        })
        .await;
    browser.fill("#log-search", "mind GAP").await;
    browser
        .until(lines, |text| {
            text.contains("mind the gap") && !text.contains("something was done")
        })
        .await;
    app.session.note(Level::Error, "mind the other gap");
    browser.until(lines, |text| text.contains("other")).await;
    let error = "const s = document.querySelector('#log-level'); s.value = 'error';
        s.dispatchEvent(new Event('change', {bubbles: true}))";
    browser.evaluate(error).await;
    browser
        .until(lines, |text| {
            text.contains("other") && !text.contains("the gap")
        })
        .await;
    browser
        .until("#panel-logs .nothing:not([hidden])", |text| {
            text.starts_with("1 of ")
        })
        .await;

    let is_open = "return document.querySelector('#downloads').open";
    assert_eq!(browser.evaluate(is_open).await, false);
    browser.click("#downloads summary").await;
    assert_eq!(browser.evaluate(is_open).await, true);
    let links = "return [...document.querySelectorAll('#downloads a')].map((a) => a.href)";
    let links = browser.evaluate(links).await;
    let links = links.as_array().expect("links");
    assert_eq!(links.len(), 4);
    for link in links {
        let path = link.as_str().expect("a link").split_once("/load/");
        let path = format!("/load/{}", path.expect("below the path").1);
        let file = app.send(Method::GET, &path).await;
        assert_eq!(file.status(), 200, "{path}");
        assert!(file.headers().contains_key("content-disposition"), "{path}");
    }
    let escape = "document.querySelector('#downloads summary').dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))";
    browser.evaluate(escape).await;
    assert_eq!(browser.evaluate(is_open).await, false);
    browser.stop().await;
    browser.until_state("Stopped").await;
    browser.close().await;
}
