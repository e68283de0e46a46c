//! `swarmdeck report`.

use swarmdeck::output::{ReportPaths, replace, write_reports};
use swarmdeck::report::RunFile;

use super::sample::failed;
use crate::support::{Folder, Program};

const GUIDE: &str = "Name,# requests,# failures,Median response time,Average response time,Min response time,Max response time
POST /api/v1/deployments/,250,2,145,150,50,450
";

#[tokio::test]
async fn a_report_is_made_in_every_format_that_is_asked_for() {
    let folder = Folder::new();
    let run = folder.file("burst_run.json", &failed().to_json().expect("JSON"));
    folder.file("scenario1_stats.csv", GUIDE);
    let outs: Vec<String> = ["html", "md", "json", "xml"]
        .map(|kind| format!("{}/made/report.{kind}", folder.path()))
        .into();
    let mut arguments = vec!["report", &*run];
    let csv = format!("{}/scenario1_stats.csv", folder.path());
    arguments.push(&csv);
    for out in &outs {
        arguments.extend(["--out", &**out]);
    }
    let (code, stdout, stderr) = Program::output(&arguments).await;
    assert_eq!((code, &*stderr), (Some(0), ""), "{stdout}");
    let beginnings = [
        "<!doctype html>",
        "# FAIL: 0 of 2 runs passed",
        "{",
        "<?xml",
    ];
    for (out, beginning) in outs.iter().zip(beginnings) {
        let text = std::fs::read_to_string(out).expect("written");
        assert!(text.starts_with(beginning), "{out}");
        assert!(stdout.contains(out.as_str()), "{stdout}");
    }
}

#[tokio::test]
async fn the_summary_of_a_folder_prefers_run_files() {
    let folder = Folder::new();
    folder.file("a_stats.csv", GUIDE);
    folder.file("b_stats.csv", GUIDE);
    folder.file("b_run.json", &failed().to_json().expect("JSON"));
    folder.file("b_failures.csv", "Method,Name,Error,Occurrences\n");
    folder.file("notes.json", "{}");
    let (code, stdout, stderr) = Program::output(&["report", "--summary", folder.path()]).await;
    assert_eq!((code, &*stderr), (Some(0), ""));
    assert_eq!(
        stdout,
        "\nA\n  Total Requests: 250\n  Total Failures: 2\n  Avg Response: 150ms\n  Max Response: 450ms\n\
         \nB\n  Total Requests: 3000\n  Total Failures: 60\n  Avg Response: 151ms\n  Max Response: 1200ms\n"
    );
    let (code, stdout, _) = Program::output(&["report", "--github", folder.path()]).await;
    assert_eq!(code, Some(0));
    assert!(
        stdout.starts_with("### FAIL: 0 of 2 runs passed"),
        "{stdout}"
    );
}

#[tokio::test]
async fn mistakes_are_usage_errors_with_the_remedy() {
    let folder = Folder::new();
    let empty = Folder::new();
    let bad = folder.file("bad_stats.csv", "Name,# requests\n/,x\n");
    let later = folder.file("later_run.json", "{\"swarmdeck_run\": 99}");
    let yaml = folder.file("scenario.yaml", "");
    for (arguments, words) in [
        (vec!["report", &*bad, "-o", "x.md"], "bad_stats.csv: line 2"),
        (
            vec!["report", &*later, "-o", "x.md"],
            "run file version 99 is newer",
        ),
        (vec!["report", &*yaml, "-o", "x.md"], "is not a run file"),
        (
            vec!["report", empty.path(), "-o", "x.md"],
            "no *_run.json or *_stats.csv in",
        ),
        (
            vec!["report", "/nowhere/x_run.json", "-o", "x.md"],
            "cannot read /nowhere/x_run.json",
        ),
        (
            vec!["report", &*bad, "-o", "x.pdf"],
            ".html, .md, .json or .xml",
        ),
        (vec!["report", &*bad], "--out"),
        (vec!["report"], "<FILE>"),
    ] {
        let (code, _, stderr) = Program::output(&arguments).await;
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
    }
}

#[test]
fn files_are_replaced_whole_and_nothing_is_left_beside() {
    let folder = Folder::new();
    let path = |name: &str| Some(std::path::Path::new(folder.path()).join("new").join(name));
    let paths = ReportPaths {
        run: path("x_run.json"),
        html: path("x.html"),
        junit: path("x.xml"),
        ..ReportPaths::default()
    };
    let run = failed();
    for _ in 0..2 {
        let written = write_reports(&run, &paths).expect("written");
        assert_eq!(written.len(), 3);
    }
    let text = std::fs::read_to_string(paths.run.as_ref().expect("named")).expect("there");
    assert_eq!(RunFile::from_json(&text).expect("a run file"), run);
    let names = std::fs::read_dir(format!("{}/new", folder.path())).expect("a folder");
    assert_eq!(names.count(), 3, "no temporary file");
    // Where a folder stands, no file can.
    let folder_path = std::path::Path::new(folder.path()).join("new");
    let error = replace(&folder_path, b"x").expect_err("a folder");
    assert!(error.to_string().contains("cannot write"), "{error}");
    let names = std::fs::read_dir(folder.path()).expect("a folder");
    assert_eq!(names.count(), 1, "no temporary file");
}
