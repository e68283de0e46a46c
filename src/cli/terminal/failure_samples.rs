//! Samples of the first failures of each kind, below the error report.

use std::fmt::Write;

use crate::model::{clock_text, plural, within_line};
use crate::run::{FailureLine, FailureSample, Tables};

/// Kinds of failure whose samples are shown; further ones are counted.
const KINDS: usize = 10;

/// The samples of the most frequent kinds of failure, an empty line at the
/// end; `None` without any.
pub(crate) fn failure_samples(tables: &Tables) -> Option<String> {
    let mut kinds = tables
        .failures
        .iter()
        .filter(|line| !line.samples.is_empty());
    let mut text = "First failures of each kind\n".to_owned();
    let shown: Vec<_> = kinds.by_ref().take(KINDS).collect();
    if shown.is_empty() {
        return None;
    }
    for line in shown {
        // Writing to a string does not fail.
        let kind = format!("  {} {}: {}", line.method, line.name, line.text);
        let _ = writeln!(text, "{}", within_line(&kind));
        for sample in different(line) {
            let (at, said) = (clock_text(sample.at_s), sample.text());
            let _ = writeln!(text, "    {at}  {}", within_line(&said));
        }
    }
    let more = kinds.count();
    if more > 0 {
        let kinds = plural(more, "more kind", "more kinds");
        let _ = writeln!(text, "  {kinds}: see the run file or a report");
    }
    text.push('\n');
    Some(text)
}

/// The first sample, and those that say something else.
fn different(line: &FailureLine) -> Vec<&FailureSample> {
    let mut shown: Vec<&FailureSample> = Vec::new();
    for sample in &line.samples {
        let is_like = |one: &&FailureSample| {
            (one.status, &one.found) == (sample.status, &sample.found)
                && one.said() == sample.said()
        };
        if !shown.iter().any(is_like) {
            shown.push(sample);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Phases;
    use crate::run::{BodyKind, RequestId};

    fn sample(at_s: f64, body: &str) -> Arc<FailureSample> {
        Arc::new(FailureSample {
            at_s,
            took_us: Some(12_300),
            status: Some(500),
            phases: Phases::default(),
            found: None,
            request_id: Some(RequestId {
                field: "x-request-id".to_owned(),
                value: "7f3a".to_owned(),
            }),
            head: Vec::new(),
            body_kind: BodyKind::Text,
            body: body.to_owned(),
            body_is_cut: false,
            body_bytes: 40,
        })
    }

    fn line(name: &str, samples: Vec<Arc<FailureSample>>) -> FailureLine {
        FailureLine {
            method: "POST".into(),
            name: name.into(),
            text: "status 500".to_owned(),
            count: 7,
            samples,
            ..FailureLine::default()
        }
    }

    fn report(failures: Vec<FailureLine>) -> Option<String> {
        failure_samples(&Tables {
            failures,
            ..Tables::default()
        })
    }

    #[test]
    fn answers_that_differ_are_shown() {
        let samples = vec![
            sample(1.2, r#"{"error":"No active risk model found"}"#),
            sample(1.3, r#"{"error":"No active risk model found"}"#),
            sample(75.0, "Oops"),
        ];
        let expected = r#"First failures of each kind
  POST /api/risk: status 500
    0:01  500 after 12.3 ms: {"error":"No active risk model found"} [x-request-id: 7f3a]
    1:15  500 after 12.3 ms: Oops [x-request-id: 7f3a]

"#;
        let lines = vec![line("/other", Vec::new()), line("/api/risk", samples)];
        assert_eq!(report(lines).as_deref(), Some(expected));
        assert_eq!(report(vec![line("/x", Vec::new())]), None);
        assert_eq!(report(Vec::new()), None);
    }

    #[test]
    fn many_kinds_are_counted() {
        let name = |at: usize| format!("/{at}");
        let lines = (0..KINDS + 2).map(|at| line(&name(at), vec![sample(1.0, "no")]));
        let text = report(lines.collect()).expect("samples");
        assert!(
            text.contains("POST /9:") && !text.contains("POST /10:"),
            "{text}"
        );
        assert!(
            text.contains("  2 more kinds: see the run file or a report"),
            "{text}"
        );
    }
}
