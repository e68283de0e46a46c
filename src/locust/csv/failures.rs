use crate::locust::csv::fields::table;
use crate::run::{FailureLine, Tables};

/// `PREFIX_failures.csv`: a row for each way in which requests of a name
/// failed, by name, method and words; times in UTC, to the second.
#[must_use]
pub fn failures(tables: &Tables, started_unix_ms: u64) -> Vec<u8> {
    let header = [
        "Method",
        "Name",
        "Error",
        "Occurrences",
        "First Seen",
        "Last Seen",
    ];
    let lines = tables.failures.iter();
    let mut lines: Vec<_> = lines.filter(|line| line.is_request()).collect();
    lines.sort_by_key(|line| (&line.name, &line.method, &line.text));
    let records = lines.into_iter().map(|line| record(line, started_unix_ms));
    table(std::iter::once(header.map(str::to_owned)).chain(records))
}

fn record(line: &FailureLine, started_unix_ms: u64) -> [String; 6] {
    [
        line.method.to_string(),
        line.name.to_string(),
        line.text.clone(),
        line.count.to_string(),
        moment(started_unix_ms, line.first_s),
        moment(started_unix_ms, line.last_s),
    ]
}

/// `2026-11-23T18:49:40Z`; empty beyond all calendars.
fn moment(started_unix_ms: u64, at_s: Option<f64>) -> String {
    let at_s = at_s.unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds of a run; saturates"
    )]
    let unix_s = started_unix_ms.saturating_add((at_s * 1e3) as u64) / 1_000;
    let time = i64::try_from(unix_s)
        .ok()
        .and_then(|unix_s| jiff::Timestamp::from_second(unix_s).ok());
    time.map(|time| time.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::tables;

    #[test]
    fn failures_are_told_apart_with_their_times() {
        let text = failures(&tables(), 1_795_459_717_900);
        let expected = "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n\
            GET,\"/a,\"\"b\"\"\",status 500,7,2026-11-23T18:48:38Z,2026-11-23T18:48:40Z\r\n";
        assert_eq!(String::from_utf8(text).expect("text"), expected);
    }
}
