//! Made-up runs for the tests of the rules.

use crate::model::{Failure, NameId, NameIntent, Phases};
use crate::stats::{Interval, Percentiles, Readings, Recorder, Row, Sample, Totals};
use crate::verdict::{Case, Evidence, Finding, Quote, Remark, findings, remarks};

pub(super) const LOGIN: &str = "POST /api/v1/auth/login/";
pub(super) const LIST: &str = "GET /api/v1/deployments/";
pub(super) const READ: &str = "GET /api/v1/deployments/{id}/";

/// A run that has ended.
pub(super) struct Run {
    recorder: Recorder,
    names: Vec<String>,
    rows: Vec<Row>,
    readings: Readings,
    host: &'static str,
    busiest_shard: Option<f64>,
    intents: Vec<NameIntent>,
    changed_s: Vec<f64>,
    quotes: Vec<Quote>,
}

/// One kind of answer.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: u16,
    pub(super) status: u16,
    pub(super) failure: Option<Failure>,
    pub(super) service_us: u64,
    pub(super) bytes: u64,
    pub(super) ended_us: u64,
    pub(super) phases: Phases,
}

impl Kind {
    /// An answer of the first name after 5 ms; from 400 on a failure.
    pub(super) fn of(status: u16) -> Self {
        Self {
            name: 0,
            status,
            failure: (status >= 400).then_some(Failure::Status(status)),
            service_us: 5_000,
            bytes: 300,
            ended_us: 1_000_000,
            phases: Phases::default(),
        }
    }

    /// No answer, but this.
    pub(super) fn failed(failure: Failure) -> Self {
        Self {
            status: 0,
            failure: Some(failure),
            ..Self::of(0)
        }
    }
}

impl Run {
    pub(super) fn new(names: &[&str]) -> Self {
        Self {
            recorder: Recorder::new(names.len()),
            names: names.iter().map(|&name| name.to_owned()).collect(),
            rows: Vec::new(),
            readings: Readings::default(),
            host: "http://target.example:8000",
            busiest_shard: Some(0.3),
            intents: Vec::new(),
            changed_s: Vec::new(),
            quotes: Vec::new(),
        }
    }

    /// A run of one name with these rows and a healthy answer for each request.
    pub(super) fn of_rows(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut run = Self::new(&["GET /"]);
        run.rows = rows.into_iter().collect();
        let requests: u64 = run.rows.iter().map(|row| row.requests).sum();
        let failures: u64 = run.rows.iter().map(|row| row.failures).sum();
        run.answered(Kind::of(200), requests - failures)
            .answered(Kind::of(500), failures)
    }

    pub(super) fn with_rows(mut self, rows: Vec<Row>) -> Self {
        self.rows = rows;
        self
    }

    pub(super) fn answered(mut self, kind: Kind, times: u64) -> Self {
        for _ in 0..times {
            self.recorder.counts.requests_started += 1;
            self.recorder.record(&Sample {
                name: NameId(kind.name),
                failure: kind.failure,
                status: kind.status,
                ended_us: kind.ended_us,
                service_us: Some(kind.service_us),
                response_us: None,
                bytes: kind.bytes,
                phases: kind.phases,
            });
        }
        self
    }

    /// What the steps of each name mean, in their order.
    pub(super) fn meaning(mut self, intents: Vec<NameIntent>) -> Self {
        self.intents = intents;
        self
    }

    /// The load was changed then.
    pub(super) fn changed(mut self, at_s: f64) -> Self {
        self.changed_s.push(at_s);
        self
    }

    /// What the first answer said of which a name failed so.
    pub(super) fn quoting(mut self, name: u16, failure: Failure, text: &str) -> Self {
        self.quotes.push(Quote {
            name: NameId(name),
            failure,
            text: text.to_owned(),
        });
        self
    }

    pub(super) fn connections(mut self, opened: u64) -> Self {
        self.recorder.counts.connections_opened += opened;
        self
    }

    pub(super) fn users(mut self, started: u64, failed: u64) -> Self {
        self.recorder.counts.users_started = started;
        self.recorder.counts.users_failed = failed;
        self
    }

    pub(super) fn read(mut self, name: &str, values: &[f64]) -> Self {
        for (second, value) in (1_u32..).zip(values) {
            self.readings.push(name, "", f64::from(second), *value);
        }
        self
    }

    pub(super) fn against(mut self, host: &'static str) -> Self {
        self.host = host;
        self
    }

    pub(super) fn busy(mut self, share: f64) -> Self {
        self.busiest_shard = Some(share);
        self
    }

    pub(super) fn late(mut self, us: u64) -> Self {
        self.rows.iter_mut().for_each(|row| row.delay_us = us);
        self
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        self.judged(findings)
    }

    pub(super) fn ids(self) -> Vec<String> {
        let found = self.findings().into_iter();
        found.map(|finding| finding.id.into_owned()).collect()
    }

    pub(super) fn remarks(self) -> Vec<Remark> {
        self.judged(remarks)
    }

    fn judged<T>(mut self, judge: fn(&Case<'_>) -> T) -> T {
        let mut interval = Interval::default();
        self.recorder.drain(&mut interval);
        let mut totals = Totals::new(self.names.len());
        totals.add(&interval);
        judge(&Case {
            evidence: Evidence {
                totals: &totals,
                names: &self.names,
                intents: &self.intents,
                rows: &self.rows,
                ended: true,
            },
            readings: &self.readings,
            host: self.host,
            busiest_shard: self.busiest_shard,
            changed_s: &self.changed_s,
            quotes: &self.quotes,
            deliveries: &[],
            is_delivery_missed: false,
        })
    }
}

/// A closed second with users in it.
pub(super) fn second(end_s: u64, users: u64, requests: u64, p50_ms: f64) -> Row {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small and positive"
    )]
    let p50_us = (p50_ms * 1e3) as u64;
    Row {
        end_s,
        width_s: 1,
        requests,
        failures: 0,
        service: Percentiles {
            p50_us: Some(p50_us),
            p95_us: Some(p50_us),
            p99_us: Some(p50_us),
        },
        sum_us: requests * p50_us,
        in_flight: (requests * p50_us / 1_000_000).min(users),
        users,
        planned_users: users,
        delay_us: 300,
        ..Row::default()
    }
}

/// Twelve values around 1, as measured values are.
fn wobble(at: u64) -> f64 {
    [
        1.0, 1.05, 0.96, 1.02, 0.93, 1.08, 0.99, 1.04, 0.95, 1.01, 1.06, 0.97,
    ][usize::try_from(at % 12).unwrap_or_default()]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and positive"
)]
fn wobbly(count: u64, at: u64) -> u64 {
    (crate::verdict::findings::wording::float(count) * wobble(at)) as u64
}

/// 1000 users at 100 a second, each of which waits 1.25 s between requests, on
/// a target that answers `capacity` requests a second and within 20 ms if it can.
pub(super) fn ramp(seconds: u64, capacity: u64) -> Vec<Row> {
    let second = |end_s: u64| {
        let users = (end_s * 100).min(1_000);
        let wanted = users * 100 / 127;
        if wanted <= capacity {
            return second(end_s, users, wobbly(wanted, end_s), 20.0 * wobble(end_s));
        }
        // Little's law: R = N / X - Z, but never longer than the run is old.
        let due_s = crate::verdict::findings::wording::float(users)
            / crate::verdict::findings::wording::float(capacity)
            - 1.25;
        let waited_s = due_s.min(crate::verdict::findings::wording::float(end_s));
        second(end_s, users, wobbly(capacity, end_s), waited_s * 1e3)
    };
    (1..=seconds).map(second).collect()
}

pub(super) fn steady(seconds: u64, p50_ms: impl Fn(u64) -> f64) -> Vec<Row> {
    let second = |end_s| second(end_s, 100, wobbly(80, end_s), p50_ms(end_s) * wobble(end_s));
    (1..=seconds).map(second).collect()
}

pub(super) fn failing(mut rows: Vec<Row>, from_s: u64, until_s: u64, failures: u64) -> Vec<Row> {
    for row in rows
        .iter_mut()
        .filter(|row| row.end_s > from_s && row.end_s <= until_s)
    {
        row.failures = failures.min(row.requests);
    }
    rows
}

/// An open load of 100 starts a second.
pub(super) fn open(started: u64, p50_ms: impl Fn(u64) -> f64) -> Vec<Row> {
    let second = |end_s| Row {
        scheduled: 100,
        started,
        ..second(end_s, 200, wobbly(started, end_s), p50_ms(end_s))
    };
    (1..=30).map(second).collect()
}
