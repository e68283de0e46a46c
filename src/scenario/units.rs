//! Durations and rates as people write them.

use std::time::Duration;

/// The longest duration.
pub(super) const MAX_DURATION: Duration = Duration::from_secs(365 * 24 * 3600);

/// `1m30s`, `500ms`, `0.5s`, `1h`; a bare number is seconds. `None` for
/// anything else, and for more than a year.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let seconds = if let Some(seconds) = number(text) {
        seconds
    } else {
        let mut rest = text;
        let mut sum = 0.0;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let value = number(&rest[..end])?;
            rest = &rest[end..];
            let end = rest
                .find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            sum += value * unit_seconds(&rest[..end])?;
            rest = rest[end..].trim_start();
        }
        sum
    };
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    (duration <= MAX_DURATION && !text.is_empty()).then_some(duration)
}

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

/// `12/s`, `0.5/s`, `30/m`, `100/h`; a bare number is per second. Above zero.
pub(super) fn rate_per_second(text: &str) -> Option<f64> {
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
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

/// `10KiB`, `1MB`, `512`, `512B`: a size in bytes.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let value = number(&text[..end])?;
    let unit: u32 = match text[end..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "kib" => 1 << 10,
        "mb" => 1_000_000,
        "mib" => 1 << 20,
        "gb" => 1_000_000_000,
        "gib" => 1 << 30,
        _ => return None,
    };
    let bytes = value * f64::from(unit);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to 2^53"
    )]
    let whole = bytes as u64;
    (bytes.fract() == 0.0 && bytes < 9e15).then_some(whole)
}

/// A duration for people, as [`parse_duration`] reads it: `1m30s`, `500ms`.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let micros = duration.as_micros();
    if micros < 1_000_000 {
        return if micros.is_multiple_of(1_000) {
            format!("{}ms", micros / 1_000)
        } else {
            format!("{micros}us")
        };
    }
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 || seconds.fract() != 0.0 {
        return format!("{seconds}s");
    }
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 3600, 'h'),
        (seconds / 60 % 60, 'm'),
        (seconds % 60, 's'),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect()
}

/// A plain decimal number, not negative.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().any(|byte| byte.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { text.parse().ok() } else { None }
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" | "sec" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        for (text, ms) in [
            ("1m30s", 90_000),
            ("500ms", 500),
            ("0.5s", 500),
            ("1h", 3_600_000),
            ("1h 5m", 3_900_000),
            ("2", 2_000),
            ("0", 0),
        ] {
            assert_eq!(duration(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in [
            "", "s", "1x", "-1s", "1m30", "1e3s", "nan", "9999999d", "1.2.3s", "1s!",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn reads_sizes() {
        for (text, bytes_wanted) in [
            ("0", 0),
            ("512", 512),
            ("10KiB", 10_240),
            ("1.5 MB", 1_500_000),
            ("2GiB", 1 << 31),
            ("7B", 7),
        ] {
            assert_eq!(bytes(text), Some(bytes_wanted), "{text}");
        }
        for text in ["", "KiB", "-1", "1.5", "1XB", "1e3", "99999999999GiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn writes_durations() {
        for text in ["500ms", "10us", "2s", "1m30s", "1h", "0.5s"] {
            let expected = if text == "0.5s" { "500ms" } else { text };
            assert_eq!(duration_text(duration(text).unwrap()), expected);
        }
    }

    #[test]
    fn reads_rates() {
        assert_eq!(rate_per_second("12/s"), Some(12.0));
        assert_eq!(rate_per_second("30/m"), Some(0.5));
        assert_eq!(rate_per_second("0.5"), Some(0.5));
        for text in ["0/s", "-1/s", "1/x", "/s", "x", "inf"] {
            assert_eq!(rate_per_second(text), None, "{text}");
        }
    }
}
