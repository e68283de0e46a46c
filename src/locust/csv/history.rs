use crate::locust::csv::fields::{PERCENTILES, figures, percentiles, table};
use crate::locust::row::LocustRow;
use crate::run::Tables;

/// A moment of a run, as a line of the history has it.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// When, in Unix seconds.
    pub unix_s: u64,
    /// Users running.
    pub users: u64,
    /// Requests per second, of all names.
    pub rps: f64,
    /// Failures per second, of all names.
    pub fps: f64,
}

/// The first line of `PREFIX_stats_history.csv`.
#[must_use]
pub fn history_header() -> Vec<u8> {
    let before = [
        "Timestamp",
        "User Count",
        "Type",
        "Name",
        "Requests/s",
        "Failures/s",
    ];
    let after = [
        "Total Request Count",
        "Total Failure Count",
        "Total Median Response Time",
        "Total Average Response Time",
        "Total Min Response Time",
        "Total Max Response Time",
        "Total Average Content Size",
    ];
    let columns = before.into_iter().chain(PERCENTILES).chain(after);
    table([columns.collect::<Vec<_>>()])
}

/// The lines of a moment. One, of all names together, with percentiles since
/// the start; in full (`by_name`) one a name before it, and all percentiles
/// are those of the last 10 s.
#[must_use]
pub fn history(moment: &Moment, tables: &Tables, by_name: bool) -> Vec<u8> {
    let rows = LocustRow::sorted(tables).into_iter();
    let rows = rows.filter(|_| by_name).map(|row| {
        let own = Moment {
            rps: row.rates.rps,
            fps: row.rates.fps,
            ..*moment
        };
        record(&own, row, by_name)
    });
    table(rows.chain([record(moment, LocustRow(&tables.aggregated), by_name)]))
}

fn record(moment: &Moment, row: LocustRow<'_>, windowed: bool) -> Vec<String> {
    let mut record = vec![
        moment.unix_s.to_string(),
        moment.users.to_string(),
        row.method.to_string(),
        row.title().to_owned(),
        format!("{:.6}", moment.rps),
        format!("{:.6}", moment.fps),
    ];
    record.extend(if windowed {
        percentiles(&row, &row.raw.now_percentiles_us.unwrap_or_default())
    } else {
        percentiles(&row, &row.percentiles_us)
    });
    record.extend([row.requests.to_string(), row.failures.to_string()]);
    record.extend(figures(row));
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::tables;

    const MOMENT: Moment = Moment {
        unix_s: 1_795_459_718,
        users: 5,
        rps: 9.0,
        fps: 0.5,
    };

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_moment_is_one_line() {
        let header = "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size\r\n";
        assert_eq!(text(history_header()), header);
        let line = "1795459718,5,,Aggregated,9.000000,0.500000,140,140,140,140,140,140,140,140,140,140,450,22,7,140,150.25,2.051,447.0,12.5\r\n";
        assert_eq!(text(history(&MOMENT, &tables(), false)), line);
        let none = text(history(&MOMENT, &Tables::default(), false));
        assert!(
            none.contains(",Aggregated,9.000000,0.500000,N/A,"),
            "{none}"
        );
    }

    #[test]
    fn in_full_there_is_a_line_for_each_name_over_the_window() {
        let lines = text(history(&MOMENT, &tables(), true));
        let lines: Vec<_> = lines.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("1795459718,5,GET,\"/a,\"\"b\"\"\",3.000000,1.000000,9,9,"));
        assert!(lines[1].starts_with("1795459718,5,POST,/ok,0.000000,0.000000,0,0,"));
        assert!(lines[2].starts_with("1795459718,5,,Aggregated,9.000000,0.500000,9,9,"));
    }
}
