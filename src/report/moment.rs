//! Moments and planned durations as text.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{NO_FIGURE, duration_literal};

/// A moment: 2026-01-25 10:00:00 UTC.
pub(super) fn moment(unix_ms: Option<u64>) -> String {
    let ms = unix_ms.and_then(|ms| i64::try_from(ms).ok());
    let moment = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    moment.map_or_else(
        || NO_FIGURE.to_owned(),
        |moment| moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

/// How long something was planned to take, as it was set: 61.5s. A file may hold
/// what is no duration.
pub(super) fn planned_text(seconds: f64) -> String {
    let planned = Duration::try_from_secs_f64(seconds).ok();
    planned.map_or_else(|| NO_FIGURE.to_owned(), duration_literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_planned_is_not_rounded() {
        assert_eq!(planned_text(61.5), "61.5s");
        assert_eq!(planned_text(300.0), "5m");
        assert_eq!([-1.0, f64::NAN].map(planned_text), [NO_FIGURE; 2]);
    }

    #[test]
    fn moments_are_in_utc() {
        assert_eq!(moment(Some(1_769_335_200_000)), "2026-01-25 10:00:00 UTC");
        assert_eq!([None, Some(u64::MAX)].map(moment), [NO_FIGURE; 2]);
    }
}
