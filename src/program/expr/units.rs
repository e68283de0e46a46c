//! Durations and sizes as people write them.

use std::time::Duration;

/// The longest duration: a year.
pub const MAX_DURATION: Duration = Duration::from_secs(365 * 24 * 3600);

/// `1m30s`, `500ms`, `0.5s`, `1h`; a bare number is seconds. `None` for
/// anything else, and for more than a year.
#[must_use]
pub fn duration_of(text: &str) -> Option<Duration> {
    let text = text.trim();
    let seconds = if let Some(seconds) = plain_number(text) {
        seconds
    } else {
        let mut rest = text;
        let mut sum = 0.0;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let value = plain_number(&rest[..end])?;
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

/// `10KiB`, `1MB`, `512`, `512B`: a size in bytes.
#[must_use]
pub fn bytes_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let value = plain_number(&text[..end])?;
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

/// A plain decimal number, not negative.
#[must_use]
pub fn plain_number(text: &str) -> Option<f64> {
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
            assert_eq!(duration_of(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in [
            "", "s", "1x", "-1s", "1m30", "1e3s", "nan", "9999999d", "1.2.3s", "1s!",
        ] {
            assert_eq!(duration_of(text), None, "{text}");
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
            assert_eq!(bytes_of(text), Some(bytes_wanted), "{text}");
        }
        for text in ["", "KiB", "-1", "1.5", "1XB", "1e3", "99999999999GiB"] {
            assert_eq!(bytes_of(text), None, "{text}");
        }
    }
}
