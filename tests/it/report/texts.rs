//! Every word of a report on a failed run with something everywhere.

use swarmdeck::report::{HtmlReport, html, json, junit, markdown};

use super::sample::failed;
use crate::support::{assert_snapshot, page_text};

#[test]
fn every_format_is_that_of_the_snapshot() {
    let runs = [failed()];
    let page = html(&HtmlReport::of(&runs)).expect("a page");
    assert_snapshot("report/page", &page_text(&page));
    assert_snapshot("report/document", &markdown(&runs));
    assert_snapshot("report/json", &json(&runs).expect("JSON"));
    assert_snapshot("report/junit", &junit(&runs));
}
