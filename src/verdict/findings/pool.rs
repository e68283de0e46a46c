//! A pool that is used up: said only where something measured it.

use super::case::Case;
use super::words::{finding, share, time};
use crate::model::{Failure, Outcome};
use crate::stats::Reading;
use crate::verdict::Finding;

/// Failures from which on their times say something.
const FAILURES_MIN: u64 = 20;
/// Failures that come sooner were not waited for.
const PINNED_MIN_US: f64 = 100_000.0;

/// A pool's time-outs that a probe counted in the target's log.
pub(super) fn pool_timeout(case: &Case<'_>) -> Option<Finding> {
    let counts = |reading: &&Reading| is_of_pool(&reading.name) && reading.max() > 0.0;
    let reading = case.readings.iter().find(counts)?;
    let mut seen = reading.points().filter(|(_, count)| *count > 0.0);
    let first_s = seen.next().map(|(t_s, _)| t_s);
    let last_s = seen.last().map(|(t_s, _)| t_s).or(first_s);
    let text = format!(
        "the target's pool of database connections is used up: {} counted {:.0} time-outs of it",
        reading.name,
        reading.max()
    );
    let mut evidence = vec![format!("{} reached {:.0}", reading.name, reading.max())];
    evidence.extend(pinned(case));
    Some(Finding {
        evidence,
        range_s: first_s.zip(last_s),
        ..finding("target.pool_timeout", text, POOL_ADVICE)
    })
}

/// That there is a limit and nothing that says which: `limited` is whether
/// throughput showed one.
pub(super) fn not_enough(case: &Case<'_>, limited: bool) -> Option<Finding> {
    let pinned = pinned(case);
    if !limited && pinned.is_none() {
        return None;
    }
    let probes = if case.readings.iter().next().is_none() {
        "no probe was there to say which"
    } else {
        "no probe says which"
    };
    let text = format!(
        "this looks like a limit in the target, but {probes}: there is not enough evidence for a cause"
    );
    Some(Finding {
        evidence: pinned.into_iter().collect(),
        ..finding("evidence.not_enough", text, PROBE_ADVICE)
    })
}

/// A count of what the log says then, however the probe is called.
fn is_of_pool(name: &str) -> bool {
    name.to_ascii_lowercase().contains("queuepool")
}

/// That errors of the target all come after the same time, in words: what
/// gives up then is not known.
fn pinned(case: &Case<'_>) -> Option<String> {
    let totals = case.evidence.totals;
    let errors = |_, failure| matches!(failure, Failure::Status(500..));
    let errors = totals.failures.count(errors);
    if errors < FAILURES_MIN || share(errors, totals.all.failures) < 0.9 {
        return None;
    }
    let failed = totals.all.service(Outcome::Failed)?;
    let at = |quantile| failed.quantile_us(quantile).map(super::words::float);
    let (low, middle, high) = (at(0.1)?, at(0.5)?, at(0.9)?);
    let pinned = middle >= PINNED_MIN_US && low >= middle * 0.9 && high <= middle * 1.1;
    pinned.then(|| {
        format!(
            "{errors} errors of the target came after {} each: something in it gives up then, like a pool or a gateway",
            time(middle)
        )
    })
}

const POOL_ADVICE: &str = "Requests keep connections for too long, or there are too few. Shorten what is done while a connection is held; raise the pool's size together with what the database allows; keep connections between requests (in Django, DATABASES['default']['CONN_MAX_AGE'] = 600). Restart the backend and begin again with fewer users.";
const PROBE_ADVICE: &str = "Add a probe of what may be used up: active connections of the database, processor time and memory of each container, a count of \"QueuePool\" in the backend's log. Then run again.";
