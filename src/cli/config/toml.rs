//! `pyproject.toml`: the tables `[tool.locust]` and `[tool.swarmdeck]`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::cli::config::setting::{Line, LineError, Value};

/// The tables of a file that are ours; the later goes before the earlier.
const TABLES: [&str; 2] = ["locust", "swarmdeck"];

/// Reads a whole file; one without our tables says nothing.
///
/// # Errors
/// What is wrong with the TOML, or a value that no option has.
pub(super) fn read(text: &str) -> Result<Vec<Line>, LineError> {
    let root = DeTable::parse(text).map_err(|error| LineError {
        number: number(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut lines = Vec::new();
    let Some(DeValue::Table(tool)) = find(root.get_ref(), "tool") else {
        return Ok(lines);
    };
    for name in TABLES {
        let Some(DeValue::Table(table)) = find(tool, name) else {
            continue;
        };
        let mut found = Vec::new();
        for (key, value) in table {
            let number = number(text, key.span().start);
            let value = self::value(value.get_ref()).ok_or_else(|| LineError {
                number,
                message: format!(
                    "`{}` must be a string, number, true, false, or a list of these",
                    key.get_ref()
                ),
            })?;
            found.push(Line {
                number,
                key: key.get_ref().to_string(),
                value,
            });
        }
        // The table is sorted by name; people read files from the top.
        found.sort_by_key(|line| line.number);
        lines.extend(found);
    }
    Ok(lines)
}

fn find<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> Option<&'t DeValue<'i>> {
    let mut entries = table.iter();
    let found = entries.find(|(key, _)| key.get_ref() == name);
    found.map(|(_, value)| Spanned::get_ref(value))
}

fn value(value: &DeValue<'_>) -> Option<Value> {
    if let DeValue::Array(items) = value {
        let items = items.iter().map(|item| text(item.get_ref()));
        return items.collect::<Option<_>>().map(Value::List);
    }
    text(value).map(Value::Text)
}

fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The line of an offset, from 1.
fn number(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "[project]
name = 'x'

[tool.locust]
users = 5
headless = true
spawn-rate = 2.5
tags = ['a', \"b\"]
[tool.other]
users = 'no'
[tool.swarmdeck]
users = 7
";

    #[test]
    fn reads_our_tables() {
        let lines = read(FILE).unwrap();
        let line = |number, key: &str, value| Line {
            number,
            key: key.to_owned(),
            value,
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let tags = Value::List(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(
            lines,
            [
                line(5, "users", text("5")),
                line(6, "headless", text("true")),
                line(7, "spawn-rate", text("2.5")),
                line(8, "tags", tags),
                line(12, "users", text("7")),
            ]
        );
        assert_eq!(read("[tool.black]\nx = 1\n"), Ok(Vec::new()));
        assert_eq!(read(""), Ok(Vec::new()));
    }

    #[test]
    fn mistakes_have_their_lines() {
        assert_eq!(read("a = 1\nb = \n").unwrap_err().number, 2);
        let wrong = read("[tool.locust]\n\nusers = {a = 1}\n").unwrap_err();
        assert_eq!(wrong.number, 3);
        assert!(wrong.message.contains("`users`"), "{}", wrong.message);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", inner in "[\\[\\]{}a-z0-9.=\"'\n #é-]{0,60}") {
            let _ = read(&text);
            let _ = read(&format!("[tool.locust]\n{inner}"));
        }
    }
}
