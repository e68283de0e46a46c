use std::time::Duration;

use tokio::time::timeout;

use crate::model::{Probe, ProbeKind};
use crate::probes::docker::Container;
use crate::probes::http::Tls;
use crate::probes::json::JsonReader;
use crate::probes::postgres::{Psql, Sessions};
use crate::probes::process::ProcessReader;
use crate::probes::prometheus::PrometheusReader;
use crate::probes::{ProbeError, Round};

/// Reads a probe, or one container of it. It keeps state between readings;
/// cancelling one is safe.
#[derive(Debug)]
pub struct Reader {
    /// The probe's name.
    pub probe: String,
    /// How often it is to read.
    pub every: Duration,
    /// How long a reading may take.
    pub timeout: Duration,
    source: ProbeSource,
}

#[derive(Debug)]
enum ProbeSource {
    Container(Box<Container>),
    Sessions(Box<Sessions>),
    Psql(Psql),
    Prometheus(PrometheusReader),
    Json(JsonReader),
    Process(ProcessReader),
    /// The spec cannot be read.
    Unreadable(ProbeError),
}

/// The readers of a probe: one, or one for each of its containers. Nothing is
/// opened yet.
#[must_use]
pub fn readers(probe: &Probe, tls: &Tls) -> Vec<Reader> {
    let one = |source: Result<ProbeSource, ProbeError>| vec![source];
    let sources = match &probe.kind {
        ProbeKind::Docker(docker) => {
            let containers = docker.containers.iter();
            let reader = |name: &String| Container::new(docker, name);
            let readers = containers.map(reader);
            readers
                .map(|reader| reader.map(|reader| ProbeSource::Container(Box::new(reader))))
                .collect()
        }
        ProbeKind::Postgres(url) => {
            one(Sessions::new(url).map(|sessions| ProbeSource::Sessions(Box::new(sessions))))
        }
        ProbeKind::PostgresInDocker(psql) => one(Ok(ProbeSource::Psql(Psql::new(psql)))),
        ProbeKind::Prometheus(http) => {
            one(PrometheusReader::new(http, tls.clone()).map(ProbeSource::Prometheus))
        }
        ProbeKind::Json(http) => one(JsonReader::new(http, tls.clone()).map(ProbeSource::Json)),
        ProbeKind::Process => one(Ok(ProbeSource::Process(ProcessReader::default()))),
    };
    let sources = sources.into_iter();
    sources
        .map(|source| Reader {
            probe: probe.name.clone(),
            every: probe.every,
            timeout: probe.timeout,
            source: source.unwrap_or_else(ProbeSource::Unreadable),
        })
        .collect()
}

impl Reader {
    /// Reads within the probe's time limit.
    pub async fn read(&mut self) -> Round {
        let limit = self.timeout;
        timeout(limit, self.source.read())
            .await
            .unwrap_or_else(|_| ProbeError::TimedOut(limit).into())
    }
}

impl ProbeSource {
    async fn read(&mut self) -> Round {
        match self {
            Self::Container(container) => container.read().await,
            Self::Sessions(sessions) => sessions.read().await,
            Self::Psql(psql) => psql.read().await,
            Self::Prometheus(reader) => reader.read().await,
            Self::Json(reader) => reader.read().await,
            Self::Process(reader) => reader.read().await,
            Self::Unreadable(error) => error.clone().into(),
        }
    }
}
