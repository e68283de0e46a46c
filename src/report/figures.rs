//! Dates as text.

use jiff::Timestamp;

use crate::model::NO_FIGURE;

/// A moment: 2026-01-25 10:00:00 UTC.
pub(super) fn moment(unix_ms: Option<u64>) -> String {
    let ms = unix_ms.and_then(|ms| i64::try_from(ms).ok());
    let moment = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    moment.map_or_else(
        || NO_FIGURE.to_owned(),
        |moment| moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_utc() {
        assert_eq!(moment(Some(1_769_335_200_000)), "2026-01-25 10:00:00 UTC");
        assert_eq!([None, Some(u64::MAX)].map(moment), [NO_FIGURE; 2]);
    }
}
