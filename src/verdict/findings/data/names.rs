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
        "{requests} requests are spread over {names} names: too few per name for useful percentiles"
    );
    Finding {
        figures: vec![
            Figure::new("names", float(names as u64), ""),
            Figure::count("requests", requests),
        ],
        ..finding("script.many_names", text, ADVICE)
    }
}

const ADVICE: &str = "Group requests that differ only by id: use a variable in the path (shown as {id}), or set `name:` on the step.";
