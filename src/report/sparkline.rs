//! A run over time in one line of text.

use crate::model::{NO_FIGURE, TimeKind, clock_text, count_text, float, latency_text, rate_text};
use crate::stats::Row;

/// The width of a line, in characters.
const WIDTH: usize = 60;
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A figure over time: its name, the line, and its lowest and highest value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sparkline {
    pub(super) name: String,
    pub(super) line: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// Requests, failures, latency and users over time; empty without rows.
pub(super) fn sparklines(rows: &[Row]) -> Vec<Sparkline> {
    let stretches = stretches(rows);
    if stretches.is_empty() {
        return Vec::new();
    }
    let rates = |count: fn(&Row) -> u64| -> Vec<Option<f64>> {
        let rates = stretches.iter().map(|row| row.rate(count(row)));
        rates.map(Some).collect()
    };
    let mut lines = vec![draw(
        "requests/s".to_owned(),
        &rates(|row| row.requests),
        rate_text,
    )];
    if rows.iter().any(|row| row.failures > 0) {
        lines.push(draw(
            "failures/s".to_owned(),
            &rates(|row| row.failures),
            rate_text,
        ));
    }
    for (kind, name, quantile) in [
        (
            TimeKind::Service,
            "p50",
            (|row| row.service.p50_us) as fn(&Row) -> Option<u64>,
        ),
        (TimeKind::Service, "p99", |row| row.service.p99_us),
        (TimeKind::Response, "p50", |row| row.response.p50_us),
        (TimeKind::Response, "p99", |row| row.response.p99_us),
    ] {
        let values: Vec<_> = stretches
            .iter()
            .map(|row| quantile(row).map(float))
            .collect();
        if values.iter().any(Option::is_some) {
            let name = format!("{} {name}", kind.title());
            lines.push(draw(name, &values, latency_text));
        }
    }
    let users: Vec<_> = stretches.iter().map(|row| Some(float(row.users))).collect();
    lines.push(draw("users".to_owned(), &users, count_text));
    lines
}

/// The first and the last moment of the lines, as clocks.
pub(super) fn span(rows: &[Row]) -> Option<(String, String)> {
    let (first, last) = (rows.first()?, rows.last()?);
    let start_s = first.end_s.saturating_sub(first.width_s);
    Some((clock_text(float(start_s)), clock_text(float(last.end_s))))
}

/// The run in as many stretches as there are characters, or fewer. Counts are
/// added; of percentiles the worst of a stretch is shown, none is averaged.
fn stretches(rows: &[Row]) -> Vec<Row> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Vec::new();
    };
    let start_s = first.end_s.saturating_sub(first.width_s);
    let width = last.end_s.saturating_sub(start_s).max(1);
    let mut stretches: Vec<Row> = Vec::new();
    let mut latest = None;
    for row in rows {
        let since_s = row.end_s.saturating_sub(start_s).saturating_sub(1);
        let place = u128::from(since_s) * WIDTH as u128 / u128::from(width);
        match stretches.last_mut().filter(|_| latest == Some(place)) {
            Some(stretch) => merge(stretch, row),
            None => stretches.push(*row),
        }
        latest = Some(place);
    }
    stretches
}

fn merge(into: &mut Row, row: &Row) {
    into.end_s = row.end_s;
    // Files can say anything.
    into.width_s = into.width_s.saturating_add(row.width_s);
    into.requests = into.requests.saturating_add(row.requests);
    into.failures = into.failures.saturating_add(row.failures);
    into.users = row.users;
    into.service.p50_us = into.service.p50_us.max(row.service.p50_us);
    into.service.p99_us = into.service.p99_us.max(row.service.p99_us);
    into.response.p50_us = into.response.p50_us.max(row.response.p50_us);
    into.response.p99_us = into.response.p99_us.max(row.response.p99_us);
}

fn draw(name: String, values: &[Option<f64>], words: impl Fn(f64) -> String) -> Sparkline {
    let known = || values.iter().copied().flatten();
    let lowest = known().reduce(f64::min);
    let highest = known().reduce(f64::max);
    let step = |value: Option<f64>| match (value, highest) {
        (Some(value), Some(highest)) if highest > 0.0 => {
            let last = STEPS.len() - 1;
            let place = (value / highest * float(last as u64)).round();
            STEPS[(whole(place) as usize).min(last)]
        }
        (Some(_), _) => STEPS[0],
        (None, _) => ' ',
    };
    let words = |value: Option<f64>| value.map_or_else(|| NO_FIGURE.to_owned(), &words);
    Sparkline {
        name,
        line: values.iter().copied().map(step).collect(),
        from: words(lowest),
        to: words(highest),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; not negative"
)]
fn whole(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: u64) -> Vec<Row> {
        let row = |end_s| Row {
            end_s,
            width_s: 1,
            requests: end_s,
            users: 5,
            ..Row::default()
        };
        (1..=count).map(row).collect()
    }

    #[test]
    fn a_line_rises_with_its_figure_and_is_never_too_long() {
        let lines = sparklines(&rows(8));
        assert_eq!(lines[0].line, "▂▃▄▅▅▆▇█");
        assert_eq!((&*lines[0].from, &*lines[0].to), ("1.00", "8.00"));
        let long = sparklines(&rows(2_000));
        assert_eq!(long[0].line.chars().count(), WIDTH);
        assert_eq!(long.len(), 2, "no failures, no latencies, no lines");
        assert_eq!(sparklines(&[]), []);
    }

    #[test]
    fn both_kinds_of_time_have_lines() {
        let mut rows = rows(3);
        rows[1].service.p99_us = Some(3_000);
        rows[1].response.p99_us = Some(1_003_000);
        let lines = sparklines(&rows);
        let shown: Vec<_> = lines.iter().map(|one| (&*one.name, &*one.to)).collect();
        let expected = [
            ("requests/s", "3.00"),
            ("Service time p99", "3.00 ms"),
            ("Response time (with queueing) p99", "1.00 s"),
            ("users", "5"),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn counts_are_added_up_and_odd_rows_do_no_harm() {
        let all: u64 = stretches(&rows(2_000)).iter().map(|row| row.requests).sum();
        assert_eq!(all, 2_000 * 2_001 / 2);
        let odd = Row {
            end_s: 0,
            width_s: u64::MAX,
            ..Row::default()
        };
        let far = Row {
            end_s: u64::MAX,
            ..Row::default()
        };
        let _ = sparklines(&[odd, far]);
    }
}
