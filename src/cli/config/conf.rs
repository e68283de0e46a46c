//! `locust.conf`: the format of `ConfigArgParse`, one option a line.
//!
//! `key = value`, `key: value`, `key value`, `key` alone for a switch;
//! `#` and `;` begin comments, at the start of a line or after a space;
//! lines in brackets are headings and are passed over; lists are `[a, b]`.

use crate::cli::config::setting::{Line, LineError, Value};

/// Reads a whole file.
///
/// # Errors
/// The first line that cannot be understood.
pub(super) fn read(text: &str) -> Result<Vec<Line>, LineError> {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    lines
        .filter_map(|(line, number)| self::line(line, number).transpose())
        .collect()
}

fn line(text: &str, number: usize) -> Result<Option<Line>, LineError> {
    let text = text.trim();
    if text.is_empty() || text.starts_with(['#', ';', '[']) || text.starts_with("---") {
        return Ok(None);
    }
    let is_gap = |c: char| c.is_whitespace() || matches!(c, '=' | ':');
    let end = text.find(is_gap).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    let wrong = |message: &str| LineError {
        number,
        message: message.to_owned(),
    };
    if key.is_empty() {
        return Err(wrong("missing option name before `=`"));
    }
    let rest = rest.trim_start();
    let (separated, rest) = match rest.strip_prefix(['=', ':']) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let value = without_comment(rest);
    let value = if value.is_empty() && !separated {
        Value::Alone
    } else {
        Value::read(value).map_err(wrong)?
    };
    Ok(Some(Line {
        number,
        key: key.to_owned(),
        value,
    }))
}

/// The value without a comment behind it. What stands in quotes is no comment.
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

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    fn list(items: &[&str]) -> Value {
        Value::List(items.iter().map(|item| (*item).to_owned()).collect())
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
            ("headless", "headless", Value::Alone),
            ("headless # really", "headless", Value::Alone),
            ("headless = ", "headless", text("")),
            ("--headless = true", "--headless", text("true")),
            ("tags = [a, \"b c\", 'd']", "tags", list(&["a", "b c", "d"])),
            ("tags = []", "tags", list(&[])),
            ("csv = it's", "csv", text("it's")),
        ] {
            let expected = Line {
                number: 1,
                key: key.to_owned(),
                value,
            };
            assert_eq!(read(written), Ok(vec![expected]), "{written}");
        }
    }

    #[test]
    fn counts_lines_and_passes_over_the_rest() {
        let lines = read("\u{feff}# a\n\n[locust]\n; b\n---\nusers 5\r\n").unwrap();
        assert_eq!((lines.len(), lines[0].number), (1, 6));
        let wrong = read("users = 5\n= 7\n").unwrap_err();
        assert_eq!(wrong.number, 2);
        assert_eq!(read("tags = [a, b\n").unwrap_err().number, 1);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", rows in proptest::collection::vec("[-a-z_]{0,3}[ =:]{0,3}[\\[\\]\"'#;a-z ,é]{0,9}", 0..5)) {
            let _ = read(&text);
            let _ = read(&rows.join("\n"));
        }

        #[test]
        fn what_is_written_is_read(key in "[a-z][a-z-]{0,9}", value in "[a-z0-9/.]{1,9}") {
            let lines = read(&format!("{key} = {value}")).unwrap();
            let expected = Line { number: 1, key, value: text(&value) };
            prop_assert_eq!(lines, vec![expected]);
        }
    }
}
