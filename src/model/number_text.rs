//! The number formatter of the terminal, the log, reports and verdicts. The page has
//! the same one (`static/lib/format.js`); both are tested against
//! `tests/format_cases.json`, so that a figure reads the same wherever it stands.
//!
//! - A missing figure is a dash, never a zero. Thousands are separated. Halves are
//!   rounded up: `round(value * 10^digits)`, in binary floating point.
//! - Measured figures have three significant digits, and no fewer when the last is
//!   0 (80.0): columns do not jitter. From 100 on they are whole numbers.
//! - Times are in milliseconds below 1 s (down to 0.001 ms, the resolution of the
//!   measurement), in seconds from there on: one scale for all that is compared.
//! - Figures that were set, and shares, lose zeros behind the point: 50, 0.5, 60%.
//! - A share is never 0% or 100% unless it is exactly that; from 99% on it has two
//!   digits behind the point. The percent sign follows without a space.
//! - Clocks are 0:05 and 1:02:14, cut to seconds; durations are as in a scenario: 1m30s.
//!
//! Locust's own rounding is in `locust`, for its files and tables only.

/// Stands for a missing figure.
pub const NO_FIGURE: &str = "–";

/// A number to format, or a missing one.
pub trait Number {
    /// Its value; `None` if it is missing or not finite.
    fn figure(self) -> Option<f64>;
}

impl Number for f64 {
    fn figure(self) -> Option<f64> {
        self.is_finite().then_some(self)
    }
}

impl Number for u64 {
    #[expect(clippy::cast_precision_loss, reason = "exact far beyond any run")]
    fn figure(self) -> Option<f64> {
        Some(self as f64)
    }
}

impl Number for u32 {
    fn figure(self) -> Option<f64> {
        Some(f64::from(self))
    }
}

impl<N: Number> Number for Option<N> {
    fn figure(self) -> Option<f64> {
        self.and_then(N::figure)
    }
}

/// Formats a figure, or the dash that stands for a missing one.
fn or_dash(figure: Option<f64>, text: impl FnOnce(f64) -> String) -> String {
    figure.map_or_else(|| NO_FIGURE.to_owned(), text)
}

/// Formats a whole number: 1,412,905.
#[must_use]
pub fn count_text(value: impl Number) -> String {
    or_dash(value.figure(), |value| fixed(value, 0))
}

/// Formats a measured rate: 11,482 · 80.0 · 0.42.
#[must_use]
pub fn rate_text(value: impl Number) -> String {
    or_dash(value.figure(), |value| match value {
        0.0 => "0".to_owned(),
        v if v < 0.01 => "<0.01".to_owned(),
        v => three_digits(v, 2),
    })
}

/// Formats a number that was set, or read by a probe: 50 · 0.5 · 1,234 · -12.5.
#[must_use]
pub fn number_text(value: impl Number) -> String {
    or_dash(value.figure(), |value| {
        let size = value.abs();
        let mut below_1 = 2;
        // Three significant digits of a small number, as far as they matter.
        let mut first = size * 10.0;
        while first > 0.0 && first < 10.0 && below_1 < 12 {
            below_1 += 1;
            first *= 10.0;
        }
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{}", trimmed(&three_digits(size, below_1)))
    })
}

/// Formats a probe's value with its unit: `1,234 MB`.
#[must_use]
pub fn reading_text(value: f64, unit: &str) -> String {
    format!("{} {unit}", number_text(value))
        .trim_end()
        .to_owned()
}

/// Formats a time given in microseconds: 0.310 ms · 6.47 ms · 1.23 s.
#[must_use]
pub fn latency_text(us: impl Number) -> String {
    or_dash(us.figure(), |us| match us {
        0.0 => "0 ms".to_owned(),
        us if us < 0.5 => "<0.001 ms".to_owned(),
        us if us < 999_500.0 => format!("{} ms", three_digits(us / 1e3, 3)),
        us => format!("{} s", three_digits(us / 1e6, 2)),
    })
}

/// Formats a share (0 to 1): 60% · 5.23% · 99.95%.
#[must_use]
pub fn percent_text(share: impl Number) -> String {
    or_dash(share.figure(), |share| match share * 100.0 {
        v if v <= 0.0 => "0%".to_owned(),
        v if v >= 100.0 => "100%".to_owned(),
        v if v < 0.01 => "<0.01%".to_owned(),
        v if v > 99.99 => ">99.99%".to_owned(),
        v if v < 99.0 => format!("{}%", trimmed(&three_digits(v, 2))),
        v => format!("{}%", trimmed(&fixed(v, 2))),
    })
}

/// Formats a size in bytes: 318 B · 4.20 KiB · 117 MiB.
#[must_use]
pub fn bytes_text(value: impl Number) -> String {
    or_dash(value.figure(), |mut size| {
        if size < 999.5 {
            return format!("{} B", fixed(size, 0));
        }
        let mut unit = "";
        for next in ["KiB", "MiB", "GiB"] {
            if size < 999.5 {
                break;
            }
            size /= 1024.0;
            unit = next;
        }
        format!("{} {unit}", three_digits(size, 2))
    })
}

/// Formats seconds as an operator would type them: 2s · 1m30s · 500ms.
#[must_use]
pub fn duration_text(seconds: impl Number) -> String {
    let seconds = seconds.figure().filter(|seconds| *seconds >= 0.0);
    or_dash(seconds, |seconds| {
        if seconds > 0.0 && seconds < 0.9995 {
            return format!("{}ms", number_text(seconds * 1e3));
        }
        if seconds < 59.95 {
            return format!("{}s", number_text(seconds));
        }
        let whole = rounded(seconds);
        let parts = [
            (whole / 3_600, 'h'),
            (whole / 60 % 60, 'm'),
            (whole % 60, 's'),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        parts
            .map(|(count, unit)| format!("{count}{unit}"))
            .collect()
    })
}

/// Formats seconds since the start: 2:14 · 1:02:14.
#[must_use]
pub fn clock_text(seconds: impl Number) -> String {
    or_dash(seconds.figure(), |seconds| {
        let whole = rounded(seconds.floor());
        let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
        match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    })
}

/// Formats a number with so many digits behind the point, halves rounded up: 1,234.50.
#[must_use]
pub fn fixed(value: f64, digits: usize) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let power = i32::try_from(digits).unwrap_or(i32::MAX);
    let steps = rounded(value.abs() * 10_f64.powi(power)).to_string();
    let steps = format!("{steps:0>width$}", width = digits + 1);
    let (whole, part) = steps.split_at(steps.len() - digits);
    let point = if digits > 0 { "." } else { "" };
    format!("{sign}{}{point}{part}", grouped(whole))
}

/// Three digits from 1 on, the whole number from 100 on; `below_1` digits behind the
/// point below 1.
fn three_digits(value: f64, below_1: usize) -> String {
    let power = i32::try_from(below_1).unwrap_or(i32::MAX);
    match value {
        v if v < 1.0 - 0.5 / 10_f64.powi(power) => fixed(v, below_1),
        v if v < 9.995 => fixed(v, 2),
        v if v < 99.95 => fixed(v, 1),
        v => fixed(v, 0),
    }
}

/// Digits with their thousands separated.
fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number in digits without zeros at the end of its fraction.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; nothing below 0 is shown"
)]
fn rounded(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Case {
        kind: String,
        value: Option<f64>,
        text: String,
    }

    #[test]
    fn every_case_of_the_table_that_the_page_shares() {
        let cases = include_str!("../../tests/format_cases.json");
        let cases: Vec<Case> = serde_json::from_str(cases).unwrap();
        for Case { kind, value, text } in cases {
            let formatted = match kind.as_str() {
                "count" => count_text(value),
                "rate" => rate_text(value),
                "number" => number_text(value),
                "latency" => latency_text(value),
                "percent" => percent_text(value),
                "bytes" => bytes_text(value),
                "duration" => duration_text(value),
                "clock" => clock_text(value),
                other => panic!("no formatter for {other}"),
            };
            assert_eq!(formatted, text, "{kind} of {value:?}");
        }
    }

    #[test]
    fn readings_have_units() {
        assert_eq!(
            [12.0, 0.5, 1_234.0].map(|value| reading_text(value, "MB")),
            ["12 MB", "0.5 MB", "1,234 MB"]
        );
        assert_eq!(reading_text(7.0, ""), "7");
    }

    #[test]
    fn no_number_is_too_odd() {
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300] {
            let _ = (count_text(odd), rate_text(odd), number_text(odd));
            let _ = (latency_text(odd), percent_text(odd), bytes_text(odd));
            let _ = (duration_text(odd), clock_text(odd), reading_text(odd, ""));
        }
    }
}
