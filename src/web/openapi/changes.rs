//! The schema of a change: that of an entry of `timeline`, without its time.

use serde_json::{Map, Value};

use crate::session::schema_definitions;

/// Where the schema of scenarios has its definitions.
const DEFINITIONS: &str = "#/$defs/";

/// `Change` and the schemas that it refers to.
pub(super) fn change_schemas() -> Map<String, Value> {
    let definitions = schema_definitions();
    let mut schemas = Map::new();
    let mut wanted = vec!["change".to_owned()];
    while let Some(name) = wanted.pop() {
        let component = pascal_case(&name);
        if !schemas.contains_key(&component) {
            let mut schema = definitions[&name].clone();
            adapt(&mut schema, &mut wanted);
            schemas.insert(component, schema);
        }
    }
    schemas
}

/// Removes what only files have, the time and the environment, and refers to
/// components, which are then wanted.
fn adapt(schema: &mut Value, wanted: &mut Vec<String>) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(|one| adapt(one, wanted)),
        Value::Object(fields) => {
            if let Some(Value::Array(kinds)) = fields.get_mut("anyOf") {
                kinds.retain(|kind| kind["$ref"] != "#/$defs/environment");
            }
            if let Some(Value::Object(properties)) = fields.get_mut("properties") {
                properties.remove("at");
            }
            if let Some(Value::Array(required)) = fields.get_mut("required") {
                required.retain(|name| name != "at");
            }
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(DEFINITIONS).map(str::to_owned)
            {
                *reference = format!("#/components/schemas/{}", pascal_case(&name));
                wanted.push(name);
            }
            fields.values_mut().for_each(|one| adapt(one, wanted));
        }
        _ => {}
    }
}

fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let (head, tail) = word.split_at(1);
        head.to_ascii_uppercase() + tail
    };
    name.split('_').map(capital).collect()
}
