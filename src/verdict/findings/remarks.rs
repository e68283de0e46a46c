use std::borrow::Cow;

use crate::model::{Outcome, bytes_text, latency_text, percent_text, plural};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{float, share};
use crate::verdict::{Remark, delivery};

/// Samples of a kind from which on they are spoken of.
const FEWEST: u64 = 20;
/// A failure's answer from which on it is big, in bytes.
const BIG_BYTES: f64 = 20.0 * 1024.0;

/// Notes on the run: facts that are not mistakes.
#[must_use]
pub fn remarks(case: &Case<'_>) -> Vec<Remark> {
    let rules = [
        generator_limited,
        target_local,
        failures_fast,
        failures_big,
        names_folded,
    ];
    let of_delivery = delivery::remarks(case.deliveries, case.is_delivery_missed);
    let found = rules.iter().filter_map(|rule| rule(case));
    found.chain(of_delivery).collect()
}

fn remark(id: &'static str, text: String) -> Remark {
    Remark {
        id: Cow::Borrowed(id),
        text,
    }
}

fn generator_limited(case: &Case<'_>) -> Option<Remark> {
    let busy = case.busiest_shard.filter(|_| case.generator_is_full())?;
    let text = format!(
        "the generator was at its limit for 10% of the run or more: its busiest shard was busy {} of that time; use more cores or machines",
        percent_text(busy)
    );
    Some(remark("generator.limited", text))
}

fn target_local(case: &Case<'_>) -> Option<Remark> {
    is_local(case.host).then(|| {
        let text = "the target runs on this machine and shares its CPU with the generator";
        remark("target.local", text.to_owned())
    })
}

/// Whether an address is local.
fn is_local(host: &str) -> bool {
    let rest = host.split_once("://").map_or(host, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name == "::1" || is_loopback(&name)
}

/// 127.x.y.z
fn is_loopback(name: &str) -> bool {
    let mut parts = name.split('.');
    parts.clone().count() == 4
        && parts.clone().all(|part| part.parse::<u8>().is_ok())
        && parts.next() == Some("127")
}

fn failures_fast(case: &Case<'_>) -> Option<Remark> {
    let all = &case.evidence.totals.all;
    let failed = all.service(Outcome::Failed)?;
    let ok = all.service(Outcome::Ok)?;
    let part = share(all.failures, all.requests);
    if failed.len() < FEWEST || ok.len() < FEWEST || part < 0.05 {
        return None;
    }
    let (failed_us, ok_us) = (failed.quantile_us(0.5)?, ok.quantile_us(0.5)?);
    (failed_us < ok_us / 2).then(|| {
        let text = format!(
            "failures are faster than successes (median {} vs {}) and make up {} of all requests: throughput and percentiles look better than they are",
            latency_text(failed_us),
            latency_text(ok_us),
            percent_text(part)
        );
        remark("failures.fast", text)
    })
}

/// Sizes are known by name only: names of which nearly everything fails tell.
fn failures_big(case: &Case<'_>) -> Option<Remark> {
    let names = case.evidence.names.iter().zip(&case.evidence.totals.names);
    let sizes = names
        .filter(|(_, row)| row.failures >= FEWEST && share(row.failures, row.requests) >= 0.95);
    let sizes = sizes.map(|(name, row)| (name, float(row.bytes) / float(row.requests)));
    let (name, bytes) = sizes.max_by(|a, b| a.1.total_cmp(&b.1))?;
    (bytes >= BIG_BYTES).then(|| {
        let text = format!(
            "responses of {name}, nearly all of them failures, average {}: large error pages put extra load on the target",
            bytes_text(bytes)
        );
        remark("failures.big", text)
    })
}

fn names_folded(case: &Case<'_>) -> Option<Remark> {
    let names = case.evidence.names.iter().zip(&case.evidence.totals.names);
    let folded = names
        .filter(|(name, _)| name.ends_with(FOLDED))
        .map(|(_, row)| row.requests);
    let requests: u64 = folded.sum();
    (requests > 0).then(|| {
        let requests = plural(requests, "request is", "requests are");
        let text = format!(
            "more than 1,000 names: {requests} counted under {FOLDED}; set `name` on requests with variable paths"
        );
        remark("names.folded", text)
    })
}

/// The end of the name of rows that are shared.
const FOLDED: &str = "(other)";
