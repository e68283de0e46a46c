//! From a run to its file.

use crate::format::event_lines;
use crate::model::{Load, RunState};
use crate::report::{About, Environment, LoadLine, ReadingLine, RunFile, RunLine, SCHEMA};
use crate::run::{Log, Snapshot, StatRow};
use crate::stats::Reading;
use crate::verdict::{Judgement, Verdict};

impl RunFile {
    /// The run on show, as it stands; `None` when there is none.
    #[must_use]
    pub fn new(snapshot: &Snapshot, log: &Log, about: &About) -> Option<Self> {
        let info = snapshot.run.as_deref()?;
        let tables = &snapshot.tables;
        let readings = log.readings();
        let started = info.started_unix_ms;
        let ended = started.saturating_add(millis(snapshot.elapsed_s));
        Some(Self {
            run: RunLine {
                id: info.id.clone(),
                scenario: info.scenario.clone(),
                host: info.host.clone(),
                protocols: info.protocols.clone(),
                profile: info.profile.clone(),
                state: snapshot.state,
                started_unix_ms: Some(started),
                ended_unix_ms: (snapshot.state == RunState::Stopped).then_some(ended),
                elapsed_s: snapshot.elapsed_s,
                ..about.run()
            },
            load: load(snapshot, about, info.run_time_s),
            judgement: snapshot.judgement.as_deref().cloned(),
            counts: Some(snapshot.counts),
            deliveries: snapshot.deliveries.to_vec(),
            aggregated: tables.aggregated.over_whole_run(),
            requests: (tables.requests.iter())
                .map(StatRow::over_whole_run)
                .collect(),
            failures: tables.failures.clone(),
            failures_dropped: tables.failures_dropped,
            series: log.rows(),
            capacity: snapshot.capacity.as_deref().cloned(),
            events: event_lines(log, 0).0,
            events_dropped: log.events_dropped(),
            readings: readings.iter().map(ReadingLine::new).collect(),
            readings_dropped: readings.dropped(),
            environment: Some(Environment {
                shards: info.shards,
                busiest_cpu_share: snapshot.generator.cpu_share,
                lateness_p99_us: snapshot.generator.lateness_p99_us,
                ..about.environment()
            }),
            ..Self::blank(about)
        })
    }

    /// A run that was not started at this time, why, and what follows from that.
    #[must_use]
    pub fn unstarted(about: &About, at_unix_ms: u64, verdict: Verdict, reason: String) -> Self {
        Self {
            run: RunLine {
                started_unix_ms: Some(at_unix_ms),
                ended_unix_ms: Some(at_unix_ms),
                ..about.run()
            },
            judgement: Some(Judgement {
                verdict,
                reason,
                unsound: (verdict == Verdict::Invalid).then(|| "run.not_begun".to_owned()),
                criteria: Vec::new(),
                findings: Vec::new(),
                remarks: Vec::new(),
                ended_early: None,
            }),
            ..Self::blank(about)
        }
    }

    /// Nothing but what was known before.
    fn blank(about: &About) -> Self {
        Self {
            schema: SCHEMA,
            made_by: concat!("Swarmdeck ", env!("CARGO_PKG_VERSION")).to_owned(),
            run: about.run(),
            load: about.load.clone(),
            classes: about.classes.clone(),
            judgement: None,
            counts: None,
            deliveries: Vec::new(),
            aggregated: StatRow {
                name: "Aggregated".into(),
                ..StatRow::default()
            },
            requests: Vec::new(),
            failures: Vec::new(),
            failures_dropped: 0,
            series: Vec::new(),
            capacity: None,
            events: Vec::new(),
            events_dropped: 0,
            readings: Vec::new(),
            readings_dropped: 0,
            environment: Some(about.environment()),
        }
    }
}

impl About {
    fn run(&self) -> RunLine {
        RunLine {
            id: String::new(),
            scenario: self.scenario.clone(),
            description: self.description.clone(),
            text: self.text.clone(),
            host: self.host.clone(),
            protocols: Vec::new(),
            profile: self.profile.clone(),
            state: RunState::Stopped,
            started_unix_ms: None,
            ended_unix_ms: None,
            elapsed_s: 0.0,
        }
    }

    fn environment(&self) -> Environment {
        Environment {
            os: self.machine.os.clone(),
            cpus: self.machine.cpus,
            shards: 0,
            busiest_cpu_share: None,
            lateness_p99_us: None,
        }
    }
}

/// The load as set last: an operator may have changed it.
fn load(snapshot: &Snapshot, about: &About, run_time_s: Option<f64>) -> LoadLine {
    let mut load = LoadLine {
        run_time_s,
        peak_users: snapshot.peak_users,
        ..about.load.clone()
    };
    let steered = snapshot.load;
    if steered != Load::NOBODY && load.spawn_rate.is_some() {
        let edited = u64::from(steered.users) != load.users.unwrap_or_default();
        if edited {
            load.words = format!(
                "{}; changed to {} users at {} users/s",
                load.words, steered.users, steered.spawn_rate
            );
        }
    }
    load
}

impl ReadingLine {
    fn new(reading: &Reading) -> Self {
        Self {
            name: reading.name.to_string(),
            unit: reading.unit.to_string(),
            min: reading.min(),
            max: reading.max(),
            mean: reading.mean(),
            points: reading.points().collect(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; a run's seconds are not negative"
)]
fn millis(seconds: f64) -> u64 {
    (seconds * 1e3) as u64
}
