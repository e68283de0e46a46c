//! JSON that is not quite JSON, and that other parsers read all the same.

use serde::de::IgnoredAny;

use crate::model::JsonFault;

/// What Python and others write for numbers that JSON has no form for, and
/// what has its length and is JSON.
const WORDS: [(&str, &str); 3] = [
    ("NaN", "0  "),
    ("Infinity", "0       "),
    ("-Infinity", "0        "),
];
/// An escape of half a character, which stands for none.
const NO_CHARACTER: &str = "\\ufffd";

/// A text as a strict parser reads it: `NaN` and `Infinity` become texts,
/// halves of characters U+FFFD. Anything else that is not JSON is a fault.
///
/// Reads the text several times: for what a strict parser has refused.
pub(crate) fn mend(text: &str) -> Result<String, JsonFault> {
    let start = text.len() - text.trim_ascii_start().len();
    // Pages and the like are told by their first byte, without a copy.
    if !matches!(
        text.as_bytes().get(start),
        Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' | b'N' | b'I')
    ) {
        return Err(JsonFault::at(text.as_bytes(), start));
    }
    let mut mended = Mended::default();
    let mut rest = text;
    while !rest.is_empty() {
        rest = if mended.is_in_string {
            mended.string(rest)
        } else {
            mended.between_strings(rest)
        };
    }
    match serde_json::from_str::<IgnoredAny>(&mended.checked) {
        Ok(_) => Ok(mended.read),
        Err(error) => Err(fault(text, mended.control, &error)),
    }
}

#[derive(Default)]
struct Mended {
    /// As long as the text, so that places in it are places in the text.
    checked: String,
    /// What is read instead of the text.
    read: String,
    is_in_string: bool,
    /// Where the first control character in a string is.
    control: Option<usize>,
}

impl Mended {
    /// Takes in what comes next outside strings; what comes after it.
    fn between_strings<'t>(&mut self, text: &'t str) -> &'t str {
        let word = WORDS.iter().find_map(|(word, number)| {
            let rest = text.strip_prefix(word)?;
            (!continues(rest)).then_some((word, number, rest))
        });
        if let Some((word, number, rest)) = word.filter(|_| !self.is_in_word()) {
            self.checked.push_str(number);
            self.read.push('"');
            self.read.push_str(word);
            self.read.push('"');
            return rest;
        }
        self.is_in_string = text.starts_with('"');
        let len = text.chars().next().map_or(0, char::len_utf8);
        self.copy(text, len)
    }

    /// Whether what was taken in last may belong to what comes.
    fn is_in_word(&self) -> bool {
        let last = self.checked.as_bytes().last();
        last.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(byte))
    }

    /// Takes in what comes next in a string.
    fn string<'t>(&mut self, text: &'t str) -> &'t str {
        if let Some(escape) = text.strip_prefix('\\') {
            return match (escaped(text), escape.chars().next()) {
                (Some(0xd800..=0xdbff), _)
                    if matches!(text.get(6..).and_then(escaped), Some(0xdc00..=0xdfff)) =>
                {
                    self.copy(text, 12)
                }
                (Some(0xd800..=0xdfff), _) => {
                    self.checked.push_str(NO_CHARACTER);
                    self.read.push_str(NO_CHARACTER);
                    text.get(6..).unwrap_or_default()
                }
                (_, Some(c)) => self.copy(text, 1 + c.len_utf8()),
                (_, None) => self.copy(text, 1),
            };
        }
        if text.starts_with('"') {
            self.is_in_string = false;
            return self.copy(text, 1);
        }
        let len = text.find(['"', '\\']).unwrap_or(text.len());
        let control = text.bytes().take(len).position(|byte| byte < b' ');
        let control = control.map(|at| self.checked.len() + at);
        self.control = self.control.or(control);
        self.copy(text, len)
    }

    fn copy<'t>(&mut self, text: &'t str, len: usize) -> &'t str {
        let (copied, rest) = text.split_at_checked(len).unwrap_or((text, ""));
        self.checked.push_str(copied);
        self.read.push_str(copied);
        rest
    }
}

/// Whether a word does not end here.
fn continues(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_alphanumeric() || "+-._\"".contains(c))
}

/// The number of an escape `\uXXXX` that a text begins with.
fn escaped(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// The place of an error of the library, which tells that of a control
/// character one too early.
fn fault(text: &str, control: Option<usize>, error: &serde_json::Error) -> JsonFault {
    if error.is_eof() {
        return JsonFault::at(text.as_bytes(), text.len());
    }
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let line_start: usize = lines.map(str::len).sum();
    let at = line_start + error.column().saturating_sub(1);
    let control = control.filter(|&control| control <= at + 1);
    JsonFault::at(text.as_bytes(), control.unwrap_or(at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_python_writes_is_read() {
        for (text, read) in [
            ("NaN", "\"NaN\""),
            (
                "[NaN, -Infinity,Infinity]",
                "[\"NaN\", \"-Infinity\",\"Infinity\"]",
            ),
            (
                "{\"NaN\": NaN, \"a\": \"Infinity\"}",
                "{\"NaN\": \"NaN\", \"a\": \"Infinity\"}",
            ),
            ("\"\\ud800\"", "\"\\ufffd\""),
            (
                "\"\\udc00x\\ud83d\\ude00\\uD83D\"",
                "\"\\ufffdx\\ud83d\\ude00\\ufffd\"",
            ),
            ("\"\\\\ud800\"", "\"\\\\ud800\""),
            ("{\"\\ud800\": \"\\\"NaN\"}", "{\"\\ufffd\": \"\\\"NaN\"}"),
        ] {
            let mended = mend(text);
            assert_eq!(mended.as_deref(), Ok(read), "{text}");
            assert!(
                serde_json::from_str::<serde_json::Value>(read).is_ok(),
                "{read}"
            );
        }
    }

    #[test]
    fn anything_else_is_a_fault_with_a_place() {
        for (text, place) in [
            ("<html>", "line 1, column 1: `<`"),
            ("", "it ends at line 1, column 1"),
            ("{\"a\": }", "line 1, column 7: `}`"),
            ("{\"a\": NaN,\n \"b\": x}", "line 2, column 7: `x`"),
            ("{\"a\": 1", "it ends at line 1, column 8"),
            ("{\"a\": 1} x", "line 1, column 10: `x`"),
            ("{\"a\": NaNx}", "line 1, column 7: `N`"),
            ("{'a': 1}", "line 1, column 2: `'`"),
            ("[1,]", "line 1, column 4: `]`"),
            ("xNaN", "line 1, column 1: `x`"),
            ("\"a\tb\"", "line 1, column 3: byte 0x09"),
            ("\"a", "it ends at line 1, column 3"),
            ("\"\\", "it ends at line 1, column 3"),
        ] {
            let fault = mend(text).expect_err(text);
            assert_eq!(fault.to_string(), place, "{text:?}");
        }
    }

    proptest! {
        /// What is JSON stays as it is, and nothing is worse than a fault.
        #[test]
        fn json_is_left_alone(text in "([\\[\\]{},: \\n\"\\\\]|NaN|-?Infinity|\\\\u[d0]8[0-9]0|é|a|1){0,24}") {
            let strict = serde_json::from_str::<serde_json::Value>(&text);
            match mend(&text) {
                Ok(mended) => {
                    let read = serde_json::from_str::<serde_json::Value>(&mended);
                    prop_assert!(read.is_ok(), "{}", mended);
                    if let Ok(strict) = strict {
                        prop_assert_eq!(read.ok(), Some(strict));
                    }
                }
                Err(_) => prop_assert!(strict.is_err()),
            }
        }
    }
}
