//! Swarmdeck's own file beside Locust's: response times (with queueing).

use crate::locust::csv::fields::{PERCENTILES, float, table};
use crate::locust::rounding::millis;
use crate::locust::row::LocustRow;
use crate::run::Tables;
use crate::stats::TimeSummary;

const COLUMNS: [&str; 7] = [
    "Type",
    "Name",
    "Request Count",
    "Median Response Time",
    "Average Response Time",
    "Min Response Time",
    "Max Response Time",
];

/// `PREFIX_response.csv`: response times, counted from the planned start,
/// under the columns that Locust has for times. A row for each name with
/// planned starts, and `Aggregated`; nothing but the header without a plan.
/// Times are in milliseconds, not rounded as Locust rounds.
#[must_use]
pub fn response(tables: &Tables) -> Vec<u8> {
    let header = COLUMNS.into_iter().chain(PERCENTILES).map(str::to_owned);
    let rows = LocustRow::sorted(tables).into_iter();
    let rows = rows.chain([LocustRow(&tables.aggregated)]);
    let records = rows.filter_map(|row| Some(record(row, row.0.response.as_ref()?)));
    table(std::iter::once(header.collect()).chain(records))
}

fn record(row: LocustRow<'_>, times: &TimeSummary) -> Vec<String> {
    let percentile = |us: Option<u64>| us.map_or_else(|| "N/A".to_owned(), |us| float(millis(us)));
    let mut record = vec![
        row.method.to_string(),
        row.title().to_owned(),
        times.samples.to_string(),
        percentile(times.percentiles_us[0]),
        float((times.mean_us).round() / 1e3),
        float(millis(times.min_us)),
        float(millis(times.max_us)),
    ];
    record.extend(times.percentiles_us.map(percentile));
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::{planned, tables};

    #[test]
    fn there_is_a_row_for_each_name_with_planned_starts() {
        let text = String::from_utf8(response(&planned())).expect("text");
        let expected = [
            "Type,Name,Request Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%",
            "POST,/ok,11,4.0,213.5,3.0,1003.0,4.0,4.0,4.0,4.0,1003.0,1003.0,1003.0,1003.0,1003.0,1003.0,1003.0",
            ",Aggregated,11,4.0,213.5,3.0,1003.0,4.0,4.0,4.0,4.0,1003.0,1003.0,1003.0,1003.0,1003.0,1003.0,1003.0",
            "",
        ];
        assert_eq!(text, expected.join("\r\n"));
    }

    #[test]
    fn without_a_plan_there_is_a_header_alone() {
        let text = String::from_utf8(response(&tables())).expect("text");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}
