//! The dashboard under the hands of an operator, in a real browser.

mod access;
mod charts;
mod demo;
mod keys;
mod limit;
mod play;
mod samples;
mod screenshots;

use reqwest::Method;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::RunState;
use swarmdeck::run::{EventKind, Level};
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::Catalog;

use thirtyfour::Key;

use crate::support::{
    Board, Browser, Folder, PATIENCE, Program, eventually, lab, lab_stats, number,
};

mod rails;

const USERS: &str = "[data-tile=users] [data-value]";
const RPS: &str = "[data-tile=rps] [data-value]";
const STATE: &str = "#state-word";
const PLAN: &str = "#load-plan";
const CHOICE: &str = "#class-choice";

/// Chooses a scenario in the start form.
async fn choose(browser: &Browser, id: &str) {
    let script = format!(
        "const s = document.querySelector('#scenario'); s.value = '{id}';
        s.dispatchEvent(new Event('change', {{bubbles: true}}))"
    );
    browser.evaluate(&script).await;
}

/// Whether a reader sees it, if need be after scrolling.
async fn is_shown(browser: &Browser, selector: &str) -> bool {
    let script = format!("return document.querySelector('{selector}').offsetParent !== null");
    browser.evaluate(&script).await == true
}

#[tokio::test]
async fn what_probes_read_is_drawn_under_the_charts() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    choose(&browser, "open").await;
    browser.click("#start").await;
    let cpu = "#target .chart[aria-label^='own, %'] [data-legend] b";
    browser.until_number(cpu, |percent| percent > 0.0).await;
    let charts = "return document.querySelectorAll('#target .chart').length";
    let expected = if cfg!(target_os = "linux") { 3 } else { 1 };
    assert_eq!(
        browser.evaluate(charts).await,
        expected,
        "one for each unit"
    );
    browser.reload().await;
    browser.until_number(cpu, |percent| percent > 0.0).await;
    browser.click("#stop").await;
    browser.until(STATE, |text| text == "Stopped").await;
    assert!(is_shown(&browser, "#target").await, "also when it is over");
    // A scenario without probes has no such charts.
    board
        .json(Method::POST, "/api/v1/run", r#"{"scenario": "health"}"#)
        .await;
    browser.until(STATE, |text| text == "Running").await;
    eventually("no target", PATIENCE, async || {
        !is_shown(&browser, "#target").await
    })
    .await;
    browser.close().await;
}

#[tokio::test]
async fn an_operator_starts_edits_and_stops_a_swarm_by_clicking() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;

    browser.fill("#users", "5").await;
    browser.fill("#spawn-rate", "50").await;
    browser.click("#start").await;
    browser.until(STATE, |text| text == "Running").await;
    browser.until_number(USERS, |users| users == 5.0).await;
    browser.until_number(RPS, |rps| rps > 20.0).await;

    browser.enter("#users", "9").await;
    browser.until_number(USERS, |users| users == 9.0).await;
    browser.until_number(RPS, |rps| rps > 50.0).await;
    let drawn = "return document.querySelectorAll('#charts canvas').length";
    assert_eq!(browser.evaluate(drawn).await, 4, "a canvas a chart");

    // What goes on is the same after a reload, for everybody who looks.
    browser.reload().await;
    browser.until_number(USERS, |users| users == 9.0).await;
    let other = Browser::open(&format!("http://{}/", board.address)).await;
    other.until_number(USERS, |users| users == 9.0).await;

    browser.click("#stop").await;
    browser.until(STATE, |text| text == "Stopped").await;
    other.until(STATE, |text| text == "Stopped").await;
    browser.until_number(USERS, |users| users == 0.0).await;
    let aggregated = "#panel-requests tfoot tr";
    let row = browser
        .until(aggregated, |text| text.contains("Aggregated"))
        .await;
    let requests = number(row.trim_start_matches("Aggregated").trim()).expect("a count");
    let stats = lab_stats(&lab.url()).await;
    assert!(requests <= stats.answered as f64, "{requests} {stats:?}");
    assert_eq!(requests, (board.runs.snapshot().counts.succeeded) as f64);
    assert!(requests > 50.0, "{row}");

    browser.click("#reset").await;
    browser
        .until("[data-tile=rps] [data-first]", |text| text == "0 total")
        .await;
    browser.click("#new").await;
    browser.until(STATE, |text| text == "Ready").await;
    other.until(STATE, |text| text == "Ready").await;
    other.close().await;
    browser.close().await;
}

#[tokio::test]
async fn two_operators_see_who_changed_what_and_undo_their_own() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let one = Browser::open(&format!("http://{}/", board.address)).await;
    one.until(STATE, |text| text == "Ready").await;
    one.fill("#users", "5").await;
    one.fill("#spawn-rate", "50").await;
    one.click("#start").await;
    one.until_number(USERS, |users| users == 5.0).await;
    let other = Browser::open(&format!("http://{}/", board.address)).await;
    other.until_number(USERS, |users| users == 5.0).await;
    let disabled = "return document.querySelector('#undo').disabled";
    assert_eq!(
        other.evaluate(disabled).await,
        true,
        "nothing of its own yet"
    );

    one.enter("#users", "9").await;
    one.until_number(USERS, |users| users == 9.0).await;
    other.enter("#users", "7").await;
    one.until_number(USERS, |users| users == 7.0).await;
    one.click("#tab-events").await;
    other.click("#tab-events").await;
    let says = |table: &str, by: fn(&str) -> bool| {
        let mut rows = table.lines();
        rows.any(|row| row.contains("users 9 → 7") && by(row))
    };
    let events = "#panel-events tbody";
    one.until(events, |table| says(table, |row| row.contains("browser ")))
        .await;
    other
        .until(events, |table| says(table, |row| row.ends_with("you")))
        .await;

    // What one changed last is as before, whatever the other did since.
    one.press("body", Key::Control + "z").await;
    other.until_number(USERS, |users| users == 5.0).await;
    other.click("#undo").await;
    one.until_number(USERS, |users| users == 9.0).await;

    one.click("#pause").await;
    other.until(STATE, |text| text == "Paused").await;
    let paused = board.runs.snapshot().counts.tasks_started;
    other.until("#pause", |text| text == "Resume").await;
    other.click("#pause").await;
    one.until(STATE, |text| text == "Running").await;
    eventually("it goes on", PATIENCE, async || {
        board.runs.snapshot().counts.tasks_started > paused + 10
    })
    .await;

    // On the way there nobody is cut off by one press.
    one.press("body", Key::Escape).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    one.press("body", Key::Escape).await;
    assert!(board.runs.snapshot().state.is_active());
    one.press("body", Key::Escape + Key::Escape).await;
    other.until(STATE, |text| text == "Stopped").await;
    let halted = "stopping: halted by the operator";
    let (events, _) = board.runs.log().events_after(0);
    assert!(
        events.iter().any(|event| event.text == halted),
        "{events:?}"
    );
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_burst_is_played_by_a_click_or_held() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    browser.fill("#users", "4").await;
    browser.fill("#spawn-rate", "50").await;
    browser.click("#start").await;
    browser.until_number(USERS, |users| users == 4.0).await;
    browser.click("#burst [data-factor='5']").await;
    browser.until_number(USERS, |users| users == 20.0).await;
    browser.click("#undo").await;
    browser.until_number(USERS, |users| users == 4.0).await;
    let (events, _) = board.runs.log().events_after(0);
    assert!(
        events
            .iter()
            .any(|event| event.text == "undone: the burst ends"),
        "{events:?}"
    );

    let act = |kind: &str| {
        format!(
            "document.querySelector('#burst [data-factor=\"10\"]').dispatchEvent(new PointerEvent('{kind}', {{bubbles: true, button: 0}}))"
        )
    };
    browser.evaluate(&act("pointerdown")).await;
    browser.until_number(USERS, |users| users == 40.0).await;
    // It lasts longer than what it was given at first.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(board.runs.snapshot().users, 40);
    browser.evaluate(&act("pointerup")).await;
    browser.until_number(USERS, |users| users == 4.0).await;
    let (events, _) = board.runs.log().events_after(0);
    let bursts = events.iter().filter(|event| event.kind == EventKind::Burst);
    assert_eq!(bursts.count(), 2, "{events:?}");
    board.runs.stop("by the test").await.expect("stops");
    browser.close().await;
}

#[tokio::test]
async fn mistakes_are_shown_where_they_were_made() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    for (field, text, error, words) in [
        ("#users", "0", "#users-error", "at least 1"),
        ("#users", "1000000000", "#users-error", "1000000"),
        ("#spawn-rate", "0", "#spawn-rate-error", "above 0"),
        ("#host", "localhost", "#host-error", "http://localhost"),
        ("#host", "http://127.0.0.1:1", "#host-error", "refused"),
        ("#run-time", "soon", "#run-time-error", "1h30m"),
    ] {
        let value = format!("return document.querySelector('{field}').value");
        let before = browser.evaluate(&value).await;
        browser.fill(field, text).await;
        browser.click("#start").await;
        browser.until(error, |text| text.contains(words)).await;
        assert_eq!(
            board.runs.snapshot().state,
            RunState::Ready,
            "{field} {text}"
        );
        browser.fill(field, before.as_str().expect("a value")).await;
    }
    choose(&browser, "broken").await;
    browser
        .until("#explain", |text| text.contains("did you mean `tasks`?"))
        .await;
    browser.close().await;
}

#[tokio::test]
async fn task_starts_that_the_file_plans_are_shown_with_their_response_times() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    choose(&browser, "open").await;
    let planned = "60 task starts/s, up to 40 users";
    browser.until(PLAN, |text| text.contains(planned)).await;
    assert!(!is_shown(&browser, "#users").await, "nothing is steered");

    browser.click("#start").await;
    browser.until(STATE, |text| text == "Running").await;
    browser.until_number(RPS, |rps| rps > 30.0).await;
    browser.until(PLAN, |text| text.contains(planned)).await;
    assert!(!is_shown(&browser, "#users").await, "nothing is steered");
    let response = "[data-tile=p95] [data-second]";
    browser
        .until(response, |text| {
            text.starts_with("Response time (with queueing) ")
        })
        .await;
    browser
        .until("#panel-requests thead", |text| {
            text.contains("Response time (with queueing)")
        })
        .await;
    let title = "[data-chart=latency] h2";
    browser.until(title, |text| text == "Service time").await;
    browser.click("#latency-time").await;
    browser
        .until(title, |text| text == "Response time (with queueing)")
        .await;
    let starts = "[data-chart=starts] .legend";
    browser
        .until(starts, |text| {
            text.contains("starts/s") && text.contains("60")
        })
        .await;
    // The last of them is drawn when it comes into sight.
    let drawn = "document.querySelector('#charts [data-chart=users]').scrollIntoView();
        return document.querySelectorAll('#charts canvas').length";
    eventually("a canvas a chart", PATIENCE, async || {
        browser.evaluate(drawn).await == 5
    })
    .await;

    browser.click("#stop").await;
    browser.until(STATE, |text| text == "Stopped").await;
    browser.click("#tab-counts").await;
    let counts = browser
        .until("#panel-counts", |text| {
            text.contains("Scheduled task starts")
        })
        .await;
    assert_eq!(counts.matches("balanced").count(), 3, "{counts}");
    browser.click("#new").await;
    browser.until(PLAN, |text| text.contains(planned)).await;
    choose(&browser, "health").await;
    assert!(is_shown(&browser, "#users").await, "this one is steered");
    browser.close().await;
}

#[tokio::test]
async fn users_that_the_file_plans_come_without_being_asked_for() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    choose(&browser, "staged").await;
    browser
        .until("#explain figcaption", |text| {
            text.starts_with("0 to 7 users in 1s, 7 for 1m")
        })
        .await;
    browser.click("#start").await;
    browser.until_number(USERS, |users| users == 7.0).await;
    browser
        .until("[data-tile=users] [data-first]", |text| text == "of 7")
        .await;
    browser
        .until(PLAN, |text| text == "Planned by the file now: 7 users.")
        .await;
    assert!(!is_shown(&browser, "#users").await, "nothing is steered");
    assert!(!is_shown(&browser, "[data-chart=starts]").await);
    browser.click("#stop").await;
    browser.until(STATE, |text| text == "Stopped").await;
    browser.close().await;
}

#[tokio::test]
async fn criteria_are_shown_as_they_stand_and_a_verdict_at_the_end() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    browser.click("#start").await;
    browser.until_number(USERS, |users| users > 0.0).await;
    assert!(!is_shown(&browser, "#criteria").await, "this one has none");
    browser.click("#stop").await;
    browser.until(STATE, |text| text == "Stopped").await;
    browser.click("#new").await;
    browser.until(STATE, |text| text == "Ready").await;
    choose(&browser, "staged").await;
    browser.click("#start").await;
    let line = |at: u32, part: &str| format!("#criteria-list li:nth-child({at}) {part}");
    let first = line(1, ".text");
    browser
        .until(&first, |text| text == "rps of task:health > 1")
        .await;
    browser.until(&line(1, "b"), |text| text == "ok").await;
    browser
        .until(&line(1, ".figure-now"), |text| text.ends_with("/s"))
        .await;
    browser
        .until(&line(2, "b"), |text| text == "undecided")
        .await;
    assert!(!is_shown(&browser, "#criteria-verdict").await);
    browser.click("#stop").await;
    browser
        .until("#criteria-verdict", |text| text == "FAIL")
        .await;
    browser.until(&line(2, "b"), |text| text == "failed").await;
    browser.close().await;
}

/// A scenario that ends by itself where a run time is given.
fn visit(name: &str, run_time: &str) -> Source {
    let text = format!(
        "name: {name}\nload: {{users: 2, spawn_rate: 100{run_time}}}\nuser_classes:\n  U:\n    wait: 20ms\n    tasks:\n      t:\n        - get: /api/v1/health/\n"
    );
    Source::new(format!("{name}.yaml"), text)
}

#[tokio::test]
async fn all_scenarios_are_run_with_one_click_for_everybody_to_see() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let sources = [
        visit("First", ", run_time: 2s"),
        visit("Second", ", run_time: 2s"),
        visit("Endless", ""),
    ];
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    assert!(
        !is_shown(&browser, "#run-all").await,
        "only one of these ends"
    );
    let catalog = Catalog::new(sources, &Environment::default(), &Changes::default());
    board.app.offer(catalog);
    browser
        .until("#run-all", |text| text == "Run all (2)")
        .await;
    let words = browser
        .until("#run-all-words", |text| {
            text.starts_with("Runs First, Second in sequence")
        })
        .await;
    assert!(
        words.contains("with 10s between them, about 14s in total"),
        "{words}"
    );
    assert!(words.contains("Skips Endless: no run time"), "{words}");

    browser.click("#run-all").await;
    let name = "#run-scenario";
    browser
        .until(name, |text| text == "Running 1 of 2: First")
        .await;
    browser.until_number(USERS, |users| users == 2.0).await;
    let other = Browser::open(&format!("http://{}/", board.address)).await;
    for page in [&browser, &other] {
        page.until(STATE, |text| text == "Cooling down").await;
        page.until(name, |text| text == "Next: 2 of 2: Second")
            .await;
        page.until("#suite-list li:first-child", |text| text.contains("PASS"))
            .await;
    }
    browser.reload().await;
    browser.until(STATE, |text| text == "Cooling down").await;
    browser
        .until("#suite-title", |text| {
            text.ends_with("Stop skips the other 1.")
        })
        .await;
    browser.click("#stop").await;
    for page in [&browser, &other] {
        page.until("#suite-title", |text| text.ends_with("1 skipped"))
            .await;
        // What was left out may have failed.
        page.until("#suite-verdict", |text| text == "UNDECIDED")
            .await;
        page.until(STATE, |text| text == "Stopped").await;
    }
    let links = "return [...document.querySelectorAll('#suite a')]
        .filter((a) => a.offsetParent !== null).map((a) => new URL(a.href).pathname)";
    let links = browser.evaluate(links).await;
    let links = links.as_array().expect("links");
    assert_eq!(links.len(), 5, "one run, and four formats: {links:?}");
    for link in links {
        let path = link.as_str().expect("a link");
        assert_eq!(board.send(Method::GET, path).await.status(), 200, "{path}");
    }
    // A run by itself is no part of it.
    browser.click("#new").await;
    browser.until(STATE, |text| text == "Ready").await;
    assert!(is_shown(&browser, "#suite").await, "what it came to stays");
    browser.click("#start").await;
    browser.until(STATE, |text| text == "Running").await;
    assert!(!is_shown(&browser, "#suite").await);
    other.close().await;
    browser.close().await;
}

#[tokio::test]
async fn a_browser_that_goes_away_disturbs_nothing() {
    let lab = lab(LabConfig::default());
    let board = Board::new(&lab.url()).await;
    let browser = Browser::open(&format!("http://{}/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    browser.click("#start").await;
    browser.until_number(USERS, |users| users == 3.0).await;
    drop(browser);
    let requests = || board.runs.snapshot().counts.succeeded;
    let then = requests();
    eventually("the run goes on", PATIENCE, async || {
        requests() > then + 100
    })
    .await;
    board.runs.stop("by the test").await.expect("stops");
    assert_eq!(board.runs.snapshot().counts.failed, 0);
}

#[tokio::test]
async fn the_log_is_read_and_tables_are_downloaded_below_a_base_path() {
    let lab = lab(LabConfig::default());
    let board = Board::below("/load", &lab.url()).await;
    board.app.note(Level::Warning, "mind the gap");
    let browser = Browser::open(&format!("http://{}/load/", board.address)).await;
    browser.until(STATE, |text| text == "Ready").await;
    choose(&browser, "fails").await;
    browser.click("#start").await;
    browser.until_number(USERS, |users| users == 4.0).await;

    browser.click("#tab-logs").await;
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
    board.app.note(Level::Error, "mind the other gap");
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
        let file = board.send(Method::GET, &path).await;
        assert_eq!(file.status(), 200, "{path}");
        assert!(file.headers().contains_key("content-disposition"), "{path}");
    }
    let escape = "document.querySelector('#downloads summary').dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))";
    browser.evaluate(escape).await;
    assert_eq!(browser.evaluate(is_open).await, false);
    browser.click("#stop").await;
    browser.until(STATE, |text| text == "Stopped").await;
    browser.close().await;
}

const MIXED: &str = "name: Mixed
load: {users: 3, spawn_rate: 100}
user_classes:
  Shopper:
    weight: 3
    wait: 20ms
    tasks: {browse: [{get: /api/v1/deployments/}]}
  Clerk:
    load: {rate: 20/s, max_users: 5}
    tasks: {file: [{get: /api/v1/health/}]}
  Guard:
    count: 2
    wait: 20ms
    tasks: {look: [{get: /api/v1/health/}], listen: [{get: /api/v1/health/}]}
";

/// A dashboard on a scenario with three classes, the picker in sight.
async fn on_mixed(host: &str) -> (Program, Folder, Browser) {
    let folder = Folder::new();
    let file = folder.file("mixed.yaml", MIXED);
    let options = ["-P", "0", "--class-picker", "--profile", "nightly"];
    let arguments = [&["-f", &file, "-H", host][..], &options].concat();
    let mut program = Program::start(&arguments);
    let (url, _) = program.address("Dashboard").await;
    let browser = Browser::open(&format!("{url}/")).await;
    browser.until(CHOICE, |text| text == "all 3").await;
    (program, folder, browser)
}

#[tokio::test]
async fn user_classes_are_told_and_one_at_least_has_to_be_chosen() {
    let (_program, _folder, browser) = on_mixed("http://127.0.0.1:1").await;
    browser.resize(500, 900).await;
    for (at, words) in [
        (0, "weight 3 · browse"),
        (1, "20 task starts/s, up to 5 users · file"),
        (2, "always 2 · look, listen"),
    ] {
        let said = format!("#class-{at}-words");
        browser.until(&said, |text| text == words).await;
    }
    let wide = "return document.documentElement.scrollWidth > window.innerWidth";
    assert_eq!(browser.evaluate(wide).await, false, "nothing is cut off");

    let error = "#classes-error";
    browser.press("#all-classes", Key::Space).await;
    browser
        .until(error, |text| text == "Choose at least one user class.")
        .await;
    browser.until(CHOICE, |text| text == "none").await;
    browser.click("#class-picker summary").await;
    browser.until(error, str::is_empty).await;
    // The refusal opens what was folded.
    browser.press("#start", Key::Enter).await;
    browser.until(error, |text| !text.is_empty()).await;
    browser.until(STATE, |text| text == "Ready").await;
    browser.press("#class-1", Key::Space).await;
    browser.until(error, str::is_empty).await;
    browser
        .until(PLAN, |text| text.contains("20 task starts/s"))
        .await;
    assert!(!is_shown(&browser, "#users").await, "nothing is steered");
    browser.close().await;
}

#[tokio::test]
async fn the_classes_that_are_chosen_with_the_keyboard_run() {
    let lab = lab(LabConfig::default());
    let (_program, _folder, browser) = on_mixed(&lab.url()).await;
    browser.press("#class-0", Key::Space).await;
    browser.press("#class-1", Key::Space).await;
    browser.until(CHOICE, |text| text == "1 of 3").await;
    let partly = "return document.querySelector('#all-classes').indeterminate";
    assert_eq!(browser.evaluate(partly).await, true);
    assert!(is_shown(&browser, "#users").await, "this one is steered");
    browser
        .until("#explain", |text| {
            text.contains("Guard") && !text.contains("Shopper")
        })
        .await;
    browser.press("#start", Key::Enter).await;
    browser
        .until("#users-error", |text| text.contains("2 users in all"))
        .await;
    browser.fill("#users", "2").await;
    browser.press("#start", Key::Enter).await;
    browser.until_number(USERS, |users| users == 2.0).await;
    browser
        .until("#run-scenario", |text| text == "Mixed · nightly")
        .await;
    browser.until_number(RPS, |rps| rps > 20.0).await;
    let names = browser
        .until("#panel-requests tbody", |text| text.contains("/health/"))
        .await;
    assert!(!names.contains("/deployments/"), "{names}");
    browser.click("#stop").await;
    browser.until(STATE, |text| text == "Stopped").await;
    browser.click("#new").await;
    browser.until(CHOICE, |text| text == "1 of 3").await;
    browser.close().await;
}
