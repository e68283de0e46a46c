//! `capture:`.

use crate::model::SlotId;
use crate::program::{Capture, CaptureSource};
use crate::scenario::fields::{self, Fields};
use crate::scenario::node::{Entry, Node, shorten};
use crate::scenario::reader::Reader;

pub(super) const SOURCES: [&str; 4] = ["json", "header", "cookie", "regex"];

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

/// Whether a variable can be called this.
pub(super) fn is_variable(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    starts_well && is_plain && name.len() <= 64 && !WORDS.contains(&name)
}
