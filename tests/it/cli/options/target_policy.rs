//! Guard rails as options, from every place that options can stand in.

use swarmdeck::lab::LabConfig;

use crate::support::{Folder, Program, lab};

const FILE: &str = "user_classes: {U: {wait: 20ms, tasks: {t: [{get: /api/v1/health/}]}}}\n";

async fn headless(
    environment: &[(&str, &str)],
    arguments: &[&str],
) -> (Option<i32>, String, String) {
    let folder = Folder::new();
    folder.file("x.yaml", FILE);
    let all = ["-f", "x.yaml", "--headless", "--shards=1", "-t", "1s"];
    Program::output_in(&folder, environment, &[&all[..], arguments].concat()).await
}

#[tokio::test]
async fn a_run_without_a_dashboard_is_held_back_too() {
    let far = ["-H", "http://203.0.113.7"];
    let empty: &[(&str, &str)] = &[];
    for (environment, arguments, said) in [
        (
            empty,
            &["--allow-target=loopback,10.0.0.0/8"][..],
            "--allow-target loopback, 10.0.0.0/8",
        ),
        (
            &[("SWARMDECK_ALLOW_TARGET", "[loopback, private]")],
            &[],
            "--allow-target loopback, private",
        ),
        (&[("LOCUST_MAX_USERS", "3")], &["-u", "4"], "--max-users 3"),
    ] {
        let (code, _, stderr) = headless(environment, &[&far[..], arguments].concat()).await;
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains(said), "{said}: {stderr}");
    }
}

#[tokio::test]
async fn what_is_typed_goes_before_what_an_image_sets() {
    let lab = lab(LabConfig::default());
    let url = lab.url();
    let image = [
        ("SWARMDECK_ALLOW_TARGET", "private"),
        ("SWARMDECK_MAX_USERS", "1"),
        ("SWARMDECK_CONFIRM_PUBLIC", "true"),
    ];
    let typed = [
        "-H",
        &url,
        "-u2",
        "-r9",
        "--max-users=2",
        "--allow-target=loopback",
    ];
    let (code, _, stderr) = headless(&image, &typed).await;
    assert_eq!(code, Some(0), "{stderr}");
}

#[tokio::test]
async fn a_mistake_is_told_where_it_stands() {
    let (code, _, stderr) = headless(&[("SWARMDECK_ALLOW_TARGET", "a b")], &[]).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("SWARMDECK_ALLOW_TARGET"), "{stderr}");
    assert!(stderr.contains("not a target pattern"), "{stderr}");
}

#[tokio::test]
async fn what_restricts_is_never_empty() {
    for (name, value) in [
        ("SWARMDECK_ALLOW_TARGET", ""),
        ("SWARMDECK_ALLOW_TARGET", " "),
        ("SWARMDECK_ALLOW_TARGET", "[]"),
        ("SWARMDECK_ALLOW_TARGET", "[ , ]"),
        ("SWARMDECK_ALLOW_TARGET", ","),
        ("SWARMDECK_ALLOW_TARGET", "''"),
        ("LOCUST_ALLOW_TARGET", ""),
        ("SWARMDECK_MAX_USERS", ""),
        ("SWARMDECK_MAX_RPS", ""),
        ("SWARMDECK_CONFIRM_PUBLIC", ""),
        ("SWARMDECK_DEAD_MAN", ""),
        ("SWARMDECK_TLS_CERT", ""),
        ("SWARMDECK_TLS_KEY", ""),
        ("SWARMDECK_ALLOW_HOST", "[]"),
    ] {
        let (code, _, stderr) = headless(&[(name, value)], &[]).await;
        assert_eq!(code, Some(2), "{name}={value:?}: {stderr}");
        assert!(stderr.contains(name), "{name}={value:?}: {stderr}");
    }
    for (name, text) in [
        ("swarmdeck.conf", "allow-target = []\n"),
        ("locust.conf", "allow_target =\n"),
        ("pyproject.toml", "[tool.swarmdeck]\nallow-target = []\n"),
        ("pyproject.toml", "[tool.swarmdeck]\nallow-target = \"\"\n"),
        ("swarmdeck.conf", "web-host =\n"),
    ] {
        let folder = Folder::new();
        folder.file("x.yaml", FILE);
        folder.file(name, text);
        let all = ["-f", "x.yaml", "--headless", "-t", "1s"];
        let (code, _, stderr) = Program::output_in(&folder, &[], &all).await;
        assert_eq!(code, Some(2), "{text}: {stderr}");
        assert!(stderr.contains(name), "{text}: {stderr}");
    }
    for typed in [
        "--web-host=",
        "--allow-target=",
        "--allow-host=",
        "--allow-host=*",
        "--allow-host=deck.example:8089",
        "--tls-cert=",
    ] {
        let (code, _, stderr) = headless(&[], &[typed]).await;
        assert_eq!(code, Some(2), "{typed}: {stderr}");
    }
    // A suite takes its guard rails from there too.
    let folder = Folder::new();
    folder.file("x.yaml", FILE);
    let environment = [("SWARMDECK_ALLOW_TARGET", "")];
    let suite = ["suite", "x.yaml", "-t", "1s"];
    let (code, _, stderr) = Program::output_in(&folder, &environment, &suite).await;
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("SWARMDECK_ALLOW_TARGET"), "{stderr}");
}

#[tokio::test]
async fn private_is_not_where_clouds_give_out_credentials() {
    for host in ["http://169.254.169.254", "http://[fd00:ec2::254]"] {
        let (code, _, stderr) = headless(&[], &["-H", host, "--allow-target=private"]).await;
        assert_eq!(code, Some(2), "{host}: {stderr}");
        assert!(
            stderr.contains("--allow-target private"),
            "{host}: {stderr}"
        );
    }
}

#[tokio::test]
async fn a_suite_is_held_back_before_its_first_run() {
    let folder = Folder::new();
    folder.file("x.yaml", FILE);
    let suite = ["suite", "x.yaml", "-t", "1s", "-H", "http://203.0.113.7"];
    let empty: &[(&str, &str)] = &[];
    for (environment, arguments) in [
        (empty, &["--allow-target", "loopback"][..]),
        (&[("SWARMDECK_ALLOW_TARGET", "loopback")], &[]),
        (
            &[("SWARMDECK_ALLOW_TARGET", "*")],
            &["--allow-target=loopback"],
        ),
    ] {
        let all = [&suite[..], arguments].concat();
        let (code, stdout, stderr) = Program::output_in(&folder, environment, &all).await;
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
        assert!(stderr.contains("--allow-target loopback"), "{stderr}");
    }
}
