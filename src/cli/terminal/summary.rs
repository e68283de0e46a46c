//! The summary at the end of a run, and the exit code.

use std::fmt::Write;

use crate::cli::exit::Exit;
use crate::cli::terminal::progress::criterion;
use crate::model::{latency_text, percent_text, rate_text, within_line};
use crate::verdict::{Capacity, Judgement, Verdict, load_text, outcome_word};

/// The exit code of a verdict; `on_error` is that of FAIL.
pub(crate) fn exit(verdict: Verdict, on_error: u8) -> Exit {
    match Exit::from(verdict) {
        Exit::Failed => Exit::Code(on_error),
        other => other,
    }
}

/// The levels of a search as a table; its result is in the verdict.
pub(crate) fn levels(capacity: &Capacity) -> String {
    let mut text = format!(
        "{:>14} {:>10} {:>10} {:>8}  {}\n",
        "load", "req/s", "p95", "failed", "result"
    );
    for level in &capacity.levels {
        let outcome = level.outcome.map_or("", outcome_word);
        let came = match level.why.as_str() {
            "" => outcome.to_owned(),
            why => format!("{outcome}: {why}"),
        };
        let _ = writeln!(
            text,
            "{:>14} {:>10} {:>10} {:>8}  {came}",
            load_text(capacity.of, level.load),
            rate_text(level.rps),
            latency_text(level.p95_us),
            percent_text(level.failed)
        );
    }
    text
}

/// The verdict with its reason, criteria, findings and notes.
pub(crate) fn verdict(judgement: &Judgement) -> String {
    // Writing to a string does not fail.
    let reason = within_line(&judgement.reason);
    let mut text = format!("{}: {reason}\n", judgement.verdict.as_str());
    for line in &judgement.criteria {
        let _ = writeln!(text, "{}", within_line(&criterion(line)));
    }
    for finding in &judgement.findings {
        let _ = writeln!(text, "  {}: {}", finding.id, within_line(&finding.text));
        for line in &finding.evidence {
            let _ = writeln!(text, "    {}", within_line(line));
        }
        if !finding.advice.is_empty() {
            let _ = writeln!(text, "    {}", finding.advice);
        }
    }
    for remark in &judgement.remarks {
        let _ = writeln!(text, "  {}: {}", remark.id, within_line(&remark.text));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Finding, Remark};

    #[test]
    fn each_verdict_has_its_exit_code() {
        let codes = [
            (Verdict::Pass, 0),
            (Verdict::Fail, 7),
            (Verdict::Invalid, 3),
            (Verdict::Undecided, 3),
            (Verdict::Error, 4),
        ];
        for (verdict, code) in codes {
            assert_eq!(exit(verdict, 7).code(), code, "{verdict:?}");
        }
    }

    #[test]
    fn everything_is_said() {
        let judgement = Judgement {
            verdict: Verdict::Fail,
            reason: "criterion not met: p99 < 1s (1.4 s)".to_owned(),
            unsound: None,
            criteria: Vec::new(),
            findings: vec![Finding {
                id: "target.refused".into(),
                text: "the target refused".to_owned(),
                evidence: vec!["12 of 20".to_owned()],
                figures: Vec::new(),
                advice: "raise its backlog".to_owned(),
                range_s: None,
            }],
            remarks: vec![Remark {
                id: "target.local".into(),
                text: "it is on this machine".to_owned(),
            }],
            ended_early: None,
        };
        let expected = "FAIL: criterion not met: p99 < 1s (1.4 s)\n  target.refused: the target refused\n    12 of 20\n    raise its backlog\n  target.local: it is on this machine\n";
        assert_eq!(verdict(&judgement), expected);
    }
}
