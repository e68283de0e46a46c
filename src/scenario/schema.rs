//! The scenario language as a JSON Schema, for editors.
//!
//! It is made of one table of maps and their keys. The parser has the last
//! word: what a schema cannot say, that variables are set for instance, is not
//! in it.

use serde_json::{Map, Value, json};

use crate::scenario::shapes::{Key, Kind, Rule, STEP_KINDS, Shape, shapes};

/// The JSON Schema (draft 2020-12) of scenario files, as text with a line
/// break at its end.
#[must_use]
pub fn schema() -> String {
    let mut definitions: Map<String, Value> = shapes()
        .map(|shape| (shape.name.to_owned(), object(shape)))
        .collect();
    let steps: Vec<_> = STEP_KINDS
        .iter()
        .map(|kind| kind_schema(&Kind::Of(kind)))
        .collect();
    definitions.insert("step".to_owned(), json!({"anyOf": steps}));
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of Swarmdeck",
        "$ref": "#/$defs/scenario",
        "$defs": definitions,
    });
    format!("{schema:#}\n")
}

fn object(shape: &Shape) -> Value {
    let property = |Key(name, kind, about): &Key| {
        let mut schema = kind_schema(kind);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), (*about).into());
        }
        ((*name).to_owned(), schema)
    };
    let properties: Map<_, _> = shape.keys.iter().map(property).collect();
    let mut object = json!({
        "description": shape.about,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    match shape.rule {
        Rule::All([]) => {}
        Rule::All(keys) => object["required"] = json!(keys),
        Rule::One(keys) => object["oneOf"] = one_of(keys),
        Rule::AllAndOne(all, one) => {
            object["required"] = json!(all);
            object["oneOf"] = one_of(one);
        }
    }
    object
}

fn one_of(keys: &[&str]) -> Value {
    keys.iter().map(|key| json!({"required": [key]})).collect()
}

fn kind_schema(kind: &Kind) -> Value {
    match kind {
        Kind::Any => json!({}),
        Kind::Text => json!({"type": ["string", "number", "boolean"]}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::True => json!({"const": true}),
        Kind::Number => json!({"type": "number"}),
        Kind::Nothing => json!({"type": "null"}),
        Kind::Duration | Kind::Amount => {
            json!({"type": ["string", "number"], "pattern": r"^\s*[0-9.]", "minimum": 0})
        }
        Kind::Rate => {
            json!({"type": ["string", "number"], "pattern": r"^\s*[0-9.]", "exclusiveMinimum": 0})
        }
        Kind::Whole(low, high) => json!({"type": "integer", "minimum": low, "maximum": high}),
        Kind::Words(words) => json!({"enum": words}),
        Kind::Numbers(numbers) => json!({"enum": numbers}),
        Kind::Of(name) => json!({"$ref": format!("#/$defs/{name}")}),
        Kind::List(of, least) => {
            json!({"type": "array", "items": kind_schema(of), "minItems": least})
        }
        Kind::Named(of) => json!({"type": "object", "additionalProperties": kind_schema(of)}),
        Kind::Either(kinds) => {
            let kinds: Vec<_> = kinds.iter().map(kind_schema).collect();
            json!({"anyOf": kinds})
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::scenario::body::literal_json;
    use crate::scenario::diagnostic::Problems;
    use crate::scenario::source::{Source, Span};
    use crate::scenario::texts::{Origin, Texts};
    use crate::scenario::{
        body, capture, check, class, criteria, data, expect, file, http, multipart, once, probe,
        probe_reading, recorded, request, section, shape, step, timeline, tls, workload, yaml,
    };

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn as_json(text: &str) -> Value {
        let mut texts = Texts::default();
        texts.add(Source::new("x.yaml", text), Origin::Own);
        let mut problems = Problems::new(&texts);
        let whole = Span::new(0, text.len());
        let node = yaml::parse(&texts, whole, &mut 0, &mut problems);
        literal_json(&node.unwrap())
    }

    fn validator() -> jsonschema::Validator {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        jsonschema::meta::validate(&schema).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    }

    fn keys(name: &str) -> Vec<&'static str> {
        let shape = shapes().find(|shape| shape.name == name).unwrap();
        let mut keys: Vec<_> = shape.keys.iter().map(|key| key.0).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn the_keys_are_those_of_the_parser() {
        for (name, parsed) in [
            ("scenario", &file::KEYS[..]),
            ("load", &workload::KEYS),
            ("listed", &section::KEYS),
            ("criteria", &criteria::KEYS),
            ("change", &timeline::KEYS),
            ("burst", &timeline::BURST_KEYS),
            ("http", &http::KEYS),
            ("wait", &file::WAIT_KEYS),
            ("tls", &tls::KEYS),
            ("feed", &data::KEYS),
            ("graphql", &body::GRAPHQL_KEYS),
            ("part", &multipart::KEYS),
            ("test", &check::WORDS),
            ("health", &once::HEALTH_KEYS),
            ("probe", &probe::KEYS),
            ("docker", &probe::DOCKER_KEYS),
            ("psql", &probe::PSQL_KEYS),
            ("reading", &probe_reading::READING_KEYS),
            ("shape", &shape::SHAPES),
            ("wave", &shape::WAVE_KEYS),
            ("recorded", &recorded::KEYS),
            ("user_class", &class::CLASS_KEYS),
            ("task", &class::TASK_KEYS),
            ("request", &request::KEYS),
            ("expect", &expect::KEYS),
            ("capture", &capture::KEYS),
        ] {
            let mut parsed = parsed.to_vec();
            parsed.sort_unstable();
            assert_eq!(keys(name), parsed, "{name}");
        }
        let mut steps = [&["request"], &step::FLOW_KEYS[..]].concat();
        let mut kinds = STEP_KINDS.to_vec();
        steps.sort_unstable();
        kinds.sort_unstable();
        assert_eq!(kinds, steps);
    }

    #[test]
    fn the_document_is_current() {
        let path = root().join("docs/scenario.schema.json");
        let written = fs::read_to_string(path).unwrap_or_default();
        let help = "write it anew: cargo run -- schema > docs/scenario.schema.json";
        assert!(written == schema(), "{help}");
    }

    #[test]
    fn every_scenario_of_the_repository_is_valid() {
        let folders = ["scenarios", "tests/scenarios"].map(|folder| root().join(folder));
        let files = folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        let files = files.flatten().map(|entry| entry.unwrap().path());
        let is_scenario = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "yaml");
        let files: Vec<_> = files.filter(is_scenario).collect();
        assert!(files.len() > 4, "{files:?}");
        let validator = validator();
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let wrong: Vec<_> = validator
                .iter_errors(&as_json(&text))
                .map(|error| error.to_string())
                .collect();
            assert!(wrong.is_empty(), "{}: {wrong:#?}", file.display());
        }
    }

    #[test]
    fn every_example_of_the_documents_is_valid() {
        let validator = validator();
        for document in ["docs/scenarios.md", "README.md"] {
            let text = fs::read_to_string(root().join(document)).unwrap();
            let examples = text.split("```yaml\n").skip(1);
            let examples = examples.filter_map(|rest| rest.split("```").next());
            for example in examples {
                let wrong = validator.iter_errors(&as_json(example)).count();
                assert_eq!(wrong, 0, "{document}: {example}");
            }
        }
    }

    #[test]
    fn sound_values_of_every_kind_are_valid() {
        let validator = validator();
        let valid = |text: &str| validator.is_valid(&as_json(text));
        let class = "user_classes: {U: {tasks: {t: [{get: /}]}}}";
        for text in [
            "load: {users: {double_wave: {from: 0, to: 100, period: 10m}}, run_time: 1h}",
            "load: {rate: {saw: {from: 0/s, to: 20/s, period: 1m}}, arrivals: even, queue: 0}",
            "load: {rate: {recorded: {file: day.csv, step: 1m, scale: 0.5}}}",
            "load: {stages: [{over: 1m, rate: 0}, {over: 0s, rate: 30/m}], max_rps: 50}",
            "http: {version: 1.1, proxy: none, tls: {insecure: true}, max_connection_age: none}",
            "criteria: [p99 < 1s, 'success >= 98% every 10s abort']",
            "criteria: {after: 10s, all: [p99 < 1s]}",
            "health: {get: /up, expect: {status: 2xx}, within: 5m}",
            "data: {a: {rows: [{x: 1}]}, b: {jsonl: b.jsonl, pick: random, per: task}}",
            "probes: {a: {docker: {containers: x, logs: Pool}}, b: {postgres: {docker: x}}, c: process}",
            "probes: {a: {json: 'http://a', readings: {x: $.a, y: {rate: $.b, unit: ops/s}}}}",
            "setup: [{post: /, multipart: {a: x, f: {file: a.png}, l: [x, {text: y}]}}]",
            "setup: [{post: /, graphql: {query: '{ a }', variables: {x: 1}}}]",
            "setup: [{get: /, expect: {header: {A: {not: b}}, size: < 1KiB, text: {contains: x}}}]",
            "setup: [{get: /, capture: {a: {css: h1, match: 2, default: null}, b: null}}]",
        ] {
            assert!(valid(&format!("{text}\n{class}")), "{text}");
        }
    }

    #[test]
    fn mistakes_are_no_valid_scenarios() {
        let validator = validator();
        let valid = |text: &str| validator.is_valid(&as_json(text));
        assert!(valid("user_classes: {U: {tasks: {t: [{get: /}]}}}"));
        for text in [
            "user_clases: {}",
            "criteria: p99 < 1s",
            "criteria: {after: 10s}",
            "load: {users: 0}",
            "load: {run_time: soon}",
            "user_classes: {U: {weight: 1}}",
            "user_classes: {U: {tasks: {t: []}}}",
            "user_classes: {U: {tasks: {t: [{name: x}]}}}",
            "user_classes: {U: {tasks: {t: [{get: /, put: /}]}}}",
            "user_classes: {U: {tasks: {t: [{get: /, think: 1s}]}}}",
            "user_classes: {U: {tasks: {t: [{group: g}]}}}",
            "load: {users: {sine: {from: 1, to: 2}}}",
            "load: {stages: [{over: 1m, users: 5, rate: 5/s}]}",
            "data: {rows: {csv: a.csv, rows: [{a: 1}]}}",
            "health: {within: 5s}",
            "probes: {a: {docker: {logs: x}}}",
            "probes: {a: {json: 'http://a', prometheus: 'http://a'}}",
            "http: {version: 3}",
            "user_classes: {U: {load: {run_time: 5m}, tasks: {t: [{get: /}]}}}",
            "user_classes: {U: {tasks: {t: [{get: /, http: {proxy: none}}]}}}",
            "user_classes: {U: {tasks: {t: [{get: /, expect: {header: {A: {exist: true}}}}]}}}",
            "user_classes: {U: {tasks: {t: [{get: /, capture: {a: {match: last}}}]}}}",
            "user_classes: {U: {tasks: {t: [{get: /, capture: {a: {body: false}}}]}}}",
            "user_classes: {U: {wait: {pacing: 1s, poisson: 2}, tasks: {t: [{get: /}]}}}",
        ] {
            assert!(!valid(text), "{text}");
        }
    }
}
