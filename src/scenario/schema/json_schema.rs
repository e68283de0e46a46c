//! The scenario language as a JSON Schema, for editors.
//!
//! It is made of one table of maps and their keys. The parser has the last
//! word: what a schema cannot say, that variables are set for instance, is not
//! in it.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::scenario::schema::limits::{MAX_BODY_BYTES, MAX_TIME, RATES};
use crate::scenario::schema::maps::{CHANGE, STEP};
use crate::scenario::schema::patterns;
use crate::scenario::schema::table::{
    Alternatives, Has, Key, Kind, MANY, MapDef, Names, Rule, all_maps,
};

/// The longest duration, in seconds.
const MAX_SECONDS: f64 = MAX_TIME.as_secs_f64();

/// The JSON Schema (draft 2020-12) of scenario files, as text with a line
/// break at its end.
#[must_use]
pub fn schema() -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of Swarmdeck",
        "$ref": "#/$defs/scenario",
        "$defs": schema_definitions(),
    });
    format!("{schema:#}\n")
}

/// The schemas of all maps by name, and `environment`, which stands for a value
/// of any of them. They refer to each other by `#/$defs/`.
pub(crate) fn schema_definitions() -> Map<String, Value> {
    let mut definitions: Map<String, Value> = all_maps()
        .into_iter()
        .map(|map| (map.name.to_owned(), object(map)))
        .collect();
    for one in [&STEP, &CHANGE] {
        let kinds = one.maps.iter().map(|map| kind_schema(&Kind::Of(map)));
        definitions.insert(one.name.to_owned(), any_of(kinds));
    }
    let environment = json!({
        "description": "taken from the environment, as {{ env.NAME or 10 }}",
        "type": "string",
        "pattern": patterns::ENVIRONMENT,
    });
    definitions.insert("environment".to_owned(), environment);
    definitions
}

fn object(map: &MapDef) -> Value {
    let property = |Key(name, kind, about): &Key| {
        let mut schema = kind_schema(kind);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), (*about).into());
        }
        ((*name).to_owned(), schema)
    };
    let properties: Map<_, _> = map.keys.iter().map(property).collect();
    let mut object = json!({
        "description": map.about,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    let mut rules = Vec::new();
    for rule in map.rules {
        match rule {
            Rule::All(keys, _) => object["required"] = json!(keys),
            Rule::One(keys, _) => rules.push(json!({"oneOf": each_required(keys)})),
            Rule::Any(keys, _) => rules.push(json!({"anyOf": each_required(keys)})),
            Rule::AtMostOne(keys, _) => {
                for (at, first) in keys.iter().enumerate() {
                    rules.extend(excluded(first, &keys[at + 1..]));
                }
            }
            Rule::Needs(key, others, _) => rules.push(json!({
                "if": {"required": [key]},
                "then": {"anyOf": each_required(others)},
            })),
            Rule::NotBoth(one, other, _) => {
                rules.push(json!({"not": {"allOf": [has(*one), has(*other)]}}));
            }
        }
    }
    if !rules.is_empty() {
        object["allOf"] = rules.into();
    }
    object
}

fn excluded(key: &str, others: &[&str]) -> Option<Value> {
    let found = json!({"required": [key], "anyOf": each_required(others)});
    (!others.is_empty()).then(|| json!({"not": found}))
}

fn has(what: Has) -> Value {
    match what {
        Has::Key(key) => json!({"required": [key]}),
        Has::Value(key, value) => {
            json!({"required": [key], "properties": {key: {"const": value}}})
        }
        Has::Map(key) => json!({"required": [key], "properties": {key: {"type": "object"}}}),
    }
}

fn each_required(keys: &[&str]) -> Value {
    keys.iter().map(|key| json!({"required": [key]})).collect()
}

/// The schema of a value, or of the environment that it is taken from.
fn kind_schema(kind: &Kind) -> Value {
    let schema = plain_schema(kind);
    match kind {
        Kind::Flag
        | Kind::Above(..)
        | Kind::Duration
        | Kind::Period
        | Kind::Seconds(..)
        | Kind::Rate
        | Kind::RateOrZero
        | Kind::Bytes
        | Kind::Character
        | Kind::Criterion
        | Kind::Address
        | Kind::Proxy
        | Kind::Ip
        | Kind::HeaderName
        | Kind::JsonPath
        | Kind::Nth
        | Kind::Whole(..)
        | Kind::Words(_)
        | Kind::Numbers(_) => any_of([schema, json!({"$ref": "#/$defs/environment"})]),
        // Filled in while users run.
        Kind::Number | Kind::Status | Kind::Count | Kind::Size | Kind::TimeLimit => {
            any_of([schema, string(patterns::TEMPLATE)])
        }
        _ => schema,
    }
}

fn plain_schema(kind: &Kind) -> Value {
    match kind {
        Kind::Any | Kind::Given => json!({}),
        Kind::Text => scalar(None),
        Kind::Known => scalar(Some(patterns::KNOWN)),
        Kind::Label => scalar(Some(patterns::LABEL)),
        Kind::Short(most) => {
            let mut schema = scalar(Some(patterns::KNOWN));
            schema["maxLength"] = json!(most);
            schema
        }
        Kind::Header => scalar(Some(patterns::HEADER_VALUE)),
        Kind::HeaderName => scalar(Some(patterns::ANY_HEADER)),
        Kind::Container => scalar(Some(patterns::CONTAINER)),
        Kind::Condition => scalar(Some(patterns::CONDITION)),
        Kind::Expression => string(patterns::EXPRESSION),
        Kind::Variable => string(&patterns::variable()),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::True => json!({"const": true}),
        Kind::Nothing => json!({"type": "null"}),
        Kind::Number => json!({"type": "number"}),
        Kind::Above(low, high) => {
            json!({"type": "number", "exclusiveMinimum": low, "maximum": high})
        }
        Kind::Duration => seconds(&patterns::duration(), (0.0, MAX_SECONDS)),
        Kind::Period => period((0.0, MAX_SECONDS)),
        Kind::Seconds(low, high) if low.is_zero() => {
            seconds(&patterns::duration(), (0.0, high.as_secs_f64()))
        }
        Kind::Seconds(low, high) => period((low.as_secs_f64(), high.as_secs_f64())),
        Kind::Rate => per_second(&patterns::rate(), RATES.0),
        Kind::RateOrZero => per_second(&patterns::rate_or_zero(), 0.0),
        Kind::TimeLimit => string(&patterns::time_limit()),
        Kind::Size => whole_or(&patterns::size(), (0, None)),
        Kind::Bytes => whole_or(&patterns::bytes(), (1, Some(MAX_BODY_BYTES as usize))),
        Kind::Count => whole_or(&patterns::count(), (0, None)),
        Kind::Status => whole_or(&patterns::status(), (100, Some(599))),
        Kind::Character => whole_or(&patterns::character(), (0, Some(9))),
        Kind::Nth => whole_or(&patterns::nth(), (1, None)),
        Kind::Criterion => string(&patterns::criterion()),
        Kind::JsonPath => string(patterns::JSON_PATH),
        Kind::Address => string(&patterns::address()),
        Kind::Proxy => string(&patterns::proxy()),
        Kind::Ip => string(&patterns::ip()),
        Kind::Target => string(&patterns::target()),
        Kind::Url => string(&patterns::url()),
        Kind::Database => string(patterns::DATABASE),
        Kind::Whole(low, high) => json!({"type": "integer", "minimum": low, "maximum": high}),
        Kind::Words(words) => json!({"enum": words}),
        Kind::Numbers(numbers) => json!({"enum": numbers}),
        Kind::Of(MapDef { name, .. }) | Kind::OneOf(Alternatives { name, .. }) => {
            json!({"$ref": format!("#/$defs/{name}")})
        }
        Kind::Steps(least) => {
            let schema = json!({"type": "array", "items": {"$ref": "#/$defs/step"}});
            bounded(schema, ["minItems", "maxItems"], *least, MANY)
        }
        Kind::List(of, least, most) => {
            let schema = json!({"type": "array", "items": kind_schema(of)});
            bounded(schema, ["minItems", "maxItems"], *least, *most)
        }
        Kind::Named(names, of, least, most) => {
            let mut schema = json!({"type": "object", "additionalProperties": kind_schema(of)});
            if let Some(pattern) = name_pattern(*names) {
                schema["propertyNames"] = json!({"pattern": pattern});
            }
            bounded(schema, ["minProperties", "maxProperties"], *least, *most)
        }
        Kind::Either(kinds) => any_of(kinds.iter().map(kind_schema)),
    }
}

fn name_pattern(names: Names) -> Option<String> {
    Some(match names {
        Names::Any => return None,
        Names::Variable => patterns::variable(),
        Names::Feed => patterns::feed(),
        Names::Class => patterns::class(),
        Names::Header => patterns::header_name(),
        Names::AnyHeader => patterns::ANY_HEADER.to_owned(),
        Names::NotBlank => patterns::EXPRESSION.to_owned(),
        Names::Host => patterns::HOST.to_owned(),
        Names::JsonPath => patterns::JSON_PATH.to_owned(),
        Names::Probe => patterns::PROBE.to_owned(),
    })
}

fn bounded(mut schema: Value, [low, high]: [&str; 2], least: usize, most: usize) -> Value {
    if least > 0 {
        schema[low] = json!(least);
    }
    if most != MANY {
        schema[high] = json!(most);
    }
    schema
}

fn any_of(kinds: impl IntoIterator<Item = Value>) -> Value {
    json!({"anyOf": kinds.into_iter().collect::<Vec<_>>()})
}

fn string(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}

/// A value taken as text, also where YAML takes it for something else.
fn scalar(pattern: Option<&str>) -> Value {
    let mut schema = json!({"type": ["string", "number", "boolean"]});
    if let Some(pattern) = pattern {
        schema["pattern"] = pattern.into();
    }
    schema
}

fn seconds(pattern: &str, (low, high): (f64, f64)) -> Value {
    json!({"type": ["string", "number"], "pattern": pattern, "minimum": low, "maximum": high})
}

/// A duration above 0.
fn period((low, high): (f64, f64)) -> Value {
    let mut schema = seconds(&patterns::period(), (low, high));
    schema["exclusiveMinimum"] = json!(0);
    schema
}

fn per_second(pattern: &str, low: f64) -> Value {
    seconds(pattern, (low, RATES.1))
}

/// A whole number, or a text.
fn whole_or(pattern: &str, (low, high): (usize, Option<usize>)) -> Value {
    let mut schema = json!({"type": ["string", "integer"], "pattern": pattern, "minimum": low});
    if let Some(high) = high {
        schema["maximum"] = json!(high);
    }
    schema
}
