use std::fmt;
use std::time::Duration;

use crate::model::MetricSelector;

/// A probe as written: what is read of the target beside its answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Its name, which its readings begin with: `db` in `db.active`.
    pub name: String,
    /// The kind of reader.
    pub kind: ProbeKind,
    /// The interval, at least 500 ms.
    pub every: Duration,
    /// The time limit of a reading.
    pub timeout: Duration,
}

/// The kinds of probes.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeKind {
    /// Containers.
    Docker(DockerProbe),
    /// The sessions of a PostgreSQL server, asked over its protocol.
    Postgres(Hidden),
    /// The same, asked by `psql` in a container.
    PostgresInDocker(PsqlProbe),
    /// An endpoint in the text format of Prometheus.
    Prometheus(HttpProbe<MetricSelector>),
    /// JSON at an address; the source of a reading is a JSON path (RFC 9535).
    Json(HttpProbe<String>),
    /// This process.
    Process,
}

/// Containers, and lines of their logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerProbe {
    /// Where the engine is.
    pub engine: DockerEngine,
    /// Their names; at least one.
    pub containers: Vec<String>,
    /// A regular expression: lines of the logs that match are counted.
    pub logs: Option<String>,
}

/// Where the Docker engine takes requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DockerEngine {
    /// On a Unix socket with this path.
    Unix(String),
    /// On a TCP port, without TLS: `host:port`.
    Tcp(String),
}

/// The arguments of `psql` in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PsqlProbe {
    /// Where the engine is.
    pub engine: DockerEngine,
    /// The name of the container.
    pub container: String,
    /// The role.
    pub user: String,
    /// The database.
    pub database: String,
}

/// An address, and what is read there.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpProbe<S> {
    /// The address: `http://` or `https://`.
    pub url: Hidden,
    /// The readings; at least one.
    pub readings: Vec<Wanted<S>>,
}

/// A reading to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<S> {
    /// Its name, after that of the probe.
    pub name: String,
    /// Where it stands.
    pub source: S,
    /// Value or rate.
    pub take: Take,
    /// Its unit for people; may be empty.
    pub unit: String,
}

/// The conversion of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The value itself.
    Value,
    /// The rise of a counter per second since the last reading.
    Rate,
}

/// A text that may hold a password: it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

impl Probe {
    /// The name of the probe of this process, which is there unless a scenario
    /// calls one of its own so.
    pub const OWN: &str = "self";
    /// The default interval of a probe.
    pub const EVERY: Duration = Duration::from_secs(2);
    /// The shortest time from one reading to the next.
    pub const EVERY_MIN: Duration = Duration::from_millis(500);
    /// The time limit of a probe that names none.
    pub const TIMEOUT: Duration = Duration::from_secs(2);

    /// The probe of this process.
    #[must_use]
    pub fn own() -> Self {
        Self {
            name: Self::OWN.to_owned(),
            kind: ProbeKind::Process,
            every: Self::EVERY,
            timeout: Self::TIMEOUT,
        }
    }

    /// Whether it needs TLS.
    #[must_use]
    pub fn wants_tls(&self) -> bool {
        let url = match &self.kind {
            ProbeKind::Prometheus(http) => &http.url,
            ProbeKind::Json(http) => &http.url,
            _ => return false,
        };
        url.0.starts_with("https:")
    }
}

impl Default for DockerEngine {
    fn default() -> Self {
        Self::Unix("/var/run/docker.sock".to_owned())
    }
}

impl DockerEngine {
    /// Reads an address as `DOCKER_HOST` holds it; `None` for one that needs
    /// TLS, SSH or Windows, or is no address.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let address = address.trim();
        if let Some(path) = address.strip_prefix("unix://") {
            return (path.starts_with('/')).then(|| Self::Unix(path.to_owned()));
        }
        let authority = address
            .strip_prefix("tcp://")
            .or_else(|| address.strip_prefix("http://"))?;
        let authority = authority.trim_end_matches('/');
        let (host, port) = authority.rsplit_once(':')?;
        let is_sound = !host.is_empty() && !authority.contains('/') && port.parse::<u16>().is_ok();
        is_sound.then(|| Self::Tcp(authority.to_owned()))
    }
}

impl fmt::Display for DockerEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{path}"),
            Self::Tcp(authority) => write!(f, "tcp://{authority}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_engines_are_read() {
        let parsed = |text: &str| DockerEngine::parse(text).map(|engine| engine.to_string());
        for text in ["unix:///run/user/1000/docker.sock", "tcp://127.0.0.1:2375"] {
            assert_eq!(parsed(text).as_deref(), Some(text));
        }
        assert_eq!(
            parsed("tcp://dind:2375/").as_deref(),
            Some("tcp://dind:2375")
        );
        for text in [
            "",
            "unix://",
            "ssh://me@host",
            "tcp://host",
            "npipe:////./pipe/x",
            "tcp://:1",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_password_is_not_shown() {
        let url = Hidden("postgres://me:secret@localhost".to_owned());
        let kind = ProbeKind::Postgres(url);
        assert!(!format!("{kind:?}").contains("secret"));
    }
}
