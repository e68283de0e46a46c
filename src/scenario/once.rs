//! What is done once a run: `health:`, `setup:`, `teardown:`.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::program::{CodeAt, HealthGate, Once, WhenUnset};
use crate::scenario::draft::Http;
use crate::scenario::fields::{self, Fields};
use crate::scenario::node::{Entry, Node, NodeKind, Scalar, Style};
use crate::scenario::reader::{Reader, Scope};
use crate::scenario::step::Surroundings;

pub(super) const HEALTH_KEYS: [&str; 5] = ["get", "expect", "within", "every", "slow"];
/// What of `health` is that of a request.
const REQUEST_KEYS: [&str; 2] = ["get", "expect"];

impl Reader<'_> {
    /// The variables that `setup` and `teardown` set.
    pub(super) fn once_variables(&self, fields: &Fields<'_>) -> BTreeSet<String> {
        let parts = ["setup", "teardown"];
        let parts = parts.iter().filter_map(|key| fields.value(key));
        parts.flat_map(|node| self.variables_of(node)).collect()
    }

    /// Reads all three.
    pub(super) fn once(&mut self, fields: &Fields<'_>, http: Http) -> Once {
        let variables = self.setup_variables.clone().into_iter();
        self.scope = Scope {
            class: "setup".to_owned(),
            variables: variables
                .map(|variable| {
                    let slot = self.tables.slot(&variable);
                    (variable, slot)
                })
                .collect(),
        };
        let health = fields
            .value("health")
            .and_then(|node| self.health(node, http));
        let setup = self.part_of_once(fields, "setup", http);
        let teardown = self.part_of_once(fields, "teardown", http);
        Once {
            health,
            setup,
            teardown,
            rows: self.mentions.take_feeds().into_iter().collect(),
        }
    }

    fn part_of_once(&mut self, fields: &Fields<'_>, key: &str, http: Http) -> Option<CodeAt> {
        let node = fields.value(key)?;
        let headers = self.headers(fields.value("headers"));
        let around = Surroundings {
            headers: &headers,
            http,
            // A token in the scenario's headers may be what setup goes to fetch.
            when_unset: WhenUnset::Omit,
        };
        key.clone_into(&mut self.stretch.task);
        self.steps(node, &format!("`{key}`"), &around)
    }

    /// A path, or a map with a request and its patience.
    fn health(&mut self, node: &Node, http: Http) -> Option<HealthGate> {
        let mut gate = HealthGate {
            entry: CodeAt(0),
            within: Duration::from_secs(60),
            every: Duration::from_secs(1),
            slow: Duration::from_secs(1),
        };
        let request = match &node.kind {
            NodeKind::Scalar(scalar) => vec![Entry {
                key: key("get", scalar),
                value: node.clone(),
            }],
            _ => {
                let fields = Fields::read(node, "`health`", &HEALTH_KEYS, &mut self.problems)?;
                for (name, limit) in [
                    ("within", &mut gate.within),
                    ("every", &mut gate.every),
                    ("slow", &mut gate.slow),
                ] {
                    let what = format!("`{name}`");
                    let given = fields.value(name);
                    let given =
                        given.and_then(|node| fields::period(node, &what, &mut self.problems));
                    *limit = given.unwrap_or(*limit);
                }
                let parts = fields.all().iter();
                let parts = parts.filter(|part| REQUEST_KEYS.contains(&part.key.text.as_str()));
                parts.cloned().collect()
            }
        };
        let step = Node {
            span: node.span,
            kind: NodeKind::Map(request),
        };
        let steps = Node {
            span: node.span,
            kind: NodeKind::List(vec![step]),
        };
        let around = Surroundings {
            headers: &[],
            http,
            when_unset: WhenUnset::Omit,
        };
        "health".clone_into(&mut self.stretch.task);
        gate.entry = self.steps(&steps, "`health`", &around)?;
        Some(gate)
    }
}

/// A key that the file does not write, at the place of a value that it does.
fn key(text: &str, at: &Scalar) -> Scalar {
    Scalar {
        text: text.to_owned(),
        style: Style::Plain,
        span: at.span,
        verbatim_at: None,
    }
}
