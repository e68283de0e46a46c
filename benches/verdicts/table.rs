//! What is printed in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::outcome::Verdict;
use super::score::{HEALTHY, Matrix, Naming, ScoredRun, causes, misses, verdicts};

/// The precision and the recall that are wanted.
const GOAL: f64 = 0.95;

/// What all runs came to, and whether the goals are reached.
pub(crate) fn all(runs: &[ScoredRun]) -> (String, bool) {
    let mut text = verdict_matrix(runs);
    text += &matrix("Named cause against label (runs)", &causes(runs), &[]);
    text += &missed(runs);
    let naming = Naming::of(runs);
    let count = |is: fn(&ScoredRun) -> bool| runs.iter().filter(|run| is(run)).count();
    let healthy = runs.iter().filter(|run| run.family == HEALTHY).count();
    let goals = [
        (
            format!("false PASS: {} (goal 0)", count(ScoredRun::is_false_pass)),
            count(ScoredRun::is_false_pass) == 0,
        ),
        (
            format!(
                "false FAIL or INVALID: {} of {healthy} healthy (goal 0)",
                count(ScoredRun::is_false_alarm)
            ),
            count(ScoredRun::is_false_alarm) == 0,
        ),
        (
            format!(
                "precision of the cause: {:.3} ({} right, {} wrong; goal {GOAL})",
                naming.precision(),
                naming.hits,
                naming.wrong
            ),
            naming.precision() >= GOAL,
        ),
        (
            format!(
                "recall of the cause: {:.3} ({} named, {} not; goal {GOAL})",
                naming.recall(),
                naming.hits,
                naming.misses
            ),
            naming.recall() >= GOAL,
        ),
    ];
    for (words, is_reached) in &goals {
        let mark = if *is_reached { "reached" } else { "MISSED " };
        let _ = writeln!(text, "{mark}  {words}");
    }
    let right = count(ScoredRun::is_right);
    let _ = writeln!(text, "         verdict right: {right} of {}", runs.len());
    (text, goals.iter().all(|(_, is_reached)| *is_reached))
}

/// The matrix of verdicts alone.
pub(crate) fn verdict_matrix(runs: &[ScoredRun]) -> String {
    let columns = Verdict::ALL.map(Verdict::word);
    matrix("Verdict against label (runs)", &verdicts(runs), &columns)
}

/// A table with a column for each of these words, and for what else there is.
fn matrix(title: &str, matrix: &Matrix, first: &[&str]) -> String {
    let mut columns: Vec<&str> = first.to_vec();
    let known: BTreeSet<&str> = columns.iter().copied().collect();
    let others: BTreeSet<&str> = matrix
        .values()
        .flat_map(BTreeMap::keys)
        .map(String::as_str)
        .filter(|word| !known.contains(word))
        .collect();
    columns.extend(others);
    let mut text = format!("{title}\n\n| label |");
    for column in &columns {
        let _ = write!(text, " {column} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(columns.len()));
    text.push('\n');
    for (label, row) in matrix {
        let _ = write!(text, "| {label} |");
        for column in &columns {
            let count = row.get(*column).copied().unwrap_or_default();
            if count == 0 {
                text.push_str("  |");
            } else {
                let _ = write!(text, " {count} |");
            }
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

fn missed(runs: &[ScoredRun]) -> String {
    let mut text = String::new();
    for (family, runs) in misses(runs) {
        let _ = writeln!(text, "{family}: {} runs with a miss", runs.len());
        for run in runs {
            let named = run.named();
            let _ = writeln!(text, "  {}", run.id);
            let _ = writeln!(
                text,
                "    {} (label {}): {}",
                run.reported.verdict.word(),
                run.expected(),
                run.reported.reason
            );
            let _ = writeln!(
                text,
                "    expected: {:?}; named: {:?}; wrong: {:?}",
                run.label.expected_cause, run.reported.named, named.wrong
            );
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}
