//! What lies about where files are looked for, and what can have a name without
//! being a file.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::os::unix::fs::symlink;
use std::process::Command;

use super::shell;
use crate::support::{Folder, Program};

const SCENARIO: &str = "user_classes: {U: {tasks: {t: [{get: /}]}}}\n";

fn fifo(folder: &Folder, name: &str) -> String {
    let path = format!("{}/{name}", folder.path());
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    path
}

#[tokio::test]
async fn what_lies_about_in_a_folder_is_shown_and_keeps_nothing_from_starting() {
    let folder = Folder::new();
    let at = |name: &str| format!("{}/scenarios/{name}", folder.path());
    std::fs::create_dir_all(at("folder.yaml")).unwrap();
    std::fs::write(at("good.yaml"), SCENARIO).unwrap();
    std::fs::write(at("latin.yaml"), b"name: caf\xe9\n").unwrap();
    symlink("nowhere", at("dangling.yaml")).unwrap();
    symlink("user@host.123:1", at(".#good.yaml")).unwrap();
    std::fs::write(at("._good.yaml"), b"\0\x05\x16\x07").unwrap();
    symlink("/dev/zero", at("zero.yaml")).unwrap();
    fifo(&folder, "scenarios/pipe.yaml");
    let (code, stdout, stderr) = Program::output_in(&folder, &[], &["--list"]).await;
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(stdout, "Available Users:\n    U\n");
    for (name, why) in [
        ("folder", "a folder"),
        ("latin", "not UTF-8 text"),
        ("dangling", "No such file"),
        ("zero", "not a regular file"),
        ("pipe", "not a regular file"),
    ] {
        let line = stderr
            .lines()
            .find(|line| line.contains(&format!("{name}.yaml")));
        assert!(
            line.is_some_and(|line| line.contains(why)),
            "{name}: {stderr}"
        );
    }
    assert!(
        !stderr.contains(".#good") && !stderr.contains("._good"),
        "{stderr}"
    );
    // A dashboard opens, and the suite runs what there is.
    let folder_of_all = at("");
    let mut program = Program::start(&["-f", &folder_of_all, "--web-port", "0"]);
    program.address("Dashboard").await;
    let arguments = ["suite", "scenarios", "-H", "http://127.0.0.1:1", "-t", "1s"];
    let (code, stdout, stderr) = Program::output_in(&folder, &[], &arguments).await;
    assert_eq!(code, Some(3), "nothing answers: {stderr}");
    assert!(stdout.contains("Run 1/1    good"), "{stdout}");
    assert_eq!(stderr.matches("; skipped").count(), 5, "{stderr}");
}

#[tokio::test]
async fn only_regular_files_are_read_wherever_a_name_is_taken() {
    let folder = Folder::new();
    folder.file("good.yaml", SCENARIO);
    let pipe = fifo(&folder, "pipe");
    fifo(&folder, "pipe.json");
    fifo(&folder, "x_run.json");
    let scenario = |name: &str, text: &str| {
        folder.file(name, &text.replace("PIPE", &pipe));
    };
    let class = |request: &str| format!("user_classes: {{U: {{tasks: {{t: [{request}]}}}}}}\n");
    scenario("include.yaml", &format!("include: PIPE\n{SCENARIO}"));
    scenario("stdin.yaml", &format!("include: /dev/stdin\n{SCENARIO}"));
    scenario(
        "data.yaml",
        &format!("data: {{d: {{csv: PIPE}}}}\n{SCENARIO}"),
    );
    scenario("sent.yaml", &class("{post: /, file: PIPE}"));
    scenario(
        "tls.yaml",
        &format!("http: {{tls: {{ca: PIPE}}}}\n{SCENARIO}"),
    );
    for arguments in [
        &["check", "pipe"][..],
        &["check", "include.yaml"],
        &["check", "stdin.yaml"],
        &["check", "data.yaml"],
        &["check", "sent.yaml"],
        &["check", "tls.yaml"],
        &["check", "/dev/zero"],
        &["try", "pipe"],
        &["suite", "pipe"],
        &["-f", "pipe", "--list"],
        &["-f", "good.yaml", "--list", "--config", "pipe"],
        &["report", "pipe.json", "--out", "r.html"],
        &["report", ".", "--out", "r.html"],
        &[
            "-f",
            "good.yaml",
            "--web-port",
            "0",
            "--tls-cert",
            "pipe",
            "--tls-key",
            "pipe",
        ],
        &[
            "-f",
            "good.yaml",
            "-H",
            "http://127.0.0.1:1",
            "--headless",
            "--logfile",
            "pipe",
        ],
    ] {
        let (code, _, stderr) = Program::output_in(&folder, &[], arguments).await;
        assert_eq!(code, Some(2), "{arguments:?}: {stderr}");
    }
}

#[tokio::test]
async fn what_a_shell_hands_over_is_read() {
    let folder = Folder::new();
    folder.file("good.yaml", SCENARIO);
    let line = "cat good.yaml | $P check /dev/stdin && $P check <(cat good.yaml)";
    let output = shell(&folder, &[], line).await;
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches(": ok (").count(), 2, "{said}");
}
