//! Hooks around the tasks of `try`, and tasks that depend on them.

use swarmdeck::lab::LabConfig;

use super::{FILE, assert_in_order};
use crate::support::{Folder, Program, lab};

#[tokio::test]
async fn without_a_login_no_task_is_tried() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("deploy.yaml", FILE);
    let set = "user_classes.Deployer.on_start.0.json.password=wrong";
    let arguments = ["try", &file, "-H", &lab.url(), "--set", set];
    let (code, said, _) = Program::output(&arguments).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("failed: status 401"), "{said}");
    assert!(said.contains("0 tasks tried, 3 not eligible"), "{said}");
}

#[tokio::test]
async fn setup_and_teardown_are_shown_like_tasks() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file(
        "x.yaml",
        "setup:
  - get: /api/v1/health/?setup
    expect: {json: {$.status: healthy}}
    capture: {state: {json: $.status}}
teardown:
  - get: /api/v1/health/?state={{ state | default('none') }}
user_classes:
  U: {tasks: {t: [{get: '/api/v1/health/?task={{ state }}'}]}}
",
    );
    let url = lab.url();
    let arguments = ["try", &file, "-H", &url];
    let (code, said, stderr) = Program::output(&arguments).await;
    assert_eq!(code, Some(0), "{said}{stderr}");
    let request =
        |part: &str, rest: &str| format!("{part}\n    GET {url}/api/v1/health/?{rest}\n      200 ");
    let mut order = vec![
        request("setup", "setup"),
        "\n      state = healthy\n".to_owned(),
        request("U\n  t", "task=healthy"),
        request("\nteardown", "state=healthy"),
        "1 task tried; no failures".to_owned(),
    ];
    assert_in_order(&said, &order);
    let set = ["--set", "setup.0.expect.json={$.status: broken}"];
    let (code, said, stderr) = Program::output(&[&arguments[..], &set].concat()).await;
    assert_eq!(code, Some(1), "{said}{stderr}");
    let why = "expected $.status == \"broken\"";
    let found = format!("\n      failed: {why}, found \"healthy\" (text)\n");
    order = vec![
        request("setup", "setup"),
        found,
        request("teardown", "state=none"),
    ];
    assert_in_order(&said, &order);
    assert!(!said.contains("task="), "{said}");
    let message = format!("setup failed: GET /api/v1/health/: {why}; no tasks were tried");
    assert!(stderr.contains(&message), "{stderr}");
}

#[tokio::test]
async fn a_task_that_new_users_cannot_do_is_remarked_on() {
    let folder = Folder::new();
    let tasks = "
  U:
    on_start: [{set: {started: 1}}]
    tasks:
      makes: [{set: {made: 1}}]
      needs: {when: made is defined, steps: [{get: /}]}
      avoids: {when: not made, steps: [{get: /}]}
      started: {when: started == 1, steps: [{get: /}]}
      prepared: {when: prepared == 1, steps: [{get: /}]}
      later: {when: user.iteration > 3, steps: [{get: /}]}
";
    let setup = "host: http://localhost\nsetup: [{set: {prepared: 1}}]\n";
    let open = folder.file(
        "open.yaml",
        &format!("{setup}load: {{rate: 10/s}}\nuser_classes:{tasks}"),
    );
    let (code, said, stderr) = Program::output(&["check", &open]).await;
    assert_eq!(code, Some(0), "{said}{stderr}");
    let remark = "start without `made`, so task `needs` runs less often";
    assert!(said.contains(remark), "{said}");
    assert_eq!(said.matches("start without").count(), 1, "{said}");
    let closed = folder.file("closed.yaml", &format!("{setup}user_classes:{tasks}"));
    let (_, said, _) = Program::output(&["check", &closed]).await;
    assert!(!said.contains("start without"), "{said}");
}
