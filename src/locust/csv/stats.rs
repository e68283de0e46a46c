use crate::locust::csv::fields::{PERCENTILES, figures, float, percentiles, table};
use crate::locust::row::LocustRow;
use crate::run::Tables;

const COLUMNS: [&str; 11] = [
    "Type",
    "Name",
    "Request Count",
    "Failure Count",
    "Median Response Time",
    "Average Response Time",
    "Min Response Time",
    "Max Response Time",
    "Average Content Size",
    "Requests/s",
    "Failures/s",
];

/// `PREFIX_stats.csv`: a row a name, Aggregated last. Times in milliseconds,
/// rates over the whole run.
#[must_use]
pub fn stats(tables: &Tables) -> Vec<u8> {
    let header = COLUMNS.into_iter().chain(PERCENTILES).map(str::to_owned);
    let rows = LocustRow::sorted(tables).into_iter();
    let rows = rows.chain([LocustRow(&tables.aggregated)]);
    table(std::iter::once(header.collect()).chain(rows.map(record)))
}

fn record(row: LocustRow<'_>) -> Vec<String> {
    let mut record = vec![
        row.method.to_string(),
        row.title().to_owned(),
        row.requests.to_string(),
        row.failures.to_string(),
    ];
    record.extend(figures(row));
    record.extend([float(row.overall().rps), float(row.overall().fps)]);
    record.extend(percentiles(&row, &row.percentiles_us));
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::tables;

    #[test]
    fn stats_are_locusts_to_the_letter() {
        let text = String::from_utf8(stats(&tables())).expect("text");
        let expected = [
            "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%",
            "GET,\"/a,\"\"b\"\"\",10,7,140,150.25,2.051,447.0,12.5,2.0,1.4,140,140,140,140,140,140,140,140,140,140,450",
            "POST,/ok,12,0,3,3.0,3.0,3.0,0.0,2.4,0.0,3,3,3,3,3,3,3,3,3,3,3",
            ",Aggregated,22,7,140,150.25,2.051,447.0,12.5,4.4,1.4,140,140,140,140,140,140,140,140,140,140,450",
            "",
        ];
        assert_eq!(text, expected.join("\r\n"));
        let empty = String::from_utf8(stats(&Tables::default())).expect("text");
        let row =
            ",Aggregated,0,0,0,0,0,0,0,0.0,0.0,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A\r\n";
        assert!(empty.ends_with(row), "{empty}");
    }
}
