//! `capture:`.

use std::collections::BTreeSet;

use crate::model::SlotId;
use crate::program::{Capture, CaptureSource};
use crate::scenario::fields::{self, Fields};
use crate::scenario::node::{Entry, Node, NodeKind, Scalar, shorten};
use crate::scenario::reader::Reader;

const SOURCES: [&str; 4] = ["json", "header", "cookie", "regex"];

/// Words of the expression language, which no variable can be called.
const WORDS: [&str; 14] = [
    "env", "true", "false", "none", "and", "or", "not", "in", "is", "defined", "null", "True",
    "False", "None",
];

impl Reader<'_> {
    /// Reads a `capture:` map.
    pub(super) fn captures(&mut self, node: Option<&Node>) -> Vec<Capture> {
        let entries = node.and_then(|node| fields::entries(node, "`capture`", &mut self.problems));
        let Some(entries) = entries else {
            return Vec::new();
        };
        entries
            .iter()
            .filter_map(|entry| self.capture(entry))
            .collect()
    }

    fn capture(&mut self, entry: &Entry) -> Option<Capture> {
        let name = entry.key.text.as_str();
        if !is_variable(name) {
            let message = format!("`{}` cannot name a variable", shorten(name));
            let help = "letters, digits and `_`, no word of the language".to_owned();
            self.problems
                .report_with(entry.key.span, message, Some(help));
            return None;
        }
        let slot = self.scope.variables.get(name).copied();
        if entry.value.is_null() {
            let Some(slot) = slot else {
                let message = format!("no step of `{}` sets `{name}`", self.scope.class);
                let help = "nothing after the name forgets a variable; \
                    a source sets it: {json: $.id}";
                self.problems
                    .report_with(entry.key.span, message, Some(help.to_owned()));
                return None;
            };
            return Some(Capture {
                slot,
                source: CaptureSource::Forget,
                text: 0,
            });
        }
        let what = "a capture";
        let fields = Fields::read(&entry.value, what, &SOURCES, &mut self.problems)?;
        let [source] = fields.all() else {
            let message = "a capture has exactly one source";
            let help = "for example {json: $.id}; others: header, cookie, regex".to_owned();
            self.problems
                .report_with(entry.key.span, message, Some(help));
            return None;
        };
        self.source(name, slot?, source)
    }

    fn source(&mut self, name: &str, slot: SlotId, entry: &Entry) -> Option<Capture> {
        let scalar = fields::text(&entry.value, "what to capture", &mut self.problems)?;
        let wanted = scalar.text.as_str();
        let (source, words) = match entry.key.text.as_str() {
            "json" => (
                CaptureSource::Json(self.json_path(scalar)?),
                wanted.to_owned(),
            ),
            "header" => (
                CaptureSource::Header(wanted.into()),
                format!("header {wanted}"),
            ),
            "cookie" => (
                CaptureSource::Cookie(wanted.into()),
                format!("cookie {wanted}"),
            ),
            "regex" => match regex::bytes::RegexBuilder::new(wanted)
                .size_limit(1 << 20)
                .build()
            {
                Ok(regex) => (
                    CaptureSource::Regex(regex),
                    format!("regex {}", shorten(wanted)),
                ),
                Err(error) => {
                    let error = error.to_string();
                    let reason = error.lines().last().unwrap_or("").trim();
                    let reason = reason.strip_prefix("error: ").unwrap_or(reason);
                    self.report(
                        scalar.span,
                        format!("this is not a regular expression: {reason}"),
                    );
                    return None;
                }
            },
            _ => return None,
        };
        let text = format!("capture \"{name}\": {words} found nothing");
        Some(Capture {
            slot,
            source,
            text: self.tables.text(text),
        })
    }
}

impl Reader<'_> {
    /// The variables that are set for users of a class: by the file, the class,
    /// its steps, and the blocks that these use. Read before anything else, so
    /// that every expression knows all of them.
    pub(super) fn variables_of(&self, class: &Node) -> BTreeSet<String> {
        let mut found = Found::default();
        collect_map(self.variables.as_deref(), &mut found);
        collect(class, &mut found);
        let mut seen = BTreeSet::new();
        while let Some(name) = found.blocks.pop() {
            if seen.insert(name)
                && let Some(block) = self.blocks.get(name)
            {
                collect(block, &mut found);
            }
        }
        found.variables.into_iter().map(str::to_owned).collect()
    }
}

/// What was found in a class or block.
#[derive(Default)]
struct Found<'n> {
    variables: BTreeSet<&'n str>,
    /// The blocks it uses.
    blocks: Vec<&'n str>,
}

fn collect<'n>(node: &'n Node, found: &mut Found<'n>) {
    let entries = match &node.kind {
        NodeKind::Scalar(_) => return,
        NodeKind::List(items) => return items.iter().for_each(|item| collect(item, found)),
        NodeKind::Map(entries) => entries,
    };
    for entry in entries {
        match (entry.key.text.as_str(), &entry.value.kind) {
            ("capture", NodeKind::Map(captures)) => {
                let sets = captures.iter().filter(|one| !one.value.is_null());
                found.add(sets.map(|one| &one.key));
            }
            ("set" | "variables", _) => collect_map(Some(&entry.value), found),
            ("repeat", NodeKind::Map(how)) => {
                let each = how.iter().filter(|one| one.key.text == "each");
                found.add(each.filter_map(|one| one.value.as_scalar()));
            }
            ("use", NodeKind::Scalar(block)) => found.blocks.push(&block.text),
            // What is sent may well have a field called `capture`.
            ("json" | "form" | "query" | "headers" | "expect" | "graphql" | "multipart", _) => {}
            _ => collect(&entry.value, found),
        }
    }
}

/// The keys of a map of variables.
fn collect_map<'n>(node: Option<&'n Node>, found: &mut Found<'n>) {
    if let Some(NodeKind::Map(entries)) = node.map(|node| &node.kind) {
        found.add(entries.iter().map(|entry| &entry.key));
    }
}

impl<'n> Found<'n> {
    fn add(&mut self, names: impl Iterator<Item = &'n Scalar>) {
        let names = names.map(|name| name.text.as_str());
        self.variables
            .extend(names.filter(|name| is_variable(name)));
    }
}

/// Whether a variable can be called this.
pub(super) fn is_variable(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    starts_well && is_plain && name.len() <= 64 && !WORDS.contains(&name)
}
