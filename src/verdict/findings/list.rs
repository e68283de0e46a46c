use super::case::Case;
use super::points::{Point, points, steady};
use super::{answers, burst, drift, jump, limit, pool, refused};
use crate::verdict::{Finding, delivery};

/// The most findings of a run.
pub const MAX_FINDINGS: usize = 20;

/// What the data of a run says, the weightiest first: first the script, then
/// what stands between it and the service, then the service. Nothing is said
/// of the times of a target when they are the generator's as well.
#[must_use]
pub fn findings(case: &Case<'_>) -> Vec<Finding> {
    let rules = [
        answers::bad_auth,
        answers::wrong_path,
        answers::rate_limited,
        refused::refused,
        pool::pool_timeout,
    ];
    let mut found: Vec<Finding> = rules.iter().filter_map(|rule| rule(case)).collect();
    let p50_us = case.evidence.totals.all.percentiles().p50_us;
    found.extend(delivery::findings(case.deliveries, p50_us));
    if case.times_are_the_targets() {
        found.extend(of_times(case, has(&found, "target.pool_timeout")));
    }
    if !has(&found, "target.refused") && !has(&found, "target.rate_limited") {
        found.extend(burst::errors_burst(&points(case)));
    }
    found.extend(answers::many_names(case));
    found.truncate(MAX_FINDINGS);
    found
}

fn has(found: &[Finding], id: &str) -> bool {
    found.iter().any(|finding| finding.id == id)
}

/// What the times say; `explained` is whether a limit's cause is known already.
fn of_times(case: &Case<'_>, explained: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let limit = limit::throughput_limit(case);
    // Waiting that builds up is no change of the target: look after it.
    let limited_until_s = limit
        .as_ref()
        .and_then(|limit| limit.range_s)
        .map(|(_, end_s)| end_s);
    let limited = limit.is_some();
    found.extend(limit);
    if !explained {
        found.extend(pool::not_enough(case, limited));
    }
    let mut rest = points(case);
    rest.retain(|point: &Point| limited_until_s.is_none_or(|until_s| point.start_s >= until_s));
    // The row in which the load is reached belongs to the ramp.
    let steady = steady(&rest).get(1..).unwrap_or_default();
    found.extend(jump::latency_jump(steady).or_else(|| drift::latency_drift(steady)));
    found
}
