//! `data:`: rows to fill requests with, read before the run.

use std::sync::Arc;

use crate::model::FeedId;
use crate::program::{AtEnd, Feed, FeedRef, RowPer, RowPick, Rows};
use crate::scenario::data::rows;
use crate::scenario::data::rows::{Delimiter, Types};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::capture::is_variable;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Entry, Node, shorten};

impl Reader<'_> {
    /// Reads the feeds; their rows are read once and shared from then on. To be
    /// called when the variables of all classes have their slots.
    pub(crate) fn data(&mut self, node: &Node) {
        let Some(entries) = self.entries(node, "`data`") else {
            return;
        };
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
        let fields = self.fields_of(entry, &what, &maps::FEED)?;
        let source = fields.only()?;
        let rows = match source.key.text.as_str() {
            "rows" => self.inline_rows(&source.value)?,
            kind => self.file_rows(kind, &source.value, &fields)?,
        };
        if rows.is_empty() {
            let help = "one row at least";
            let message = format!("{what} has no rows");
            self.report_with(source.value.span, message, help);
            return None;
        }
        let pick = fields.word("pick", &PICKS).unwrap_or_default();
        let at_end = match pick {
            RowPick::Unique => AtEnd::Fail,
            _ => AtEnd::Again,
        };
        Some(Feed {
            name: entry.key.text.clone(),
            pick,
            per: fields.word("per", &PERS).unwrap_or_default(),
            at_end: fields.word("at_end", &AT_ENDS).unwrap_or(at_end),
            rows,
        })
    }

    fn file_rows(&mut self, kind: &str, node: &Node, fields: &Fields<'_>) -> Option<Rows> {
        let bytes = self.data_file(node)?;
        let delimiter = fields
            .get("delimiter")
            .map_or_else(Delimiter::default, Delimiter);
        let types = fields.word("types", &TYPES).unwrap_or(Types::Text);
        let read = match kind {
            "csv" => rows::csv(&bytes, delimiter, types),
            "json" => rows::json(&bytes),
            _ => rows::jsonl(&bytes),
        };
        read.map_err(|message| self.report(node.span, message)).ok()
    }

    fn inline_rows(&mut self, node: &Node) -> Option<Rows> {
        let items = self.items(node, "`rows`", "maps")?;
        let before = self.problems.count();
        for item in items {
            self.entries(item, "a row");
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
