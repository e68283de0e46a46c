use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::scenario::file::environment::Environment;
use crate::scenario::request::body::literal_json;
use crate::scenario::yaml::diagnostic::{Colour, Diagnostic, Problems};
use crate::scenario::yaml::parser;
use crate::scenario::yaml::source::{Source, Span};
use crate::scenario::yaml::source_map::{Origin, SourceMap};

/// See the comment at the top of the first.
const CASES: [&str; 3] = [
    include_str!("cases/top.txt"),
    include_str!("cases/run.txt"),
    include_str!("cases/steps.txt"),
];
const CLASSES: &str = "user_classes: {U: {tasks: {t: [{get: /}]}}}";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn as_json(text: &str) -> Value {
    yaml_as_json(text).unwrap_or_else(|| panic!("not YAML: {text}"))
}

fn yaml_as_json(text: &str) -> Option<Value> {
    let mut texts = SourceMap::default();
    texts.add(Source::new("x.yaml", text), Origin::Own);
    let mut problems = Problems::new(&texts);
    let whole = Span::new(0, text.len());
    let node = parser::parse(&texts, whole, &mut 0, &mut problems);
    node.as_ref().map(literal_json)
}

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn checked(text: &str) -> Vec<Diagnostic> {
    let source = Source::new("x.yaml", text).in_folder(root().join("tests/scenarios"));
    let environment = Environment::default().with_commands(["try".to_owned()]);
    let checked = crate::scenario::load(&source, &environment);
    checked.err().unwrap_or_default()
}

fn wrong(validator: &jsonschema::Validator, json: &Value) -> String {
    let errors = validator.iter_errors(json).map(|error| error.to_string());
    errors.collect::<Vec<_>>().join("; ")
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
    let folders = ["scenarios", "scenarios/examples", "tests/scenarios"];
    let files = folders.iter().flat_map(|folder| {
        let files = fs::read_dir(root().join(folder)).unwrap();
        files.map(|entry| entry.unwrap().path())
    });
    let is_scenario = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "yaml");
    let files: Vec<_> = files.filter(is_scenario).collect();
    assert!(files.len() > 10, "{files:?}");
    let validator = validator();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(wrong(&validator, &as_json(&text)), "", "{}", file.display());
    }
}

#[test]
fn every_example_of_the_documents_is_valid() {
    let validator = validator();
    let documents = fs::read_dir(root().join("docs")).unwrap();
    let documents = documents.map(|entry| entry.unwrap().path());
    let documents = documents.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    let mut count = 0;
    for document in documents.chain([root().join("README.md")]) {
        let text = fs::read_to_string(&document).unwrap();
        let examples = text.split("```yaml").skip(1);
        let examples =
            examples.filter_map(|rest| Some(rest.split("```").next()?.split_once('\n')?.1));
        // Others are of Docker or of a workflow, or parts.
        for example in examples.filter(|text| text.contains("user_classes:")) {
            let wrong = wrong(&validator, &as_json(example));
            assert_eq!(wrong, "", "{}: {example}", document.display());
            count += 1;
        }
    }
    assert!(count > 15, "{count}");
}

/// A line of the table.
struct Case<'t> {
    context: &'t str,
    verdict: &'t str,
    /// With marks where `check` points.
    text: &'t str,
    why: &'t str,
    document: String,
}

fn cases() -> Vec<Case<'static>> {
    let mut cases = Vec::new();
    let (mut context, mut around) = ("", "");
    for line in CASES.iter().flat_map(|cases| cases.lines()) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(line) = line.strip_prefix("= ") {
            (context, around) = line.split_once(" = ").expect("a context");
            continue;
        }
        let (verdict, text) = line.split_once(' ').expect("a verdict");
        let (text, why) = text.split_once(" ## ").unwrap_or((text, ""));
        let written = text.replace(['«', '»'], "");
        let written = written.strip_prefix("{}").unwrap_or(&written);
        let document = around.replace('%', written).replace("CLASSES", CLASSES);
        let document = document.replace("{, ", "{");
        cases.push(Case {
            context,
            verdict,
            text,
            why,
            document,
        });
    }
    cases
}

/// The text with marks where a mistake is.
fn marked(case: &Case<'_>, mistake: &Diagnostic) -> String {
    let plain = case.text.replace(['«', '»'], "");
    let begin = case.document.find(&plain).unwrap_or(0);
    let begin = case.document[..begin].chars().count();
    let from = (mistake.column - 1).checked_sub(begin);
    let Some(from) = from.filter(|from| mistake.line == 1 && *from < plain.chars().count()) else {
        return plain;
    };
    let mut chars: Vec<_> = plain.chars().collect();
    chars.insert((from + mistake.length).min(chars.len()), '»');
    chars.insert(from, '«');
    chars.into_iter().collect()
}

#[test]
fn the_schema_and_the_check_agree() {
    let validator = validator();
    let mut differences = Vec::new();
    for case in cases() {
        let mistakes = checked(&case.document);
        let json = yaml_as_json(&case.document);
        let wrong = json.map_or("not YAML".to_owned(), |json| wrong(&validator, &json));
        let verdict = match (mistakes.is_empty(), wrong.is_empty()) {
            (true, true) => "ok",
            (false, false) => "no",
            (false, true) => "check",
            (true, false) => "schema",
        };
        let text = mistakes
            .first()
            .map_or(case.text.to_owned(), |first| marked(&case, first));
        if (verdict, text.as_str()) != (case.verdict, case.text)
            || (verdict == "check") == case.why.is_empty()
        {
            let mistakes = mistakes.iter().map(|one| one.render(Colour::Never));
            let mistakes: String = mistakes.collect();
            differences.push(format!(
                "{}: {} {}\nnow: {verdict} {text}\n{mistakes}{wrong}\n\n",
                case.context, case.verdict, case.text
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.concat());
}

#[test]
fn the_messages_for_the_table_are_those_of_the_snapshot() {
    let cases = cases();
    let wrong: Vec<_> = cases.iter().filter(|case| case.verdict != "ok").collect();
    let contexts = wrong.chunk_by(|one, next| one.context == next.context);
    let messages = contexts.flat_map(|cases| {
        let heading = format!("\n= {}\n", cases[0].context);
        let cases = cases.iter().map(|case| {
            let mistakes = checked(&case.document);
            let mistakes = mistakes.iter().map(|mistake| format!("    {mistake}\n"));
            format!("{}\n{}", case.text, mistakes.collect::<String>())
        });
        std::iter::once(heading).chain(cases)
    });
    let messages: String = messages.collect();
    let messages = messages.replace(&format!("{}/", root().display()), "");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("messages", messages));
}

#[test]
fn every_key_has_a_right_and_a_wrong_value() {
    let mut seen: BTreeMap<(&str, bool), String> = BTreeMap::new();
    for case in cases() {
        let text = seen
            .entry((case.context, case.verdict == "ok"))
            .or_default();
        *text += &case.text.replace(['«', '»'], "");
    }
    for map in all_maps() {
        for Key(key, ..) in map.keys {
            for is_right in [true, false] {
                let text = seen.get(&(map.name, is_right)).map_or("", String::as_str);
                let there = text.contains(&format!("{key}: "));
                assert!(there, "{}: {key}, {is_right}", map.name);
            }
        }
    }
}
