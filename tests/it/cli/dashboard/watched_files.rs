//! Scenario files that are saved while the dashboard is open.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::net::SocketAddr;

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;

use crate::support::{Folder, Program, Viewer, answer, lab};

const CLASS: &str = "user_classes: {U: {wait: 20ms, tasks: {t: [{get: /api/v1/health/}]}}}\n";

/// A dashboard over a folder, with a viewer.
struct Deck {
    _program: Program,
    address: SocketAddr,
    viewer: Viewer,
    client: reqwest::Client,
}

impl Deck {
    async fn open(arguments: &[&str]) -> (Self, Value) {
        let arguments = [arguments, &["--web-port", "0", "--shards", "1"]].concat();
        let mut program = Program::start(&arguments);
        let address = program.dashboard().await;
        let (viewer, hello) = Viewer::open(address).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let deck = Self {
            _program: program,
            address,
            viewer,
            client,
        };
        (deck, hello)
    }

    /// The next list of scenarios for which a condition holds.
    async fn offer(&mut self, condition: impl Fn(&Value) -> bool) -> Value {
        let holds = |message: &Value| condition(&message["scenarios"]);
        let message = self.viewer.until("scenarios", holds).await;
        message["scenarios"].clone()
    }

    async fn run(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("http://{}/api/v1/run{path}", self.address);
        let request = self.client.request(method, url).json(&body);
        answer(request).await.json().await.unwrap()
    }
}

fn ids(offer: &Value) -> Vec<&str> {
    let entries = offer.as_array().unwrap().iter();
    entries.map(|entry| entry["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn files_that_come_change_and_go_are_followed() {
    let folder = Folder::new();
    folder.file("a.yaml", &format!("name: A\n{CLASS}"));
    let (mut deck, hello) = Deck::open(&["-f", folder.path()]).await;
    assert_eq!(ids(&hello["scenarios"]), ["a"]);
    folder.file(
        "a.yaml",
        &format!("name: Anew\nload: {{users: 9}}\n{CLASS}"),
    );
    let offer = deck.offer(|offer| offer[0]["name"] == "Anew").await;
    assert_eq!(offer[0]["users"], 9);
    folder.file("b.yaml", "include: parts/c.part\nload: {users: 2}\n");
    let offer = deck.offer(|offer| offer[1]["id"] == "b").await;
    let problem = offer[1]["problems"][0].as_str().unwrap();
    assert!(problem.contains("line 1, column 10: "), "{problem}");
    // The missing file appears: the other one need not be saved again.
    std::fs::create_dir(format!("{}/parts", folder.path())).unwrap();
    folder.file("parts/c.part", CLASS);
    deck.offer(|offer| offer[1]["problems"] == json!([])).await;
    folder.file("parts/c.part", "user_classes: {U: {tusks: {}}}\n");
    let broken = |offer: &Value| offer[1]["problems"] != json!([]);
    let offer = deck.offer(broken).await;
    let problem = offer[1]["problems"][0].as_str().unwrap();
    assert!(problem.contains("c.part, line 1, column 1"), "{problem}");
    std::fs::remove_file(format!("{}/a.yaml", folder.path())).unwrap();
    deck.offer(|offer| ids(offer) == ["b"]).await;
    std::fs::remove_file(format!("{}/b.yaml", folder.path())).unwrap();
    deck.offer(|offer| ids(offer).is_empty()).await;
    let answer = deck.run(Method::POST, "", json!({"scenario": "a"})).await;
    assert_eq!(answer["success"], false, "{answer}");
}

#[tokio::test]
async fn files_that_a_scenario_lists_are_followed_too() {
    let folder = Folder::new();
    let parts = Folder::new();
    let file = |name: &str| {
        let class = CLASS.replace("U:", &format!("{name}:"));
        parts.file("part.yaml", &class);
    };
    file("Before");
    let list = format!(
        "load: {{users: 8}}\nscenarios: [{{file: {}/part.yaml, start: 90s}}]\nuser_classes: {{U: {{count: 1, tasks: {{t: [{{get: /}}]}}}}}}\n",
        parts.path()
    );
    folder.file("all.yaml", &list);
    let (mut deck, hello) = Deck::open(&["-f", folder.path()]).await;
    let classes = &hello["scenarios"][0]["classes"];
    assert_eq!(classes[0]["population"], "always 1 in 1/2 of the users");
    assert_eq!(classes[1]["name"], "Before");
    let later = "weight 1 in 1/2 of the users, from 1m30s on";
    assert_eq!(classes[1]["population"], later);
    file("After");
    let is_anew = |offer: &Value| offer[0]["classes"][1]["name"] == "After";
    deck.offer(is_anew).await;
    parts.file("part.yaml", "user_classes: {After: {tusks: {}}}\n");
    let is_broken = |offer: &Value| offer[0]["problems"] != json!([]);
    let offer = deck.offer(is_broken).await;
    let problem = offer[0]["problems"][0].as_str().unwrap();
    assert!(problem.contains("part.yaml, line 1, column"), "{problem}");
}

#[tokio::test]
async fn a_broken_save_disturbs_no_run_and_the_next_start_takes_what_is_there() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let path = folder.file("a.yaml", &format!("name: Before\n{CLASS}"));
    let (mut deck, _) = Deck::open(&["-f", &path, "-H", &lab.url()]).await;
    let wish = json!({"users": 2, "spawn_rate": 100});
    let answer = deck.run(Method::POST, "", wish.clone()).await;
    assert_eq!(answer["success"], true, "{answer}");
    folder.file(
        "a.yaml",
        "name: After\nuser_classes: {U: {tasks: {t: [{git: /}]}}}\n",
    );
    let offer = deck.offer(|offer| offer[0]["problems"] != json!([])).await;
    let problem = offer[0]["problems"][0].as_str().unwrap();
    assert!(
        problem.contains("line 2, column") && problem.contains("did you mean `get`?"),
        "{problem}"
    );
    let frame = deck.viewer.until("frame", |_| true).await;
    let seen = frame["requests"].as_u64().unwrap();
    let frame = deck
        .viewer
        .until("frame", |frame| {
            frame["requests"].as_u64() > Some(seen + 20)
        })
        .await;
    assert_eq!(
        (&frame["users"], &frame["failures"]),
        (&json!(2), &json!(0))
    );
    deck.run(Method::POST, "/stop", json!({})).await;
    let answer = deck.run(Method::POST, "", wish.clone()).await;
    assert_eq!(answer["success"], false, "{answer}");
    assert!(
        answer["message"].as_str().unwrap().contains("line 2"),
        "{answer}"
    );
    // A removed file is reported, too.
    std::fs::remove_file(&path).unwrap();
    let gone = |offer: &Value| {
        offer[0]["problems"][0]
            .as_str()
            .is_some_and(|p| p.contains("cannot read"))
    };
    deck.offer(gone).await;
    folder.file("a.yaml", &format!("name: After\n{CLASS}"));
    deck.offer(|offer| offer[0]["name"] == "After").await;
    let answer = deck.run(Method::POST, "", wish).await;
    assert_eq!(answer["success"], true, "{answer}");
    let hello = deck
        .viewer
        .until("hello", |hello| hello["run"] != Value::Null);
    assert_eq!(hello.await["run"]["scenario"], "After");
}

#[tokio::test]
async fn what_was_set_on_the_command_line_stays_set() {
    let folder = Folder::new();
    let path = folder.file("a.yaml", CLASS);
    let (mut deck, hello) = Deck::open(&["-f", &path, "--set", "load.users=42"]).await;
    assert_eq!(hello["scenarios"][0]["users"], 42);
    folder.file(
        "a.yaml",
        &format!("name: Anew\nload: {{users: 9}}\n{CLASS}"),
    );
    let offer = deck.offer(|offer| offer[0]["name"] == "Anew").await;
    assert_eq!(offer[0]["users"], 42);
}
