//! Writing values into a message in the form that their place needs.

use std::io::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode};

use crate::model::latin1_bytes;
use crate::program::code::memory::MOST_OF_MESSAGE;
use crate::program::expr::value::Value;

/// The form that a hole's place in a message needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is: a text body.
    Raw,
    /// As it is, for people: a line of the log.
    Shown,
    /// As it is, but nothing that could end the line: a header value.
    HeaderValue,
    /// Inside a JSON string.
    JsonString,
    /// A JSON value of its own, which keeps its type.
    JsonValue,
    /// Inside a path segment of a URL.
    PathSegment,
    /// Inside the query of a URL.
    Query,
    /// In a URL, where it is encoded already: only what may not stand in a
    /// request line is escaped, so `%` stays.
    UrlText,
    /// Inside a form, where a space is a plus.
    Form,
    /// Inside a regular expression, letter by letter.
    Pattern,
    /// Inside the quotes of a name in the head of a part of a body.
    PartName,
}

/// The value cannot stand in this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotEncodable;

/// What RFC 3986 calls unreserved stays; the rest is escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// As `RESERVED`, but the space becomes a plus afterwards.
const FORM: &AsciiSet = &RESERVED.remove(b' ');

/// What may not stand in a request line as it is.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Appends a value in its form.
pub(crate) fn write(
    out: &mut Vec<u8>,
    value: &Value<'_>,
    encoding: Encoding,
) -> Result<(), NotEncodable> {
    match value {
        Value::Text(text) => write_text(out, text.as_bytes(), encoding),
        // JSON is UTF-8.
        Value::Latin1(text) if matches!(encoding, Encoding::JsonString | Encoding::JsonValue) => {
            write_text(out, text.as_bytes(), encoding)
        }
        Value::Latin1(text) => write_text(out, &latin1_bytes(text), encoding),
        Value::Small(small) => write_text(out, small.as_str().as_bytes(), encoding),
        Value::Json(json) | Value::Number(json) if encoding == Encoding::JsonValue => {
            out.extend_from_slice(json.as_bytes());
            Ok(())
        }
        Value::Json(json) | Value::Number(json) => write_text(out, json.as_bytes(), encoding),
        Value::Int(int) => {
            out.extend_from_slice(itoa::Buffer::new().format(*int).as_bytes());
            Ok(())
        }
        // Hundreds of zeros are of no use to anyone.
        Value::Float(float) if *float != 0.0 && !(1e-7..1e21).contains(&float.abs()) => {
            write!(out, "{float:e}").map_err(|_| NotEncodable)
        }
        Value::Float(float) => write!(out, "{float}").map_err(|_| NotEncodable),
        Value::Bool(value) => {
            out.extend_from_slice(if *value { b"true" } else { b"false" });
            Ok(())
        }
        // Nothing is no text: an empty segment of a path would be another path.
        Value::None => match encoding {
            Encoding::JsonValue | Encoding::Shown => {
                out.extend_from_slice(b"null");
                Ok(())
            }
            _ => Err(NotEncodable),
        },
        Value::List(list) => write_list(out, list, encoding),
    }
}

/// A list is its JSON; inside other text, its JSON as text.
fn write_list(
    out: &mut Vec<u8>,
    list: &[Value<'_>],
    encoding: Encoding,
) -> Result<(), NotEncodable> {
    if encoding != Encoding::JsonValue {
        let mut json = Vec::new();
        write_list(&mut json, list, Encoding::JsonValue)?;
        return write_text(out, &json, encoding);
    }
    out.push(b'[');
    for (index, value) in list.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, value, Encoding::JsonValue)?;
        // The elements of a list may all be the same large text.
        if out.len() > MOST_OF_MESSAGE {
            return Err(NotEncodable);
        }
    }
    out.push(b']');
    Ok(())
}

fn write_text(out: &mut Vec<u8>, text: &[u8], encoding: Encoding) -> Result<(), NotEncodable> {
    match encoding {
        Encoding::Raw | Encoding::Shown => out.extend_from_slice(text),
        Encoding::HeaderValue => {
            if text
                .iter()
                .any(|&byte| (byte < b' ' && byte != b'\t') || byte == 0x7F)
            {
                return Err(NotEncodable);
            }
            out.extend_from_slice(text);
        }
        Encoding::JsonString => write_json_string(out, text),
        Encoding::JsonValue => {
            out.push(b'"');
            write_json_string(out, text);
            out.push(b'"');
        }
        Encoding::PathSegment | Encoding::Query => {
            for part in percent_encode(text, RESERVED) {
                out.extend_from_slice(part.as_bytes());
            }
        }
        Encoding::UrlText => {
            for part in percent_encode(text, UNSAFE) {
                out.extend_from_slice(part.as_bytes());
            }
        }
        Encoding::Pattern => {
            let text = str::from_utf8(text).map_err(|_| NotEncodable)?;
            out.extend_from_slice(regex::escape(text).as_bytes());
        }
        Encoding::PartName => {
            for &byte in text {
                // As browsers write it.
                match byte {
                    b'"' => out.extend_from_slice(b"%22"),
                    b'\r' => out.extend_from_slice(b"%0D"),
                    b'\n' => out.extend_from_slice(b"%0A"),
                    _ => out.push(byte),
                }
            }
        }
        Encoding::Form => {
            for part in percent_encode(text, FORM) {
                let start = out.len();
                out.extend_from_slice(part.as_bytes());
                for byte in &mut out[start..] {
                    if *byte == b' ' {
                        *byte = b'+';
                    }
                }
            }
        }
    }
    Ok(())
}

/// The content of a JSON string, without its quotes.
fn write_json_string(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))
    {
        out.extend_from_slice(&rest[..at]);
        match rest[at] {
            byte @ (b'"' | b'\\') => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let low = HEX[usize::from(byte & 15)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', HEX[usize::from(byte >> 4)], low]);
            }
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

impl Encoding {
    /// Appends a text that is known before the run in this form; `None` where
    /// it cannot stand there.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        write_text(&mut out, text.as_bytes(), self).ok()?;
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, encoding: Encoding) -> String {
        String::from_utf8(encoding.encode(text).unwrap()).unwrap()
    }

    #[test]
    fn each_place_has_its_form() {
        assert_eq!(
            encoded("a/b c?&é", Encoding::PathSegment),
            "a%2Fb%20c%3F%26%C3%A9"
        );
        assert_eq!(encoded("a+b c&d", Encoding::Form), "a%2Bb+c%26d");
        assert_eq!(
            encoded("\"\\\n\u{1}é", Encoding::JsonString),
            "\\\"\\\\\\n\\u0001é"
        );
        assert_eq!(encoded("x", Encoding::JsonValue), "\"x\"");
        assert_eq!(Encoding::HeaderValue.encode("a\r\nb: c"), None);
    }

    #[test]
    fn bytes_that_are_no_utf_8_go_out_as_they_came() {
        for (encoding, expected) in [
            (Encoding::Raw, &b"caf\xe9 "[..]),
            (Encoding::HeaderValue, b"caf\xe9 "),
            (Encoding::PartName, b"caf\xe9 "),
            (Encoding::PathSegment, b"caf%E9%20"),
            (Encoding::Query, b"caf%E9%20"),
            (Encoding::Form, b"caf%E9+"),
            (Encoding::JsonString, "café ".as_bytes()),
            (Encoding::JsonValue, "\"café \"".as_bytes()),
        ] {
            let mut out = Vec::new();
            let value = Value::Latin1("café ".into());
            write(&mut out, &value, encoding).unwrap();
            assert_eq!(out, expected, "{encoding:?}");
        }
        let mut out = Vec::new();
        let value = Value::Latin1("\u{e9}\n".into());
        assert!(write(&mut out, &value, Encoding::HeaderValue).is_err());
    }
}
