//! The figures in Prometheus' text format, version 0.0.4.
//!
//! Cardinality is bounded: the 100 names with most requests have series of
//! their own, the rest is added up under the name `(other)`.

use crate::model::{Negotiated, RunState, float};
use crate::run::{Latencies, RawFigures, Snapshot, StatRow};
use crate::stats::{Counts, Percentiles, TimeSummary};
use crate::verdict::PlanLine;
use crate::web::monitoring::exposition::{Kind, Page};

/// Names with series of their own.
const NAMES: usize = 100;
/// The name under which the rest is added up.
const REST: &str = "(other)";

/// Everything there is to say about the run on show.
pub(crate) fn metrics(snapshot: &Snapshot) -> String {
    let mut page = Page::default();
    run(&mut page, snapshot);
    requests(&mut page, snapshot);
    failures(&mut page, snapshot);
    deliveries(&mut page, &snapshot.deliveries);
    tasks(&mut page, &snapshot.counts);
    connections(&mut page, &snapshot.counts);
    generator(&mut page, snapshot);
    page.into_text()
}

fn run(page: &mut Page, snapshot: &Snapshot) {
    let name = "swarmdeck_build_info";
    page.begin(name, Kind::Gauge, "Always 1; the version is a label.");
    page.sample(name, &[("version", env!("CARGO_PKG_VERSION"))], 1);
    let name = "swarmdeck_run_state";
    page.begin(name, Kind::Gauge, "1 for the state the run is in, else 0.");
    for state in RunState::ALL {
        let is_it = u8::from(snapshot.state == state);
        page.sample(name, &[("state", state.as_str())], is_it);
    }
    if let Some(run) = &snapshot.run {
        let name = "swarmdeck_run_info";
        page.begin(name, Kind::Gauge, "Always 1; what runs is in the labels.");
        let labels = [
            ("id", &*run.id),
            ("scenario", &*run.scenario),
            ("host", &*run.host),
        ];
        page.sample(name, &labels, 1);
        protocols(page, &run.protocols);
    }
    page.one(
        "swarmdeck_run_elapsed_seconds",
        Kind::Gauge,
        "Time since the start of the run; stands still once it has stopped.",
        snapshot.elapsed_s,
    );
    page.one(
        "swarmdeck_run_sound",
        Kind::Gauge,
        "0 when the run does not measure what it should, else 1.",
        u8::from(snapshot.unsound().is_none()),
    );
    page.one(
        "swarmdeck_users",
        Kind::Gauge,
        "Users running.",
        snapshot.users,
    );
    page.one(
        "swarmdeck_users_planned",
        Kind::Gauge,
        "Users that closed loads ask for now.",
        snapshot.planned_users,
    );
    page.one(
        "swarmdeck_users_failed_total",
        Kind::Counter,
        "Users that ended because on_start failed.",
        snapshot.counts.users_failed,
    );
    page.one(
        "swarmdeck_users_without_row_total",
        Kind::Counter,
        "Users that ended before they did anything because data had no row left.",
        snapshot.counts.users_without_row,
    );
}

/// The names with most requests, and the rest added up. Percentiles do not add up:
/// the rest has none.
fn rows_of(all: &[StatRow]) -> Vec<StatRow> {
    // A group's time is in its requests already.
    let mut rows: Vec<_> = all.iter().filter(|row| row.is_request()).collect();
    rows.sort_by(|a, b| b.requests.cmp(&a.requests).then(a.name.cmp(&b.name)));
    let (own, rest) = rows.split_at(rows.len().min(NAMES));
    let rest = (!rest.is_empty()).then(|| added_up(rest));
    own.iter().copied().cloned().chain(rest).collect()
}

fn added_up(rows: &[&StatRow]) -> StatRow {
    let sum = |part: fn(&StatRow) -> u64| rows.iter().map(|row| part(row)).sum();
    let responses = rows.iter().filter_map(|row| row.response.as_ref());
    let response = responses.map(|times| (times.samples, times.sum_us()));
    StatRow {
        name: REST.into(),
        requests: sum(|row| row.requests),
        failures: sum(|row| row.failures),
        response: (response.reduce(|a, b| (a.0 + b.0, a.1 + b.1))).map(|(samples, sum_us)| {
            TimeSummary {
                samples,
                mean_us: sum_us / float(samples),
                ..TimeSummary::default()
            }
        }),
        raw: RawFigures {
            timed: sum(|row| row.raw.timed),
            sum_us: sum(|row| row.raw.sum_us),
            ..RawFigures::default()
        },
        ..StatRow::default()
    }
}

fn requests(page: &mut Page, snapshot: &Snapshot) {
    let rows = rows_of(&snapshot.tables.requests);
    let mut counter = |name, help, count: fn(&StatRow) -> u64| {
        page.begin(name, Kind::Counter, help);
        for row in &rows {
            let labels = [("method", &*row.method), ("name", &*row.name)];
            page.sample(name, &labels, count(row));
        }
    };
    counter(
        "swarmdeck_requests_total",
        "Requests that have ended, failed ones included.",
        |row| row.requests,
    );
    counter(
        "swarmdeck_requests_failed_total",
        "Requests that have failed.",
        |row| row.failures,
    );
    durations(page, &rows);
    recent(page, &snapshot.now);
    page.one(
        "swarmdeck_requests_in_flight",
        Kind::Gauge,
        "Requests begun and not yet ended.",
        snapshot.counts.in_flight(),
    );
    page.one(
        "swarmdeck_requests_cut_off_total",
        Kind::Counter,
        "Requests cut off at the stop.",
        snapshot.counts.cut_off,
    );
}

/// Both kinds of time of each name.
fn durations(page: &mut Page, rows: &[StatRow]) {
    let name = "swarmdeck_request_duration_seconds";
    page.begin(
        name,
        Kind::Summary,
        "Service time: from wanting to send to the last byte; since the start or the last reset.",
    );
    for row in rows {
        let sum = (row.raw.timed, seconds(row.raw.sum_us));
        duration(page, name, row, &row.latencies.service, sum);
    }
    let name = "swarmdeck_response_duration_seconds";
    page.begin(
        name,
        Kind::Summary,
        "Response time (with queueing): from the planned start to the last byte, likewise; where starts are planned.",
    );
    for row in rows {
        if let Some(times) = &row.response {
            let sum = (times.samples, times.sum_us() / 1e6);
            duration(page, name, row, &row.latencies.response, sum);
        }
    }
}

/// The samples of a summary of one pair of labels: quantiles, sum in seconds, count.
fn duration(
    page: &mut Page,
    name: &str,
    row: &StatRow,
    times: &Percentiles,
    (count, sum_s): (u64, f64),
) {
    let labels = [("method", &*row.method), ("name", &*row.name)];
    for (quantile, us) in quantiles(times) {
        let labels = [labels[0], labels[1], ("quantile", quantile)];
        page.sample(name, &labels, seconds(us));
    }
    page.sample(&format!("{name}_sum"), &labels, sum_s);
    page.sample(&format!("{name}_count"), &labels, count);
}

/// Quantiles of the last seconds. A summary too, though without sum and count:
/// only there do readers expect the label `quantile`.
fn recent(page: &mut Page, now: &Latencies) {
    let times = [
        (
            "swarmdeck_recent_request_duration_seconds",
            "Service time: of the last 10 s; of the whole run once it has stopped.",
            &now.service,
        ),
        (
            "swarmdeck_recent_response_duration_seconds",
            "Response time (with queueing): likewise; where starts are planned.",
            &now.response,
        ),
    ];
    for (name, help, percentiles) in times {
        page.begin(name, Kind::Summary, help);
        for (quantile, us) in quantiles(percentiles) {
            page.sample(name, &[("quantile", quantile)], seconds(us));
        }
    }
}

fn failures(page: &mut Page, snapshot: &Snapshot) {
    let name = "swarmdeck_failures_total";
    page.begin(
        name,
        Kind::Counter,
        "Failures by kind: of a request, or of a task where no request failed.",
    );
    let mut kinds: Vec<(&str, &str, u64)> = Vec::new();
    for line in &snapshot.tables.failures {
        let of = if line.is_task() { "task" } else { "request" };
        let kind = &*line.kind;
        match kinds.iter_mut().find(|one| (one.0, one.1) == (of, kind)) {
            Some(one) => one.2 += line.count,
            None => kinds.push((of, kind, line.count)),
        }
    }
    for (of, kind, count) in kinds {
        page.sample(name, &[("of", of), ("kind", kind)], count);
    }
    let name = "swarmdeck_answers_total";
    page.begin(name, Kind::Counter, "Answers by the class of their status.");
    for class in 1..=9 {
        let statuses = snapshot.tables.aggregated.statuses.iter();
        let of_class = statuses.filter(|(status, _)| status / 100 == class);
        let count: u64 = of_class.map(|(_, count)| count).sum();
        if count > 0 {
            page.sample(name, &[("status", &format!("{class}xx"))], count);
        }
    }
}

fn tasks(page: &mut Page, counts: &Counts) {
    let name = "swarmdeck_tasks_total";
    page.begin(name, Kind::Counter, "Tasks that have ended.");
    for (outcome, count) in [
        ("succeeded", counts.tasks_succeeded),
        ("failed", counts.tasks_failed),
        ("cut_off", counts.tasks_cut_off),
    ] {
        page.sample(name, &[("outcome", outcome)], count);
    }
    page.one(
        "swarmdeck_tasks_missed_total",
        Kind::Counter,
        "Planned starts that were given up because the user was busy.",
        counts.tasks_missed,
    );
    let name = "swarmdeck_arrivals_total";
    page.begin(name, Kind::Counter, "Task starts that open loads planned.");
    for (outcome, count) in [
        ("started", counts.arrivals_started),
        ("dropped", counts.arrivals_dropped),
    ] {
        page.sample(name, &[("outcome", outcome)], count);
    }
    page.one(
        "swarmdeck_arrivals_waiting",
        Kind::Gauge,
        "Planned starts that wait for a user now.",
        counts.arrivals_waiting(),
    );
}

fn deliveries(page: &mut Page, lines: &[PlanLine]) {
    let name = "swarmdeck_planned_starts_total";
    page.begin(
        name,
        Kind::Counter,
        "Planned task starts by what became of them.",
    );
    for line in lines {
        let counts = &line.counts;
        for (outcome, count) in [
            ("started", counts.started),
            ("dropped_queue", counts.dropped_queue),
            ("dropped_stop", counts.dropped_stop),
            ("dropped_script", counts.dropped_script),
            ("missed", counts.missed),
        ] {
            page.sample(name, &[("plan", &line.name), ("outcome", outcome)], count);
        }
    }
}

fn protocols(page: &mut Page, all: &[Negotiated]) {
    let name = "swarmdeck_protocol_info";
    page.begin(
        name,
        Kind::Gauge,
        "Always 1; what is spoken with an origin.",
    );
    for one in all {
        let protocol = one.protocol.to_string();
        let tls = one.tls.map(|tls| tls.to_string()).unwrap_or_default();
        let labels = [
            ("origin", &*one.origin),
            ("protocol", &protocol),
            ("tls", &tls),
        ];
        page.sample(name, &labels, 1);
    }
}

fn connections(page: &mut Page, counts: &Counts) {
    page.one(
        "swarmdeck_exchanges_total",
        Kind::Counter,
        "Messages sent; each redirect is one.",
        counts.exchanges,
    );
    page.one(
        "swarmdeck_connections_opened_total",
        Kind::Counter,
        "Connections opened.",
        counts.connections_opened,
    );
    page.one(
        "swarmdeck_connections_replaced_total",
        Kind::Counter,
        "Connections that the target had closed while idle.",
        counts.connections_replaced,
    );
    page.one(
        "swarmdeck_streams_refused_total",
        Kind::Counter,
        "HTTP/2 streams that the target refused (REFUSED_STREAM).",
        counts.streams_refused,
    );
}

fn generator(page: &mut Page, snapshot: &Snapshot) {
    let generator = &snapshot.generator;
    if let Some(share) = generator.cpu_share {
        page.one(
            "swarmdeck_generator_cpu_ratio",
            Kind::Gauge,
            "The CPU share of the busiest generator thread over the last 5 s, 0 to 1.",
            share,
        );
    }
    if let Some(us) = generator.lateness_p99_us {
        page.one(
            "swarmdeck_generator_lateness_p99_seconds",
            Kind::Gauge,
            "How late planned moments came, 99th percentile.",
            seconds(us),
        );
    }
}

fn quantiles(percentiles: &Percentiles) -> impl Iterator<Item = (&'static str, u64)> + use<> {
    let Percentiles {
        p50_us,
        p95_us,
        p99_us,
    } = *percentiles;
    let all = [("0.5", p50_us), ("0.95", p95_us), ("0.99", p99_us)];
    all.into_iter()
        .filter_map(|(quantile, us)| Some((quantile, us?)))
}

fn seconds(us: u64) -> f64 {
    float(us) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(index: usize) -> StatRow {
        StatRow {
            method: "GET".into(),
            name: format!("/{index:03}").into(),
            requests: 1_000 - index as u64,
            failures: 1,
            raw: RawFigures {
                timed: 2,
                sum_us: 3_000_000,
                ..RawFigures::default()
            },
            ..StatRow::default()
        }
    }

    #[test]
    fn the_names_with_fewest_requests_are_added_up() {
        let mut rows: Vec<_> = (0..NAMES + 5).map(row).collect();
        rows.reverse();
        rows.push(StatRow {
            method: "GROUP".into(),
            requests: 9_999,
            ..row(0)
        });
        let rows = rows_of(&rows);
        assert_eq!(rows.len(), NAMES + 1);
        assert_eq!((&*rows[0].name, &*rows[0].method), ("/000", "GET"));
        let rest = &rows[NAMES];
        assert_eq!((&*rest.name, &*rest.method), (REST, ""));
        assert_eq!(
            (rest.requests, rest.failures),
            (900 + 899 + 898 + 897 + 896, 5)
        );
        assert_eq!((rest.raw.timed, rest.raw.sum_us), (10, 15_000_000));
    }
}
