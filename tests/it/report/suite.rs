//! `swarmdeck suite`.

use rustix::process::Signal;
use swarmdeck::lab::LabConfig;
use swarmdeck::report::RunFile;
use swarmdeck::verdict::Verdict;

use crate::support::{Folder, PATIENCE, Program, eventually, lab, lab_stats, refused_port};

fn scenario(path: &str, run_time: &str) -> String {
    format!(
        "load: {{users: 2, spawn_rate: 100{run_time}}}\nuser_classes:\n  U:\n    wait: 20ms\n    tasks:\n      t:\n        - get: {path}\n"
    )
}

fn run_file(folder: &Folder, name: &str) -> RunFile {
    let path = format!("{}/out/{name}_run.json", folder.path());
    let text = std::fs::read_to_string(path).expect("written");
    RunFile::from_json(&text).expect("a run file")
}

#[tokio::test]
async fn scenarios_run_one_after_the_other_to_one_verdict_and_one_report() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file(
        "1_fine.yaml",
        &scenario("/api/v1/health/", ", run_time: 1s"),
    );
    folder.file(
        "2_turned_away.yaml",
        &scenario("/nothing/", ", run_time: 1s"),
    );
    let (url, out) = (lab.url(), format!("{}/out", folder.path()));
    let arguments = [
        "suite",
        folder.path(),
        "--host",
        &url,
        "--out",
        &out,
        "--cool-down",
        "100ms",
    ];
    let (code, stdout, stderr) = Program::output(&arguments).await;
    assert_eq!((code, &*stderr), (Some(3), ""), "{stdout}");
    for words in [
        "Run 1/2    1_fine",
        "PASS: no failures",
        "Run 2/2",
        "INVALID: ",
        "Suite      INVALID",
    ] {
        assert!(stdout.contains(words), "{words}: {stdout}");
    }
    let fine = run_file(&folder, "1_fine");
    assert_eq!(fine.verdict(), Some(Verdict::Pass));
    assert!(fine.run.text.contains("/api/v1/health/"));
    assert_eq!(fine.load.words, "2 users at 100 users/s");
    assert_eq!(
        run_file(&folder, "2_turned_away").verdict(),
        Some(Verdict::Invalid)
    );
    let text = std::fs::read_to_string(format!("{out}/report.md")).expect("written");
    assert!(text.starts_with("# INVALID: 1 of 2 runs passed"), "{text}");
    for name in ["report.html", "report.json", "report.xml"] {
        assert!(
            std::fs::exists(format!("{out}/{name}")).expect("readable"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_target_that_is_not_there_makes_runs_that_say_so() {
    let folder = Folder::new();
    folder.file("s.yaml", &scenario("/", ""));
    let (url, out) = (
        format!("http://127.0.0.1:{}", refused_port().await),
        format!("{}/out", folder.path()),
    );
    let arguments = ["suite", folder.path(), "-H", &url, "-o", &out, "-t", "1s"];
    let (code, stdout, _) = Program::output(&arguments).await;
    assert_eq!(code, Some(3), "{stdout}");
    let run = run_file(&folder, "s");
    let judged = run.judgement.expect("judged");
    assert_eq!(judged.verdict, Verdict::Invalid);
    assert!(
        judged.reason.contains("cannot connect to"),
        "{}",
        judged.reason
    );
}

#[tokio::test]
async fn an_interrupt_ends_the_run_leaves_the_rest_out_and_reports() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("1.yaml", &scenario("/api/v1/health/", ", run_time: 60s"));
    folder.file("2.yaml", &scenario("/api/v1/health/", ", run_time: 60s"));
    let (url, out) = (lab.url(), format!("{}/out", folder.path()));
    let mut program = Program::start(&["suite", folder.path(), "-H", &url, "-o", &out]);
    assert!(program.line().await.starts_with("Run 1/2"));
    eventually("requests", PATIENCE, async || {
        lab_stats(&url).await.answered > 20
    })
    .await;
    program.signal(Signal::INT);
    assert_eq!(program.ended().await.code(), Some(3), "one was left out");
    let run = run_file(&folder, "1");
    assert!(run.aggregated.requests > 0 && run.run.elapsed_s < 60.0);
    let text = std::fs::read_to_string(format!("{out}/report.md")).expect("written");
    let headline = "# UNDECIDED: 0 of 2 runs passed\n";
    assert!(text.starts_with(headline), "{text}");
    assert!(
        text.contains("left out: the suite was stopped before it"),
        "{text}"
    );
}

/// Each signal that stops a run stops a suite; what was cut short does not pass,
/// and a second one ends it at once. SIGHUP may be ignored where tests are run,
/// and is sent by those of `torture`.
#[tokio::test]
async fn every_signal_ends_a_suite_in_order_and_a_second_one_at_once() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let setup = "setup: [{get: /api/v1/health/}, {think: 60s}]\n";
    let slow = scenario("/api/v1/health/", ", run_time: 60s");
    let quick = folder.file("1.yaml", &slow);
    let hanging = folder.file("2.yaml", &format!("{setup}{slow}"));
    let out = format!("{}/out", folder.path());
    let url = lab.url();
    for signal in [Signal::TERM, Signal::QUIT] {
        let arguments = ["suite", &quick, "-H", &url, "-o", &out];
        let mut program = Program::start(&arguments);
        let before = lab_stats(&url).await.answered;
        eventually("requests", PATIENCE, async || {
            lab_stats(&url).await.answered > before + 10
        })
        .await;
        program.signal(signal);
        assert_eq!(program.ended().await.code(), Some(3), "{signal:?}");
        assert_eq!(run_file(&folder, "1").verdict(), Some(Verdict::Undecided));
    }
    let mut program = Program::start(&["suite", &hanging, "-H", &url, "-o", &out]);
    let before = lab_stats(&url).await.answered;
    eventually("setup", PATIENCE, async || {
        lab_stats(&url).await.answered > before
    })
    .await;
    program.signal(Signal::INT);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    program.signal(Signal::TERM);
    assert_eq!(program.ended().await.code(), Some(130));
}

#[tokio::test]
async fn nothing_runs_before_all_scenarios_are_sound() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("1.yaml", &scenario("/api/v1/health/", ", run_time: 1s"));
    folder.file("2.yaml", "user_classes: {U: {tusks: {}}}");
    let url = lab.url();
    let arguments = ["suite", folder.path(), "--host", &url];
    let (code, stdout, stderr) = Program::output(&arguments).await;
    assert_eq!((code, &*stdout), (Some(2), ""));
    assert!(stderr.contains("did you mean `tasks`?"), "{stderr}");
    let endless = folder.file("2.yaml", &scenario("/", ""));
    let (code, _, stderr) = Program::output(&["suite", &endless, "--host", &url]).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no run time; set a duration"), "{stderr}");
}
