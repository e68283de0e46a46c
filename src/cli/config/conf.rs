//! `locust.conf`: the format of `ConfigArgParse`, one option a line.
//!
//! `key = value`, `key: value`, `key value`, `key` alone for a switch;
//! `#` and `;` begin comments, at the start of a line or after a space;
//! lines in brackets are headings and are passed over; lists are `[a, b]`.

use std::path::Path;

use super::error::InputError;
use crate::cli::config::setting::{Setting, SettingPlace, SettingValue};

/// Reads a whole file.
///
/// # Errors
/// The first line that cannot be understood.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<Setting>, InputError> {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    lines
        .filter_map(|(text, line)| {
            let path = path.to_owned();
            setting(text, SettingPlace::File { path, line }).transpose()
        })
        .collect()
}

fn setting(text: &str, place: SettingPlace) -> Result<Option<Setting>, InputError> {
    let text = text.trim();
    if text.is_empty() || text.starts_with(['#', ';', '[']) || text.starts_with("---") {
        return Ok(None);
    }
    let is_gap = |c: char| c.is_whitespace() || matches!(c, '=' | ':');
    let end = text.find(is_gap).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    if key.is_empty() {
        return Err(place.error("missing option name before `=`"));
    }
    let rest = rest.trim_start();
    let (separated, rest) = match rest.strip_prefix(['=', ':']) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let value = without_comment(rest);
    let value = if value.is_empty() && !separated {
        SettingValue::Alone
    } else {
        SettingValue::read(value).map_err(|message| place.error(message))?
    };
    let key = key.to_owned();
    Ok(Some(Setting { key, value, place }))
}

/// The value without a trailing comment. Quoted text is not a comment.
fn without_comment(text: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '#' | ';') if before.is_whitespace() => return text[..at].trim(),
            (None, '"' | '\'') if before.is_whitespace() || matches!(before, '[' | ',') => {
                quote = Some(c);
            }
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        before = c;
    }
    text.trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Vec<Setting>, InputError> {
        read(Path::new("x.conf"), text)
    }

    /// The error of a file, as people see it.
    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    fn text(value: &str) -> SettingValue {
        SettingValue::Text(value.to_owned())
    }

    fn list(items: &[&str]) -> SettingValue {
        SettingValue::List(items.iter().map(|item| (*item).to_owned()).collect())
    }

    #[test]
    fn reads_every_form_of_a_line() {
        for (written, key, value) in [
            ("users = 5", "users", text("5")),
            ("users=5", "users", text("5")),
            ("users: 5", "users", text("5")),
            ("users 5", "users", text("5")),
            ("  users =  5  # many", "users", text("5")),
            ("users = 5 ; many", "users", text("5")),
            ("host = http://a:80/#b", "host", text("http://a:80/#b")),
            ("host: http://a:80", "host", text("http://a:80")),
            (
                "criterion = \"p99 < 5ms # 1\"",
                "criterion",
                text("p99 < 5ms # 1"),
            ),
            ("criterion = 'a' # b", "criterion", text("a")),
            ("headless", "headless", SettingValue::Alone),
            ("headless # really", "headless", SettingValue::Alone),
            ("headless = ", "headless", text("")),
            ("--headless = true", "--headless", text("true")),
            ("tags = [a, \"b c\", 'd']", "tags", list(&["a", "b c", "d"])),
            ("tags = []", "tags", list(&[])),
            ("csv = it's", "csv", text("it's")),
        ] {
            let settings = parse(written).unwrap();
            assert_eq!(settings.len(), 1, "{written}");
            assert_eq!(
                (settings[0].key.as_str(), &settings[0].value),
                (key, &value)
            );
            assert_eq!(settings[0].place.to_string(), "x.conf:1");
        }
    }

    #[test]
    fn counts_lines_and_passes_over_the_rest() {
        let settings = parse("\u{feff}# a\n\n[locust]\n; b\n---\nusers 5\r\n").unwrap();
        assert_eq!(settings.len(), 1);
        assert_eq!(settings[0].place.to_string(), "x.conf:6");
        assert_eq!(
            error("users = 5\n= 7\n"),
            "x.conf:2: missing option name before `=`"
        );
        assert_eq!(
            error("tags = [a, b\n"),
            "x.conf:1: missing `]` at the end of the list"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", rows in proptest::collection::vec("[-a-z_]{0,3}[ =:]{0,3}[\\[\\]\"'#;a-z ,é]{0,9}", 0..5)) {
            let _ = parse(&text);
            let _ = parse(&rows.join("\n"));
        }

        #[test]
        fn what_is_written_is_read(key in "[a-z][a-z-]{0,9}", value in "[a-z0-9/.]{1,9}") {
            let settings = parse(&format!("{key} = {value}")).unwrap();
            prop_assert_eq!(settings.len(), 1);
            prop_assert_eq!((&settings[0].key, &settings[0].value), (&key, &text(&value)));
        }
    }
}
