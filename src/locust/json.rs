//! `--json`: the entries as Locust prints them, without a row for all.
//!
//! Left out, because nobody has counted them: `last_request_timestamp`,
//! `num_reqs_per_sec` and `num_fail_per_sec`. Added where starts are planned:
//! `response_time_with_queueing`, which has Locust's keys for times.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::locust::rounding::{bucket_ms, millis};
use crate::locust::row::LocustRow;
use crate::run::{Snapshot, StatRow};

/// One entry. Times in milliseconds.
#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    method: &'a str,
    start_time: f64,
    num_requests: u64,
    /// Those that were not sent and so have no time.
    num_none_requests: u64,
    num_failures: u64,
    total_response_time: f64,
    max_response_time: f64,
    min_response_time: Option<f64>,
    total_content_length: u64,
    /// How many took so long, rounded as Locust does.
    response_times: BTreeMap<u64, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_time_with_queueing: Option<Queueing>,
}

/// Response times, counted from the planned start. In milliseconds.
#[derive(Serialize)]
struct Queueing {
    num_requests: u64,
    total_response_time: f64,
    max_response_time: f64,
    min_response_time: f64,
    /// How many took so long, rounded as Locust does.
    response_times: BTreeMap<u64, u64>,
}

/// An array of entries, indented by four, sorted by name and method.
#[must_use]
pub fn json(snapshot: &Snapshot) -> String {
    #[expect(clippy::cast_precision_loss, reason = "Unix milliseconds are exact")]
    let start_time = (snapshot.run.as_ref()).map_or(0.0, |run| run.started_unix_ms as f64 / 1e3);
    let rows = LocustRow::sorted(&snapshot.tables);
    let entries: Vec<_> = (rows.iter().map(|row| Entry::new(*row, start_time))).collect();
    let mut bytes = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, indent);
    // Neither numbers nor text can fail to be written to memory.
    let _ = entries.serialize(&mut writer);
    String::from_utf8(bytes).unwrap_or_default()
}

impl<'a> Entry<'a> {
    fn new(row: LocustRow<'a>, start_time: f64) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "sums from means, exact far beyond any run"
        )]
        let (total_response_time, total_content_length) = (
            row.mean_ms().unwrap_or_default() * row.raw.timed as f64,
            (row.mean_bytes * row.requests as f64).round() as u64,
        );
        Self {
            name: &row.0.name,
            method: &row.0.method,
            start_time,
            num_requests: row.requests,
            num_none_requests: row.requests - row.raw.timed.min(row.requests),
            num_failures: row.failures,
            total_response_time,
            max_response_time: row.max_ms().unwrap_or_default(),
            min_response_time: row.min_ms(),
            total_content_length,
            response_times: rounded(&row.raw.buckets_us),
            response_time_with_queueing: Queueing::new(&row),
        }
    }
}

impl Queueing {
    fn new(row: &StatRow) -> Option<Self> {
        let times = row.response.as_ref()?;
        Some(Self {
            num_requests: times.samples,
            total_response_time: times.sum_us() / 1e3,
            max_response_time: millis(times.max_us),
            min_response_time: millis(times.min_us),
            response_times: rounded(&row.raw.response_buckets_us),
        })
    }
}

/// Counts by time in milliseconds, rounded as Locust does.
fn rounded(buckets_us: &[(u64, u64)]) -> BTreeMap<u64, u64> {
    let mut rounded = BTreeMap::new();
    for (us, count) in buckets_us {
        *rounded.entry(bucket_ms(*us)).or_default() += count;
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::{planned, tables};

    #[test]
    fn an_entry_has_locusts_keys() {
        let tables = tables();
        let entry = Entry::new(LocustRow::sorted(&tables)[0], 1.5);
        let value = serde_json::to_value(&entry).expect("JSON");
        let expected = serde_json::json!({
            "name": "/a,\"b\"", "method": "GET", "start_time": 1.5,
            "num_requests": 10, "num_none_requests": 1, "num_failures": 7,
            "total_response_time": 1352.25,
            "max_response_time": 447.0, "min_response_time": 2.051,
            "total_content_length": 125,
            "response_times": {"2": 1, "140": 7, "450": 1},
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn response_times_are_a_field_of_their_own() {
        let tables = planned();
        let entry = Entry::new(LocustRow::sorted(&tables)[1], 1.5);
        let value = serde_json::to_value(&entry).expect("JSON");
        assert_eq!(value["response_times"], serde_json::json!({"3": 12}));
        let expected = serde_json::json!({
            "num_requests": 11, "total_response_time": 2348.5,
            "max_response_time": 1003.0, "min_response_time": 3.0,
            "response_times": {"3": 4, "4": 5, "1000": 2},
        });
        assert_eq!(value["response_time_with_queueing"], expected);
    }
}
