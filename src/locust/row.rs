//! A row of the statistics as Locust's tables, files and answers have it.

use std::ops::Deref;

use crate::locust::rounding::{median_ms, millis};
use crate::run::{Rates, StatRow, Tables};

/// A row with Locust's figures: times in milliseconds, rates up to the last sample.
#[derive(Clone, Copy)]
pub(super) struct LocustRow<'a>(pub(super) &'a StatRow);

impl<'a> LocustRow<'a> {
    /// Rows by name, then by method.
    pub(super) fn sorted(tables: &'a Tables) -> Vec<Self> {
        let mut rows: Vec<_> = tables.requests.iter().map(Self).collect();
        rows.sort_by(|a, b| (&a.name, &a.method).cmp(&(&b.name, &b.method)));
        rows
    }

    /// The name; that of all rows together is Locust's.
    pub(super) fn title(self) -> &'a str {
        if self.0.method.is_empty() {
            "Aggregated"
        } else {
            &self.0.name
        }
    }

    /// Rounded as Locust rounds.
    pub(super) fn median_ms(self) -> u64 {
        median_ms(self.percentiles_us[0], self.min_us, self.max_us)
    }

    pub(super) fn mean_ms(self) -> Option<f64> {
        self.mean_us.map(|us| us / 1e3)
    }

    pub(super) fn min_ms(self) -> Option<f64> {
        self.min_us.map(millis)
    }

    pub(super) fn max_ms(self) -> Option<f64> {
        self.max_us.map(millis)
    }

    /// Over the whole run, up to its last sample.
    pub(super) fn overall(self) -> Rates {
        self.raw.to_last
    }
}

impl Deref for LocustRow<'_> {
    type Target = StatRow;

    fn deref(&self) -> &StatRow {
        self.0
    }
}
