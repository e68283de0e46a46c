//! A line of the table.

use std::fmt;

/// One thing that was measured, and what it should have been.
#[derive(Debug)]
pub(crate) struct Line {
    /// What it is.
    pub(crate) what: String,
    /// What it should be, or at most be.
    pub(crate) expected: Expected,
    /// What it is.
    pub(crate) measured: f64,
    /// The unit of both.
    pub(crate) unit: &'static str,
}

/// When a figure is right.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    /// As far from this as that, at most.
    Within(f64, f64),
    /// Not above this.
    AtMost(f64),
}

impl Line {
    /// The head of the table.
    pub(crate) fn head() -> &'static str {
        "| what | expected | measured | |\n|---|---|---|---|\n"
    }

    /// Whether it is as it should be.
    pub(crate) fn holds(&self) -> bool {
        match self.expected {
            Expected::Within(value, distance) => (self.measured - value).abs() <= distance,
            Expected::AtMost(most) => self.measured <= most,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, unit, .. } = self;
        write!(f, "| {what} | ")?;
        match self.expected {
            Expected::Within(value, distance) => write!(f, "{value:.2} ± {distance:.2} {unit}")?,
            Expected::AtMost(most) => write!(f, "at most {most:.2} {unit}")?,
        }
        let verdict = if self.holds() {
            "holds"
        } else {
            "does not hold"
        };
        writeln!(f, " | {:.2} {unit} | {verdict} |", self.measured)
    }
}

/// A count as a figure.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn float(value: u64) -> f64 {
    value as f64
}
