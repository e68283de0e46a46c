//! A short report, for the summary of a step on GitHub.

use std::fmt::Write;

use crate::report::RunFile;
use crate::report::headline::{headline, table};
use crate::report::markdown::cell;
use crate::verdict::Standing;

/// The most findings named.
const FINDINGS: usize = 3;

/// Verdicts, key figures, what is broken and the weightiest findings.
#[must_use]
pub fn summary(runs: &[RunFile]) -> String {
    let mut text = format!("### {}\n\n", headline(runs));
    table(runs, &mut text);
    for run in runs {
        let Some(judged) = &run.judgement else {
            continue;
        };
        let unmet = judged.criteria.iter();
        let unmet = unmet.filter(|line| {
            use Standing::{Broken, Disturbed, Undecided};
            matches!(line.standing, Broken | Undecided | Disturbed)
        });
        let unmet: Vec<_> = unmet.collect();
        if unmet.is_empty() && judged.findings.is_empty() {
            continue;
        }
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n**{}**\n", cell(&run.title()));
        for line in unmet {
            let figure = line.figure.as_deref().unwrap_or("no data");
            let _ = writeln!(
                text,
                "- {}: {} (measured: {})",
                line.standing.as_str(),
                cell(&line.text),
                cell(figure)
            );
        }
        for finding in judged.findings.iter().take(FINDINGS) {
            let (what, advice) = (cell(&finding.text), cell(&finding.advice));
            let _ = writeln!(text, "- {what} {advice}");
        }
    }
    text
}
