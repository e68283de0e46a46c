//! The document itself, and what holds for all operations and responses.

use std::sync::LazyLock;

use axum::http::{HeaderName, header};
use serde_json::{Map, Value, json};

use crate::web::openapi::changes::change_schemas;
use crate::web::router::routes;

/// Schemas of what no type describes, which are those of statistics.
const SCHEMAS: &str = include_str!("schemas.json");

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// Returns this document.
#[utoipa::path(
    get, path = "/api/v1/openapi.json",
    responses((status = 200, body = Object, description = "The document.")),
)]
pub(in crate::web) async fn show_openapi() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], &DOCUMENT)
}

fn document() -> Value {
    let generated = serde_json::to_value(routes().into_openapi()).unwrap_or_default();
    let schemas = object(&generated["components"]["schemas"]);
    let mut schemas: Map<_, _> = schemas
        .map(|(name, schema)| (name.clone(), complete_schema(schema.clone())))
        .collect();
    schemas.extend(change_schemas());
    schemas.extend(serde_json::from_str::<Map<_, _>>(SCHEMAS).unwrap_or_default());
    let paths = object(&generated["paths"]);
    let paths = paths.map(|(path, item)| (path.replace("{*", "{"), complete_path(item.clone())));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Swarmdeck",
            "summary": "An interactive load generator",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{}, {"bearer": []}],
        "paths": paths.collect::<Map<_, _>>(),
        "components": {
            "schemas": schemas,
            "responses": {"Refused": {
                "description": "A foreign host or origin, or no token.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}},
            }},
            "securitySchemes": {"bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "Required where the dashboard listens beyond loopback. Browsers have a cookie instead.",
            }},
        },
    })
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The guard may refuse every operation. Ids are those of client libraries:
/// `showRun`, and `stopSwarmGet` where a handler has several methods.
fn complete_path(mut item: Value) -> Value {
    let ids: Vec<_> = object(&item)
        .map(|(_, operation)| operation["operationId"].clone())
        .collect();
    let shares_id = ids.len() > 1 && ids.windows(2).all(|pair| pair[0] == pair[1]);
    let operations = item.as_object_mut();
    for (method, operation) in operations.into_iter().flatten() {
        let mut id = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if shares_id {
            id = format!("{id}_{method}");
        }
        operation["operationId"] = camel_case(&id).into();
        operation["responses"]["403"] = json!({"$ref": "#/components/responses/Refused"});
    }
    item
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |id, word| {
        let (head, tail) = word.split_at(1);
        id + &head.to_ascii_uppercase() + tail
    })
}

/// A response has no other fields, and all of its own but those that are neither
/// `null` nor required.
fn complete_schema(mut schema: Value) -> Value {
    let is_request = schema["additionalProperties"] == false;
    let may_be_null = |field: &Value| {
        let kinds = [&field["type"], &field["oneOf"]];
        let mut kinds = kinds.into_iter().filter_map(Value::as_array).flatten();
        kinds.any(|kind| kind == "null" || kind["type"] == "null")
    };
    if !is_request && schema["properties"].is_object() {
        let given: Vec<_> = schema["required"].as_array().cloned().unwrap_or_default();
        let required = object(&schema["properties"])
            .filter(|(name, field)| given.iter().any(|one| one == *name) || may_be_null(field))
            .map(|(name, _)| name.clone());
        schema["required"] = required.collect();
        schema["additionalProperties"] = false.into();
    }
    schema
}
