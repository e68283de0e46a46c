//! `pyproject.toml`: the tables `[tool.locust]` and `[tool.swarmdeck]`.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::InputError;
use crate::cli::config::setting::{Setting, SettingPlace, SettingValue};

/// The tables that are read; the later one has precedence.
const TABLES: [&str; 2] = ["locust", "swarmdeck"];

/// Reads a whole file.
///
/// # Errors
/// A mistake in the TOML, or a value of a type that no option has.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<Setting>, InputError> {
    let place = |offset| SettingPlace::File {
        path: path.to_owned(),
        line: line(text, offset),
    };
    let root = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        place(offset).error(error.message())
    })?;
    let mut settings = Vec::new();
    let Some(DeValue::Table(tool)) = find(root.get_ref(), "tool") else {
        return Ok(settings);
    };
    for name in TABLES {
        let Some(DeValue::Table(table)) = find(tool, name) else {
            continue;
        };
        // The table is sorted by name; people read files from the top.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let (place, key) = (place(key.span().start), key.get_ref().to_string());
            let value = self::value(value.get_ref()).ok_or_else(|| {
                place.error(format!(
                    "`{key}` must be a string, number, true, false, or a list of these"
                ))
            })?;
            settings.push(Setting { key, value, place });
        }
    }
    Ok(settings)
}

fn find<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> Option<&'t DeValue<'i>> {
    let mut entries = table.iter();
    let found = entries.find(|(key, _)| key.get_ref() == name);
    found.map(|(_, value)| Spanned::get_ref(value))
}

fn value(value: &DeValue<'_>) -> Option<SettingValue> {
    if let DeValue::Array(items) = value {
        let items = items.iter().map(|item| text(item.get_ref()));
        return items.collect::<Option<_>>().map(SettingValue::List);
    }
    text(value).map(SettingValue::Text)
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
fn line(text: &str, offset: usize) -> usize {
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

    fn parse(text: &str) -> Result<Vec<Setting>, InputError> {
        read(Path::new("pyproject.toml"), text)
    }

    #[test]
    fn reads_our_tables() {
        let settings = parse(FILE).unwrap();
        let text = |text: &str| SettingValue::Text(text.to_owned());
        let tags = SettingValue::List(vec!["a".to_owned(), "b".to_owned()]);
        let expected = [
            ("pyproject.toml:5", "users", text("5")),
            ("pyproject.toml:6", "headless", text("true")),
            ("pyproject.toml:7", "spawn-rate", text("2.5")),
            ("pyproject.toml:8", "tags", tags),
            ("pyproject.toml:12", "users", text("7")),
        ];
        assert_eq!(settings.len(), expected.len());
        for (setting, (place, key, value)) in settings.into_iter().zip(expected) {
            assert_eq!(setting.place.to_string(), place);
            assert_eq!((setting.key.as_str(), setting.value), (key, value));
        }
        assert!(parse("[tool.black]\nx = 1\n").unwrap().is_empty());
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn mistakes_have_their_lines() {
        let error = |text: &str| parse(text).unwrap_err().to_string();
        let wrong = error("a = 1\nb = \n");
        assert!(wrong.starts_with("pyproject.toml:2: "), "{wrong}");
        assert_eq!(
            error("[tool.locust]\n\nusers = {a = 1}\n"),
            "pyproject.toml:3: `users` must be a string, number, true, false, or a list of these"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", inner in "[\\[\\]{}a-z0-9.=\"'\n #é-]{0,60}") {
            let _ = parse(&text);
            let _ = parse(&format!("[tool.locust]\n{inner}"));
        }
    }
}
