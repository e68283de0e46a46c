//! The guide's three files. The third, of failures, is Locust's own.

use crate::locust::csv::fields::{float, table};
use crate::locust::row::LocustRow;
use crate::run::Tables;

/// `PREFIX_stats.csv` of the guide: a row a name, without one for all, so that
/// a column can be summed. Times in milliseconds. The guide calls the columns
/// by Locust's names in one place and by others in another: both are there.
#[must_use]
pub fn guide_stats(tables: &Tables) -> Vec<u8> {
    let header = [
        "Name",
        "# requests",
        "# failures",
        "Median response time",
        "Average response time",
        "Min response time",
        "Max response time",
        "Request Count",
        "Failure Count",
        "Median Response Time",
        "Average Response Time",
        "Min Response Time",
        "Max Response Time",
    ];
    let records = requests(tables).map(|row| {
        let figures = [
            row.requests.to_string(),
            row.failures.to_string(),
            row.median_ms().to_string(),
            float(row.mean_ms().unwrap_or_default()),
            float(row.min_ms().unwrap_or_default()),
            float(row.max_ms().unwrap_or_default()),
        ];
        let mut record = vec![format!("{} {}", row.method, row.name)];
        record.extend_from_slice(&figures);
        record.extend(figures);
        record
    });
    table(std::iter::once(header.map(str::to_owned).to_vec()).chain(records))
}

/// The first line of `PREFIX_stats_history.csv` of the guide.
#[must_use]
pub fn guide_history_header() -> Vec<u8> {
    table([[
        "Time",
        "Type",
        "Name",
        "# requests",
        "# failures",
        "Median response time",
    ]])
}

/// The lines of a moment, given in Unix seconds and written in milliseconds:
/// what each name has come to since the start.
#[must_use]
pub fn guide_history(unix_s: u64, tables: &Tables) -> Vec<u8> {
    table(requests(tables).map(|row| {
        [
            (unix_s * 1_000).to_string(),
            row.method.to_string(),
            row.name.to_string(),
            row.requests.to_string(),
            row.failures.to_string(),
            row.median_ms().to_string(),
        ]
    }))
}

/// Rows of requests: a group's are in its requests, a sum must not count them twice.
fn requests(tables: &Tables) -> impl Iterator<Item = LocustRow<'_>> {
    let rows = LocustRow::sorted(tables).into_iter();
    rows.filter(|row| row.is_request())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::tables;

    #[test]
    fn the_files_are_the_guides() {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let expected = "Name,# requests,# failures,Median response time,Average response time,Min response time,Max response time,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time\r\n\
            \"GET /a,\"\"b\"\"\",10,7,140,150.25,2.051,447.0,10,7,140,150.25,2.051,447.0\r\n\
            POST /ok,12,0,3,3.0,3.0,3.0,12,0,3,3.0,3.0,3.0\r\n";
        assert_eq!(text(guide_stats(&tables())), expected);
        let header = "Time,Type,Name,# requests,# failures,Median response time\r\n";
        assert_eq!(text(guide_history_header()), header);
        let lines =
            "1795459718000,GET,\"/a,\"\"b\"\"\",10,7,140\r\n1795459718000,POST,/ok,12,0,3\r\n";
        assert_eq!(text(guide_history(1_795_459_718, &tables())), lines);
    }
}
