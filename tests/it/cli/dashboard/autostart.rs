//! `--autostart` and `--autoquit`.

use swarmdeck::lab::LabConfig;

use crate::support::{Folder, Program, lab, lab_stats};

const FILE: &str = "load: {users: 2, spawn_rate: 100}
user_classes:
  Reader:
    wait: 50ms
    tasks: {health: [{get: /api/v1/health/}]}
  Other:
    tasks: {never: [{get: /nowhere}]}
";

#[tokio::test]
async fn autostart_runs_what_is_selected_and_autoquit_ends() {
    let lab = lab(LabConfig::default());
    let host = lab.url();
    let folder = Folder::new();
    let file = folder.file("x.yaml", FILE);
    let all = [
        "-f",
        &file,
        "-P",
        "0",
        "-H",
        &host,
        "--autostart",
        "--autoquit",
        "0",
        "-t",
        "1",
        "Reader",
    ];
    let (code, stdout, stderr) = Program::output(&all).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    let stats = lab_stats(&host).await;
    assert!(stats.received > 10, "{stats:?}");
    assert!(!stats.by_status.contains_key(&404), "{stats:?}");
}

#[tokio::test]
async fn a_start_that_fails_is_said_and_ends_with_autoquit() {
    let folder = Folder::new();
    let file = folder.file("x.yaml", FILE);
    let all = ["-f", &file, "-P", "0", "--autostart", "--autoquit", "0"];
    let (code, _, stderr) = Program::output(&all).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("cannot start the run: "), "{stderr}");
    assert!(stderr.contains("host"), "{stderr}");
}
