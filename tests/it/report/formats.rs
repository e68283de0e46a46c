use roxmltree::Document;
use serde_json::Value;
use swarmdeck::report::{
    About, HtmlReport, RunFile, aggregate, html, json, junit, markdown, summary, worst,
};
use swarmdeck::stats::Counts;
use swarmdeck::verdict::Verdict;

use super::sample::{NASTY, failed, planned};

/// A passed run, an unsound one, and one that is not judged.
fn others() -> [RunFile; 3] {
    let mut passed = failed();
    passed.run.scenario = "Passed".to_owned();
    let judged = passed.judgement.as_mut().expect("judged");
    judged.verdict = Verdict::Pass;
    judged.reason = "no failures".to_owned();
    judged.criteria.clear();
    judged.findings.clear();
    let mut unsound = failed();
    unsound.judgement.as_mut().expect("judged").verdict = Verdict::Invalid;
    let mut figures = failed();
    figures.judgement = None;
    [passed, unsound, figures]
}

#[test]
fn the_document_says_the_verdict_first_and_has_every_part_of_the_guide() {
    let text = markdown(&[failed()]);
    assert!(text.starts_with("# FAIL: 1 - Concurrent deployments · nightly "));
    let mut rest = &*text;
    for part in [
        "| Scenario | Verdict | Users | RPS | Service time p50 | Service time p99 \
         | Response time (with queueing) p99 | Success | Reason |",
        "**FAIL** | 100 | 50.0 | 145 ms | 980 ms | – | 98% |",
        "### Configuration",
        "| Protocol | http://localhost:8000: HTTP/2, with prior knowledge |",
        "100 users at 10 users/s",
        "2026-01-25 10:00:00 UTC",
        "### Criteria",
        "| p99 &lt; 500ms | 980 ms | failed |",
        "### Against the baseline",
        "| RPS | 75.0 | 50.0 | 33.3% below |",
        "| p99 | 450 ms | 980 ms | 118% above |",
        "### Requests",
        "### Failures",
        "\nThe first failure of each kind:\n\n- GET ",
        ", 0:12: 500 after 8.50 ms: no model ",
        "… \\[x-request-id: 7f3a\\]\n",
        "### Over time",
        "requests/s",
        "### Capacity",
        "the limit is 30 users (30 to 40): ",
        "| 20 users | 100 | 100 ms | 200 ms | 400 ms | 0% | passed |",
        "| 40 users | 110 | 450 ms | 900 ms | 1.80 s | 0% | failed: ",
        "### Target probes",
        "| db.active | 10 connections | 42.5 connections | 60 connections |",
        "## Bottleneck analysis",
        "**The target is saturated at 50 requests per second.** (from 0:12 to 1:00)",
        "  - p99 rose from 120 ms to 980 ms",
        "## Recommendations",
        "1. Raise the size of the connection pool.",
        "## Environment",
        "Linux 6.1 x86\\_64",
    ] {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("{part} is not there, or not in order:\n{text}"));
        rest = &rest[at + part.len()..];
    }
    assert!(!text.contains(NASTY) && !text.contains("<script"), "{text}");
    assert!(
        !text.contains("### Service time and"),
        "no start was planned"
    );
}

#[test]
fn connections_and_refused_streams_are_told_where_they_were_counted() {
    let both = |run: RunFile| {
        let runs = [run];
        [
            markdown(&runs),
            html(&HtmlReport::of(&runs)).expect("a page"),
        ]
    };
    let mut run = failed();
    assert!(both(run.clone()).iter().all(|text| !text.contains("idle")));
    let mut counts = Counts {
        connections_opened: 1_200,
        connections_replaced: 3,
        ..Counts::default()
    };
    run.counts = Some(counts);
    for text in both(run.clone()) {
        assert!(
            text.contains("1,200 opened; 3 closed by the target"),
            "{text}"
        );
        assert!(!text.contains("streams refused"), "{text}");
    }
    counts.streams_refused = 17;
    run.counts = Some(counts);
    for text in both(run) {
        let refused = "17 HTTP/2 streams refused by the target";
        assert!(text.contains(refused), "{text}");
    }
}

#[test]
fn where_starts_were_planned_both_kinds_of_time_are_shown() {
    let mut run = planned();
    run.series[1].response.p99_us = Some(2_500_000);
    let runs = [run];
    let text = markdown(&runs);
    for part in [
        "| 980 ms | 2.50 s | 98% |",
        "### Service time and Response time (with queueing)",
        "| Service time p99 | Service time Max | Response time (with queueing) p50 |",
        "| Aggregated | 2,900 | 145 ms | 400 ms | 980 ms | 1.20 s | 146 ms | 1.90 s | 2.50 s | 3.00 s |",
        "\nResponse time (with queueing) p99 ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let page = html(&HtmlReport::of(&runs)).unwrap();
    for part in [
        "<h3>Response time (with queueing) p99</h3><p>2.50 s</p>",
        "<h3>Service time and Response time (with queueing)</h3>",
        "\"response_p99_us\":[",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_document_on_several_runs_counts_them_and_guesses_nothing() {
    let mut runs = others().to_vec();
    runs.push(failed());
    let text = markdown(&runs);
    assert!(
        text.starts_with("# INVALID: 1 of 4 runs passed\n"),
        "{text}"
    );
    assert!(text.contains("No bottleneck showed at this load."));
    assert!(text.contains("Not enough evidence to name a bottleneck"));
    let again = text.matches("Raise the size of the connection pool.");
    assert_eq!(again.count(), 1, "advice is given once");
    assert_eq!(worst(&runs), Some(Verdict::Invalid));
    assert_eq!(worst(&runs[2..3]), None);
}

#[test]
fn the_summary_is_short_and_names_what_is_broken() {
    let text = summary(&[failed()]);
    assert!(text.starts_with("### FAIL: "));
    assert!(text.contains("- failed: p99 &lt; 500ms (measured: 980 ms)"));
    assert!(text.contains("- undecided: p99.9 &lt; 1s"));
    assert!(text.contains("connection pool"));
    assert!(!text.contains("rps &gt;= 50"), "what is met needs no word");
    assert!(text.len() < 2_000, "{text}");
}

#[test]
fn what_is_undecided_without_criteria_is_no_passed_case() {
    let about = About::default();
    let run = RunFile::unstarted(&about, 0, Verdict::Undecided, "left out".to_owned());
    let text = junit(&[run]);
    assert!(text.contains("<skipped message=\"left out\"/>"), "{text}");
}

#[test]
fn a_verdict_that_no_criterion_tells_is_a_case_of_its_own() {
    let [mut run, ..] = others();
    let judged = run.judgement.as_mut().expect("judged");
    judged.criteria = failed().judgement.expect("judged").criteria;
    judged.criteria.truncate(1);
    for (verdict, word) in [(Verdict::Fail, "failure"), (Verdict::Undecided, "skipped")] {
        let judged = run.judgement.as_mut().expect("judged");
        (judged.verdict, judged.reason) = (verdict, "cut short".to_owned());
        let text = junit(std::slice::from_ref(&run));
        let expected = format!("<{word} message=\"cut short\"");
        assert!(text.contains(&expected), "{text}");
    }
}

#[test]
fn a_run_stands_under_its_label() {
    let runs = [failed()];
    let label = runs[0].run.profile.split(' ').next().expect("a word");
    for text in [summary(&runs), junit(&runs)] {
        assert!(text.contains(&format!("· {label}")), "{text}");
    }
}

#[test]
fn build_servers_read_a_case_a_criterion() {
    let mut runs = others().to_vec();
    runs.push(failed());
    let text = junit(&runs);
    let document = Document::parse(&text).expect("XML");
    let suites: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name("testsuite"))
        .collect();
    let attribute = |at: usize, name: &str| suites[at].attribute(name).expect("there").to_owned();
    let tally = |at| ["tests", "failures", "errors", "skipped"].map(|name| attribute(at, name));
    assert_eq!(tally(0), ["2", "0", "0", "0"], "sound, nothing failed");
    assert_eq!(
        tally(1),
        ["5", "0", "1", "4"],
        "unsound: nothing is said of criteria"
    );
    assert_eq!(tally(2), ["1", "0", "0", "1"], "figures only");
    assert_eq!(tally(3), ["5", "1", "0", "1"]);
    let failure = document
        .descendants()
        .find(|node| node.has_tag_name("failure"));
    let failure = failure.expect("a failure");
    assert_eq!(failure.attribute("message"), Some("failed: 980 ms"));
    let case = failure.parent_element().expect("a case");
    assert_eq!(case.attribute("name"), Some("p99 < 500ms"));
    let names: Vec<_> = document
        .descendants()
        .filter_map(|node| node.attribute("name"))
        .collect();
    assert!(names.contains(&NASTY), "escaped and back: {names:?}");
    let sum = document.root_element().attribute("tests");
    assert_eq!(sum, Some("13"));
}

#[test]
fn characters_that_xml_has_no_place_for_are_left_out() {
    let mut run = failed();
    run.run.scenario = "a\u{0}b\u{1b}c\u{fffe}d\ne".to_owned();
    run.run.profile.clear();
    let text = junit(&[run]);
    let document = Document::parse(&text).expect("XML");
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"));
    assert_eq!(suite.expect("a suite").attribute("name"), Some("abcd e"));
}

#[test]
fn programs_read_the_verdict_and_the_runs() {
    let [passed, ..] = others();
    let text = json(&[passed, failed()]).expect("JSON");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (&value["swarmdeck_report"], &value["verdict"]),
        (&2.into(), &"FAIL".into())
    );
    let run = RunFile::from_json(&value["runs"][1].to_string());
    assert_eq!(run.expect("a run file"), failed());
    assert_eq!(
        serde_json::from_str::<Value>(&json(&[]).expect("JSON")).expect("JSON")["verdict"],
        Value::Null
    );
}

#[test]
fn the_aggregate_is_in_the_format_of_the_guide() {
    let run = failed();
    let text = aggregate([("scenario1_deployments", &run)]);
    assert_eq!(
        text,
        "\nSCENARIO1_DEPLOYMENTS\n  Total Requests: 3000\n  Total Failures: 60\n  Avg Response: 151ms\n  Max Response: 1200ms\n"
    );
}

#[test]
fn the_users_that_ran_are_said_and_of_how_many() {
    let mut run = failed();
    run.load.users = Some(300);
    run.load.peak_users = Some(2);
    assert!(markdown(std::slice::from_ref(&run)).contains("| 2 of 300 |"));
    // A file of before that was counted: what its seconds tell.
    run.load.peak_users = None;
    let most = run.series.iter().map(|row| row.users).max().expect("rows");
    let said = format!("| {most} of 300 |");
    assert!(markdown(std::slice::from_ref(&run)).contains(&said));
    run.series.clear();
    let text = markdown(&[run]);
    assert!(
        !text.contains("300 |"),
        "what was planned is not what ran: {text}"
    );
}

#[test]
fn a_shared_machine_is_said_once() {
    let runs = [failed(), failed()];
    let page = html(&HtmlReport::of(&runs)).expect("a page");
    for text in [markdown(&runs), page] {
        assert_eq!(text.matches("The target runs on this machine.").count(), 1);
    }
}
