//! `--find-limit`: what it says, what it leaves behind, how it ends.

use serde_json::Value;
use swarmdeck::lab::LabConfig;

use crate::support::{Folder, Program, lab};

const STEADY: &str = "load: {users: 10, spawn_rate: 10, run_time: 1s}
user_classes:
  Steady:
    wait: 20ms
    tasks:
      ask: [{get: /api/v1/health/}]
";

#[tokio::test]
async fn a_search_is_told_level_by_level_and_its_answer_is_kept() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let prefix = format!("{}/found", folder.path());
    let url = lab.url();
    let arguments = [
        "-f",
        &file,
        "-H",
        &url,
        "--headless",
        "--shards",
        "1",
        "--csv",
        &prefix,
        "--find-limit",
        "--limit-max",
        "2",
        "--limit-time",
        "2s",
        "--criterion",
        "success >= 50%",
    ];
    let (code, _, stderr) = Program::output(&arguments).await;
    assert_eq!(code, Some(0), "{stderr}");
    let answer = "no limit up to 2 users, the highest level allowed";
    for part in [
        "The run ends when the limit is found\n",
        "Searching for the limit, starting at 1 user\n",
        ": 1 user: ",
        ": 2 users: ",
        "% failed: passed\n",
        "result\n",
        &format!("\nPASS: {answer}\n"),
        "  ok         success >= 50%",
    ] {
        assert!(stderr.contains(part), "{part:?} in {stderr}");
    }
    let run = std::fs::read_to_string(format!("{prefix}_run.json")).expect("a run file");
    let run: Value = serde_json::from_str(&run).expect("JSON");
    let search = &run["capacity"]["search"];
    assert_eq!(search["end"], "at_maximum");
    assert_eq!(search["kept"], 2.0);
    assert_eq!(search["text"], answer);
    let levels = run["capacity"]["levels"].as_array().expect("levels");
    let loads: Vec<_> = levels.iter().map(|level| &level["load"]).collect();
    assert_eq!(loads, [1.0, 2.0]);

    let page = format!("{}/page.html", folder.path());
    let document = format!("{}/page.md", folder.path());
    let of = format!("{prefix}_run.json");
    let arguments = ["report", &of, "-o", &page, "-o", &document];
    let (code, _, stderr) = Program::output(&arguments).await;
    assert_eq!(code, Some(0), "{stderr}");
    for path in [page, document] {
        let text = std::fs::read_to_string(&path).expect("a report");
        assert!(text.contains("Capacity"), "{path}");
        assert!(text.contains(answer), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_search_is_a_usage_error() {
    let folder = Folder::new();
    let steady = folder.file("a.yaml", STEADY);
    let planned = STEADY.replace(
        "users: 10, spawn_rate: 10",
        "stages: [{over: 5s, users: 3}]",
    );
    let planned = folder.file("b.yaml", &planned.replace(", run_time: 1s", ""));
    for (file, more, why) in [
        (
            &steady,
            &["--headless", "--limit-max", "5"][..],
            "require --find-limit",
        ),
        (
            &steady,
            &["--find-limit"],
            "--find-limit requires --headless or --autostart",
        ),
        (
            &steady,
            &[
                "--headless",
                "--find-limit",
                "--limit-start",
                "9",
                "--limit-max",
                "5",
            ],
            "from 1 to 5 (the maximum), not 9",
        ),
        (
            &steady,
            &["--headless", "--find-limit", "--limit-time", "1s"],
            "2 to 600 whole seconds",
        ),
        (
            &steady,
            &["--headless", "--find-limit=up"],
            "possible values: users, rate",
        ),
        (
            &planned,
            &["--headless", "--find-limit"],
            "cannot search over users",
        ),
        (
            &steady,
            &["--headless", "--find-limit=rate"],
            "cannot search over a rate",
        ),
    ] {
        let arguments = [&["-f", file, "-H", "http://127.0.0.1:1"], more].concat();
        let (code, _, stderr) = Program::output(&arguments).await;
        assert_eq!(code, Some(2), "{more:?}: {stderr}");
        assert!(stderr.contains(why), "{why:?} in {stderr}");
    }
}
