//! User classes and tags choose what is run.

use serde_json::Value;

use crate::support::{Folder, Program};

const SHOP: &str = "user_classes:
  Shopper:
    tasks:
      browse: {tags: [read], steps: [{get: /browse}]}
      buy: {tags: [write, slow], steps: [{post: /buy}]}
      look: [{get: /look}]
  Robot:
    tasks: {crawl: {tags: [read], steps: [{get: 'http://robots.invalid/'}]}}
    transitions: {crawl: {crawl: 1}}
";
const DESK: &str = "user_classes: {Clerk: {tasks: {file: {tags: [write], steps: [{post: /}]}}}}\n";
const TORN: &str = "user_classes: {Broken: {tasks: [\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("shop.yaml", SHOP);
    folder.file("tiny.yaml", DESK);
    folder
}

/// The available scenarios with these arguments: ids, and classes with their
/// tasks.
async fn offered(arguments: &[&str]) -> Vec<String> {
    let folder = folder();
    let all = [&["-f", folder.path(), "-P", "0"], arguments].concat();
    let mut program = Program::start(&all);
    let (url, _) = program.address("Dashboard").await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let offered = client.get(format!("{url}/api/v1/scenarios")).send().await;
    let offered: Value = offered.expect("an answer").json().await.expect("JSON");
    let mut words = Vec::new();
    for scenario in offered.as_array().expect("a list") {
        let problems = scenario["problems"].as_array().expect("a list").len();
        let broken = if problems > 0 { "!" } else { "" };
        words.push(format!(
            "{}{broken}:",
            scenario["id"].as_str().expect("a name")
        ));
        for class in scenario["classes"].as_array().into_iter().flatten() {
            words.push(class["name"].as_str().expect("a name").to_owned());
            let tasks = class["tasks"].as_array().expect("a list").iter();
            words.extend(tasks.map(|task| task["name"].as_str().expect("a name").to_owned()));
        }
    }
    words
}

#[tokio::test]
async fn only_what_is_selected_is_on_offer() {
    for (arguments, expected) in [
        (&["Clerk"][..], "tiny: Clerk file"),
        (&["Robot"], "shop: Robot crawl"),
        (
            &["Shopper", "Clerk"],
            "shop: Shopper browse buy look tiny: Clerk file",
        ),
        (&["Shopper", "-T", "read"], "shop: Shopper browse"),
        (
            &["Shopper", "-T", "read", "write"],
            "shop: Shopper browse buy",
        ),
        (
            &["Shopper", "-T", "read", "write", "-E", "slow"],
            "shop: Shopper browse",
        ),
        (&["Shopper", "-E", "slow"], "shop: Shopper browse look"),
        (
            &["Shopper", "Robot", "-T", "read"],
            "shop: Shopper browse Robot crawl",
        ),
        (&["-T", "read"], "shop: Shopper browse Robot crawl tiny!:"),
    ] {
        assert_eq!(
            offered(arguments).await.join(" "),
            expected,
            "{arguments:?}"
        );
    }
}

#[tokio::test]
async fn unknown_user_classes_end_the_program_as_with_locust() {
    let folder = folder();
    for (names, said) in [
        (
            &["Shoper"][..],
            "Unknown User(s): Shoper; did you mean `Shopper`?",
        ),
        (
            &["Clerk", "Xyz", "Abc"],
            "Unknown User(s): Xyz, Abc; run with --list to see all",
        ),
        (
            &["-u", "5", "check", "Clerk"],
            "Unknown User(s): check; `check` is a command: put it first, before its options",
        ),
        (&["chekc"], "Unknown User(s): chekc; did you mean `check`?"),
    ] {
        let all = [&["-f", folder.path(), "-P", "0"], names].concat();
        let (code, stdout, stderr) = Program::output(&all).await;
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{names:?}");
        assert_eq!(stderr, format!("swarmdeck: {said}\n"));
    }
    folder.file("torn.yaml", TORN);
    let all = ["-f", folder.path(), "-P", "0", "Broken"];
    let (code, _, stderr) = Program::output(&all).await;
    assert_eq!(code, Some(1));
    assert!(stderr.contains("torn.yaml:"), "{stderr}");
}

#[tokio::test]
async fn a_class_without_tasks_left_is_a_mistake_with_its_tags() {
    let folder = folder();
    let file = format!("{}/shop.yaml", folder.path());
    let all = ["-f", &file, "-P", "0", "-T", "write", "-E", "slow"];
    let (code, _, stderr) = Program::output(&all).await;
    assert_eq!(code, Some(2));
    for part in [
        "--tags write --exclude-tags slow leaves `Shopper` without tasks",
        "its tags: read, slow, write",
        "leaves `Robot` without tasks",
        "shop.yaml:2:3",
    ] {
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
}

#[tokio::test]
async fn classes_named_like_a_command_are_refused() {
    let folder = Folder::new();
    let (_, help, _) = Program::output(&["--help"]).await;
    let (_, commands) = help.split_once("Commands:\n").expect("commands");
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let commands: Vec<_> = lines
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(
        commands.contains(&"report") && commands.contains(&"help"),
        "{commands:?}"
    );
    for command in commands {
        let text = format!("user_classes: {{{command}: {{tasks: {{t: [{{get: /}}]}}}}}}\n");
        let file = folder.file("x.yaml", &text);
        let (code, _, stderr) = Program::output(&["check", &file]).await;
        assert_eq!(code, Some(2), "{command}");
        assert!(stderr.contains("is a command of swarmdeck"), "{stderr}");
    }
}
