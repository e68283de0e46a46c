//! The description of the routes against the routes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use swarmdeck::lab::LabConfig;
use swarmdeck::run::Level;

use crate::support::{TestApp, answer, assert_snapshot, lab, soon};

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

async fn document(app: &TestApp) -> Value {
    let (status, document) = app.json(Method::GET, "/api/v1/openapi.json", "").await;
    assert_eq!(status, 200);
    document
}

/// Routes that `utoipa` does not see would not be described.
#[test]
fn the_router_has_described_routes_only() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/router.rs");
    let source = fs::read_to_string(path).expect("readable");
    assert!(source.contains(".routes(routes!("));
    assert!(!source.contains(".route("));
}

#[tokio::test]
async fn routes_are_those_of_the_snapshot() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let document = document(&app).await;
    let mut overview = String::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let [id, summary] = ["operationId", "summary"].map(|key| {
                let text = operation[key].as_str();
                text.unwrap_or_else(|| panic!("{method} {path} has no {key}"))
            });
            let method = method.to_uppercase();
            writeln!(overview, "{method:6} {path} {id}\n       {summary}").expect("a string");
        }
    }
    assert_snapshot("routes", &overview);
}

/// Whatever an object refers to, in the whole of a document.
fn references(value: &Value) -> Vec<&str> {
    let inner: Vec<_> = match value {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(values) => values.iter().collect(),
        _ => Vec::new(),
    };
    let inner = inner.into_iter().flat_map(references);
    value["$ref"].as_str().into_iter().chain(inner).collect()
}

#[tokio::test]
async fn every_reference_leads_to_a_schema() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let document = document(&app).await;
    let references = references(&document);
    assert!(references.len() > 100);
    for reference in references {
        let found = document.pointer(reference.trim_start_matches('#'));
        assert!(found.is_some_and(Value::is_object), "{reference}");
    }
}

#[tokio::test]
async fn every_route_is_described_with_its_methods() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let document = document(&app).await;
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 20);
    let mut ids = BTreeSet::new();
    for (path, item) in paths {
        let at = path.replace("{build}", "x").replace("{path}", "y");
        for method in METHODS {
            let known = item.get(method.as_str().to_lowercase());
            let status = app.send(method.clone(), &at).await.status().as_u16();
            assert_eq!(known.is_none(), status == 405, "{method} {path}: {status}");
            let Some(known) = known else { continue };
            let id = known["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            let answers = known["responses"].as_object().expect("answers");
            // A missing body is refused before anything else is looked at.
            let is_bodiless = [411, 415, 422].contains(&status);
            assert!(
                answers.contains_key(&status.to_string()) || is_bodiless,
                "{method} {path} answers {status}"
            );
        }
    }
}

/// The schema of an answer, with what it refers to.
fn schema(document: &Value, path: &str, method: &str, status: &str) -> jsonschema::Validator {
    let answer = &document["paths"][path][method]["responses"][status];
    let schema = answer["content"]["application/json"]["schema"].clone();
    assert!(schema.is_object(), "{method} {path} {status}");
    let schema = json!({"allOf": [schema], "components": document["components"]});
    jsonschema::draft202012::new(&schema).expect("a schema")
}

fn assert_fits(document: &Value, path: &str, method: &str, status: u16, body: &Value) {
    let schema = schema(document, path, method, &status.to_string());
    let wrong: Vec<_> = schema.iter_errors(body).map(|e| e.to_string()).collect();
    assert!(
        wrong.is_empty(),
        "{method} {path} {status}: {wrong:?}\n{body}"
    );
}

/// Every answer in JSON that needs no body and changes nothing, beside the document.
pub(super) const SHOWN: [&str; 15] = [
    "/stats/requests",
    "/exceptions",
    "/tasks",
    "/logs",
    "/worker-count",
    "/health",
    "/api/v1/run",
    "/api/v1/run/scenario",
    "/api/v1/run/window",
    "/api/v1/run/heatmap",
    "/api/v1/run/series",
    "/api/v1/suite",
    "/api/v1/stats",
    "/api/v1/scenarios",
    "/api/v1/logs",
];

/// Those, and the document itself.
fn described() -> impl Iterator<Item = &'static str> {
    SHOWN.into_iter().chain(["/api/v1/openapi.json"])
}

#[tokio::test]
async fn answers_are_as_described() {
    let lab = lab(LabConfig::default());
    let app = TestApp::new(&lab.url()).await;
    let document = document(&app).await;
    app.session.note(Level::Info, "a line");
    let shown = document["paths"].as_object().expect("paths").iter();
    let shown = shown.filter(|(_, item)| {
        item["get"]["responses"]["200"]["content"]
            .get("application/json")
            .is_some()
    });
    let shown: BTreeSet<_> = shown.map(|(path, _)| path.as_str()).collect();
    let mut expected: BTreeSet<_> = described().collect();
    // These two need something that is made elsewhere.
    expected.extend(["/stop", "/api/v1/suite/report.json"]);
    assert_eq!(shown, expected, "all of them are tried here");

    for scenario in ["fails", "open"] {
        let body = json!({"scenario": scenario, "run_time": "1h"}).to_string();
        let (status, started) = app.json(Method::POST, "/api/v1/run", &body).await;
        assert_eq!(status, 200, "{started}");
        assert_fits(&document, "/api/v1/run", "post", status, &started);
        let mut snapshots = app.runs.snapshots();
        let enough = snapshots.wait_for(|s| s.tables.aggregated.requests > 20);
        drop(soon("requests", enough).await.unwrap());
        for path in described() {
            let (status, body) = app.json(Method::GET, path, "").await;
            assert_fits(&document, path, "get", status, &body);
        }
        let (status, stopped) = app.json(Method::POST, "/stop", "").await;
        assert_fits(&document, "/stop", "post", status, &stopped);
    }
    for path in described() {
        let (status, body) = app.json(Method::GET, path, "").await;
        assert_fits(&document, path, "get", status, &body);
    }
}

#[tokio::test]
async fn changes_answer_as_described() {
    let app = TestApp::new("http://127.0.0.1:1").await;
    let document = document(&app).await;
    for (method, path, body, expected) in [
        (Method::POST, "/api/v1/run", "{\"users\": -1}", 400),
        (Method::POST, "/api/v1/run", "{\"scenario\": \"x\"}", 400),
        (Method::POST, "/api/v1/run", "{}", 502),
        (Method::PATCH, "/api/v1/run", "{\"users\": 1}", 409),
        (Method::DELETE, "/api/v1/run", "", 200),
        (Method::POST, "/api/v1/run/stop", "", 200),
        (Method::POST, "/api/v1/run/halt", "", 200),
        (Method::POST, "/api/v1/run/undo", "", 409),
        (Method::POST, "/api/v1/run/burst", "{\"factor\": 2}", 409),
        (Method::POST, "/api/v1/run/burst", "{\"factor\": 1}", 400),
        (
            Method::POST,
            "/api/v1/run/burst",
            "{\"factor\": 2, \"hold\": \"2h\"}",
            400,
        ),
        (Method::POST, "/api/v1/run/pause", "", 409),
        (Method::POST, "/api/v1/run/resume", "", 409),
        (Method::POST, "/api/v1/run/reset", "", 200),
        (
            Method::POST,
            "/api/v1/suite",
            "{\"scenarios\": [\"open\"]}",
            400,
        ),
        (Method::DELETE, "/api/v1/suite", "", 200),
        (Method::POST, "/api/v1/demo", "", 404),
        (Method::DELETE, "/api/v1/demo", "", 200),
        (Method::GET, "/api/v1/suite/report.html", "", 404),
        (Method::GET, "/api/v1/suite/report.json", "", 404),
        (Method::POST, "/user", "{}", 400),
        (Method::GET, "/api/v1/logs?after=-1", "", 400),
        (Method::GET, "/api/v1/run/window?from_s=soon", "", 400),
        (Method::GET, "/api/v1/run/heatmap", "", 404),
        (Method::GET, "/api/v1/run/series?from_s=2&to_s=2", "", 400),
    ] {
        let (status, answer) = app.json(method.clone(), path, body).await;
        assert_eq!(status, expected, "{method} {path} {body}: {answer}");
        let route = path.split('?').next().expect("a path");
        let method = method.as_str().to_lowercase();
        assert_fits(&document, route, &method, status, &answer);
    }
    let swarm = app.swarm(&[("user_count", "x"), ("spawn_rate", "1")]).await;
    assert_fits(&document, "/swarm", "post", 200, &swarm);
    let request = app.request(Method::POST, "/stop");
    let refused = answer(request.header("origin", "https://evil.example")).await;
    let refused: Value = refused.json().await.expect("JSON");
    let schema = &document["components"]["responses"]["Refused"]["content"];
    let schema = json!({
        "allOf": [schema["application/json"]["schema"]],
        "components": document["components"],
    });
    let schema = jsonschema::draft202012::new(&schema).expect("a schema");
    assert!(schema.is_valid(&refused), "{refused}");
}
