//! `probes:`: what is read of the target beside its answers.

use crate::model::{DockerEngine, DockerProbe, Hidden, HttpProbe, Probe, ProbeKind, PsqlProbe};
use crate::program::Encoding;
use crate::scenario::file::file_section::FileSection;
use crate::scenario::lower::reader::Reader;
use crate::scenario::probes::reading::{NAME_HELP, is_name};
use crate::scenario::schema::limits::MAX_PROBES;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Entry, Node, NodeKind, shorten};

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
        let Some(entries) = self.entries(node, "`probes`") else {
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
        let fields = self.fields_of(entry, &what, &maps::PROBE)?;
        let kind = self.probe_kind(fields.only()?, &fields)?;
        Some(Probe {
            name: name.to_owned(),
            kind,
            every: fields.get("every").unwrap_or(Probe::EVERY),
            timeout: fields.get("timeout").unwrap_or(Probe::TIMEOUT),
        })
    }

    fn probe_kind(&mut self, kind: &Entry, fields: &Fields<'_>) -> Option<ProbeKind> {
        let value = &kind.value;
        Some(match kind.key.text.as_str() {
            "docker" => ProbeKind::Docker(self.docker(value)?),
            "postgres" => self.postgres(value)?,
            "prometheus" => {
                let url = self.probe_url(value, "`prometheus`");
                let readings = self.readings(fields, Self::metric);
                ProbeKind::Prometheus(HttpProbe {
                    url: url?,
                    readings: readings?,
                })
            }
            "json" => {
                let url = self.probe_url(value, "`json`");
                let readings = self.readings(fields, Self::probe_path);
                ProbeKind::Json(HttpProbe {
                    url: url?,
                    readings: readings?,
                })
            }
            _ => ProbeKind::Process,
        })
    }

    fn docker(&mut self, node: &Node) -> Option<DockerProbe> {
        let fields = self.fields(node, "`docker`", &maps::DOCKER)?;
        let engine = self.docker_engine(node);
        let logs = fields.value("logs").and_then(Node::as_scalar);
        let logs = logs.and_then(|logs| self.regex(logs).map(|_| logs.text.clone()));
        let containers = fields.value("containers")?;
        let items = match &containers.kind {
            NodeKind::Scalar(_) => std::slice::from_ref(containers),
            _ => self.items(containers, "`containers`", "names")?,
        };
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
            let container = self.container(fields.value("docker")?);
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
        let scalar = self.text(node, what)?;
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
