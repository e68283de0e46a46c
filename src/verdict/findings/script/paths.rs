//! Paths that lead nowhere.

use crate::model::percent_text;
use crate::verdict::Finding;
use crate::verdict::findings::data::answers::{
    Hit, UsersFailed, among, figures, lines, mostly, sums,
};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{finding, share, shortened};

/// Answers that are mostly 404.
pub(crate) fn wrong_path(case: &Case<'_>) -> Option<Finding> {
    let hits = mostly(case, |status| status == 404);
    said(&hits, UsersFailed::of(case))
}

fn said(hits: &[Hit<'_>], users: Option<UsersFailed<'_>>) -> Option<Finding> {
    let first = hits.first()?;
    let (count, answers) = sums(hits);
    let text = format!(
        "not found: {count} of {answers} responses ({}) from {} were 404",
        percent_text(share(count, answers)),
        among(first.name, hits.len()),
    );
    let mut evidence = shortened(lines(hits, "404"));
    evidence.extend(users.map(|users| users.line()));
    let mut data = figures(hits);
    data.extend(users.iter().flat_map(UsersFailed::figures));
    let has_ids = hits.iter().any(|hit| hit.name.contains('{'));
    let advice = if hits.iter().any(|hit| hit.is_in_on_start) {
        LOGIN_ADVICE
    } else if has_ids {
        IDS_ADVICE
    } else {
        PATH_ADVICE
    };
    Some(Finding {
        evidence,
        figures: data,
        ..finding("script.wrong_path", text, advice)
    })
}

pub(super) const LOGIN_ADVICE: &str = "Compare the login path with the target's routes, including API prefix and trailing slash; `swarmdeck try` shows the response. Until it is fixed, users have no credentials.";
const PATH_ADVICE: &str = "Compare the path with the target's routes, including the trailing slash; `swarmdeck try` shows the response. If the step tests for 404, add `expect: {status: 404}`.";
const IDS_ADVICE: &str = "Use ids that exist: capture them from responses that create or list them. If the id is right, compare the path with the target's routes. If the step tests for 404, add `expect: {status: 404}`.";
