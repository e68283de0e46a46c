//! An exhausted pool: reported only where something measured it.

use crate::model::{Failure, Outcome, latency_text, number_text};
use crate::stats::Reading;
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{finding, float, share};
use crate::verdict::{Figure, Finding};

/// Failures from which on their times say something.
const FAILURES_MIN: u64 = 20;
/// Failures that come sooner were not waited for.
const PINNED_MIN_US: f64 = 100_000.0;

struct TimeOuts<'a> {
    reading: &'a Reading,
    range_s: Option<(f64, f64)>,
    pinned: Option<Pinned>,
}

/// Errors of the target that all come after the same time: what gives up then
/// is not known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pinned {
    errors: u64,
    after_us: f64,
}

/// A pool's time-outs that a probe counted in the target's log.
pub(crate) fn pool_timeout(case: &Case<'_>) -> Option<Finding> {
    let counts = |reading: &&Reading| is_of_pool(&reading.name) && reading.max() > 0.0;
    let reading = case.readings.iter().find(counts)?;
    let mut seen = reading.points().filter(|(_, count)| *count > 0.0);
    let first_s = seen.next().map(|(t_s, _)| t_s);
    let last_s = seen.last().map(|(t_s, _)| t_s).or(first_s);
    let time_outs = TimeOuts {
        reading,
        range_s: first_s.zip(last_s),
        pinned: pinned(case),
    };
    Some(time_outs.said())
}

impl TimeOuts<'_> {
    fn said(&self) -> Finding {
        let (name, most) = (&self.reading.name, self.reading.max());
        let text = format!(
            "the target's database connection pool is exhausted: {name} counted {most:.0} pool timeouts"
        );
        let mut evidence = vec![format!("{name} reached {}", number_text(most))];
        evidence.extend(self.pinned.map(|pinned| pinned.line()));
        let mut figures = vec![Figure::new("reading_max", most, "").of(name)];
        figures.extend(self.pinned.iter().flat_map(Pinned::figures));
        Finding {
            evidence,
            figures,
            range_s: self.range_s,
            ..finding("target.pool_timeout", text, ADVICE)
        }
    }
}

/// A count of what the log says then, however the probe is called.
fn is_of_pool(name: &str) -> bool {
    name.to_ascii_lowercase().contains("queuepool")
}

/// Server errors that all come after the same time.
pub(crate) fn pinned(case: &Case<'_>) -> Option<Pinned> {
    let totals = case.evidence.totals;
    let errors = |_, failure| matches!(failure, Failure::Status(500..));
    let errors = totals.failures.count(errors);
    if errors < FAILURES_MIN || share(errors, totals.all.failures) < 0.9 {
        return None;
    }
    let failed = totals.all.service(Outcome::Failed)?;
    let at = |quantile| failed.quantile_us(quantile).map(float);
    let (low, middle, high) = (at(0.1)?, at(0.5)?, at(0.9)?);
    let is_pinned = middle >= PINNED_MIN_US && low >= middle * 0.9 && high <= middle * 1.1;
    is_pinned.then_some(Pinned {
        errors,
        after_us: middle,
    })
}

impl Pinned {
    pub(crate) fn line(&self) -> String {
        format!(
            "{} server errors came after {} each, which looks like a timeout, for example of a pool or gateway",
            self.errors,
            latency_text(self.after_us)
        )
    }

    pub(crate) fn figures(&self) -> [Figure; 2] {
        [
            Figure::count("errors", self.errors),
            Figure::new("errors_after", self.after_us, "us"),
        ]
    }
}

const ADVICE: &str = "Requests hold connections too long, or the pool is too small. Do less while holding a connection; raise the pool size (and the database's limit); reuse connections. Restart the backend and retest with fewer users.";
