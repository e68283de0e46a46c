//! How Locust writes moments and names what is downloaded.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::run::RunInfo;

/// Characters that stand in the name of a file; the others become `_`.
const PLAIN: &[u8] = b".-_";
/// A longer part of a file's name is cut.
const PART_CHARS: usize = 60;

/// A moment in a zone; the beginning of time where it is out of all range.
#[must_use]
pub fn zoned(unix_ms: u64, zone: &TimeZone) -> ZonedDateTime {
    let ms = i64::try_from(unix_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned_datetime(zone.clone())
}

/// The name of a file about a run: when it started (in this zone), its
/// scenario, its host, and `what`, like `requests.csv`.
#[must_use]
pub fn download_name(run: Option<&RunInfo>, zone: &TimeZone, what: &str) -> String {
    let mut parts = vec!["Swarmdeck".to_owned()];
    if let Some(run) = run {
        let started = zoned(run.started_unix_ms, zone).strftime("%Y-%m-%d-%Hh%M");
        parts.extend([started.to_string(), plain(&run.scenario), plain(&run.host)]);
    }
    parts.push(what.to_owned());
    parts.join("_")
}

fn plain(text: &str) -> String {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || PLAIN.iter().any(|&p| char::from(p) == c);
    let words = text.split(|c| !is_plain(c)).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("_");
    joined.chars().take(PART_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_which_run_it_is_about() {
        let run = RunInfo {
            id: "1".to_owned(),
            scenario: "4 - Burst \"load\"; ü".to_owned(),
            host: "http://localhost:8000/api".to_owned(),
            profile: String::new(),
            started_unix_ms: 1_795_459_902_007,
            run_time_s: None,
            max_users: None,
            shards: 1,
            probes: Vec::new(),
            protocols: Vec::new(),
        };
        assert_eq!(
            download_name(Some(&run), &TimeZone::UTC, "requests.csv"),
            "Swarmdeck_2026-11-23-18h51_4_-_Burst_load_localhost_8000_api_requests.csv"
        );
        let none = download_name(None, &TimeZone::UTC, "failures.csv");
        assert_eq!(none, "Swarmdeck_failures.csv");
    }
}
