//! The built-in target as a program of its own.

use serde_json::{Value, json};

use crate::support::{Program, soon};

#[tokio::test]
async fn what_a_backend_would_log_goes_where_errors_go() {
    let (mut lab, mut errors) =
        Program::start_heard(&["target", "--port", "0", "--fault", "pool=1,600s,10ms"]);
    let line = lab.line().await;
    let address = line.split_whitespace().nth(2).expect("an address");
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("a client");
    let login = json!({"username": "loadtest_user", "password": "test123"});
    let login = client
        .post(format!("{address}/api/v1/auth/login/"))
        .json(&login);
    let answer: Value = login
        .send()
        .await
        .expect("a lab")
        .json()
        .await
        .expect("JSON");
    let token = answer["token"].as_str().expect("a token");
    // One of them has the only connection for ten minutes.
    let list = || {
        client
            .get(format!("{address}/api/v1/deployments/"))
            .bearer_auth(token)
            .send()
    };
    let answer = tokio::select! {
        answer = list() => answer,
        answer = list() => answer,
    };
    assert_eq!(answer.expect("a lab").status(), 500);
    let logged = soon("a line", errors.next_line()).await;
    assert_eq!(
        logged.expect("readable").expect("a line"),
        "sqlalchemy.exc.TimeoutError: QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 0.01"
    );
}
