//! Options and files, good and bad.

use std::net::TcpListener;

use crate::support::{Folder, Program};

const GOOD: &str = "user_classes: {U: {tasks: {t: [{get: /}]}}}\n";
const BAD: &str = "name: Bad
load: {users: 0, spawnrate: 5}
user_classes:
  U:
    wait: 1 parsec
    tasks:
      t:
        - get: /{{ nothing }}
";

/// Runs to an expected usage error and gives what it said.
async fn complaint(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = Program::output(arguments).await;
    assert_eq!(code, Some(2), "{arguments:?}: {stdout}{stderr}");
    assert_eq!(stdout, "", "{arguments:?}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

#[tokio::test]
async fn version_and_help_are_answers() {
    let (code, stdout, stderr) = Program::output(&["--version"]).await;
    let version = format!("swarmdeck {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((code, stdout, stderr), (Some(0), version, String::new()));
    let (code, help, _) = Program::output(&["--help"]).await;
    assert_eq!(code, Some(0));
    for word in [
        "--demo",
        "--users",
        "--web-port",
        "--host",
        "target",
        "check",
    ] {
        assert!(help.contains(word), "{word} in {help}");
    }
}

#[tokio::test]
async fn a_taken_port_is_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = complaint(&["--web-port", &port]).await;
    assert_eq!(
        said,
        format!("swarmdeck: port {port} is in use; choose another with --web-port\n")
    );
    let said = complaint(&["target", "--port", &port]).await;
    assert_eq!(
        said,
        format!("swarmdeck: port {port} is in use; choose another with --port\n")
    );
}

#[tokio::test]
async fn faults_of_the_lab_are_listed_and_checked() {
    let (code, help, _) = Program::output(&["target", "--help"]).await;
    assert_eq!(code, Some(0));
    for fault in ["login-broken", "rate-limit=50/s", "pool=5[,20ms,500ms]"] {
        assert!(help.contains(fault), "{fault} in {help}");
    }
    let said = complaint(&["target", "--fault", "pool"]).await;
    assert!(said.contains("use pool=5 or pool=5,20ms,500ms"), "{said}");
    let said = complaint(&["target", "--fault", "slow"]).await;
    assert!(
        said.contains("unknown fault \"slow\"; available:"),
        "{said}"
    );
}

#[tokio::test]
async fn numbers_out_of_range_are_refused_with_the_range() {
    for (option, value, range) in [
        ("-u", "0", "1..=1000000"),
        ("-u", "-5", "1..=1000000"),
        ("-u", "1000000000", "1..=1000000"),
        ("-u", "many", "invalid digit"),
        ("-r", "0", "above 0 and at most 1000000"),
        ("-r", "-1", "above 0 and at most 1000000"),
        ("-r", "1000000000", "above 0 and at most 1000000"),
        ("-r", "nan", "above 0 and at most 1000000"),
        ("-t", "abc", "Invalid time span format"),
        ("--web-host", "nowhere", "127.0.0.1"),
        ("--shards", "0", "1..=960"),
    ] {
        let said = complaint(&[option, value]).await;
        assert!(said.contains(range), "{option} {value}: {said}");
        assert!(said.contains(value), "{option} {value}: {said}");
    }
    let said = complaint(&["--usrs", "5"]).await;
    assert!(
        said.contains("--usrs") && said.contains("--users"),
        "{said}"
    );
}

#[tokio::test]
async fn files_that_are_no_scenarios_are_told_apart() {
    let folder = Folder::new();
    let said = complaint(&["-f", "locustfile.py"]).await;
    assert!(said.contains("locustfile.py is a Python file"), "{said}");
    assert!(said.contains("docs/scenarios.md"), "{said}");
    let said = complaint(&["-f", "http://localhost/x.yaml"]).await;
    assert!(
        said.contains("curl -o x.yaml http://localhost/x.yaml"),
        "{said}"
    );
    let said = complaint(&["-f", "missing.yaml"]).await;
    assert!(said.contains("cannot read missing.yaml"), "{said}");
    let said = complaint(&["-f", folder.path()]).await;
    assert!(said.contains("no .yaml, .yml or .json file in"), "{said}");
    let binary = folder.file("x.yaml", "");
    std::fs::write(&binary, [0xff, 0xfe, 0x00]).unwrap();
    let said = complaint(&["-f", &binary]).await;
    assert!(said.contains("not UTF-8 text"), "{said}");
    let long = folder.file("long.yaml", &"#".repeat(1_100_000));
    let said = complaint(&["-f", &long]).await;
    assert!(said.contains("larger than 1 MiB"), "{said}");
}

#[tokio::test]
async fn a_broken_scenario_is_shown_with_its_places() {
    let folder = Folder::new();
    let bad = folder.file("bad.yaml", BAD);
    for arguments in [
        &["check", bad.as_str()][..],
        &["-f", &bad, "--web-port", "0"],
    ] {
        let said = complaint(arguments).await;
        for part in [
            "bad.yaml:2:15",
            "did you mean `spawn_rate`?",
            "1 parsec",
            "bad.yaml:5:11",
            "nothing",
            "bad.yaml:8:",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    let torn = folder.file("torn.yaml", "load: {users: 5\nname: x\n");
    let said = complaint(&["check", &torn]).await;
    assert!(said.contains("torn.yaml:"), "{said}");
}

#[tokio::test]
async fn check_looks_at_every_file() {
    let folder = Folder::new();
    let good = folder.file("good.yaml", GOOD);
    let bad = folder.file("bad.yaml", BAD);
    let (code, stdout, stderr) = Program::output(&["check", &good]).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout, format!("{good}: ok (good; 1 user class, 1 task)\n"));
    let (code, stdout, stderr) = Program::output(&["check", "missing.yaml", &bad, &good]).await;
    assert_eq!(code, Some(2));
    assert!(stdout.contains("good.yaml: ok"), "{stdout}");
    assert!(stderr.contains("cannot read missing.yaml"), "{stderr}");
    assert!(stderr.contains("bad.yaml: 4 errors"), "{stderr}");
    let said = complaint(&["check"]).await;
    assert!(said.contains("FILE"), "{said}");
}

#[tokio::test]
async fn a_broken_file_beside_a_good_one_is_said_and_offered() {
    let folder = Folder::new();
    folder.file("a_bad.yaml", BAD);
    folder.file("b_good.yaml", GOOD);
    let mut program = Program::start(&["-f", folder.path(), "--web-port", "0"]);
    let (url, _) = program.address("Dashboard").await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let offered = client.get(format!("{url}/api/v1/scenarios")).send().await;
    let offered: serde_json::Value = offered.unwrap().json().await.unwrap();
    assert_eq!(offered[0]["id"], "a_bad");
    assert_eq!(offered[0]["problems"].as_array().unwrap().len(), 4);
    assert_eq!(offered[1]["problems"], serde_json::json!([]));
}

#[tokio::test]
async fn the_schema_is_the_one_of_the_documents() {
    let (code, stdout, stderr) = Program::output(&["schema"]).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout, include_str!("../../../docs/scenario.schema.json"));
}
