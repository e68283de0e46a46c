//! A name of which nearly every request fails.

use crate::model::{ConnectFailure, Failure, NameId, NameIntent, percent_text};
use crate::verdict::answers::{RATE_LIMIT, is_turned_away};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{LINES_MAX, count_of, finding, share, shortened};
use crate::verdict::{Figure, Finding};

/// Requests from which on a name is judged.
const FEWEST: u64 = 20;
/// Nearly all: this part of them.
const NEARLY_ALL: f64 = 0.95;

/// A name, and how nearly all of its requests fail.
#[derive(Clone, Debug)]
struct Failing<'a> {
    name: &'a str,
    requests: u64,
    failures: u64,
    /// The most frequent way to fail, and how often.
    why: Failure,
    of_why: u64,
    intent: Option<&'a NameIntent>,
    quote: Option<&'a str>,
}

/// Whose side a failure is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Script,
    Target,
}

/// Names that nearly always fail in a way that no other rule explains: those
/// where the script is to blame, and those where the target is.
pub(crate) fn always_fails(case: &Case<'_>) -> Vec<Finding> {
    let (mut of_script, mut of_target) = (Vec::new(), Vec::new());
    for name in failing(case) {
        match name.side() {
            Some(Side::Script) => of_script.push(name),
            Some(Side::Target) => of_target.push(name),
            None => {}
        }
    }
    let script = said("script.always_fails", SCRIPT_ADVICE, &of_script);
    let advice = match of_target.first() {
        Some(first) if first.is_late() => LATE_ADVICE,
        _ => TARGET_ADVICE,
    };
    let target = said("target.always_fails", advice, &of_target);
    script.into_iter().chain(target).collect()
}

/// Names of which nearly every request fails, with the most requests first.
fn failing<'a>(case: &Case<'a>) -> Vec<Failing<'a>> {
    let mut most: Vec<Option<(Failure, u64)>> = vec![None; case.evidence.names.len()];
    // The most frequent ones come first. Groups are in no table of failures.
    for (id, failure, row) in case.evidence.totals.failures.sorted() {
        if let Some(entry) = most.get_mut(id.index()) {
            entry.get_or_insert((failure, row.count));
        }
    }
    let names = case.evidence.names.iter().zip(&case.evidence.totals.names);
    let rows = names.enumerate().filter_map(|(at, (name, row))| {
        let (why, of_why) = most[at]?;
        let fails = row.requests >= FEWEST && share(row.failures, row.requests) >= NEARLY_ALL;
        fails.then(|| Failing {
            name,
            requests: row.requests,
            failures: row.failures,
            why,
            of_why,
            intent: case.evidence.intents.get(at),
            quote: case.quote(NameId::from(at), why),
        })
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.requests));
    rows
}

/// Whose side a failure is on; `None` where another rule says it.
fn side(why: Failure) -> Option<Side> {
    match why {
        Failure::Status(status) if is_turned_away(status) || status == RATE_LIMIT => None,
        Failure::Tls(_) => None,
        Failure::Connect(
            ConnectFailure::Refused
            | ConnectFailure::NoDescriptor
            | ConnectFailure::NoPort
            | ConnectFailure::NotAllowed,
        ) => None,
        Failure::Status(500..)
        | Failure::Connect(_)
        | Failure::TimedOut(_)
        | Failure::Lost(_)
        | Failure::Http2(_)
        | Failure::Malformed(_) => Some(Side::Target),
        Failure::Status(_)
        | Failure::Expectation(_)
        | Failure::Capture(_)
        | Failure::Unset(_)
        | Failure::TooLarge(_)
        | Failure::TooManyRedirects
        | Failure::Said(_)
        | Failure::Poll(_)
        | Failure::Other => Some(Side::Script),
    }
}

fn said(id: &'static str, advice: &'static str, names: &[Failing<'_>]) -> Option<Finding> {
    let first = names.first()?;
    let others = match names.len() {
        1 => String::new(),
        2 => "; 1 other name fails too".to_owned(),
        more => format!("; {} other names fail too", more - 1),
    };
    let said = first.quote.map(|text| format!("; first response: {text}"));
    let text = format!(
        "{} requests of {} failed: {}{}{others}",
        count_of(first.failures, first.requests),
        first.name,
        first.why,
        said.unwrap_or_default(),
    );
    let lines = names.iter().map(Failing::line).collect();
    let shown = names.iter().take(LINES_MAX);
    Some(Finding {
        evidence: shortened(lines),
        figures: shown.flat_map(Failing::figures).collect(),
        ..finding(id, text, advice)
    })
}

impl Failing<'_> {
    fn side(&self) -> Option<Side> {
        if self.is_late() {
            return Some(Side::Target);
        }
        side(self.why)
    }

    /// Whether its responses are only too late.
    fn is_late(&self) -> bool {
        let times = self.intent.map_or(&[][..], |intent| &intent.times);
        matches!(self.why, Failure::Expectation(text) if times.contains(&text))
    }

    fn line(&self) -> String {
        format!(
            "{}: {} requests failed ({}), {} of them: {}",
            self.name,
            count_of(self.failures, self.requests),
            percent_text(share(self.failures, self.requests)),
            self.of_why,
            self.why,
        )
    }

    fn figures(&self) -> Vec<Figure> {
        let mut figures = vec![
            Figure::count("failures", self.failures).of(self.name),
            Figure::count("requests", self.requests).of(self.name),
        ];
        if let Failure::Status(status) = self.why {
            figures.push(Figure::count("status", u64::from(status)).of(self.name));
        }
        figures
    }
}

const SCRIPT_ADVICE: &str = "This does not depend on load: `swarmdeck try` runs each task once and shows request and response. Fix the request or what the scenario expects.";
const TARGET_ADVICE: &str = "This does not depend on load: `swarmdeck try` runs each task once and shows the response. The target's log says why; often data or configuration is missing.";
const LATE_ADVICE: &str = "Responses are as expected, but too slow. `swarmdeck try` runs each task once: if that is in time, the load is too high for the target; otherwise the target is slow even without load.";
