//! Right and wrong requests: what the description allows, the server does, and
//! what it does not, the server refuses.

use reqwest::{Method, Url};
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;

use crate::support::{NOWHERE, TestApp, answer, lab, soon};

/// See the comment at its top.
const REQUESTS: &str = include_str!("requests.txt");

struct Request<'t> {
    verdict: &'t str,
    status: &'t str,
    method: Method,
    path: &'t str,
    body: &'t str,
    words: &'t str,
}

impl<'t> Request<'t> {
    fn parse(line: &'t str) -> Self {
        let (line, words) = line.split_once(" ## ").unwrap_or((line, ""));
        let (verdict, rest) = line.split_once(' ').expect("a verdict");
        let (status, rest) = match verdict {
            "ok" => rest.split_once(' ').expect("a status"),
            _ => ("", rest),
        };
        let (method, rest) = rest.split_once(' ').expect("a method");
        let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
        let method = method.parse().expect("a method");
        Self {
            verdict,
            status,
            method,
            path,
            body,
            words,
        }
    }

    /// Whether the description allows it.
    fn is_described(&self, document: &Value) -> bool {
        let url = Url::parse(&format!("http://a{}", self.path)).expect("an address");
        let method = self.method.as_str().to_lowercase();
        let operation = &document["paths"][url.path()][method.as_str()];
        assert!(operation.is_object(), "{} {}", self.method, self.path);
        let known: Vec<_> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        let known: Vec<_> = known.iter().map(|one| resolved(document, one)).collect();
        let are_right = url.query_pairs().all(|(name, value)| {
            let known = known.iter().find(|one| one["name"] == *name);
            known.is_some_and(|one| {
                let is_text = one["schema"]["type"] == "string";
                let number = serde_json::from_str(&value).ok().filter(|_| !is_text);
                fits(
                    document,
                    &one["schema"],
                    &number.unwrap_or_else(|| json!(value)),
                )
            })
        });
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        are_right
            && match serde_json::from_str(self.body) {
                Ok(body) => fits(document, schema, &body),
                Err(_) => self.body.is_empty() && schema.is_null(),
            }
    }
}

fn resolved<'d>(document: &'d Value, one: &'d Value) -> &'d Value {
    let path = one["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    path.map_or(one, |path| {
        document.pointer(path).expect("what is referred to")
    })
}

fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    let schema = json!({"allOf": [schema], "components": document["components"]});
    let schema = jsonschema::draft202012::new(&schema).expect("a schema");
    schema.is_valid(value)
}

async fn differences(app: &TestApp, part: &str) -> Vec<String> {
    let (_, document) = app.json(Method::GET, "/api/v1/openapi.json", "").await;
    let start = format!("= {part}\n");
    let (_, lines) = REQUESTS.split_once(&start).expect("a part");
    let lines = lines.lines().take_while(|line| !line.starts_with("= "));
    let mut differences = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let request = Request::parse(line);
        let is_described = request.is_described(&document);
        let sent = app.request(request.method.clone(), request.path);
        let sent = match request.body {
            "" => sent,
            body => sent
                .header("content-type", "application/json")
                .body(body.to_owned()),
        };
        let answer = answer(sent).await;
        let (status, text) = (answer.status(), answer.text().await.expect("a text"));
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        let message = body["message"].as_str().unwrap_or_default();
        let is_refused = status.is_client_error()
            && body["success"] == false
            && message.contains(request.words)
            && !request.words.is_empty();
        let is_so = match request.verdict {
            "ok" => is_described && status.as_str() == request.status,
            "no" => !is_described && is_refused,
            _ => is_described && is_refused,
        };
        if !is_so {
            let said = text.chars().take(200).collect::<String>();
            differences.push(format!(
                "{line}\n  described: {is_described}, {status} {said}\n"
            ));
        }
    }
    differences
}

#[tokio::test]
async fn what_the_description_refuses_the_server_refuses() {
    let app = TestApp::new(NOWHERE).await;
    let mut found = differences(&app, "ready").await;
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let start = json!({"scenario": "health", "run_time": "1h"}).to_string();
    let (status, started) = app.json(Method::POST, "/api/v1/run", &start).await;
    assert_eq!(status, 200, "{started}");
    let mut snapshots = app.runs.snapshots();
    let enough = snapshots.wait_for(|s| s.tables.aggregated.requests > 20);
    drop(soon("requests", enough).await.unwrap());
    found.extend(differences(&app, "running").await);
    assert!(found.is_empty(), "{}", found.concat());
}
