//! Numbers to words. The same figures as on the dashboard (`static/lib/format.js`).

use jiff::Timestamp;

/// What stands where there is no figure.
pub(super) const NONE: &str = "–";

/// A whole number with thousands separated: 1,412,905.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A rate per second: 11,482 · 80.1 · 0.42.
pub(super) fn rate(value: f64) -> String {
    match value {
        v if !v.is_finite() => NONE.to_owned(),
        0.0 => "0".to_owned(),
        v if v < 0.01 => "<0.01".to_owned(),
        v if v < 9.995 => format!("{v:.2}"),
        v if v < 99.95 => format!("{v:.1}"),
        v => count(whole(v)),
    }
}

/// Microseconds: 0.41 ms · 4.1 ms · 145 ms · 1.23 s.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(super) fn latency(us: Option<u64>) -> String {
    us.map_or_else(|| NONE.to_owned(), |us| time_us(us as f64))
}

/// The same of a mean.
pub(super) fn time_us(us: f64) -> String {
    let ms = us / 1e3;
    match ms {
        ms if !ms.is_finite() => NONE.to_owned(),
        ms if ms < 0.995 => format!("{ms:.2} ms"),
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 9_995.0 => format!("{:.2} s", ms / 1e3),
        ms if ms < 99_950.0 => format!("{:.1} s", ms / 1e3),
        ms => format!("{} s", count(whole(ms / 1e3))),
    }
}

/// A share (0 to 1) as percent. Never says 0 or 100 of what is not quite so.
pub(super) fn percent(share: Option<f64>) -> String {
    let Some(share) = share.filter(|share| share.is_finite()) else {
        return NONE.to_owned();
    };
    let value = share * 100.0;
    match value {
        v if v <= 0.0 => "0 %".to_owned(),
        v if v >= 100.0 => "100 %".to_owned(),
        v if v < 0.01 => "<0.01 %".to_owned(),
        v if v > 99.99 => ">99.99 %".to_owned(),
        v if (9.995..99.0).contains(&v) => format!("{v:.1} %"),
        v => format!("{v:.2} %"),
    }
}

/// Bytes: 318 B · 4.2 KiB · 1.3 MiB.
pub(super) fn bytes(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let mut size = value;
    let mut unit = "B";
    for next in ["KiB", "MiB", "GiB"] {
        if size < 999.5 {
            break;
        }
        size /= 1024.0;
        unit = next;
    }
    if unit == "B" || size >= 9.95 {
        format!("{} {unit}", count(whole(size)))
    } else {
        format!("{size:.1} {unit}")
    }
}

/// Seconds as an operator would type them: 5m · 1m30s · 12.3s.
pub(super) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return NONE.to_owned();
    }
    let tenths = whole(seconds * 10.0);
    let (hours, minutes) = (tenths / 36_000, tenths / 600 % 60);
    let (left, tenth) = (tenths % 600 / 10, tenths % 10);
    let hours = (hours > 0).then(|| format!("{hours}h"));
    let minutes = (minutes > 0).then(|| format!("{minutes}m"));
    // Tenths matter in short runs only.
    let seconds = match (left, tenth) {
        (_, 1..) if tenths < 600 => Some(format!("{left}.{tenth}s")),
        (0, _) if tenths >= 10 => None,
        _ => Some(format!("{left}s")),
    };
    [hours, minutes, seconds].into_iter().flatten().collect()
}

/// Seconds since the start as a clock: 02:14 · 1:02:14.
pub(super) fn clock(seconds: f64) -> String {
    let whole = whole(seconds.max(0.0).floor());
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// A moment: 2026-01-25 10:00:00 UTC.
pub(super) fn moment(unix_ms: Option<u64>) -> String {
    let ms = unix_ms.and_then(|ms| i64::try_from(ms).ok());
    let moment = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    moment.map_or_else(
        || NONE.to_owned(),
        |moment| moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

/// A value of a probe, to three or four digits.
pub(super) fn reading(value: f64, unit: &str) -> String {
    let figure = if value.abs() >= 1_000.0 {
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{}", count(whole(value.abs())))
    } else {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    format!("{figure} {unit}").trim_end().to_owned()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; not negative"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_on_the_dashboard() {
        assert_eq!([999, 1_412_905].map(count), ["999", "1,412,905"]);
        assert_eq!(
            [0.0, 0.42, 80.07, 11_482.2, f64::NAN].map(rate),
            ["0", "0.42", "80.1", "11,482", NONE]
        );
        assert_eq!(
            [Some(410), Some(4_120), Some(145_000), Some(1_234_000), None].map(latency),
            ["0.41 ms", "4.1 ms", "145 ms", "1.23 s", NONE]
        );
        assert_eq!(
            [1.0, 0.999_999, 0.995, 0.5, 0.0].map(|share| percent(Some(share))),
            ["100 %", ">99.99 %", "99.50 %", "50.0 %", "0 %"]
        );
        assert_eq!(
            [318.0, 4_300.0, 120_000.0].map(bytes),
            ["318 B", "4.2 KiB", "117 KiB"]
        );
        assert_eq!(
            [0.0, 12.34, 90.0, 300.0, 3_661.0].map(duration),
            ["0s", "12.3s", "1m30s", "5m", "1h1m1s"]
        );
        assert_eq!([134.9, 3_734.0].map(clock), ["02:14", "1:02:14"]);
        assert_eq!(moment(Some(1_769_335_200_000)), "2026-01-25 10:00:00 UTC");
        assert_eq!(
            [12.0, 0.5, 1_234.0].map(|v| reading(v, "MB")),
            ["12 MB", "0.5 MB", "1,234 MB"]
        );
    }

    #[test]
    fn no_number_is_too_odd() {
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300] {
            let _ = (rate(odd), time_us(odd), percent(Some(odd)), bytes(odd));
            let _ = (duration(odd), clock(odd), reading(odd, ""));
        }
        let _ = moment(Some(u64::MAX));
    }
}
