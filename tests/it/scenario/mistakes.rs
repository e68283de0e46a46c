//! Mistakes in scenario files: every message as a whole, with its place and
//! its advice, is kept in `tests/it/snapshots/mistakes`.

mod expressions;
mod flow;
mod keys;
mod load;
mod places;
mod steps;
mod values;

use swarmdeck::scenario::{Colour, Diagnostic};

use super::try_load;
use crate::support::assert_snapshot;

/// A valid file but for `line`, which is its line 7.
pub(super) fn with(line: &str) -> String {
    format!(
        "host: http://localhost:8000\nuser_classes:\n  U:\n    on_start:\n      - get: /seed\n        capture: {{token: {{json: $.token}}}}\n{line}\n"
    )
}

/// A line of the class, and tasks.
pub(super) fn class(line: &str) -> String {
    with(&format!("    {line}\n    tasks: {{t: [{{get: /}}]}}"))
}

/// A line of the step `- get: /x`, in line 10.
fn step(line: &str) -> String {
    with(&format!(
        "    tasks:\n      t:\n        - get: /x\n          {line}"
    ))
}

/// What is said of each file that `file_of` makes of a case.
pub(super) fn mistakes(file_of: impl Fn(&str) -> String, cases: &[&str]) -> String {
    let messages = cases.iter().map(|case| {
        let file = file_of(case);
        let Err(mistakes) = try_load(&file) else {
            panic!("no mistake found in\n{file}")
        };
        described(&file, &mistakes)
    });
    let messages: String = messages.collect();
    messages.replace(concat!(env!("CARGO_MANIFEST_DIR"), "/"), "")
}

/// Compares it with a snapshot.
#[track_caller]
pub(super) fn assert_mistakes(name: &str, file_of: impl Fn(&str) -> String, cases: &[&str]) {
    assert_snapshot(&format!("mistakes/{name}"), &mistakes(file_of, cases));
}

/// Between two files of a snapshot.
pub(super) const SEPARATOR: &str =
    "================================================================================";

/// A file, shortened, and what is wrong with it.
pub(crate) fn described(file: &str, mistakes: &[Diagnostic]) -> String {
    let lines = file
        .lines()
        .take(20)
        .map(|line| match line.char_indices().nth(120) {
            Some((end, _)) => format!("{}...\n", &line[..end]),
            None => format!("{line}\n"),
        });
    let mistakes = mistakes.iter().map(|mistake| {
        let (line, column, length) = (mistake.line, mistake.column, mistake.length);
        let rendered = mistake.render(Colour::Never);
        format!("{line}:{column}+{length} {rendered}\n")
    });
    let (lines, mistakes) = (lines.collect::<String>(), mistakes.collect::<String>());
    format!("{SEPARATOR}\n{lines}\n{mistakes}\n")
}
