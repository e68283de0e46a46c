use super::case::Case;
use super::words::{finding, float, percent, share};
use crate::model::{ConnectFailure, Failure};
use crate::verdict::Finding;

/// Refusals from which on they are a finding.
const FEWEST: u64 = 10;

/// Connections that the target refused.
pub(super) fn refused(case: &Case<'_>) -> Option<Finding> {
    let totals = case.evidence.totals;
    let (mut count, mut first_us, mut last_us) = (0, u64::MAX, 0);
    for (_, failure, row) in totals.failures.sorted() {
        if failure == Failure::Connect(ConnectFailure::Refused) {
            count += row.count;
            first_us = first_us.min(row.first_us);
            last_us = last_us.max(row.last_us);
        }
    }
    let part = share(count, totals.all.requests);
    if count < FEWEST || part < 0.01 {
        return None;
    }
    let (first_s, last_s) = (float(first_us) / 1e6, float(last_us) / 1e6);
    let when = if case.answers() == 0 {
        "from the start on; nothing was ever answered".to_owned()
    } else {
        format!("from {first_s:.1} s to {last_s:.1} s of the run")
    };
    let text = format!(
        "the target refused connections: {count} requests ({}) found nobody listening, {when}",
        percent(part)
    );
    Some(Finding {
        evidence: vec![
            format!(
                "{count} of {} requests: connection refused",
                totals.all.requests
            ),
            format!("{} answers of any status", case.answers()),
        ],
        range_s: Some((first_s, last_s)),
        ..finding("target.refused", text, ADVICE)
    })
}

const ADVICE: &str = "1. See whether it runs, and at this address: curl its health page. 2. Wait until all of its services are up, which may take 30 s; a `health` step in the scenario does the waiting. 3. See whether the test users exist. 4. Read the end of its log, for example with docker logs NAME | tail -20: a process that was killed says why.";
