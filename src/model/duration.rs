use std::time::Duration;

/// A duration in microseconds, the unit of every clock here; saturates.
#[must_use]
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Writes a duration as scenario files do, to the microsecond: `1m30s`, `500ms`, `61.5s`.
/// Read again, it is the same one; [`duration_text`](crate::model::duration_text) is
/// for what was measured.
#[must_use]
pub fn duration_literal(duration: Duration) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_written_as_it_was_set() {
        for (ms, text) in [
            (500, "500ms"),
            (2_000, "2s"),
            (61_500, "61.5s"),
            (90_000, "1m30s"),
            (3_600_000, "1h"),
        ] {
            assert_eq!(duration_literal(Duration::from_millis(ms)), text);
        }
        assert_eq!(duration_literal(Duration::from_micros(10)), "10us");
    }
}
