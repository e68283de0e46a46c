use std::fmt;

/// The most labels of a series.
const MAX_LABELS: usize = 64;

/// A series in the text format of Prometheus, or those that have at least
/// these labels: `http_requests_total{method="GET"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricSelector {
    /// The name of the metric.
    pub name: String,
    /// Labels and their values, as they were written.
    pub labels: Vec<(String, String)>,
}

impl MetricSelector {
    /// Reads one; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (selector, rest) = Self::split_off(text.trim())?;
        rest.is_empty().then_some(selector)
    }

    /// Reads the one that a text begins with, and gives what comes after it.
    ///
    /// Format: <https://prometheus.io/docs/instrumenting/exposition_formats/>
    #[must_use]
    pub fn split_off(text: &str) -> Option<(Self, &str)> {
        let (name, mut rest) = split_name(text, |c| c == ':')?;
        let mut labels = Vec::new();
        if let Some(inner) = rest.strip_prefix('{') {
            rest = inner.trim_start();
            while !rest.starts_with('}') {
                let (label, after) = split_name(rest, |_| false)?;
                let after = after.trim_start().strip_prefix('=')?.trim_start();
                let (value, after) = split_quoted(after)?;
                if labels.len() == MAX_LABELS {
                    return None;
                }
                labels.push((label.to_owned(), value));
                let after = after.trim_start();
                rest = match after.strip_prefix(',') {
                    Some(after) => after.trim_start(),
                    None if after.starts_with('}') => after,
                    None => return None,
                };
            }
            rest = &rest[1..];
        }
        let name = name.to_owned();
        Some((Self { name, labels }, rest))
    }

    /// Whether a series has this name and at least these labels.
    #[must_use]
    pub fn selects(&self, series: &Self) -> bool {
        self.name == series.name
            && self
                .labels
                .iter()
                .all(|label| series.labels.contains(label))
    }
}

impl fmt::Display for MetricSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (i, (label, value)) in self.labels.iter().enumerate() {
            let before = if i == 0 { '{' } else { ',' };
            write!(f, "{before}{label}={value:?}")?;
        }
        if !self.labels.is_empty() {
            f.write_str("}")?;
        }
        Ok(())
    }
}

/// A name of letters, digits, `_`, and what else is said.
fn split_name(text: &str, also: fn(char) -> bool) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || also(c);
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let starts_well = name.starts_with(|c: char| !c.is_ascii_digit());
    starts_well.then_some((name, rest))
}

/// A text in quotes, with `\\`, `\"` and `\n` in it.
fn split_quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &inner[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_are_read() {
        let selector = MetricSelector::parse(r#"http_total{method="GET", path="/a\"b}" ,}"#);
        let selector = selector.expect("sound");
        assert_eq!(selector.name, "http_total");
        let labels: Vec<_> = selector
            .labels
            .iter()
            .map(|(l, v)| (l.as_str(), v.as_str()))
            .collect();
        assert_eq!(labels, [("method", "GET"), ("path", "/a\"b}")]);
        assert_eq!(MetricSelector::parse(&selector.to_string()), Some(selector));
        for text in [
            "",
            "1a",
            "a b",
            "a{",
            "a{x}",
            "a{x=1}",
            "a{x=\"1\"",
            "a{x=\"1\" y=\"2\"}",
        ] {
            assert_eq!(MetricSelector::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_selector_names_what_labels_have_to_be_there() {
        let read = |text: &str| MetricSelector::parse(text).expect("sound");
        let series = read(r#"a{x="1",y="2"}"#);
        for (selector, selects) in [
            ("a", true),
            (r#"a{y="2"}"#, true),
            (r#"a{y="1"}"#, false),
            (r#"a{z="1"}"#, false),
            ("b", false),
        ] {
            assert_eq!(read(selector).selects(&series), selects, "{selector}");
        }
    }
}
