//! A row for every id.

use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{finding, float};
use crate::verdict::{Figure, Finding};

/// Names from which on there are many.
const MANY: usize = 200;
/// Mean requests a name below which its percentiles say nothing.
const FEW_REQUESTS: u64 = 10;

/// Names that differ in an id only.
pub(crate) fn many_names(case: &Case<'_>) -> Option<Finding> {
    let rows = case.evidence.totals.names.iter();
    let used = rows.filter(|row| row.requests > 0);
    let (mut names, mut requests) = (0, 0);
    for row in used {
        names += 1;
        requests += row.requests;
    }
    let are_many = names >= MANY && requests / (names as u64) < FEW_REQUESTS;
    are_many.then(|| said(names, requests))
}

fn said(names: usize, requests: u64) -> Finding {
    let text = format!(
        "{names} names share {requests} requests: with so few each, their percentiles say nothing"
    );
    Finding {
        figures: vec![
            Figure::new("names", float(names as u64), ""),
            Figure::count("requests", requests),
        ],
        ..finding("script.many_names", text, ADVICE)
    }
}

const ADVICE: &str = "Give requests that differ only in an id one name: use a variable in the path (its name is kept as {id}), or `name:` on the step.";
