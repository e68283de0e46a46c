use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8};

use crate::model::MediaType;

/// A character encoding, as the WHATWG's Encoding Standard knows them by their
/// labels: `latin1` and `iso-8859-1` are read as windows-1252.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

impl Charset {
    /// The default for text without a charset.
    pub const UTF_8: Self = Self(UTF_8);

    /// The one of a label, such as `ISO-8859-1`; `None` for labels that are
    /// not known.
    #[must_use]
    pub fn of_label(label: &[u8]) -> Option<Self> {
        let known = Encoding::for_label(label)?;
        // Stands for encodings that are dangerous to decode.
        (known != REPLACEMENT).then_some(Self(known))
    }

    /// The one that the value of `Content-Type` names (RFC 9110, section 8.3.2).
    #[must_use]
    pub fn of_content_type(value: &[u8]) -> Option<Self> {
        let mut labels = MediaType::new(value).parameters("charset");
        labels.find_map(|label| {
            let quotes = |byte: &u8| !matches!(byte, b'"' | b'\'') && !byte.is_ascii_whitespace();
            let start = label.iter().position(quotes)?;
            let end = label.iter().rposition(quotes)?;
            Self::of_label(label.get(start..=end)?)
        })
    }

    /// The one that a mark of the byte order at the beginning of a text names,
    /// and the text behind it.
    #[must_use]
    pub fn of_mark(text: &[u8]) -> Option<(Self, &[u8])> {
        let (known, len) = Encoding::for_bom(text)?;
        Some((Self(known), text.get(len..).unwrap_or_default()))
    }

    /// The one that a page names in its own `<meta>`, looked for where
    /// browsers look for it.
    #[must_use]
    pub fn of_page(html: &[u8]) -> Option<Self> {
        /// Browsers look no further.
        const BEGINNING: usize = 1_024;
        let mut rest = html.get(..BEGINNING).unwrap_or(html);
        while let Some(at) = find(rest, b"<meta") {
            rest = rest.get(at + 5..).unwrap_or_default();
            let end = rest.iter().position(|&byte| byte == b'>');
            let tag = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let Some(at) = find(tag, b"charset") else {
                continue;
            };
            let after = tag.get(at + 7..).unwrap_or_default().trim_ascii_start();
            let Some(value) = after.strip_prefix(b"=") else {
                continue;
            };
            let is_of_label = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
            let start = value.iter().position(is_of_label).unwrap_or(value.len());
            let value = value.get(start..).unwrap_or_default();
            let len = value.iter().position(|byte| !is_of_label(byte));
            let known = Self::of_label(value.get(..len.unwrap_or(value.len()))?);
            // One that could not have been read so far is not meant.
            return known.filter(|known| known.0.is_ascii_compatible());
        }
        None
    }

    /// The text of these bytes; what is no character becomes U+FFFD. Copies
    /// unless they are ASCII.
    #[must_use]
    pub fn decode(self, text: &[u8]) -> Cow<'_, str> {
        self.0.decode_without_bom_handling(text).0
    }
}

/// Bytes that are no UTF-8 and say nothing of what they are, each as the
/// character that ISO-8859-1 has for it: nothing is lost.
#[must_use]
pub fn latin1_text(bytes: &[u8]) -> Cow<'_, str> {
    encoding_rs::mem::decode_latin1(bytes)
}

/// Whether [`latin1_text`] may have made this of bytes that are not ASCII.
#[must_use]
pub fn is_latin1(text: &str) -> bool {
    !text.is_ascii() && encoding_rs::mem::is_str_latin1(text)
}

/// The bytes that [`latin1_text`] made a text of.
#[must_use]
pub fn latin1_bytes(text: &str) -> Cow<'_, [u8]> {
    encoding_rs::mem::encode_latin1_lossy(text)
}

/// Where a word stands in a text, whatever its case.
fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let mut windows = text.windows(word.len());
    windows.position(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_type_of_a_body_names_its_charset() {
        let name = |value: &[u8]| Charset::of_content_type(value).map(|charset| charset.0.name());
        for (value, expected) in [
            (&b"text/html; charset=ISO-8859-1"[..], Some("windows-1252")),
            (
                b"text/html;boundary=x ; CHARSET = \"latin1\" ",
                Some("windows-1252"),
            ),
            (b"application/json;charset=utf-8", Some("UTF-8")),
            (b"text/plain; charset='shift_jis'", Some("Shift_JIS")),
            (b"text/plain; charset=utf-16le", Some("UTF-16LE")),
            (b"text/plain; charset=klingon", None),
            (b"text/plain; charset=", None),
            (b"text/plain; charset=iso-2022-kr", None),
            (b"text/plain; xcharset=latin1", None),
            (b"charset=latin1", None),
            (b"text/plain; charset=\xff", None),
        ] {
            assert_eq!(name(value), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_page_names_its_charset_itself() {
        let name = |html: &str| Charset::of_page(html.as_bytes()).map(|charset| charset.0.name());
        for (html, expected) in [
            ("<html><META charset=\"iso-8859-15\">", Some("ISO-8859-15")),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>",
                Some("KOI8-R"),
            ),
            (
                "<meta name=x><meta charset = latin1 >",
                Some("windows-1252"),
            ),
            ("<meta charset=utf-16>", None),
            ("<meta name=charset>", None),
            ("<p>charset=latin1", None),
            ("<meta charset", None),
        ] {
            assert_eq!(name(html), expected, "{html}");
        }
        let late = format!("{}<meta charset=latin1>", " ".repeat(1_024));
        assert_eq!(name(&late), None);
    }

    #[test]
    fn marks_of_the_byte_order_are_no_text() {
        let text = |bytes: &'static [u8]| {
            Charset::of_mark(bytes).map(|(charset, text)| charset.decode(text))
        };
        assert_eq!(text(b"\xef\xbb\xbf\xc3\xa9").as_deref(), Some("é"));
        assert_eq!(text(b"\xff\xfe\xe9\0").as_deref(), Some("é"));
        assert_eq!(text(b"\xfe\xff\0\xe9").as_deref(), Some("é"));
        assert_eq!(text(b"\xc3\xa9"), None);
    }

    proptest! {
        #[test]
        fn latin1_loses_nothing(bytes: Vec<u8>) {
            let text = latin1_text(&bytes);
            prop_assert_eq!(&*latin1_bytes(&text), &bytes[..]);
        }

        #[test]
        fn nothing_breaks_it(bytes in "[<>=;'\" a-zé-]{0,40}|(<meta|charset| |=|latin1|>|\"){0,12}") {
            let _ = Charset::of_page(bytes.as_bytes());
            let _ = Charset::of_content_type(bytes.as_bytes());
        }
    }
}
