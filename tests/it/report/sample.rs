use std::borrow::Cow;
use std::sync::Arc;

use swarmdeck::format::EventLine;
use swarmdeck::lab::LabConfig;
use swarmdeck::model::{
    Agreed, LevelOutcome, LoadKind, Negotiated, Phases, Protocol, RunState, SearchEnd,
};
use swarmdeck::report::{
    About, Environment, LoadLine, Machine, ReadingLine, RunFile, RunLine, SCHEMA,
};
use swarmdeck::run::{
    BodyKind, EventKind, FailureLine, FailureSample, Latencies, Level, Rates, RawFigures,
    RequestId, StatRow,
};
use swarmdeck::stats::{Percentiles, Row, TimeSummary};
use swarmdeck::verdict::{
    Capacity, CriterionLine, Figure, Finding, Judgement, LevelLine, Remark, SearchLine, Standing,
    Verdict,
};

use crate::support::{Bench, lab};

/// What no format may let through as it is.
pub(crate) const NASTY: &str = "</script><script>alert(1)</script> & \"q\" | `x` <!-- ]]>";

/// A failed run of a minute, with something everywhere.
pub(crate) fn failed() -> RunFile {
    RunFile {
        schema: SCHEMA,
        made_by: "Swarmdeck 0.1.0".to_owned(),
        run: RunLine {
            id: "19bf2a".to_owned(),
            scenario: "1 - Concurrent deployments".to_owned(),
            description: NASTY.to_owned(),
            text: format!("name: x # {NASTY}\n"),
            host: "http://localhost:8000".to_owned(),
            protocols: vec![Negotiated {
                origin: "http://localhost:8000".to_owned(),
                protocol: Protocol::Http2,
                tls: None,
                agreed: Agreed::PriorKnowledge,
            }],
            profile: format!("nightly {NASTY}"),
            state: RunState::Stopped,
            started_unix_ms: Some(1_769_335_200_000),
            ended_unix_ms: Some(1_769_335_260_000),
            elapsed_s: 60.0,
        },
        load: LoadLine {
            words: "100 users at 10 users/s".to_owned(),
            users: Some(100),
            peak_users: Some(100),
            spawn_rate: Some(10.0),
            run_time_s: Some(60.0),
        },
        classes: Vec::new(),
        judgement: Some(judgement()),
        counts: None,
        deliveries: Vec::new(),
        aggregated: row("", "Aggregated"),
        requests: vec![row("POST", "/api/v1/deployments/"), row("GET", NASTY)],
        failures: vec![failure()],
        failures_dropped: 0,
        series: (1..=60).map(second).collect(),
        capacity: Some(capacity()),
        events: vec![EventLine {
            title: None,
            by: None,
            t_s: 12.0,
            kind: EventKind::Edited,
            level: Level::Warning,
            text: NASTY.to_owned(),
        }],
        events_dropped: 0,
        readings: vec![ReadingLine {
            name: "db.active".to_owned(),
            unit: "connections".to_owned(),
            min: 10.0,
            max: 60.0,
            mean: 42.5,
            points: (0..60).map(|at| (f64::from(at), f64::from(at))).collect(),
        }],
        readings_dropped: 0,
        environment: Some(Environment {
            os: "Linux 6.1 x86_64".to_owned(),
            cpus: 2,
            shards: 2,
            busiest_cpu_share: Some(0.42),
            lateness_p99_us: Some(90),
        }),
    }
}

/// The failed run, with planned starts of its first request.
pub(super) fn planned() -> RunFile {
    let mut run = failed();
    for row in run.requests.iter_mut().take(1).chain([&mut run.aggregated]) {
        row.latencies.response = Percentiles {
            p50_us: Some(146_000),
            p95_us: Some(1_900_000),
            p99_us: Some(2_500_000),
        };
        row.response = Some(TimeSummary {
            samples: 2_900,
            max_us: 3_000_000,
            ..TimeSummary::default()
        });
    }
    run
}

fn row(method: &str, name: &str) -> StatRow {
    let service = Percentiles {
        p50_us: Some(145_000),
        p95_us: Some(400_000),
        p99_us: Some(980_000),
    };
    let latencies = Latencies {
        service,
        response: Percentiles::default(),
    };
    StatRow {
        response: None,
        method: method.to_owned().into(),
        name: name.into(),
        requests: 3_000,
        failures: 60,
        latencies,
        percentiles_us: [Some(145_000); 11],
        mean_us: Some(151_234.5),
        min_us: Some(12_000),
        max_us: Some(1_200_000),
        mean_bytes: 318.0,
        rates: Rates {
            rps: 50.0,
            fps: 1.0,
        },
        share: 1.0,
        statuses: vec![(201, 2_940), (500, 60)],
        phases: None,
        raw: RawFigures::default(),
    }
}

fn failure() -> FailureLine {
    FailureLine {
        method: "GET".into(),
        name: NASTY.into(),
        kind: "status".into(),
        text: format!("status 500 {NASTY}"),
        count: 60,
        first_s: Some(12.0),
        last_s: Some(59.0),
        samples: vec![Arc::new(failure_sample())],
        failure: None,
    }
}

fn failure_sample() -> FailureSample {
    FailureSample {
        found: None,
        at_s: 12.0,
        took_us: Some(8_500),
        status: Some(500),
        phases: Phases::default(),
        request_id: Some(RequestId {
            field: "x-request-id".to_owned(),
            value: "7f3a".to_owned(),
        }),
        head: vec![("content-type".to_owned(), "application/json".to_owned())],
        body_kind: BodyKind::Text,
        body: format!("no model {NASTY}"),
        body_is_cut: true,
        body_bytes: 300,
    }
}

/// What a search for the limit measured and found.
fn capacity() -> Capacity {
    let level = |load: f64, rps, p95_us, outcome, why: &str| LevelLine {
        load,
        start_s: 3,
        end_s: 13,
        rps,
        failed: 0.0,
        p50_us: Some(p95_us / 2),
        p95_us: Some(p95_us),
        p99_us: Some(p95_us * 2),
        outcome: Some(outcome),
        why: why.to_owned(),
    };
    Capacity {
        of: LoadKind::Users,
        levels: vec![
            level(20.0, 100.0, 200_000, LevelOutcome::Kept, ""),
            level(40.0, 110.0, 900_000, LevelOutcome::Broken, NASTY),
            level(30.0, 109.0, 450_000, LevelOutcome::Kept, ""),
        ],
        search: Some(SearchLine {
            criteria: vec!["p95 < 500ms".to_owned()],
            trying: None,
            kept: Some(30.0),
            broken: Some(40.0),
            end: Some(SearchEnd::Found),
            kept_rps: Some(109.0),
            broken_rps: Some(110.0),
            not_judged: Vec::new(),
            text: format!("the limit is 30 users (30 to 40): {NASTY} at 40 users"),
        }),
    }
}

fn judgement() -> Judgement {
    let line = |text: &str, standing, figure: &str| CriterionLine {
        text: text.to_owned(),
        condition: None,
        standing,
        figure: Some(figure.to_owned()),
        value: None,
        own_us: None,
        note: None,
    };
    Judgement {
        verdict: Verdict::Fail,
        reason: "1 of 4 criteria not met: p99 < 500ms (980 ms)".to_owned(),
        unsound: None,
        criteria: vec![
            line("rps >= 50", Standing::Met, "50.0"),
            line("p99 < 500ms", Standing::Broken, "980 ms"),
            line("p99.9 < 1s", Standing::Undecided, "none"),
            line(NASTY, Standing::AtRisk, NASTY),
        ],
        findings: vec![Finding {
            id: Cow::Borrowed("target.saturated"),
            text: "The target is saturated at 50 requests per second.".to_owned(),
            evidence: vec!["p99 rose from 120 ms to 980 ms".to_owned()],
            figures: vec![Figure {
                key: Cow::Borrowed("rate"),
                of: None,
                value: 50.0,
                unit: Cow::Borrowed("per_second"),
            }],
            advice: "Raise the size of the connection pool.".to_owned(),
            range_s: Some((12.0, 60.0)),
        }],
        remarks: vec![Remark {
            id: Cow::Borrowed("target.local"),
            text: "The target runs on this machine.".to_owned(),
        }],
        ended_early: None,
    }
}

fn second(end_s: u64) -> Row {
    Row {
        end_s,
        width_s: 1,
        requests: 50,
        failures: u64::from(end_s > 12),
        service: Percentiles {
            p50_us: Some(145_000),
            p95_us: Some(400_000),
            p99_us: Some(end_s * 16_000),
        },
        users: (end_s * 10).min(100),
        ..Row::default()
    }
}

/// A run of the lab, a second or two long.
pub(crate) async fn real() -> RunFile {
    let lab = lab(LabConfig::default());
    let mut bench = Bench::builtin("hello.yaml", &lab.url());
    bench.start(5, 100.0).await;
    bench.until_requests(5).await;
    // Until there is a closed second, so that there is something to draw.
    bench
        .until("closed seconds", |_| bench.runs.log().rows().len() > 1)
        .await;
    let snapshot = bench.stop().await;
    let about = About {
        scenario: "Hello".to_owned(),
        machine: Machine {
            os: "test".to_owned(),
            cpus: 2,
        },
        ..About::default()
    };
    RunFile::new(&snapshot, &bench.runs.log(), &about).expect("a run")
}
