//! Prometheus' text format, version 0.0.4: how a metric and its samples are written.

use std::fmt::{Display, Write as _};

/// The type of a metric.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Summary,
}

/// The text, metric by metric.
#[derive(Default)]
pub(crate) struct Page(String);

type Labels<'a> = &'a [(&'a str, &'a str)];

impl Page {
    /// Begins a metric: its samples follow.
    pub(crate) fn begin(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Summary => "summary",
        };
        // Writing to memory does not fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample of the metric that was begun.
    pub(crate) fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) {
        self.0.push_str(name);
        let mut opening = '{';
        for (label, text) in labels {
            let _ = write!(self.0, "{opening}{label}=\"");
            for c in text.chars() {
                match c {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    _ => self.0.push(c),
                }
            }
            self.0.push('"');
            opening = ',';
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }

    /// A metric with one sample.
    pub(crate) fn one(&mut self, name: &str, kind: Kind, help: &str, value: impl Display) {
        self.begin(name, kind, help);
        self.sample(name, &[], value);
    }

    /// All of it.
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_figures_are_in_seconds() {
        let mut page = Page::default();
        let labels = [("name", "a\"b\\c\nd"), ("quantile", "0.5")];
        page.sample("x_seconds", &labels, 0.0015);
        page.one("y_total", Kind::Counter, "Help.", 7_u64);
        assert_eq!(
            page.0,
            "x_seconds{name=\"a\\\"b\\\\c\\nd\",quantile=\"0.5\"} 0.0015\n\
             # HELP y_total Help.\n# TYPE y_total counter\ny_total 7\n"
        );
    }
}
