//! The two kinds of time side by side, where starts are planned.
//!
//! Locust's tables know service times only. Of a target that stalls they show
//! few slow requests, because users that wait for it send nothing: how long
//! planned starts had to wait is in the response time alone.

use std::fmt::Write;

use crate::model::{TimeKind, latency_text};
use crate::run::{Latencies, StatRow, Tables};
use crate::stats::Percentiles;

/// Response times so many times the service times are pointed out,
const FACTOR: u64 = 2;
/// if they are longer by this as well.
const LEAST_US: u64 = 10_000;

/// A line for each kind of time there is, with what it is of in the end.
pub(crate) fn lines(times: &Latencies, of: &str) -> Vec<String> {
    let width = if times.response.p50_us.is_some() {
        TimeKind::Response.title().len()
    } else {
        TimeKind::Service.title().len()
    };
    let line = |kind: TimeKind, times: Percentiles| {
        format!(
            "{:<width$}   median {}   p95 {}   p99 {}   of {of}",
            kind.title(),
            latency_text(times.p50_us),
            latency_text(times.p95_us),
            latency_text(times.p99_us)
        )
    };
    let mut lines = vec![line(TimeKind::Service, times.service)];
    if times.response.p50_us.is_some() {
        lines.push(line(TimeKind::Response, times.response));
    }
    lines
}

/// The table of both kinds of time, a line a name with planned starts, and an
/// empty line at the end; `None` where no start was planned.
pub(crate) fn table(tables: &Tables, name_width: usize) -> Option<String> {
    tables.aggregated.response.as_ref()?;
    // As wide as Locust's tables, which name more columns than these.
    let name_width = name_width.saturating_sub(8);
    let (service, response) = (TimeKind::Service.title(), TimeKind::Response.title());
    let times = ["50%", "95%", "99%", "100%"].map(|head| format!("{head:>9}"));
    let times = times.concat();
    let rule = [7, name_width, 8, 34, 35].map(|width| "-".repeat(width));
    let rule = rule.join("|");
    let mut text = format!(
        "{service}: from send to last byte. {response}: from planned start to last byte\n\
         {:<7} {:<name_width$} {:>7}  {service:<36}{response:<34}\n\
         {:<7} {:<name_width$} {:>7}{times}{times}\n{rule}\n",
        "", "", "", "Type", "Name", "starts"
    );
    let mut rows: Vec<_> = tables.requests.iter().collect();
    rows.sort_by(|a, b| (&a.name, &a.method).cmp(&(&b.name, &b.method)));
    // Writing to a string does not fail.
    for row in rows {
        if let Some(line) = line(row, name_width) {
            let _ = writeln!(text, "{line}");
        }
    }
    let _ = writeln!(text, "{rule}");
    if let Some(line) = line(&tables.aggregated, name_width) {
        let _ = writeln!(text, "{line}");
    }
    if let Some(remark) = remark(&tables.aggregated.latencies) {
        let _ = writeln!(text, "{remark}");
    }
    text.push('\n');
    Some(text)
}

fn line(row: &StatRow, name_width: usize) -> Option<String> {
    let response = row.response.as_ref()?;
    let times = |times: Percentiles, max_us: Option<u64>| {
        let times = [times.p50_us, times.p95_us, times.p99_us, max_us];
        times.map(|us| format!("{:>9}", latency_text(us))).concat()
    };
    Some(format!(
        "{:<7} {:<name_width$} {:>7}{}{}",
        row.method,
        row.name,
        response.samples,
        times(row.latencies.service, row.max_us),
        times(row.latencies.response, Some(response.max_us)),
    ))
}

/// One sentence where planned starts had to wait for long, about the percentile
/// in which it shows most.
fn remark(times: &Latencies) -> Option<String> {
    let Latencies { service, response } = times;
    let pairs = [
        ("median", service.p50_us, response.p50_us),
        ("p95", service.p95_us, response.p95_us),
        ("p99", service.p99_us, response.p99_us),
    ];
    let pairs = pairs
        .into_iter()
        .filter_map(|(name, service_us, response_us)| Some((name, service_us?, response_us?)));
    let longer_us = |service_us: u64, response_us: u64| response_us.saturating_sub(service_us);
    let late = pairs.filter(|&(_, service_us, response_us)| {
        response_us >= service_us.saturating_mul(FACTOR)
            && longer_us(service_us, response_us) >= LEAST_US
    });
    let (name, service_us, response_us) =
        late.max_by_key(|&(_, service_us, response_us)| longer_us(service_us, response_us))?;
    Some(format!(
        "Requests waited before they were sent: {name} is {} from the planned start, {} from send.",
        latency_text(response_us),
        latency_text(service_us)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::TimeSummary;

    fn row(name: &str, p99_us: u64) -> StatRow {
        let percentiles = |p99_us| Percentiles {
            p50_us: Some(2_000),
            p95_us: Some(2_500),
            p99_us: Some(p99_us),
        };
        StatRow {
            name: name.into(),
            max_us: Some(3_500),
            latencies: Latencies {
                service: percentiles(3_000),
                response: percentiles(p99_us),
            },
            response: Some(TimeSummary {
                samples: 40,
                max_us: 1_100_000,
                ..TimeSummary::default()
            }),
            ..StatRow::default()
        }
    }

    #[test]
    fn both_kinds_of_time_stand_side_by_side() {
        let tables = Tables {
            requests: vec![row("/a", 1_020_000), StatRow::default()],
            aggregated: row("Aggregated", 1_020_000),
            ..Tables::default()
        };
        let text = table(&tables, 18).expect("a table");
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        let rule = "-------|----------|--------|----------------------------------|-----------------------------------";
        let expected = [
            "Service time: from send to last byte. Response time (with queueing): from planned start to last byte",
            "                            Service time                        Response time (with queueing)",
            "Type    Name        starts      50%      95%      99%     100%      50%      95%      99%     100%",
            rule,
            "        /a              40  2.00 ms  2.50 ms  3.00 ms  3.50 ms  2.00 ms  2.50 ms   1.02 s   1.10 s",
            rule,
            "        Aggregated      40  2.00 ms  2.50 ms  3.00 ms  3.50 ms  2.00 ms  2.50 ms   1.02 s   1.10 s",
            "Requests waited before they were sent: p99 is 1.02 s from the planned start, 3.00 ms from send.",
            "",
        ];
        assert!(
            text.lines().skip(1).all(|line| line.len() <= 80 + 18),
            "{text}"
        );
        assert_eq!(lines, expected);
        assert_eq!(table(&Tables::default(), 12), None, "without a plan");
    }

    #[test]
    fn what_is_sent_in_time_is_not_pointed_out() {
        assert_eq!(remark(&row("/a", 5_999).latencies), None);
        assert_eq!(remark(&row("/a", 12_999).latencies), None);
        assert!(remark(&row("/a", 13_000).latencies).is_some());
        assert_eq!(remark(&Latencies::default()), None);
    }

    #[test]
    fn each_kind_of_time_has_a_line() {
        let all = lines(&row("/a", 1_020_000).latencies, "the last 10 s");
        let expected = [
            "Service time                    median 2.00 ms   p95 2.50 ms   p99 3.00 ms   of the last 10 s",
            "Response time (with queueing)   median 2.00 ms   p95 2.50 ms   p99 1.02 s   of the last 10 s",
        ];
        assert_eq!(all, expected);
        let none = lines(&Latencies::default(), "the last 10 s");
        assert_eq!(
            none,
            ["Service time   median –   p95 –   p99 –   of the last 10 s"]
        );
    }
}
