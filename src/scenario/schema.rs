//! The scenario language as a JSON Schema, for editors.
//!
//! It is made of one table of maps and their keys. The parser has the last
//! word: what a schema cannot say, that variables are set for instance, is not
//! in it.

use serde_json::{Map, Value, json};

use crate::scenario::patterns;
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
        Rule::OneAndAtMostOne(one, at_most) => {
            object["oneOf"] = one_of(one);
            object["not"] = several_of(&[at_most]);
        }
        Rule::AtMostOneEach(groups) => object["not"] = several_of(groups),
    }
    object
}

/// Holds where two keys of a group are there.
fn several_of(groups: &[&[&str]]) -> Value {
    let mut pairs = Vec::new();
    for group in groups {
        for (at, first) in group.iter().enumerate() {
            let others = group[at + 1..].iter();
            pairs.extend(others.map(|second| json!({"required": [first, second]})));
        }
    }
    json!({"anyOf": pairs})
}

fn one_of(keys: &[&str]) -> Value {
    keys.iter().map(|key| json!({"required": [key]})).collect()
}

/// What a value is, or the environment that it is taken from.
fn kind_schema(kind: &Kind) -> Value {
    let schema = plain_schema(kind);
    match kind {
        Kind::Duration
        | Kind::TimeLimit
        | Kind::Bytes
        | Kind::Flag
        | Kind::JsonPath
        | Kind::Amount
        | Kind::Size
        | Kind::Rate
        | Kind::Status
        | Kind::Number
        | Kind::Character
        | Kind::Criterion
        | Kind::Whole(..)
        | Kind::Words(_)
        | Kind::Numbers(_) => {
            json!({"anyOf": [schema, {"type": "string", "pattern": r"\{\{"}]})
        }
        _ => schema,
    }
}

fn plain_schema(kind: &Kind) -> Value {
    match kind {
        Kind::Any | Kind::Given => json!({}),
        Kind::Text | Kind::Known => json!({"type": ["string", "number", "boolean"]}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::True => json!({"const": true}),
        Kind::Number => json!({"type": "number"}),
        Kind::Nothing => json!({"type": "null"}),
        Kind::Duration => number_or(&patterns::duration()),
        Kind::Amount => number_or(&patterns::amount()),
        Kind::TimeLimit => json!({"type": "string", "pattern": patterns::time_limit()}),
        Kind::Size => number_or(&patterns::size()),
        Kind::Bytes => {
            let pattern = patterns::bytes();
            json!({"type": ["string", "integer"], "pattern": pattern, "minimum": 1})
        }
        Kind::Rate => {
            let pattern = patterns::rate();
            json!({"type": ["string", "number"], "pattern": pattern, "exclusiveMinimum": 0})
        }
        Kind::Status => json!({
            "type": ["string", "integer"],
            "pattern": patterns::status(),
            "minimum": 100,
            "maximum": 599,
        }),
        Kind::Criterion => json!({"type": "string", "pattern": patterns::criterion()}),
        Kind::JsonPath => json!({"type": "string", "pattern": patterns::json_path()}),
        Kind::Character => json!({"type": ["string", "integer"], "pattern": patterns::character()}),
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

/// A number that is not negative, or a text.
fn number_or(pattern: &str) -> Value {
    json!({"type": ["string", "number"], "pattern": pattern, "minimum": 0})
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::scenario::body::literal_json;
    use crate::scenario::diagnostic::Colour;
    use crate::scenario::diagnostic::Problems;
    use crate::scenario::environment::Environment;
    use crate::scenario::source::{Source, Span};
    use crate::scenario::texts::{Origin, Texts};
    use crate::scenario::{
        body, capture, check, class, criteria, data, expect, file, http, multipart, once, probe,
        probe_reading, recorded, request, route, section, shape, step, timeline, tls, workload,
        yaml,
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
            ("dns", &route::DNS_KEYS),
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
            "http: {dns: {ttl: 5s, policy: first}}",
            "http: {dns: {ttl: none}}",
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

    /// Steps, and what else a class or a file has, that mean nothing.
    const BROKEN: [&str; 66] = [
        // Durations.
        "setup: [{think: soon}]",
        "setup: [{think: 5 parsecs}]",
        "setup: [{think: 1m30}]",
        "setup: [{think: 1.2.3s}]",
        "setup: [{think: -1s}]",
        "setup: [{think: 1e3s}]",
        "setup: [{think: [1s, 2x]}]",
        "setup: [{get: /, timeout: 10 seconds}]",
        "setup: [{get: /, timeout: ''}]",
        "load: {run_time: 5minutes}",
        "load: {stages: [{over: 1q, users: 5}]}",
        "load: {stages: [{over: later, rate: 5/s}]}",
        "health: {get: /, within: 1 week}",
        "criteria: {after: 10sec., all: [p99 < 1s]}",
        "http: {timeout: 3sek}",
        "timeline: [{at: 1:30, do: pause}]",
        // Rates and amounts.
        "load: {rate: fast}",
        "load: {rate: 0/s}",
        "load: {rate: 50/day}",
        "load: {rate: 5 per second}",
        "load: {users: 5, spawn_rate: 3/x}",
        "load: {stages: [{over: 1m, rate: 5/y}]}",
        "load: {rate: {sine: {from: 1/s, to: 9/w, period: 1m}}, run_time: 1m}",
        // Users and arrivals at the same time.
        "load: {users: 5, rate: 5/s}",
        "load: {users: 5, stages: [{over: 1m, users: 5}]}",
        "load: {rate: 5/s, stages: [{over: 1m, rate: 5/s}]}",
        "load: {rate: 5/s, spawn_rate: 5}",
        // Statuses.
        "setup: [{get: /, expect: {status: ok}}]",
        "setup: [{get: /, expect: {status: 99}}]",
        "setup: [{get: /, expect: {status: 600}}]",
        "setup: [{get: /, expect: {status: 20x}}]",
        "setup: [{get: /, expect: {status: 6xx}}]",
        "setup: [{get: /, expect: {status: '200,201'}}]",
        "setup: [{get: /, expect: {status: 200-}}]",
        "setup: [{get: /, expect: {status: [200, success]}}]",
        "setup: [{get: /, expect: {status: true}}]",
        // Sizes, times, paths.
        "setup: [{get: /, expect: {size: small}}]",
        "setup: [{get: /, expect: {size: < 10KX}}]",
        "http: {max_body: 10KX}",
        "http: {max_body: 0}",
        "setup: [{get: /, expect: {time: fast}}]",
        "setup: [{get: /, expect: {time: '> 5s'}}]",
        "setup: [{get: /, capture: {a: {json: id}}}]",
        "data: {a: {csv: a.csv, delimiter: '||'}}",
        // More than one body.
        "setup: [{post: /, json: {a: 1}, body: x}]",
        "setup: [{post: /, form: {a: 1}, file: x.bin}]",
        "setup: [{post: /, graphql: '{ a }', multipart: {a: x}}]",
        // Criteria.
        "setup: [{get: /, expect: {time: 500}}]",
        "setup: [{get: /, expect: {time: '< 2'}}]",
        "criteria: [fast]",
        "criteria: [p99 < fast]",
        "criteria: [p99 500ms]",
        "criteria: [p99 = 500ms]",
        "criteria: [p99 < 500]",
        "criteria: [p49 < 1s]",
        "criteria: [p100 < 1s]",
        "criteria: [latency < 1s]",
        "criteria: [success >= 0.98]",
        "criteria: [failures < 1%]",
        "criteria: [rps >= 50/day]",
        "criteria: ['p99 of GET / < 1s']",
        "criteria: ['p99 of row:a < 1s']",
        "criteria: ['p99 < 1s every']",
        "criteria: ['p99 < 1s every now and then']",
        "criteria: ['p99 < 1s in 99% seconds']",
        "criteria: ['p99(slow) < 1s']",
    ];

    #[test]
    fn what_check_refuses_by_its_looks_the_schema_refuses() {
        let validator = validator();
        let class = "user_classes: {U: {tasks: {t: [{get: /}]}}}";
        for text in BROKEN {
            let text = format!("{text}\n{class}\n");
            let source = Source::new("x.yaml", text.clone());
            let checked = crate::scenario::load(&source, &Environment::default());
            assert!(checked.is_err(), "check takes {text}");
            assert!(
                !validator.is_valid(&as_json(&text)),
                "the schema takes {text}"
            );
        }
    }

    #[test]
    fn what_check_takes_the_schema_takes() {
        let validator = validator();
        let class =
            "user_classes: {U: {wait: {pacing: 1s}, tasks: {t: {tags: [a], steps: [{get: /}]}}}}";
        for text in [
            "setup: [{think: ' 1h  5m '}, {think: .5}, {think: 5.}, {think: 1min 3sec}]",
            "setup: [{get: /, timeout: 1d}, {get: /, timeout: 0.5}]",
            "load: {rate: 30 / minute}",
            "load: {rate: .5}",
            "load: {stages: [{over: 0, rate: 0}, {over: 1m, rate: '0/s'}, {over: 1s, rate: 7/hour}]}",
            "setup: [{get: /, expect: {status: 200 - 204}}, {get: /, expect: {status: 5XX}}]",
            "setup: [{get: /, expect: {status: ['2xx', 304, '404']}}]",
            "http: {max_body: 1.5 MiB}\nsetup: [{get: /, http: {max_body: 512}}]",
            "setup: [{get: /, expect: {size: '>= 1.5 MB', time: 500ms}}, {get: /, expect: {size: 512, time: '<1m30s'}}]",
            "setup: [{post: /, json: {a: 1}, query: {b: 2}}, {delete: /, body: x}]",
            "data: {a: {rows: [{x: 1}]}}",
            "criteria: [requests >= 10_000, failures == 0, 'requests > 1,000']",
            "criteria: [success>=98%, 'success >= 99.5 %', users.failed < 3]",
            "criteria: [rps > 0.5/s, rps(ok) > 50, 'rps ( failed ) < 30/min']",
            "criteria: [p99<1m30s, 'response.p99.9 of task:t < 1,000 ms', mean <= 0.5s]",
            "criteria: ['p95 of \"GET /\" < 1s sustained 1m30s', \"max(failed) of 'GET /' <2s\"]",
            "criteria: ['p95 of tag:\"a\" < 1s every 10s abort', 'failures of status:500-599 < 5']",
            "criteria: ['rps > 1 in 99.5% of seconds', 'requests of class:U > 5', 'p50 < 10 s every 10 s']",
            "probes: {a: process}\ncriteria: [probe.a.cpu < 60, 'probe.a.x-y.z >= -1.5 every 10s']",
        ] {
            let text = format!("{text}\n{class}\n");
            let source = Source::new("x.yaml", text.clone());
            let checked = crate::scenario::load(&source, &Environment::default());
            let mistakes = checked.err().unwrap_or_default();
            let mistakes = mistakes.iter().map(|one| one.render(Colour::Never));
            assert_eq!(mistakes.collect::<String>(), "", "check refuses {text}");
            let wrong: Vec<_> = validator
                .iter_errors(&as_json(&text))
                .map(|error| error.to_string())
                .collect();
            assert!(wrong.is_empty(), "the schema refuses {text}: {wrong:#?}");
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
