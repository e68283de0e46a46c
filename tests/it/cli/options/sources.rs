//! Options from files, the environment and the command line.

use serde_json::Value;

use crate::support::{Folder, Program};

/// The share of its first class tells the number of users.
const FILE: &str = "user_classes:
  One: {count: 1, tasks: {a: [{get: /}]}}
  Rest: {tasks: {b: [{get: /}]}}
";

/// A place where options can stand.
enum Layer {
    File(&'static str),
    Named(&'static str),
    Variable(&'static str),
    Typed,
}

use Layer::{File, Named, Typed, Variable};

/// All of them, the weakest first.
const LAYERS: [Layer; 8] = [
    File(".locust.conf"),
    File("locust.conf"),
    File("pyproject.toml"),
    File("swarmdeck.conf"),
    Named("more.conf"),
    Variable("LOCUST_USERS"),
    Variable("SWARMDECK_USERS"),
    Typed,
];

/// How many users the program takes where each of these layers says a number
/// of its own: 2 for the weakest, 3 for the next ...
async fn users(layers: &[usize]) -> u64 {
    let folder = Folder::new();
    let path = folder.file("x.yaml", FILE);
    let mut arguments = vec!["-f".to_owned(), path, "--show-task-ratio-json".to_owned()];
    let mut environment = Vec::new();
    for layer in layers {
        let users = (layer + 2).to_string();
        match &LAYERS[*layer] {
            File(name) if name.ends_with(".toml") => {
                folder.file(name, &format!("[tool.locust]\nusers = {users}\n"));
            }
            File(name) => drop(folder.file(name, &format!("users = {users}\n"))),
            Named(name) => {
                folder.file(name, &format!("users = {users}\n"));
                arguments.extend(["--config".to_owned(), (*name).to_owned()]);
            }
            Variable(name) => environment.push((*name, users)),
            Typed => arguments.push(format!("--users={users}")),
        }
    }
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (code, stdout, stderr) = Program::output_in(&folder, &environment, &arguments).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{layers:?}");
    let ratios: Value = serde_json::from_str(&stdout).expect("JSON");
    let share = ratios["per_class"]["One"]["ratio"]
        .as_f64()
        .expect("a share");
    format!("{:.0}", 1.0 / share).parse().expect("a number")
}

#[tokio::test]
async fn each_layer_goes_before_those_below_it() {
    for high in 0..LAYERS.len() {
        let number = high as u64 + 2;
        assert_eq!(users(&[high]).await, number, "{high} alone");
        for low in 0..high {
            assert_eq!(users(&[low, high]).await, number, "{low} and {high}");
        }
    }
    assert_eq!(users(&[0, 1, 2, 3, 4, 5, 6, 7]).await, 9);
}

/// Says how it ends in a folder with this `locust.conf`.
async fn with_conf(
    conf: &str,
    environment: &[(&str, &str)],
    arguments: &[&str],
) -> (Option<i32>, String, String) {
    let folder = Folder::new();
    folder.file("x.yaml", FILE);
    folder.file("locust.conf", conf);
    let all = [&["-f", "x.yaml", "-P", "0"], arguments].concat();
    Program::output_in(&folder, environment, &all).await
}

#[tokio::test]
async fn a_false_undoes_what_a_weaker_layer_says() {
    let listed = "Available Users:\n    One\n    Rest\n";
    for conf in ["list", "list = true", "--list: yes", "list=1 # comment"] {
        let (code, stdout, _) = with_conf(conf, &[], &[]).await;
        assert_eq!((code, stdout.as_str()), (Some(0), listed), "{conf}");
    }
    for (conf, environment) in [
        ("list = true\nshow-task-ratio", ("LOCUST_LIST", "false")),
        ("list = false\nshow-task-ratio", ("NONE", "")),
        ("show_task_ratio = true", ("SWARMDECK_LIST", "no")),
    ] {
        let (code, stdout, stderr) = with_conf(conf, &[environment], &[]).await;
        assert_eq!(code, Some(0), "{conf}: {stderr}");
        assert!(stdout.contains("Total task ratio"), "{conf}: {stdout}");
    }
}

#[tokio::test]
async fn a_list_replaces_the_list_of_a_weaker_layer() {
    let tagged = "user_classes: {U: {tasks: {
        a: {tags: [a], steps: [{get: /}]},
        b: {tags: [b], steps: [{get: /}]},
        c: {tags: [c c], steps: [{get: /}]}}}}";
    for (conf, variable, typed, left) in [
        ("tags = [a, b]", "", &[][..], &["a", "b"][..]),
        ("tags = a", "", &[], &["a"]),
        ("tags = [a, b]", "c c", &[], &["c"]),
        ("tags = a", "[a, 'c c']", &[], &["a", "c"]),
        ("tags = a", "[a, b]", &["-T", "b", "c c"], &["b", "c"]),
        ("exclude-tags = [b]", "", &[], &["a", "c"]),
    ] {
        let folder = Folder::new();
        folder.file("x.yaml", tagged);
        folder.file("locust.conf", conf);
        let all = [&["-f", "x.yaml", "--show-task-ratio-json"], typed].concat();
        let environment = [("LOCUST_TAGS", variable)];
        let (_, stdout, stderr) = Program::output_in(&folder, &environment, &all).await;
        let ratios: Value = serde_json::from_str(&stdout).expect(&stderr);
        let tasks = ratios["per_class"]["U"]["tasks"].as_object().unwrap();
        let names: Vec<_> = tasks.keys().map(String::as_str).collect();
        assert_eq!(names, left, "{conf} {variable} {typed:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_shown_where_it_stands() {
    for (conf, parts) in [
        (
            "usrs = 5",
            &[
                "locust.conf:1: ",
                "unknown option `usrs`",
                "did you mean `users`?",
            ][..],
        ),
        (
            "\n\nusers = many\n",
            &["locust.conf:3: ", "'many'", "--users"],
        ),
        (
            "run-time = 1x",
            &["locust.conf:1: ", "Invalid time span format"],
        ),
        (
            "hatch-rate = 5",
            &["unknown option `hatch-rate`", "use `spawn-rate`"],
        ),
        ("clients = 5", &["use `users`"]),
        ("users", &["`users` requires a value"]),
        ("users = [1, 2]", &["`users` takes one value"]),
        ("headless = maybe", &["`headless` must be true or false"]),
        ("tags = [a", &["locust.conf:1: ", "missing `]`"]),
        (
            "config = x",
            &["unknown option `config`", "only be set on the command line"],
        ),
        ("= 5", &["locust.conf:1: ", "missing option name"]),
        ("csv-full-history", &["--csv-full-history requires --csv"]),
    ] {
        let (code, stdout, stderr) = with_conf(conf, &[], &[]).await;
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{conf}: {stderr}");
        for part in parts {
            assert!(stderr.contains(part), "{conf}: {part} in {stderr}");
        }
    }
    let (code, _, stderr) = with_conf("", &[("LOCUST_USERS", "x")], &[]).await;
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("swarmdeck: LOCUST_USERS: "), "{stderr}");
    let (code, _, stderr) = with_conf("", &[], &["--config", "none.conf"]).await;
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("cannot read ") && stderr.contains("none.conf: "),
        "{stderr}"
    );
}

#[tokio::test]
async fn what_does_not_apply_in_a_file_is_a_warning() {
    let conf = "master = true\nexpect-workers = 3\nworker = false\nlist\n";
    let environment = [("LOCUST_MODE_WORKER", "true"), ("LOCUST_OTHER", "x")];
    let (code, stdout, stderr) = with_conf(conf, &environment, &[]).await;
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.starts_with("Available Users:"), "{stdout}");
    let warned: Vec<_> = stderr.lines().collect();
    assert_eq!(warned.len(), 3, "{stderr}");
    for (line, begin) in warned.iter().zip([
        "swarmdeck: locust.conf:1: --master does not apply: ",
        "swarmdeck: locust.conf:2: --expect-workers does not apply: ",
        "swarmdeck: LOCUST_MODE_WORKER: --worker does not apply: ",
    ]) {
        assert!(line.starts_with(begin), "{line}");
    }
}

#[tokio::test]
async fn the_environment_names_user_classes() {
    let environment = [("LOCUST_USER_CLASSES", "One  Rest")];
    let ask = ["--show-task-ratio-json"];
    let (code, stdout, _) = with_conf("", &environment, &ask).await;
    assert_eq!(code, Some(0));
    assert!(
        stdout.contains("One") && stdout.contains("Rest"),
        "{stdout}"
    );
    let typed = ["--show-task-ratio-json", "Rest"];
    let (_, stdout, _) = with_conf("", &environment, &typed).await;
    assert!(!stdout.contains("One"), "{stdout}");
    let (code, _, stderr) = with_conf("", &[("SWARMDECK_USER_CLASSES", "check")], &ask).await;
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("Unknown User(s): check"), "{stderr}");
}
