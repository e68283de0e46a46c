//! Every word of the dashboard as it is served.

use reqwest::Method;

use crate::support::{NOWHERE, TestApp, assert_snapshot, page_text};

#[tokio::test]
async fn the_words_of_the_page_are_those_of_the_snapshot() {
    let app = TestApp::new(NOWHERE).await;
    let page = app.send(Method::GET, "/").await;
    let page = page.text().await.expect("a page");
    assert_snapshot("page", &page_text(&page));
}
