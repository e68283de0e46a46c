//! What the statuses of a name say about the script.

use super::case::Case;
use super::words::{finding, float, percent, share, shortened};
use crate::model::{Failure, NameId};
use crate::verdict::Finding;

/// Answers from which on a name is judged.
const FEWEST: u64 = 20;
/// Names from which on there are many.
const MANY_NAMES: usize = 200;
/// Mean requests a name below which its percentiles say nothing.
const FEW_REQUESTS: u64 = 10;

/// A name and how many of its answers are of one kind.
struct Hit<'a> {
    name: &'a str,
    hits: u64,
    answers: u64,
}

/// The names of which more than half of the answers have one of these
/// statuses, in the order of the program. Where users could not start, each
/// name counts from its first answer on: there are few then.
fn mostly<'a>(case: &Case<'a>, wanted: fn(u16) -> bool) -> Vec<Hit<'a>> {
    let counts = &case.evidence.totals.counts;
    let fewest = if counts.users_failed * 20 > counts.users_started {
        1
    } else {
        FEWEST
    };
    let names = case.evidence.names.iter().zip(&case.evidence.totals.names);
    let hits = names.map(|(name, row)| Hit {
        name,
        hits: row.statuses.count(wanted),
        answers: row.statuses.count(|_| true),
    });
    hits.filter(|hit| hit.answers >= fewest && hit.hits * 2 > hit.answers)
        .collect()
}

fn lines(hits: &[Hit<'_>], what: &str) -> Vec<String> {
    let line = |hit: &Hit<'_>| {
        format!(
            "{}: {} of {} answers are {what}",
            hit.name, hit.hits, hit.answers
        )
    };
    hits.iter().map(line).collect()
}

/// The sums over these names.
fn sums(hits: &[Hit<'_>]) -> (u64, u64) {
    let sum = |part: fn(&Hit<'_>) -> u64| hits.iter().map(part).sum();
    (sum(|hit| hit.hits), sum(|hit| hit.answers))
}

/// No valid credentials.
pub(super) fn bad_auth(case: &Case<'_>) -> Option<Finding> {
    let hits = mostly(case, |status| matches!(status, 401 | 403));
    let first = hits.first()?;
    let (count, answers) = sums(&hits);
    let text = format!(
        "the requests carry no valid credentials: {count} of {answers} answers ({}) of {} are 401 or 403",
        percent(share(count, answers)),
        among(first.name, hits.len()),
    );
    let mut evidence = shortened(lines(&hits, "401 or 403"));
    evidence.extend(users_failed(case));
    Some(Finding {
        evidence,
        ..finding("script.bad_auth", text, AUTH_ADVICE)
    })
}

/// What each user does first was refused when it was tried before the ramp;
/// `text` says so.
#[must_use]
pub fn refused_at_start(text: String, status: u16) -> Finding {
    match status {
        404 | 405 => finding("script.wrong_path", text, PATH_ADVICE),
        _ => finding("script.bad_auth", text, AUTH_ADVICE),
    }
}

/// Paths that lead nowhere.
pub(super) fn wrong_path(case: &Case<'_>) -> Option<Finding> {
    let hits = mostly(case, |status| status == 404);
    let first = hits.first()?;
    let (count, answers) = sums(&hits);
    let text = format!(
        "what is asked for does not exist: {count} of {answers} answers ({}) of {} are 404",
        percent(share(count, answers)),
        among(first.name, hits.len()),
    );
    let mut evidence = shortened(lines(&hits, "404"));
    evidence.extend(users_failed(case));
    let has_ids = hits.iter().any(|hit| hit.name.contains('{'));
    let advice = if has_ids { IDS_ADVICE } else { PATH_ADVICE };
    Some(Finding {
        evidence,
        ..finding("script.wrong_path", text, advice)
    })
}

/// A rate limit.
pub(super) fn rate_limited(case: &Case<'_>) -> Option<Finding> {
    let totals = case.evidence.totals;
    let answers = case.answers();
    let limited = totals.all.statuses.count(|status| status == 429);
    if limited < FEWEST || share(limited, answers) < 0.05 {
        return None;
    }
    let failures = totals.failures.sorted();
    let of_limit = failures
        .iter()
        .filter(|(_, failure, _)| *failure == Failure::Status(429));
    let range_us = of_limit.fold(None, |range: Option<(u64, u64)>, (_, _, row)| {
        let (first, last) = range.unwrap_or((row.first_us, row.last_us));
        Some((first.min(row.first_us), last.max(row.last_us)))
    });
    let text = format!(
        "the target limits the rate of requests: {limited} of {answers} answers ({}) are 429",
        percent(share(limited, answers)),
    );
    let mut evidence = shortened(lines(&mostly(case, |status| status == 429), "429"));
    let accepted = limited.saturating_sub(
        totals
            .failures
            .count(|_, failure| failure == Failure::Status(429)),
    );
    if accepted > 0 {
        evidence.push(format!("{accepted} of them count as success"));
    }
    Some(Finding {
        evidence,
        range_s: range_us.map(|(first, last)| (float(first) / 1e6, float(last) / 1e6)),
        ..finding("target.rate_limited", text, LIMIT_ADVICE)
    })
}

/// A row for every id.
pub(super) fn many_names(case: &Case<'_>) -> Option<Finding> {
    let used = || {
        case.evidence
            .totals
            .names
            .iter()
            .filter(|row| row.requests > 0)
    };
    let names = used().count();
    let requests: u64 = used().map(|row| row.requests).sum();
    if names < MANY_NAMES || requests / names as u64 >= FEW_REQUESTS {
        return None;
    }
    let text = format!(
        "{names} names share {requests} requests: with so few each, their percentiles say nothing"
    );
    Some(finding("script.many_names", text, NAMES_ADVICE))
}

/// `GET /x`, or with how many others.
fn among(name: &str, names: usize) -> String {
    match names {
        1 => name.to_owned(),
        2 => format!("{name} and another name"),
        _ => format!("{name} and {} other names", names - 1),
    }
}

/// That users could not start, and which request was to blame.
fn users_failed(case: &Case<'_>) -> Option<String> {
    let totals = case.evidence.totals;
    let counts = &totals.counts;
    if counts.users_failed == 0 {
        return None;
    }
    let name = |(id, _): (NameId, Failure)| case.evidence.names.get(id.index());
    let at = totals.start_failure.and_then(name);
    let at = at.map(|name| format!(", at {name}")).unwrap_or_default();
    Some(format!(
        "{} of {} users could not start{at}",
        counts.users_failed, counts.users_started
    ))
}

const AUTH_ADVICE: &str = "Log in by hand with the scenario's user and password; `swarmdeck try` shows each request and answer. See that the login's token is captured and sent. A test user of Django is made in a shell that has it set up (python manage.py shell), with its password hashed: from django.contrib.auth.models import User; user, _ = User.objects.get_or_create(username='loadtest_user'); user.set_password('test123'); user.save(). With get_or_create(..., defaults={'password': ...}) the password is stored unhashed and every login fails.";
const PATH_ADVICE: &str = "Compare the path with the target's routes, the slash at its end too; `swarmdeck try` shows what comes back. A test of pages for 404 measures the router, not the service.";
const IDS_ADVICE: &str = "Ask for things that exist: capture ids from the answers that create or list them, do not make them up. If the id is right, compare the path with the target's routes. Pages for 404 measure the router, not the service.";
const LIMIT_ADVICE: &str = "Lift the limit for the test's users or addresses, or ask for less than it lets through. As it is, the run measures the limit and not the service; 429 is no success.";
const NAMES_ADVICE: &str = "Give requests that differ only in an id one name: use a variable in the path (its name is kept as {id}), or `name:` on the step.";
