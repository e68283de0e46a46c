use crate::model::{Failure, NameId};
use crate::stats::{Readings, Row};
use crate::verdict::findings::wording::float;
use crate::verdict::{Evidence, PlanLine, UnsoundKind, disturbing_from_us, soundness};

/// The data that findings are made from.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Totals, names and seconds.
    pub evidence: Evidence<'a>,
    /// The readings of probes.
    pub readings: &'a Readings,
    /// The target's base address, like `http://localhost:8000`.
    pub host: &'a str,
    /// The part of its time for which the busiest shard computed, 0 to 1: what it
    /// reached in a tenth of the run; `None` where that is not known.
    pub busiest_shard: Option<f64>,
    /// The plans of task starts.
    pub deliveries: &'a [PlanLine],
    /// Whether a criterion on delivery failed.
    pub is_delivery_missed: bool,
    /// The moments of operator and timeline changes, in seconds since the start:
    /// no stretch spans one.
    pub changed_s: &'a [f64],
    /// Samples of failing responses, if kept.
    pub quotes: &'a [Quote],
}

/// The text of a failing response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Which request.
    pub name: NameId,
    /// Its failure.
    pub failure: Failure,
    /// The beginning of its body, as it may be shown: short, on one line,
    /// without secrets.
    pub text: String,
}

/// From this part of its time on, 0 to 1, a shard has none to spare.
pub const FULL_MIN: f64 = 0.95;

impl<'a> Case<'a> {
    /// Closed seconds and coarser stretches, oldest first.
    pub(crate) fn rows(&self) -> &'a [Row] {
        self.evidence.rows
    }

    /// How many requests failed in this way, and from when to when, in seconds
    /// since the start.
    pub(crate) fn failed_with(&self, why: Failure) -> (u64, (f64, f64)) {
        let (mut count, mut first_us, mut last_us) = (0, u64::MAX, 0);
        for (_, failure, row) in self.evidence.totals.failures.iter() {
            if failure == why {
                count += row.count;
                first_us = first_us.min(row.first_us);
                last_us = last_us.max(row.last_us);
            }
        }
        (count, (float(first_us) / 1e6, float(last_us) / 1e6))
    }

    /// Whether the generator had no CPU time to spare.
    pub(crate) fn generator_is_full(&self) -> bool {
        self.busiest_shard.is_some_and(|share| share >= FULL_MIN)
    }

    /// Whether the measured times are the target's.
    pub(super) fn times_are_the_targets(&self) -> bool {
        let is_own =
            || soundness(&self.evidence).is_some_and(|why| why.kind == UnsoundKind::Generator);
        !self.generator_is_full() && !self.generator_is_late() && !is_own()
    }

    /// Whether the generator itself was late in more than a tenth of the rows,
    /// by more than a tenth of what was measured there.
    fn generator_is_late(&self) -> bool {
        let is_late = |row: &&Row| {
            let measured_us = row.service.p99_us.map_or(0.0, float);
            row.delay_us > disturbing_from_us(measured_us)
        };
        self.rows().iter().filter(is_late).count() * 10 > self.rows().len()
    }

    /// Answers of all requests.
    pub(crate) fn answers(&self) -> u64 {
        self.evidence.totals.all.statuses.count(|_| true)
    }

    /// The text of the first response with this failure of a name.
    pub(crate) fn quote(&self, name: NameId, failure: Failure) -> Option<&'a str> {
        let mut quotes = self.quotes.iter();
        let found = quotes.find(|quote| quote.name == name && quote.failure == failure)?;
        Some(found.text.as_str()).filter(|text| !text.is_empty())
    }
}
