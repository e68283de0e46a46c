//! Rows of data: read, named in expressions, and what is wrong with them.

use std::fs;
use std::path::PathBuf;

use swarmdeck::model::FeedId;
use swarmdeck::program::{AtEnd, Program, RowPick, Variables};
use swarmdeck::scenario::{Diagnostic, Environment, Source, load};

use crate::scenario::mistakes::described;
use crate::scenario::{first_request, render};
use crate::support::assert_snapshot;

/// A folder for the files of one test.
pub(super) fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("values-{name}"));
    fs::create_dir_all(&folder).unwrap();
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).unwrap();
    }
    folder
}

pub(super) fn read(folder: &std::path::Path, text: &str) -> Result<Program, Vec<Diagnostic>> {
    let file = folder.join("test.yaml");
    fs::write(&file, text).unwrap();
    let source = Source::read(&file).unwrap();
    assert_eq!(source.folder(), Some(folder));
    let loaded = load(&source, &Environment::default())?;
    Ok(loaded.compile(Some("http://127.0.0.1:1")).unwrap())
}

/// A scenario with these lines of data, whose task sends this body.
fn with(data: &str, body: &str) -> String {
    format!(
        "data:\n  rows: {data}\nuser_classes:\n  U:\n    tasks:\n      t:\n        - post: /\n          json: \"{{{{ {body} }}}}\"\n"
    )
}

/// What the row of this number gives.
fn sent(program: &Program, row: Option<u32>) -> String {
    let mut variables = Variables::new(program.slot_count());
    if let Some(row) = row {
        variables.hold(FeedId(0), row);
    }
    match render(first_request(program), &variables) {
        Ok(message) => message.split("\r\n\r\n").nth(1).unwrap().to_owned(),
        Err(failure) => program.describe(failure),
    }
}

#[test]
fn rows_come_from_files() {
    let files: [(&str, &[u8]); 3] = [
        ("a.csv", b"name;n;flag\n\"a;\"\"b\";1;true\nc;007;x\n"),
        (
            "a.json",
            b"[{\"name\": \"j\", \"n\": {\"k\": [1]}}, {\"other\": 1}]",
        ),
        ("a.jsonl", b"{\"name\": \"l\"}\n\n{\"name\": \"m\"}\n"),
    ];
    let folder = folder("files", &files);
    let program = |data: &str, body: &str| read(&folder, &with(data, body)).unwrap();
    let csv = "{csv: a.csv, delimiter: ';', types: guess}";
    assert_eq!(sent(&program(csv, "rows.name"), Some(0)), r#""a;\"b""#);
    assert_eq!(sent(&program(csv, "rows.n + 1"), Some(0)), "2");
    assert_eq!(sent(&program(csv, "rows.n"), Some(1)), "\"007\"");
    assert_eq!(
        sent(&program(csv, "rows"), Some(0)),
        r#"{"name":"a;\"b","n":1,"flag":true}"#
    );
    let text = "{csv: a.csv, delimiter: ';'}";
    assert_eq!(sent(&program(text, "rows.n"), Some(0)), "\"1\"");
    let json = "{json: a.json}";
    assert_eq!(sent(&program(json, "rows.n.k[0]"), Some(0)), "1");
    assert_eq!(sent(&program(json, "rows['name']"), Some(0)), "\"j\"");
    assert!(sent(&program(json, "rows.name"), Some(1)).contains("has no value here"));
    assert_eq!(
        sent(&program("{jsonl: a.jsonl}", "rows.name"), Some(1)),
        "\"m\""
    );
    let inline = "{rows: [{a: 1, b: x}, {a: [2]}]}";
    assert_eq!(sent(&program(inline, "rows.a"), Some(1)), "[2]");
    let none = sent(&program(inline, "rows.a"), None);
    assert_eq!(none, "not sent: data \"rows\" has run out");
    assert_eq!(sent(&program(inline, "rows.a or 'x'"), None), "\"x\"");
}

#[test]
fn users_and_tasks_take_what_they_use() {
    let folder = folder("takes", &[]);
    let program = read(
        &folder,
        "data:
  user: {rows: [{a: 1}]}
  accounts: {rows: [{a: 1}], pick: unique}
  things: {rows: [{a: 1}], per: task, at_end: stop}
  unused: {rows: [{a: 1}]}
user_classes:
  U:
    headers: {A: \"{{ accounts.a }}\"}
    on_start: [{get: '/{{ things.a }}'}]
    tasks:
      t: [{get: /}]
      u: [{post: /, body: '{{ things.a }}'}]
  V:
    tasks: {t: [{get: /}]}
",
    );
    let message = program.expect_err("`user` is taken")[0].message.clone();
    assert_eq!(message, "`user` cannot name data");
    let text = fs::read_to_string(folder.join("test.yaml")).unwrap();
    let text = text.replace("  user: {rows: [{a: 1}]}\n", "");
    let program = read(&folder, &text).unwrap();
    let [accounts, things] = [FeedId(0), FeedId(1)];
    let class = &program.classes[0];
    assert_eq!(class.rows.user, [accounts]);
    assert_eq!(class.rows.on_start, [things]);
    assert!(class.rows.on_stop.is_empty());
    assert!(class.tasks[0].rows.is_empty());
    assert_eq!(class.tasks[1].rows, [things]);
    assert!(program.classes[1].rows.user.is_empty());
    assert_eq!(program.feeds[0].pick, RowPick::Unique);
    assert_eq!(program.feeds[0].at_end, AtEnd::Fail);
    assert_eq!(program.feeds[1].at_end, AtEnd::Stop);
}

#[test]
fn mistakes_are_found_and_placed() {
    let files: [(&str, &[u8]); 4] = [
        ("good.csv", b"a,b\n1,2\n"),
        ("ragged.csv", b"a,b\n1\n"),
        ("empty.csv", b"a,b\n"),
        ("no.json", b"{\"a\": 1}"),
    ];
    let folder = folder("mistakes", &files);
    let cases = [
        ("{csv: none.csv}", "1"),
        ("{csv: .}", "1"),
        ("{csv: ragged.csv}", "1"),
        ("{csv: empty.csv}", "1"),
        ("{json: no.json}", "1"),
        ("{rows: [1]}", "1"),
        ("{rows: [{a: '{{ x }}'}]}", "1"),
        ("{}", "1"),
        ("{rows: [{a: 1}], csv: x}", "1"),
        ("{rows: [{a: 1}], pick: uniqe}", "1"),
        ("{rows: [{a: 1}], pick: unique, at_end: again}", "1"),
        ("{rows: [{a: 1}], delimiter: ';'}", "1"),
        ("{csv: good.csv, delimiter: ab}", "1"),
        ("{rows: [{name: 1}]}", "rows.nmae"),
        ("{rows: [{name: 1}]}", "rwos.name"),
    ];
    let messages = cases.map(|(data, body)| {
        let file = with(data, body);
        let mistakes = read(&folder, &file).expect_err(data);
        assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
        described(&file, &mistakes).replace(&folder.display().to_string(), "FOLDER")
    });
    assert_snapshot("mistakes/data", &messages.concat());
}

#[test]
fn rows_have_to_be_there_when_they_are_asked_for() {
    let folder = folder("early", &[]);
    let source = Source::new("built in", with("{csv: a.csv}", "rows.a"));
    let problems = load(&source, &Environment::default()).expect_err("no folder");
    assert!(problems[0].message.contains("no folder"), "{problems:?}");
    let conditional = with("{rows: [{a: 1}], per: task}", "1").replace(
        "      t:\n        - post: /\n          json: \"{{ 1 }}\"",
        "      t: {when: rows.a, steps: [{get: /}]}",
    );
    let problems = read(&folder, &conditional).expect_err("asked too early");
    assert!(
        problems[0]
            .message
            .contains("before the task takes its row")
    );
    let twice = "data: {id: {rows: [{a: 1}]}}\nuser_classes: {U: {tasks: {t: [{get: /, capture: {id: {json: $.a}}}]}}}";
    let problems = read(&folder, twice).expect_err("two meanings");
    assert_eq!(problems[0].message, "`id` is a variable already");
}
