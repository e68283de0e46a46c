//! Hooks that run once: `health:`, `setup:`, `teardown:`.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::program::{CodeAt, HealthGate, Hooks, Instruction, WhenUnset};
use crate::scenario::file::file_section::FileSection;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::request_ir::Http;
use crate::scenario::schema::maps;
use crate::scenario::steps::step::StepContext;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, Style};

/// Keys of `health` that are those of a request.
const REQUEST_KEYS: [&str; 2] = ["get", "expect"];

impl Reader<'_> {
    /// The variables that `setup` and `teardown` set, of all files.
    pub(crate) fn once_variables(&self, sections: &[FileSection<'_>]) -> BTreeSet<String> {
        let of_section = |section: &FileSection<'_>| {
            let parts = ["setup", "teardown"];
            let parts = parts.iter().filter_map(|key| section.fields.value(key));
            parts
                .flat_map(|node| self.blocks.variables_of(None, node))
                .collect::<Vec<_>>()
        };
        sections.iter().flat_map(of_section).collect()
    }

    /// Reads all three, of all files.
    pub(crate) fn once(&mut self, sections: &[FileSection<'_>]) -> Hooks {
        self.enter("setup", self.classes.setup_variables.clone());
        let (hooks, feeds) = self.with_feeds(|reader| Hooks {
            health: reader.one_health(sections),
            setup: reader.part_of_once(sections, "setup"),
            teardown: reader.part_of_once(sections, "teardown"),
            rows: Vec::new(),
        });
        Hooks {
            rows: feeds.into_iter().collect(),
            ..hooks
        }
    }

    /// The steps of all files one after the other, each file's with its headers.
    fn part_of_once(&mut self, sections: &[FileSection<'_>], key: &str) -> Option<CodeAt> {
        let entry = self.tables.here();
        key.clone_into(&mut self.position.task);
        let mut is_there = false;
        for section in sections {
            let Some(node) = section.fields.value(key) else {
                continue;
            };
            let headers = self.headers(section.fields.value("headers"));
            let context = StepContext {
                headers: &headers,
                http: section.http,
                // A token in the scenario's headers may be what setup goes to fetch.
                when_unset: WhenUnset::Omit,
            };
            is_there |= self.sequence(node, &format!("`{key}`"), &context).is_some();
        }
        is_there.then(|| {
            self.tables.emit(Instruction::End);
            entry
        })
    }

    /// The one health gate of all files.
    fn one_health(&mut self, sections: &[FileSection<'_>]) -> Option<HealthGate> {
        let given = sections.iter().filter_map(|section| {
            let node = section.fields.value("health")?;
            Some((node, section.http))
        });
        let given: Vec<_> = given.collect();
        let ((first, http), others) = given.split_first()?;
        for (other, _) in others {
            if !first.says_the_same(other) {
                let place = self.problems.source.name_place(first.span.start);
                let message =
                    format!("only one health check is allowed per run; another is at {place}");
                let help = "make them identical, or remove one";
                self.report_with(other.span, message, help);
            }
        }
        self.health(first, *http)
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
                let fields = self.fields(node, "`health`", &maps::HEALTH)?;
                gate.within = fields.get("within").unwrap_or(gate.within);
                gate.every = fields.get("every").unwrap_or(gate.every);
                gate.slow = fields.get("slow").unwrap_or(gate.slow);
                fields.value("get")?;
                let parts = fields.all();
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
        let context = StepContext {
            headers: &[],
            http,
            when_unset: WhenUnset::Omit,
        };
        "health".clone_into(&mut self.position.task);
        gate.entry = self.steps(&steps, "`health`", &context)?;
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
