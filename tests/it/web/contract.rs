//! The API against its own description, by schemathesis: requests of every
//! kind that the description allows, and of kinds that it does not.

use std::process::Stdio;
use std::time::Duration;

use swarmdeck::lab::LabConfig;
use swarmdeck::model::{Rails, TargetPattern, Targets};
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{TestApp, lab, python};

/// The most cases of an operation that are made up, beside those of each kind
/// that its description names.
const EXAMPLES: &str = "30";
/// How long it may take: several times of what it does.
const LONGEST: Duration = Duration::from_secs(120);

/// Nothing but this machine may have load, and little of it.
fn rails() -> Rails {
    Rails {
        allowed: Some(Targets::new(vec![TargetPattern::Loopback])),
        max_users: Some(5),
        max_rps: Some(20.0),
        ..Rails::default()
    }
}

#[tokio::test]
async fn every_answer_is_one_that_the_description_names() {
    let Some(schemathesis) = python("schemathesis") else {
        return;
    };
    let lab = lab(LabConfig::default());
    let app = TestApp::within(rails(), &lab.url()).await;
    let description = format!("http://{}/api/v1/openapi.json", app.address);
    let config = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/web/schemathesis.toml"
    );
    let run = Command::new(schemathesis)
        .args(["--config-file", config, "run", &description])
        .args(["--phases", "coverage,fuzzing", "--max-examples", EXAMPLES])
        .args(["--request-timeout", "20"])
        .args(["--generation-deterministic", "--no-color"])
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(LONGEST, run).await;
    let output = output.expect("it ends in time").expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{wrong}");
    assert!(
        said.contains("cases:") || said.contains("generated"),
        "{said}"
    );
}
