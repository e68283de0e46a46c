//! The top of every written report: headline and table of verdicts.

use std::fmt::Write;

use crate::report::key_figures::KEY_FIGURES;
use crate::report::markdown::cell;
use crate::report::{RunFile, worst};
use crate::verdict::Verdict;

/// One line on all runs, verdict first.
pub(super) fn headline(runs: &[RunFile]) -> String {
    let word = worst(runs).map_or("NOT JUDGED", Verdict::as_str);
    match runs {
        [] => "Load test: no runs".to_owned(),
        [run] => format!("{word}: {}", cell(&run.title())),
        _ => {
            let passed = runs.iter().map(RunFile::verdict);
            let passed = passed.filter(|verdict| *verdict == Some(Verdict::Pass));
            format!("{word}: {} of {} runs passed", passed.count(), runs.len())
        }
    }
}

/// A row a run: verdict, key figures, reason.
pub(super) fn table(runs: &[RunFile], text: &mut String) {
    let heads = KEY_FIGURES.join(" | ");
    // Writing to a string does not fail.
    let _ = writeln!(text, "| Scenario | Verdict | {heads} | Reason |");
    let _ = writeln!(text, "|---|---|{}---|", "---:|".repeat(KEY_FIGURES.len()));
    for run in runs {
        let figures = run.key_figures().join(" | ");
        let _ = writeln!(
            text,
            "| {} | **{}** | {figures} | {} |",
            cell(&run.title()),
            run.verdict_word(),
            cell(run.reason())
        );
    }
}
