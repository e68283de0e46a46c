//! Output that does not arrive.
#![cfg(target_os = "linux")]

use std::os::unix::fs::symlink;

use swarmdeck::lab::LabConfig;

use super::shell;
use crate::support::{Folder, Program, lab};

const SCENARIO: &str = "user_classes: {U: {wait: 20ms, tasks: {t: [{get: /api/v1/health/}]}}}\n";

/// The exit code of a line of bash, and its standard error. `$H` is the target.
async fn end(folder: &Folder, host: &str, line: &str) -> (Option<i32>, String) {
    let run = "-f good.yaml --headless -u 1 -r 10 -t 1s --shards 1";
    let output = shell(folder, &[("H", host), ("RUN", run)], line).await;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), stderr)
}

#[tokio::test]
async fn the_exit_code_tells_of_output_that_is_lost() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("good.yaml", SCENARIO);
    for line in [
        "$P schema > /dev/full",
        "$P man > /dev/full",
        "$P completions bash > /dev/full",
        "$P --help > /dev/full",
        "$P check good.yaml > /dev/full",
        "$P try good.yaml -H $H > /dev/full",
        "$P -f good.yaml --list > /dev/full",
        "$P -f good.yaml --show-task-ratio-json > /dev/full",
        "$P $RUN -H $H --json > /dev/full",
        "ln -sf /dev/full full.log; $P $RUN -H $H --logfile full.log",
        // 512 bytes, as with a quota: the history and the reports do not fit.
        "ulimit -f 1; $P $RUN -H $H --csv few/x --html few/x.html",
    ] {
        let (code, stderr) = end(&folder, &lab.url(), line).await;
        assert_eq!(code, Some(5), "{line}: {stderr}");
        let is_said = stderr.contains("No space left") || stderr.contains("File too large");
        assert!(is_said, "{line}: {stderr}");
    }
    // A run that failed has failed, whatever else is wrong.
    let (code, stderr) = end(
        &folder,
        &lab.url(),
        "$P $RUN -H $H --criterion 'requests < 1' --json > /dev/full",
    )
    .await;
    assert_eq!(code, Some(1), "{stderr}");
    // A reader may stop early, and standard error may go nowhere.
    for line in [
        "$P schema | head -c 10; exit ${PIPESTATUS[0]}",
        "$P $RUN -H $H --json | true; exit ${PIPESTATUS[0]}",
        "$P $RUN -H $H 2> /dev/full",
        "$P $RUN -H $H 2>&-",
    ] {
        let (code, stderr) = end(&folder, &lab.url(), line).await;
        assert_eq!(code, Some(0), "{line}: {stderr}");
    }
}

#[tokio::test]
async fn a_name_of_a_file_is_not_empty() {
    let folder = Folder::new();
    folder.file("good.yaml", SCENARIO);
    for option in [
        "csv",
        "html",
        "json-file",
        "junit",
        "logfile",
        "config",
        "tls-cert",
        "locustfile",
    ] {
        let given = format!("--{option}=");
        let (code, _, stderr) =
            Program::output_in(&folder, &[], &["--headless", "-t", "1s", &given]).await;
        assert_eq!(code, Some(2), "{option}: {stderr}");
    }
    for arguments in [
        &["report", "x.json", "--out", ""][..],
        &["suite", "good.yaml", "--out", ""],
        &["check", ""],
    ] {
        let (code, _, stderr) = Program::output_in(&folder, &[], arguments).await;
        assert_eq!(code, Some(2), "{arguments:?}: {stderr}");
    }
}

#[tokio::test]
async fn links_are_replaced_and_folders_are_made() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("good.yaml", SCENARIO);
    let precious = folder.file("precious", "mine");
    for name in ["x_stats_history.csv", "x_stats.csv", "x_run.json", "x.html"] {
        symlink(&precious, format!("{}/{name}", folder.path())).unwrap();
    }
    let line = "$P $RUN -H $H --csv x --html x.html --logfile a/new/folder/x.log";
    let (code, stderr) = end(&folder, &lab.url(), line).await;
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "mine");
    let history = format!("{}/x_stats_history.csv", folder.path());
    assert!(std::fs::read_to_string(&history).unwrap().lines().count() > 1);
    let log = format!("{}/a/new/folder/x.log", folder.path());
    assert!(
        std::fs::read_to_string(&log)
            .unwrap()
            .contains("Shutting down")
    );
}

#[tokio::test]
async fn too_few_descriptors_are_reported_with_the_limit_to_raise() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    folder.file("good.yaml", SCENARIO);
    // However many the test's own surroundings keep open: never enough to begin.
    for limit in 5..=32 {
        let line = format!("ulimit -n {limit}; exec $P $RUN -H $H");
        let (code, stderr) = end(&folder, &lab.url(), &line).await;
        assert_eq!(code, Some(2), "{limit}: {stderr}");
        let said = format!("the limit of {limit} file descriptors is too low: raise `ulimit -n`");
        assert!(stderr.contains(&said), "{stderr}");
    }
    let line = "ulimit -n 128; exec $P $RUN -H $H --shards 32";
    let (code, stderr) = end(&folder, &lab.url(), line).await;
    assert_eq!(code, Some(2), "{stderr}");
    let said = "before the first user; raise `ulimit -n`";
    assert!(stderr.contains(said), "{stderr}");
}
