//! `--list` and `--show-task-ratio`.

use serde_json::json;

use crate::support::{Folder, Program};

const SHOP: &str = "user_classes:
  Shopper:
    weight: 3
    tasks:
      browse: {weight: 3, steps: [{get: /}]}
      buy: [{post: /order}]
  Clerk:
    order: sequential
    tasks: {a: {weight: 9, steps: [{get: /a}]}, b: [{get: /b}]}
";
const OTHER: &str =
    "user_classes: {Clerk: {tasks: {t: [{get: /}]}}, Guest: {tasks: {t: [{get: /}]}}}\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("a_shop.yaml", SHOP);
    folder.file("b_other.yaml", OTHER);
    folder
}

#[tokio::test]
async fn a_list_names_each_user_class_once() {
    let folder = folder();
    let listed = "Available Users:\n    Shopper\n    Clerk\n    Guest\n";
    for arguments in [&["-l"][..], &["--list", "Guest"], &["-l", "-T", "none"]] {
        let all = [&["-f", "."], arguments].concat();
        let (code, stdout, stderr) = Program::output_in(&folder, &[], &all).await;
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
        assert_eq!(stdout, listed, "{arguments:?}");
    }
    // Without scenarios of its own, the folder has those of the program.
    let (code, stdout, _) = Program::output_in(&folder, &[], &["-l"]).await;
    assert_eq!(code, Some(0));
    assert!(stdout.contains("    HighLoadDeploymentUser\n"), "{stdout}");
}

#[tokio::test]
async fn the_ratio_is_that_of_classes_and_tasks() {
    let folder = folder();
    let arguments = ["-f", "a_shop.yaml", "--show-task-ratio"];
    let (code, stdout, stderr) = Program::output_in(&folder, &[], &arguments).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let line = "-".repeat(80);
    let expected = format!(
        " Task ratio per User class
{line}
 75.0       Shopper
   75.0       browse
   25.0       buy
 25.0       Clerk
   50.0       a
   50.0       b

 Total task ratio
{line}
 75.0       Shopper
   56.2       browse
   18.8       buy
 25.0       Clerk
   12.5       a
   12.5       b
"
    );
    assert_eq!(stdout, expected);
}

#[tokio::test]
async fn the_ratio_as_json_follows_what_is_selected() {
    let folder = folder();
    let arguments = [
        "-f",
        ".",
        "--show-task-ratio-json",
        "--equal-weights",
        "Shopper",
    ];
    let (code, stdout, stderr) = Program::output_in(&folder, &[], &arguments).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let half = json!({"ratio": 0.5});
    let class = json!({"Shopper": {"ratio": 1.0, "tasks": {"browse": half, "buy": half}}});
    let ratios: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(ratios, json!({"per_class": class, "total": class}));
}
