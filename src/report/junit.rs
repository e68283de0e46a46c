//! Reports for build servers: JUnit's XML, a test suite a run, a test case a
//! criterion.

use std::fmt::Write;

use crate::report::RunFile;
use crate::verdict::{CriterionLine, Standing, Verdict};

/// The runs as JUnit's XML. A failed criterion is a failure, an invalid run an
/// error, an undecided criterion skipped. A run without criteria has the case
/// "no failures".
#[must_use]
pub fn junit(runs: &[RunFile]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let suites: Vec<Suite<'_>> = runs.iter().map(Suite::new).collect();
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    // Writing to a string does not fail.
    let _ = writeln!(xml, "<testsuites name=\"swarmdeck\" {}>", tally(cases));
    for suite in &suites {
        suite.write(&mut xml);
    }
    xml.push_str("</testsuites>\n");
    xml
}

struct Suite<'a> {
    run: &'a RunFile,
    cases: Vec<Case<'a>>,
}

struct Case<'a> {
    name: &'a str,
    end: End,
}

/// The outcome of a case, with its message.
enum End {
    Passed,
    Failed(String),
    Error(String),
    Skipped(String),
}

impl<'a> Suite<'a> {
    fn new(run: &'a RunFile) -> Self {
        let mut cases = Vec::new();
        let Some(judged) = &run.judgement else {
            let why = run.reason().to_owned();
            let end = End::Skipped(why);
            cases.push(Case {
                name: "not judged",
                end,
            });
            return Self { run, cases };
        };
        let unsound = matches!(judged.verdict, Verdict::Invalid | Verdict::Error);
        cases.push(Case {
            name: "run is valid",
            end: if unsound {
                End::Error(judged.reason.clone())
            } else {
                End::Passed
            },
        });
        let criteria = judged.criteria.iter();
        cases.extend(criteria.map(|line| Case {
            name: &line.text,
            end: end(line, unsound),
        }));
        let is_told = cases.iter().any(|case| match judged.verdict {
            Verdict::Fail => matches!(case.end, End::Failed(_)),
            Verdict::Undecided => !matches!(case.end, End::Passed),
            Verdict::Pass | Verdict::Invalid | Verdict::Error => true,
        });
        // Failures outside the criteria: a plan that was not delivered, an
        // early end.
        let name = match judged.criteria.is_empty() {
            true if !unsound => Some("no failures"),
            _ => (!is_told).then_some("verdict"),
        };
        cases.extend(name.map(|name| Case {
            name,
            end: match judged.verdict {
                Verdict::Fail => End::Failed(judged.reason.clone()),
                Verdict::Undecided => End::Skipped(judged.reason.clone()),
                Verdict::Pass | Verdict::Invalid | Verdict::Error => End::Passed,
            },
        }));
        Self { run, cases }
    }

    fn write(&self, xml: &mut String) {
        let name = escape(&self.run.title());
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" {} time=\"{:.3}\">",
            tally(&self.cases),
            self.run.run.elapsed_s
        );
        for case in &self.cases {
            case.write(&name, xml);
        }
        xml.push_str("  </testsuite>\n");
    }
}

impl Case<'_> {
    fn write(&self, suite: &str, xml: &mut String) {
        let (element, message) = match &self.end {
            End::Passed => {
                let name = escape(self.name);
                let _ = writeln!(xml, "    <testcase classname=\"{suite}\" name=\"{name}\"/>");
                return;
            }
            End::Failed(message) => ("failure", message),
            End::Error(message) => ("error", message),
            End::Skipped(message) => ("skipped", message),
        };
        let (name, message) = (escape(self.name), escape(message));
        let _ = writeln!(
            xml,
            "    <testcase classname=\"{suite}\" name=\"{name}\">\n      <{element} message=\"{message}\"/>\n    </testcase>"
        );
    }
}

/// The number of cases by outcome, as attributes.
fn tally<'c>(cases: impl IntoIterator<Item = &'c Case<'c>>) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.end {
            End::Passed => {}
            End::Failed(_) => failures += 1,
            End::Error(_) => errors += 1,
            End::Skipped(_) => skipped += 1,
        }
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

/// An unsound run says nothing about its criteria.
fn end(line: &CriterionLine, unsound: bool) -> End {
    let figure = line.figure.as_deref().unwrap_or("no data");
    let note = line.note_text();
    let note = note.map_or_else(String::new, |note| format!(" ({note})"));
    let said = format!("{}: {figure}{note}", line.standing.as_str());
    match line.standing {
        _ if unsound => End::Skipped(format!("run is invalid; {said}")),
        Standing::Met | Standing::AtRisk => End::Passed,
        Standing::Broken => End::Failed(said),
        Standing::Undecided | Standing::Disturbed => End::Skipped(said),
    }
}

/// Text for an attribute; what XML 1.0 has no place for is left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}
