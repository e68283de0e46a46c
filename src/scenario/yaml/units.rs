//! Durations and rates as people write them.

use std::time::Duration;

use crate::program::plain_number as number;
pub(crate) use crate::program::{bytes_of as bytes, duration_of as duration};

/// A text that is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration; write 90, 90s, 5m, 1h30m or 500ms")]
pub struct DurationError(String);

/// Reads a duration as scenario files write it: `1m30s`, `500ms`, `90`.
///
/// # Errors
/// Anything else, and more than a year.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    duration(text).ok_or_else(|| DurationError(text.trim().to_owned()))
}

/// `12/s`, `0.5/s`, `30/m`, `100/h`; a bare number is per second.
pub(crate) fn rate_per_second(text: &str) -> Option<f64> {
    let (value, per) = match text.trim().split_once('/') {
        None => (text.trim(), 1.0),
        Some((value, unit)) => match unit.trim() {
            "s" | "sec" | "second" => (value.trim(), 1.0),
            "m" | "min" | "minute" => (value.trim(), 60.0),
            "h" | "hour" => (value.trim(), 3600.0),
            _ => return None,
        },
    };
    let rate = number(value)? / per;
    rate.is_finite().then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::duration_literal;

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["500ms", "10us", "2s", "1m30s", "1h", "0.5s", "61.5s"] {
            let read = duration(text).expect("a duration");
            assert_eq!(duration(&duration_literal(read)), Some(read), "{text}");
        }
    }

    #[test]
    fn reads_rates() {
        assert_eq!(rate_per_second("12/s"), Some(12.0));
        assert_eq!(rate_per_second("30/m"), Some(0.5));
        assert_eq!(rate_per_second("0.5"), Some(0.5));
        assert_eq!(rate_per_second("0/s"), Some(0.0));
        for text in ["0/x", "-1/s", "1/x", "/s", "x", "inf"] {
            assert_eq!(rate_per_second(text), None, "{text}");
        }
    }
}
