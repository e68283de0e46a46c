//! Locust's tables for the terminal.

use std::fmt::Write;

use crate::locust::rounding::bucket_ms;
use crate::locust::row::LocustRow;
use crate::model::within_line;
use crate::run::{Rates, Tables};

/// Which rates a table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatesOf {
    /// The last few seconds.
    Now,
    /// The whole run.
    WholeRun,
}

/// How wide names are where a terminal has so many columns; `None` for a
/// pipe or a file.
#[must_use]
pub fn name_width(columns: Option<u16>) -> usize {
    columns.map_or(80, |columns| {
        usize::from(columns).saturating_sub(80).min(80)
    })
}

/// The table of requests, a line a name, an empty line at the end.
#[must_use]
pub fn summary(tables: &Tables, name_width: usize, rates: RatesOf) -> String {
    let width = name_width.saturating_sub(4);
    let line = |row: LocustRow<'_>| {
        let Rates { rps, fps } = match rates {
            RatesOf::Now => row.rates,
            RatesOf::WholeRun => row.overall(),
        };
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        let share = row.failures as f64 * 100.0 / row.requests.max(1) as f64;
        format!(
            "{:<8} {:<width$} {:>7} {:>12} |{:>7} {:>7} {:>7}{:>7} | {rps:>7.2} {fps:>11.2}",
            row.method,
            within_line(row.title()),
            row.requests,
            format!("{}({share:.2}%)", row.failures),
            truncated_ms(row.mean_us.unwrap_or(0.0)),
            row.min_us.unwrap_or(0) / 1_000,
            row.max_us.unwrap_or(0) / 1_000,
            row.median_ms(),
        )
    };
    let head = format!(
        "{:<8} {:<width$} {:>7} {:>12} |{:>7} {:>7} {:>7}{:>7} | {:>7} {:>11}",
        "Type", "Name", "# reqs", "# fails", "Avg", "Min", "Max", "Med", "req/s", "failures/s"
    );
    let rule = rule(&[8, width, 7, 13, 7, 7, 7, 7, 8, 11]);
    between(&head, &rule, tables, line)
}

/// The table of percentiles of the whole run, an empty line at the end.
#[must_use]
pub fn percentiles(tables: &Tables, name_width: usize) -> String {
    let heads = [
        "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%", "# reqs",
    ];
    let heads = heads.map(|head| format!("{head:>6}")).join(" ");
    let head = format!(
        "Response time percentiles (approximated)\n{:<8} {:<name_width$} {:>8} {heads}",
        "Type", "Name", "50%"
    );
    let line = |row: LocustRow<'_>| {
        let [first, others @ ..] = row.percentiles_us.map(|us| us.map_or(0, bucket_ms));
        let others = others.iter().chain([&row.requests]);
        let others: Vec<_> = others.map(|ms| format!("{ms:>6}")).collect();
        let (kind, name) = (&row.method, within_line(row.title()));
        format!(
            "{kind:<8} {name:<name_width$} {first:>8} {}",
            others.join(" ")
        )
    };
    let mut widths = vec![8, name_width, 8];
    widths.extend([6; 11]);
    between(&head, &rule(&widths), tables, line)
}

/// The table of failures, an empty line at the end; `None` without any.
#[must_use]
pub fn error_report(tables: &Tables, name_width: usize) -> Option<String> {
    if tables.failures.is_empty() {
        return None;
    }
    let rule = rule(&[18, 80 + name_width - 19]);
    let mut text = format!(
        "Error report\n{:<18} {:<100}\n{rule}\n",
        "# occurrences", "Error"
    );
    for line in &tables.failures {
        let message = format!("{} {}: {}", line.method, line.name, line.text);
        let message = within_line(&message);
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:<18} {message:<100}", line.count);
    }
    let _ = writeln!(text, "{rule}\n");
    Some(text)
}

/// Head, rule, a line a name, rule, all names together.
fn between(
    head: &str,
    rule: &str,
    tables: &Tables,
    line: impl Fn(LocustRow<'_>) -> String,
) -> String {
    let mut text = format!("{head}\n{rule}\n");
    for row in LocustRow::sorted(tables) {
        text.push_str(&line(row));
        text.push('\n');
    }
    let _ = writeln!(text, "{rule}\n{}\n", line(LocustRow(&tables.aggregated)));
    text
}

fn rule(widths: &[usize]) -> String {
    let dashes = widths.iter().map(|&width| "-".repeat(width));
    dashes.collect::<Vec<_>>().join("|")
}

/// Whole milliseconds, as Locust cuts them.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut on purpose; times are not negative"
)]
fn truncated_ms(us: f64) -> u64 {
    (us / 1e3) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::tables;

    #[test]
    fn the_table_is_locusts() {
        let text = summary(&tables(), 24, RatesOf::Now);
        let expected = "\
Type     Name                  # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s
--------|--------------------|-------|-------------|-------|-------|-------|-------|--------|-----------
GET      /a,\"b\"                    10    7(70.00%) |    150       2     447    140 |    3.00        1.00
POST     /ok                       12     0(0.00%) |      3       3       3      3 |    0.00        0.00
--------|--------------------|-------|-------------|-------|-------|-------|-------|--------|-----------
         Aggregated                22    7(31.82%) |    150       2     447    140 |    3.00        1.00

";
        assert_eq!(text, expected);
        let whole = summary(&tables(), 24, RatesOf::WholeRun);
        assert!(whole.contains("|    2.00        1.40"), "{whole}");
    }

    #[test]
    fn percentiles_have_a_table_of_their_own() {
        let text = percentiles(&tables(), 12);
        let expected = "\
Response time percentiles (approximated)
Type     Name              50%    66%    75%    80%    90%    95%    98%    99%  99.9% 99.99%   100% # reqs
--------|------------|--------|------|------|------|------|------|------|------|------|------|------|------
GET      /a,\"b\"            140    140    140    140    140    140    140    140    140    140    450     10
POST     /ok                 3      3      3      3      3      3      3      3      3      3      3     12
--------|------------|--------|------|------|------|------|------|------|------|------|------|------|------
         Aggregated        140    140    140    140    140    140    140    140    140    140    450     22

";
        assert_eq!(text, expected);
    }

    #[test]
    fn failures_are_reported_if_there_are_any() {
        let text = error_report(&tables(), 20).expect("failures");
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        let rule = format!("{}|{}", "-".repeat(18), "-".repeat(81));
        let expected = [
            "Error report",
            "# occurrences      Error",
            &rule,
            "7                  GET /a,\"b\": status 500",
            "2                  TASK buy: sold out",
            &rule,
            "",
        ];
        assert_eq!(lines, expected);
        assert_eq!(error_report(&Tables::default(), 80), None);
    }

    #[test]
    fn names_take_what_a_terminal_leaves() {
        let widths = [None, Some(40), Some(120), Some(400)].map(name_width);
        assert_eq!(widths, [80, 0, 40, 80]);
    }
}
