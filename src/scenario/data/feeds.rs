//! `data:`: rows to fill requests with, read before the run.

use std::sync::Arc;

use crate::model::FeedId;
use crate::program::{AtEnd, Feed, FeedRef, RowPer, RowPick};
use crate::scenario::data::rows;
use crate::scenario::data::rows::{Delimiter, Types};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::capture::is_variable;
use crate::scenario::schema::limits::MAX_FEEDS;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, shorten};

impl Reader<'_> {
    /// Reads the feeds; their rows are read once and shared from then on. To be
    /// called when the variables of all classes have their slots.
    pub(crate) fn data(&mut self, node: &Node) {
        let Some(entries) = fields::entries(node, "`data`", &mut self.problems) else {
            return;
        };
        if entries.len() > MAX_FEEDS {
            let message = format!("more than {MAX_FEEDS} feeds, the limit");
            self.report(node.span, message);
            return;
        }
        for entry in entries {
            let name = entry.key.text.as_str();
            if !is_variable(name) || ["user", "fake"].contains(&name) {
                let message = format!("`{}` cannot name data", shorten(name));
                let help = "letters, digits and `_`, no word of the language";
                self.report_with(entry.key.span, message, help);
                continue;
            }
            if self.tables.slots.iter().any(|slot| slot == name) {
                let message = format!("`{name}` is a variable already");
                let help = "a step captures or sets it; call the data otherwise";
                self.report_with(entry.key.span, message, help);
            }
            if let Some(feed) = self.feed(entry) {
                let missing = format!("data \"{name}\" has run out");
                let missing = self.tables.no_value(missing);
                let id = FeedId::from(self.feeds.list.len());
                let feed = Arc::new(feed);
                self.feeds.list.push(FeedRef { id, feed, missing });
            } else {
                self.feeds.broken.push(name.to_owned());
            }
        }
    }

    fn feed(&mut self, entry: &Entry) -> Option<Feed> {
        let what = format!("data `{}`", shorten(&entry.key.text));
        let fields = self.fields(&entry.value, &what, &maps::FEED)?;
        let (sources, known) = fields.alternatives();
        let pick = fields
            .word("pick", &PICKS, &mut self.problems)
            .unwrap_or_default();
        let per = fields
            .word("per", &PERS, &mut self.problems)
            .unwrap_or_default();
        let at_end = self.at_end(&fields, pick);
        let types = fields
            .word("types", &TYPES, &mut self.problems)
            .unwrap_or(Types::Text);
        let delimiter = self.delimiter(&fields);
        let [source] = sources.as_slice() else {
            let message = format!("{what} has exactly one source");
            let help = format!("one of {}", known.join(", "));
            self.report_with(entry.key.span, message, help);
            return None;
        };
        for key in ["delimiter", "types"] {
            if let Some(other) = fields.entry(key).filter(|_| source.key.text != "csv") {
                self.report(other.key.span, format!("`{key}` goes with `csv`"));
            }
        }
        let rows = match source.key.text.as_str() {
            "rows" => self.inline_rows(&source.value),
            kind => self.file_rows(kind, &source.value, delimiter, types),
        }?;
        if rows.is_empty() {
            let help = "one row at least";
            let message = format!("{what} has no rows");
            self.report_with(source.value.span, message, help);
            return None;
        }
        Some(Feed {
            name: entry.key.text.clone(),
            pick,
            per,
            at_end,
            rows,
        })
    }

    fn file_rows(
        &mut self,
        kind: &str,
        node: &Node,
        delimiter: Delimiter,
        types: Types,
    ) -> Option<crate::program::Rows> {
        let bytes = self.data_file(node)?;
        let read = match kind {
            "csv" => rows::csv(&bytes, delimiter, types),
            "json" => rows::json(&bytes),
            _ => rows::jsonl(&bytes),
        };
        read.map_err(|message| self.report(node.span, message)).ok()
    }

    fn inline_rows(&mut self, node: &Node) -> Option<crate::program::Rows> {
        if self.refuse_templates(node) {
            return None;
        }
        let items = fields::items(node, "`rows`", "maps", &mut self.problems)?;
        let before = self.problems.count();
        for item in items {
            fields::entries(item, "a row", &mut self.problems);
        }
        if self.problems.count() > before {
            return None;
        }
        let texts = items
            .iter()
            .map(crate::scenario::request::body::literal_json);
        let texts: Vec<_> = texts.map(|json| json.to_string()).collect();
        rows::of_objects(&texts, |index| format!("row {}", index + 1))
            .map_err(|message| self.report(node.span, message))
            .ok()
    }

    fn at_end(&mut self, fields: &Fields<'_>, pick: RowPick) -> AtEnd {
        let given = fields.word("at_end", &AT_ENDS, &mut self.problems);
        match (given, fields.entry("at_end"), pick) {
            (Some(AtEnd::Again), Some(entry), RowPick::Unique) => {
                let message = "rows that nobody else may hold do not come again";
                let help = "a row is free when its user ends; if there is none: stop or fail";
                self.report_with(entry.key.span, message, help);
                AtEnd::Fail
            }
            (Some(at_end), ..) => at_end,
            (None, _, RowPick::Unique) => AtEnd::Fail,
            (None, ..) => AtEnd::Again,
        }
    }

    fn delimiter(&mut self, fields: &Fields<'_>) -> Delimiter {
        let Some(node) = fields.value("delimiter") else {
            return Delimiter::default();
        };
        let text = node.as_scalar().map(|scalar| scalar.text.as_str());
        match text.map(str::as_bytes) {
            Some(b"\\t") => Delimiter(b'\t'),
            Some(&[byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => {
                Delimiter(byte)
            }
            _ => {
                let expected = "`delimiter` must be one ASCII character such as \";\" or \"\\t\"";
                fields::wrong_type(node, expected, &mut self.problems);
                Delimiter::default()
            }
        }
    }
}

pub(crate) const PICKS: [(&str, RowPick); 3] = [
    ("sequential", RowPick::Sequential),
    ("random", RowPick::Random),
    ("unique", RowPick::Unique),
];
pub(crate) const PERS: [(&str, RowPer); 2] = [("user", RowPer::User), ("task", RowPer::Task)];
pub(crate) const AT_ENDS: [(&str, AtEnd); 3] = [
    ("again", AtEnd::Again),
    ("stop", AtEnd::Stop),
    ("fail", AtEnd::Fail),
];
pub(crate) const TYPES: [(&str, Types); 2] = [("text", Types::Text), ("guess", Types::Guess)];
