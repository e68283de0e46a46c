use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::data::names;
use crate::verdict::findings::data::points::{Point, is_open, points, steady};
use crate::verdict::findings::script::{always_fails, auth, paths};
use crate::verdict::findings::target::{
    burst, cause, drift, idle_close, jump, limit, loss, pool, queueing, rate_limit, refusals, tls,
};
use crate::verdict::{Figure, Finding, delivery};

/// The most findings of a run.
pub const MAX_FINDINGS: usize = 20;

/// What the data of a run says, the weightiest first: first the script, then
/// what stands between it and the service, then the service. Nothing is said
/// of the times of a target when they are the generator's as well.
#[must_use]
pub fn findings(case: &Case<'_>) -> Vec<Finding> {
    let rules = [
        auth::refused,
        paths::wrong_path,
        rate_limit::rate_limited,
        refusals::refused,
        tls::tls_failed,
        idle_close::closes_idle,
    ];
    let mut found: Vec<Finding> = rules.iter().filter_map(|rule| rule(case)).collect();
    found.extend(always_fails::always_fails(case));
    found.extend(pool::pool_timeout(case));
    let p50_us = case.evidence.totals.all.percentiles().p50_us;
    found.extend(delivery::findings(
        case.deliveries,
        case.is_delivery_missed,
        p50_us,
    ));
    let points = points(case);
    if case.times_are_the_targets() {
        found.extend(of_times(case, &points, has(&found, "target.pool_timeout")));
    }
    if !has(&found, "target.refusals") && !has(&found, "target.rate_limited") {
        found.extend(burst::errors_burst(&points));
    }
    found.extend(names::many_names(case));
    found.truncate(MAX_FINDINGS);
    for finding in &mut found {
        // What is no number is nothing in JSON either.
        finding.figures.retain(Figure::is_a_number);
    }
    found
}

fn has(found: &[Finding], id: &str) -> bool {
    found.iter().any(|finding| finding.id == id)
}

/// What the times say; `explained` is whether a limit's cause is known already.
fn of_times(case: &Case<'_>, points: &[Point], explained: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let limit = limit::throughput_limit(case, points);
    let mut limited_until_s = limit.as_ref().map(|limit| limit.after.end_s);
    if let Some(limit) = &limit {
        found.push(limit.said());
        found.extend(queueing::queueing(case, &limit.after, limit.is_open));
    } else if let Some(level) = limit::limit_at_once(case, points) {
        let queue = queueing::queueing(case, &level, false);
        limited_until_s = queue.is_some().then_some(level.end_s);
        found.extend(queue);
    }
    found.extend(queueing::accept_queue(case));
    found.extend(cause::of_limit(case, points, limited_until_s, explained));
    // Waiting that builds up is no change of the target: look after it.
    let is_after = |point: &&Point| limited_until_s.is_none_or(|until_s| point.start_s >= until_s);
    let rest: Vec<Point> = points.iter().filter(is_after).copied().collect();
    // The row in which the load is reached belongs to the ramp.
    let steady = steady(&rest, case.changed_s).get(1..).unwrap_or_default();
    let jump = jump::latency_jump(steady);
    let loss = loss::throughput_loss(steady);
    let is_own = |loss: &loss::Loss| !jump.is_some_and(|jump| loss.follows_from(&jump));
    if let Some(loss) = loss.filter(is_own) {
        found.push(loss.said(case, is_open(case)));
    }
    found.extend(match jump {
        Some(jump) => Some(jump.said(case)),
        None => drift::latency_drift(steady),
    });
    found
}
