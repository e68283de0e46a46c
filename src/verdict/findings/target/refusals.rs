use crate::model::{ConnectFailure, Failure, percent_text, plural};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{count_of, finding, share, span};
use crate::verdict::{Figure, Finding};

/// Refusals from which on they are a finding, and their share of all requests.
const FEWEST: u64 = 10;
const SHARE: f64 = 0.01;

struct Refusals {
    count: u64,
    requests: u64,
    /// Answers of any status.
    answers: u64,
    range_s: (f64, f64),
}

/// Connections that the target refused.
pub(crate) fn refused(case: &Case<'_>) -> Option<Finding> {
    let totals = case.evidence.totals;
    let (count, range_s) = case.failed_with(Failure::Connect(ConnectFailure::Refused));
    let refused = Refusals {
        count,
        requests: totals.all.requests,
        answers: case.answers(),
        range_s,
    };
    let matters = count >= FEWEST && share(count, refused.requests) >= SHARE;
    matters.then(|| refused.said())
}

impl Refusals {
    fn said(&self) -> Finding {
        let Self {
            count,
            requests,
            answers,
            range_s: (first_s, last_s),
        } = *self;
        let when = if answers == 0 {
            "from the start; no request got a response".to_owned()
        } else {
            format!("from {}", span(first_s, last_s))
        };
        let text = format!(
            "the target refused connections: {} ({}) failed, {when}",
            plural(count, "request", "requests"),
            percent_text(share(count, requests))
        );
        Finding {
            evidence: vec![
                format!("{} requests: connection refused", count_of(count, requests)),
                format!(
                    "{} with any status",
                    plural(answers, "response", "responses")
                ),
            ],
            figures: vec![
                Figure::count("refused", count),
                Figure::count("requests", requests),
                Figure::count("answers", answers),
            ],
            range_s: Some((first_s, last_s)),
            ..finding("target.refused", text, ADVICE)
        }
    }
}

const ADVICE: &str = "1. Check that it runs at this address: curl its health page. 2. Wait until all its services are up; `health` in the scenario does the waiting. 3. Check that the test users exist. 4. Read the end of its log, for example docker logs NAME | tail -20.";
