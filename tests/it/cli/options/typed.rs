//! Options as they are typed.

use crate::support::{Folder, Program};

const FILE: &str = "user_classes: {U: {tasks: {t: [{get: /}]}}}\n";

/// Lists the classes with these arguments as well; says how it ended.
async fn list(arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = Folder::new();
    folder.file("x.yaml", FILE);
    let all = [&["-f", "x.yaml", "--list"], arguments].concat();
    Program::output_in(&folder, &[], &all).await
}

#[tokio::test]
async fn each_option_that_does_not_apply_has_its_sentence() {
    for (typed, instead) in [
        (&["--master"][..], "no workers"),
        (&["--worker"], "no workers"),
        (&["--processes", "-1"], "--shards"),
        (&["--processes=4"], "--shards"),
        (&["--master-host", "10.0.0.1"], "no workers"),
        (&["--master-port=5557"], "no workers"),
        (&["--master-bind-host", "*"], "no workers"),
        (&["--master-bind-port", "5557"], "no workers"),
        (&["--expect-workers", "2"], "no workers"),
        (&["--expect-workers-max-wait", "2"], "no workers"),
        (&["--enable-rebalancing"], "no workers"),
        (&["--slave"], "no workers"),
        (&["--expect-slaves", "1"], "no workers"),
        (&["--config-users", "{}"], "--set user_classes.NAME.weight"),
        (&["--web-login"], "the printed token"),
        (&["--web-auth", "a:b"], "the printed token"),
        (&["--web-host-display-name", "x"], "--allow-host"),
        (&["--build-path", "x"], "the dashboard is built in"),
        (&["--legacy-ui"], "one dashboard"),
        (&["--otel"], "--csv"),
    ] {
        let (code, stdout, stderr) = list(typed).await;
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{typed:?}");
        let name = typed[0].split('=').next().unwrap();
        let begin = format!("swarmdeck: {name} does not apply: ");
        assert!(stderr.starts_with(&begin), "{typed:?}: {stderr}");
        assert!(stderr.contains(instead), "{typed:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{typed:?}: {stderr}");
    }
}

#[tokio::test]
async fn options_are_typed_as_with_locust() {
    for typed in [
        &["-u", "5", "-r", "2.5", "-t", "1h20m", "-H", "http://x"][..],
        &["-u5", "-t300", "-s", "10", "-LDEBUG", "-Trunning", "-Tt"],
        &["--users=5", "--run-time=3h30m10s", "--spawn-rate=0.5"],
        &["--user", "5", "--run", "20", "--spawn", "1"],
        &["--headless", "--autostart", "--headful", "--only-summary"],
        &["--autostart", "--autoquit", "0"],
        &["--autoquit", "-1"],
        &["--csv", "a/b", "--csv-full-history", "--csv-style", "guide"],
        &[
            "--html",
            "r_{u}.html",
            "--json",
            "--json-file",
            "x",
            "--junit",
            "j.xml",
        ],
        &["--print-stats", "--reset-stats", "--skip-log-setup"],
        &["--loglevel", "warning", "--logfile", "x.log"],
        &[
            "--exit-code-on-error",
            "0",
            "--profile",
            "p",
            "--equal-weights",
        ],
        &[
            "--web-host",
            "*",
            "--web-port",
            "1",
            "--web-base-path",
            "/x",
        ],
        &[
            "--tls-cert",
            "c.pem",
            "--tls-key",
            "k.pem",
            "--class-picker",
        ],
        &["--criterion", "p99 < 500ms", "--criterion", "rps >= 5"],
        &[
            "--wait-for",
            "http://localhost:1/x",
            "--wait-for-timeout",
            "5s",
        ],
        &["-u", "1", "-u", "2", "--exclude-tags", "a", "b"],
    ] {
        let (code, stdout, stderr) = list(typed).await;
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{typed:?}");
        assert_eq!(stdout, "Available Users:\n    U\n", "{typed:?}");
    }
}

#[tokio::test]
async fn values_that_are_wrong_are_refused_with_what_is_right() {
    for (typed, parts) in [
        (
            &["-t", "1h 20x"][..],
            &[
                "Invalid time span format. Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.",
                "500ms",
            ][..],
        ),
        (&["-t", "10m5"], &["Invalid time span format"]),
        (&["-t", ""], &["Invalid time span format"]),
        (&["-t", "-5"], &["Invalid time span format"]),
        (&["-s", "soon"], &["Invalid time span format"]),
        (
            &["--autostart", "--autoquit", "soon"],
            &["Invalid time span format"],
        ),
        (&["--autoquit", "5"], &["--autostart"]),
        (&["--csv-full-history"], &["--csv PREFIX"]),
        (
            &["--tls-key", "k"],
            &["--tls-cert and --tls-key must be used together"],
        ),
        (&["--web-base-path", "x"], &["must start with /"]),
        (&["-L", "LOUD"], &["DEBUG", "CRITICAL"]),
        (&["--csv-style", "x"], &["locust", "guide"]),
        (&["--exit-code-on-error", "256"], &["0..=255"]),
        (
            &["--wait-for", "localhost"],
            &["http://localhost:8000/health"],
        ),
        (&["-P", "70000"], &["0..=65535"]),
        (&["--usrs", "5"], &["--users"]),
        (&["--we", "5"], &["--we"]),
    ] {
        let (code, stdout, stderr) = list(typed).await;
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{typed:?}");
        for part in parts {
            assert!(stderr.contains(part), "{typed:?}: {part} in {stderr}");
        }
    }
}

#[tokio::test]
async fn shells_and_manuals_know_every_option() {
    for arguments in [
        &["completions", "bash"][..],
        &["completions", "zsh"],
        &["completions", "fish"],
        &["man"],
    ] {
        let (code, stdout, stderr) = Program::output(arguments).await;
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
        for option in ["run-time", "exclude-tags", "web-base-path"] {
            let escaped = option.replace('-', "\\-");
            let is_there = stdout.contains(option) || stdout.contains(&escaped);
            assert!(is_there, "{option} in {arguments:?}");
        }
    }
    let (code, _, stderr) = Program::output(&["completions", "tcsh"]).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("fish"), "{stderr}");
}
