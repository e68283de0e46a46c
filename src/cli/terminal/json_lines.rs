//! JSON on several lines, its values as they were written.

/// Levels that are laid out; what is deeper stays on one line.
const LEVELS: usize = 16;

/// Formats JSON in lines: an object or a list that fits into `columns` is one
/// line. Also formats JSON that was cut off; `None` for other text.
pub(super) fn json_lines(text: &str, columns: usize) -> Option<Vec<String>> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) || serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
    {
        return None;
    }
    let mut lines = Vec::new();
    lay_out(&compact(text), "", 0, columns, &mut lines);
    Some(lines)
}

/// Without the white space between values, and one blank behind `:` and `,`.
fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quotes = Quotes::default();
    for c in text.chars() {
        let is_quoted = quotes.take(c);
        if is_quoted || !c.is_ascii_whitespace() {
            out.push(c);
        }
        if !is_quoted && matches!(c, ':' | ',') {
            out.push(' ');
        }
    }
    out
}

/// Lays out one value behind `lead`, which is its name.
fn lay_out(value: &str, lead: &str, level: usize, columns: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(level);
    let whole = format!("{indent}{lead}{value}");
    let body = value.trim_end_matches(',');
    let is_nested = body.starts_with(['{', '[']) && body.len() > 2;
    if !is_nested || level >= LEVELS || whole.chars().count() <= columns {
        lines.push(whole);
        return;
    }
    let comma = &value[body.len()..];
    let (open, close) = (&body[..1], &body[body.len() - 1..]);
    lines.push(format!("{indent}{lead}{open}"));
    for element in elements(&body[1..body.len() - 1]) {
        let split = name_len(element);
        let (name, value) = element.split_at(split);
        lay_out(value, name, level + 1, columns, lines);
    }
    lines.push(format!("{indent}{close}{comma}"));
}

/// The elements of a compact list or the fields of an object, each with its comma.
fn elements(inside: &str) -> Vec<&str> {
    let mut quotes = Quotes::default();
    let (mut depth, mut start) = (0_usize, 0);
    let mut found = Vec::new();
    for (at, c) in inside.char_indices() {
        if quotes.take(c) {
            continue;
        }
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(&inside[start..=at]);
                // The blank behind it.
                start = (at + 2).min(inside.len());
            }
            _ => {}
        }
    }
    found.push(&inside[start..]);
    found
}

/// How long the name of a field is, with its colon and the blank; 0 of an element.
fn name_len(element: &str) -> usize {
    if !element.starts_with('"') {
        return 0;
    }
    let mut quotes = Quotes::default();
    let mut outside = element.char_indices().filter(|(_, c)| !quotes.take(*c));
    match outside.next() {
        Some((at, ':')) => at + 2,
        _ => 0,
    }
}

/// Whether a position is inside a string.
#[derive(Debug, Default)]
struct Quotes {
    is_within: bool,
    is_escaped: bool,
}

impl Quotes {
    /// Takes in a character; whether it belongs to a text, its quotes included.
    fn take(&mut self, c: char) -> bool {
        if !self.is_within {
            self.is_within = c == '"';
            return self.is_within;
        }
        match c {
            _ if self.is_escaped => self.is_escaped = false,
            '\\' => self.is_escaped = true,
            '"' => self.is_within = false,
            _ => {}
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_one_line() {
        let lines = |text| json_lines(text, 30).map(|lines| lines.join("\n"));
        assert_eq!(
            lines(r#"{"a":1,"b":[ 1, 2 ]}"#).as_deref(),
            Some(r#"{"a": 1, "b": [1, 2]}"#)
        );
        let long = r#"{"id":123456789012345678901234567890,"name":"a, {b}: \"c\"","of":[{"x":1.0,"y":-0},{"x":2}],"e":{}}"#;
        let expected = r#"{
  "id": 123456789012345678901234567890,
  "name": "a, {b}: \"c\"",
  "of": [
    {"x": 1.0, "y": -0},
    {"x": 2}
  ],
  "e": {}
}"#;
        assert_eq!(lines(long).as_deref(), Some(expected));
        for other in ["", "a=1", "{\"cut\": [1,", "5"] {
            assert_eq!(lines(other), None, "{other}");
        }
    }

    #[test]
    fn deep_nesting_stays_on_one_line() {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let lines = json_lines(&deep, 20).expect("JSON");
        assert!(lines.len() < 2 * LEVELS + 2);
    }
}
