//! `probes:`: what is read of the target beside its answers.

use std::time::Duration;

use crate::model::{DockerEngine, DockerProbe, Hidden, HttpProbe, Probe, ProbeKind, PsqlProbe};
use crate::program::Encoding;
use crate::scenario::file::file_section::FileSection;
use crate::scenario::lower::reader::Reader;
use crate::scenario::probes::reading::{NAME_HELP, is_name};
use crate::scenario::schema::limits::{MAX_PROBE_TIMEOUT, MAX_PROBES};
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Resolved, Scalar, shorten};

impl Reader<'_> {
    /// Reads those of all files of a run. To be called when the variables of
    /// all classes have their slots.
    pub(crate) fn probes_of_all(&mut self, sections: &[FileSection<'_>]) -> Vec<Probe> {
        let nodes = sections
            .iter()
            .filter_map(|section| section.fields.value("probes"));
        let mut all: Vec<Probe> = Vec::new();
        for node in nodes {
            let new = self.probes(node);
            let twice = new
                .iter()
                .find(|new| all.iter().any(|known| known.name == new.name));
            if let Some(twice) = twice {
                let message = format!("the probe `{}` stands in two files of the run", twice.name);
                self.report(node.span, message);
            }
            all.extend(new);
        }
        if let (true, Some(section)) = (all.len() > MAX_PROBES, sections.first()) {
            let message = format!("more than {MAX_PROBES} probes, the limit");
            self.report(section.span, message);
        }
        all
    }

    fn probes(&mut self, node: &Node) -> Vec<Probe> {
        let Some(entries) = fields::entries(node, "`probes`", &mut self.problems) else {
            return Vec::new();
        };
        // No user is there whose variables a probe could read.
        self.enter("probes", []);
        let probes = entries.iter();
        probes.filter_map(|entry| self.probe(entry)).collect()
    }

    fn probe(&mut self, entry: &Entry) -> Option<Probe> {
        let name = entry.key.text.as_str();
        if !is_name(name) {
            let message = format!("`{}` cannot name a probe", shorten(name));
            self.report_with(entry.key.span, message, NAME_HELP);
        }
        if entry
            .value
            .as_scalar()
            .is_some_and(|one| one.text == "process")
        {
            return Some(Probe {
                name: name.to_owned(),
                ..Probe::own()
            });
        }
        let what = format!("probe `{}`", shorten(name));
        let fields = self.fields(&entry.value, &what, &maps::PROBE)?;
        let every = self.every(&fields);
        let timeout = self.probe_timeout(&fields);
        let (kinds, known) = fields.alternatives();
        let [kind] = kinds.as_slice() else {
            if kinds.is_empty() && fields.unknown().is_some() {
                // Reported already, as an unknown key.
                return None;
            }
            let message = format!("{what} has exactly one kind");
            let help = format!("one of {}", known.join(", "));
            self.report_with(entry.key.span, message, help);
            return None;
        };
        let is_http = ["prometheus", "json"].contains(&kind.key.text.as_str());
        if let Some(readings) = fields.entry("readings").filter(|_| !is_http) {
            let message = "`readings` goes with `prometheus` and `json`";
            self.report(readings.key.span, message);
        }
        let kind = self.probe_kind(kind, &fields)?;
        Some(Probe {
            name: name.to_owned(),
            kind,
            every,
            timeout,
        })
    }

    fn probe_kind(&mut self, kind: &Entry, fields: &Fields<'_>) -> Option<ProbeKind> {
        let value = &kind.value;
        Some(match kind.key.text.as_str() {
            "docker" => ProbeKind::Docker(self.docker(value)?),
            "postgres" => self.postgres(value)?,
            "prometheus" => {
                let url = self.probe_url(value, "`prometheus`");
                let readings = self.readings(fields, kind, Self::metric);
                ProbeKind::Prometheus(HttpProbe {
                    url: url?,
                    readings: readings?,
                })
            }
            "json" => {
                let url = self.probe_url(value, "`json`");
                let readings = self.readings(fields, kind, Self::probe_path);
                ProbeKind::Json(HttpProbe {
                    url: url?,
                    readings: readings?,
                })
            }
            _ => {
                let is_true = |scalar: &Scalar| scalar.resolve() == Resolved::Bool(true);
                if !value.as_scalar().is_some_and(is_true) {
                    let expected = "`process` must be `true`";
                    fields::wrong_type(value, expected, &mut self.problems);
                }
                ProbeKind::Process
            }
        })
    }

    fn every(&mut self, fields: &Fields<'_>) -> Duration {
        let Some(node) = fields.value("every") else {
            return Probe::EVERY;
        };
        let every = fields.time("every", &mut self.problems);
        if every.is_some_and(|every| every < Probe::EVERY_MIN) {
            let message = "a probe reads every 500ms at most: it is not to be a load itself";
            self.report(node.span, message);
        }
        every.unwrap_or(Probe::EVERY)
    }

    fn probe_timeout(&mut self, fields: &Fields<'_>) -> Duration {
        let Some(node) = fields.value("timeout") else {
            return Probe::TIMEOUT;
        };
        let timeout = fields::period(node, "`timeout`", &mut self.problems);
        if timeout.is_some_and(|timeout| timeout > MAX_PROBE_TIMEOUT) {
            self.report(node.span, "the `timeout` of a probe is 60s at most");
        }
        timeout.unwrap_or(Probe::TIMEOUT)
    }

    fn docker(&mut self, node: &Node) -> Option<DockerProbe> {
        let fields = self.fields(node, "`docker`", &maps::DOCKER)?;
        let engine = self.docker_engine(node);
        let logs = fields.value("logs").and_then(|node| {
            let text = fields.plain_text("logs", &mut self.problems)?;
            self.regex(node.as_scalar()?)?;
            Some(text.to_owned())
        });
        let Some(containers) = fields.value("containers") else {
            let help = "for example `docker: {containers: [api, db]}`";
            let what = "`containers`, by name,";
            fields::missing(node.span, what, help, &mut self.problems);
            return None;
        };
        let items = match &containers.kind {
            NodeKind::Scalar(_) => std::slice::from_ref(containers),
            _ => fields::items(containers, "`containers`", "names", &mut self.problems)?,
        };
        if items.is_empty() || items.len() > MAX_PROBES {
            let message = format!("`containers` names 1 to {MAX_PROBES} containers");
            self.report(containers.span, message);
        }
        let names = items.iter().map(|item| self.container(item));
        let containers = names.collect::<Option<Vec<_>>>()?;
        Some(DockerProbe {
            engine: engine?,
            containers,
            logs,
        })
    }

    /// The name of a container, as the engine allows them.
    fn container(&mut self, node: &Node) -> Option<String> {
        let name = self.known_text(node, "the name of a container")?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if name.is_empty() || name.len() > 255 || !name.chars().all(is_part) {
            let message = format!("`{}` is not the name of a container", shorten(&name));
            let help = "as `docker ps` shows it: letters, digits, `_`, `.` and `-`";
            self.report_with(node.span, message, help);
            return None;
        }
        Some(name)
    }

    /// Where the engine is: as `DOCKER_HOST` says, else on its usual socket.
    fn docker_engine(&mut self, node: &Node) -> Option<DockerEngine> {
        let address = self.environment.value("DOCKER_HOST").unwrap_or_default();
        if address.trim().is_empty() {
            return Some(DockerEngine::default());
        }
        let engine = DockerEngine::parse(address);
        if engine.is_none() {
            let message = format!(
                "DOCKER_HOST is `{}`, which probes cannot speak to",
                shorten(address)
            );
            let help = "they speak to unix:///path and tcp://host:port, without TLS";
            self.report_with(node.span, message, help);
        }
        engine
    }

    /// An address, or a map for `psql` in a container.
    fn postgres(&mut self, node: &Node) -> Option<ProbeKind> {
        if let NodeKind::Map(_) = &node.kind {
            let fields = self.fields(node, "`postgres`", &maps::PSQL)?;
            let engine = self.docker_engine(node);
            let Some(container) = fields.value("docker") else {
                let help = "for example `postgres: {docker: my-db, user: postgres}`";
                let what = "`docker`, the name of the container,";
                fields::missing(node.span, what, help, &mut self.problems);
                return None;
            };
            let container = self.container(container);
            let user = fields
                .value("user")
                .map_or(Some("postgres".to_owned()), |node| {
                    self.known_text(node, "`user`")
                });
            let database = fields
                .value("database")
                .map_or_else(|| user.clone(), |node| self.known_text(node, "`database`"));
            return Some(ProbeKind::PostgresInDocker(PsqlProbe {
                engine: engine?,
                container: container?,
                user: user?,
                database: database?,
            }));
        }
        let url = self.known_text(node, "`postgres`")?;
        let help = "for example `postgres: \"postgres://user:{{ env.PGPASSWORD }}@localhost:5432/postgres\"`";
        let trouble = match url.parse::<tokio_postgres::Config>() {
            Err(_) => "`postgres` is not the address of a database",
            Ok(_) if !url.contains("://") && !url.contains("host=") => {
                "`postgres` is the address of a database"
            }
            Ok(config) if needs_tls(&config) => {
                "a probe speaks to PostgreSQL without TLS, which this address demands"
            }
            Ok(_) => return Some(ProbeKind::Postgres(Hidden(url))),
        };
        self.report_with(node.span, trouble, help);
        None
    }

    /// The address that a probe asks.
    fn probe_url(&mut self, node: &Node, what: &str) -> Option<Hidden> {
        let text = self.known_text(node, what)?;
        let url = url::Url::parse(text.trim()).ok();
        let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        if url.is_none() {
            let message = format!("{what} is an address that begins with http:// or https://");
            self.report(node.span, message);
        }
        url.map(|url| Hidden(url.to_string()))
    }

    /// A text that is known before the run: holes of the environment and of
    /// secrets are filled.
    pub(super) fn known_text(&mut self, node: &Node, what: &str) -> Option<String> {
        let scalar = fields::text(node, what, &mut self.problems)?;
        let template = self.template(scalar, Encoding::Raw)?;
        if let Some(text) = template.as_literal() {
            return String::from_utf8(text.to_vec()).ok();
        }
        let message =
            format!("{what} is known before the run: `env` and `secret()` can stand here");
        self.report(scalar.span, message);
        None
    }
}

fn needs_tls(config: &tokio_postgres::Config) -> bool {
    use tokio_postgres::config::SslMode;
    !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer)
}
