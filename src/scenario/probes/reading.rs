//! `readings:` of a probe: names, and where their values stand.

use crate::model::{MetricSelector, Take, Wanted};
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, shorten};

/// How probes and readings are called, for people.
pub(super) const NAME_HELP: &str = "a letter, then letters, digits and `_`, 64 at most";

/// Whether a probe or a reading can be called this.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && is_plain && name.len() <= 64
}

impl Reader<'_> {
    /// Reads them; `source` reads where a value stands.
    pub(crate) fn readings<S>(
        &mut self,
        fields: &Fields<'_>,
        source: fn(&mut Self, &Scalar) -> Option<S>,
    ) -> Option<Vec<Wanted<S>>> {
        let entries = self.entries(fields.value("readings")?, "`readings`")?;
        let wanted = entries.iter().map(|entry| self.reading(entry, source));
        // All mistakes are found before the first one ends it.
        let wanted: Vec<_> = wanted.collect();
        wanted.into_iter().collect()
    }

    fn reading<S>(
        &mut self,
        entry: &Entry,
        source: fn(&mut Self, &Scalar) -> Option<S>,
    ) -> Option<Wanted<S>> {
        let name = entry.key.text.as_str();
        if !is_name(name) {
            let message = format!("`{}` cannot name a reading", shorten(name));
            self.report_with(entry.key.span, message, NAME_HELP);
            return None;
        }
        let (take, node, unit) = self.reading_parts(entry)?;
        let scalar = self.text(node, "what is read")?;
        Some(Wanted {
            name: name.to_owned(),
            source: source(self, scalar)?,
            take,
            unit,
        })
    }

    /// A source alone, or `{value: ...}` or `{rate: ...}` with a unit.
    fn reading_parts<'n>(&mut self, entry: &'n Entry) -> Option<(Take, &'n Node, String)> {
        let NodeKind::Map(_) = &entry.value.kind else {
            return Some((Take::Value, &entry.value, String::new()));
        };
        let what = format!("reading `{}`", shorten(&entry.key.text));
        let fields = self.fields_of(entry, &what, &maps::READING)?;
        let unit: &str = fields.get("unit").unwrap_or_default();
        let source = fields.only()?;
        Some(match (source.key.text.as_str(), unit) {
            ("rate", "") => (Take::Rate, &source.value, "/s".to_owned()),
            ("rate", unit) => (Take::Rate, &source.value, unit.to_owned()),
            (_, unit) => (Take::Value, &source.value, unit.to_owned()),
        })
    }

    /// A series in the text format of Prometheus.
    pub(crate) fn metric(&mut self, scalar: &Scalar) -> Option<MetricSelector> {
        let selector = MetricSelector::parse(&scalar.text);
        if selector.is_none() {
            let message = format!("`{}` does not name a metric", shorten(&scalar.text));
            let help = "for example http_requests_total, or 'http_requests_total{method=\"GET\"}'";
            self.report_with(scalar.span, message, help);
        }
        selector
    }

    /// A JSON path, as its text.
    pub(super) fn probe_path(&mut self, scalar: &Scalar) -> Option<String> {
        self.json_path(scalar)?;
        // The short forms that captures know besides are not read here.
        if jsonpath_rust::parser::parse_json_path(&scalar.text).is_err() {
            let message = format!("`{}` is not a JSON path", shorten(&scalar.text));
            let help = "names with other characters are quoted: $['in-flight']";
            self.report_with(scalar.span, message, help);
            return None;
        }
        Some(scalar.text.clone())
    }
}
