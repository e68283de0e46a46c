//! `--set`: values of a file, replaced on the command line.

use crate::support::{Folder, Program};

const FILE: &str = "name: Shop
user_classes:
  Shopper:
    weight: 1
    tasks:
      browse:
        - get: /
      buy:
        steps:
          - {get: /cart, headers: {X.Y: a}}
          - post: /order
";

/// Checks the file with these settings.
async fn check(settings: &[&str]) -> (Option<i32>, String) {
    let folder = Folder::new();
    let path = folder.file("shop.yaml", FILE);
    let mut arguments = vec!["check", &path];
    for setting in settings {
        arguments.extend(["--set", setting]);
    }
    let (code, stdout, stderr) = Program::output(&arguments).await;
    assert!(!stderr.contains("panicked"), "{stderr}");
    (code, stdout + stderr.as_str())
}

#[tokio::test]
async fn a_value_that_is_set_is_read_as_if_it_stood_in_the_file() {
    for setting in [
        "load.users=50",
        "load={users: 5, run_time: 1m}",
        "user_classes.Shopper.weight=2",
        "user_classes.Shopper.wait={between: [1s, 2s]}",
        "user_classes.Shopper.tasks.buy.steps.1.name=Order",
        "user_classes.Shopper.tasks.browse.0.name=Front page",
        "user_classes.Shopper.tasks.browse.weight=9",
        "user_classes.Shopper.tasks.buy.steps.0.headers.\"X.Y\"=b",
        "headers.X-Trace={{ uuid() }}",
        "http.timeout=3s",
        "user_classes.Shopper.wait=",
    ] {
        let (code, said) = check(&[setting]).await;
        assert_eq!(code, Some(0), "{setting}: {said}");
    }
    let (code, said) = check(&["name=Other", "name=Another"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("ok (Another; 1 user class"), "{said}");
}

#[tokio::test]
async fn what_is_wrong_with_a_setting_is_shown_on_the_command_line() {
    for (setting, parts) in [
        (
            "user_classes.Shoper.weight=2",
            &["--set:1:14", "did you mean `Shopper`?"][..],
        ),
        (
            "user_classes.Shopper.tasks.bye.weight=2",
            &["has no `bye`", "expected one of: browse, buy"],
        ),
        (
            "user_classes.Shopper.weigth=2",
            &[
                "unknown key `weigth`",
                "did you mean `weight`?",
                "--set:1:22",
            ],
        ),
        (
            "user_classes.Shopper.weight=two",
            &["whole number", "--set:1:29", "Shopper.weight=two"],
        ),
        (
            "user_classes.Shopper.weight.x=2",
            &["is `1` and has no keys"],
        ),
        (
            "user_classes.Shopper.tasks.buy.steps.7.name=x",
            &["has 2 entries", "from 0 to 1"],
        ),
        (
            "laod.users=5",
            &["unknown key `laod`", "did you mean `load`?"],
        ),
        ("load.users=[1", &["not YAML", "--set:1:"]),
        ("include=x.yaml", &["cannot be overridden"]),
        (
            "user_classes.Shopper.tasks.browse.0.name={{ x }}",
            &["needed before the run", "--set:1:42"],
        ),
    ] {
        let (code, said) = check(&[setting]).await;
        assert_eq!(code, Some(2), "{setting}: {said}");
        for part in parts {
            assert!(said.contains(part), "{setting}: {part} in {said}");
        }
    }
    for setting in ["load.users", "=5", "load..users=5", "\"load=5"] {
        let (code, said) = check(&[setting]).await;
        assert_eq!(code, Some(2), "{setting}: {said}");
        assert!(said.contains("like load.users=50"), "{setting}: {said}");
    }
}

#[tokio::test]
async fn the_dashboard_offers_the_scenario_as_it_was_set() {
    let folder = Folder::new();
    let path = folder.file("shop.yaml", FILE);
    let arguments = ["-f", &path, "--web-port", "0", "--set", "load.users=42"];
    let mut program = Program::start(&arguments);
    let (url, _) = program.address("Dashboard").await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let offered = client.get(format!("{url}/api/v1/scenarios")).send().await;
    let offered: serde_json::Value = offered.unwrap().json().await.unwrap();
    assert_eq!(offered[0]["users"], 42);
    let arguments = ["-f", &path, "--web-port", "0", "--set", "load.users=no"];
    let (code, _, stderr) = Program::output(&arguments).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("--set:1:12"), "{stderr}");
}
