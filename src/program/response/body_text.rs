//! The bytes of an answer as text.

use std::borrow::Cow;

use crate::model::{Charset, latin1_text};

/// The text of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BodyText<'a> {
    /// In UTF-8, but for what the answer falsely calls that.
    pub(crate) bytes: Cow<'a, [u8]>,
    pub(crate) reading: Reading,
}

/// How the text of a body was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It was told what it is.
    Known,
    /// Nothing tells: each byte is taken for a character of ISO-8859-1.
    Guessed,
}

/// The body as text: by the mark of its byte order, by the charset that the
/// answer names, by being UTF-8, or by what a page says of itself, in this
/// order. Copies nothing of UTF-8.
pub(crate) fn body_text(body: &[u8], charset: Option<Charset>) -> BodyText<'_> {
    let (marked, text) = match Charset::of_mark(body) {
        Some((charset, text)) => (Some(charset), text),
        None => (charset, body),
    };
    let charset = match marked {
        None if str::from_utf8(body).is_err() => Charset::of_page(body),
        charset => charset.or(Some(Charset::UTF_8)),
    };
    let (bytes, reading) = match charset {
        Some(charset) if charset == Charset::UTF_8 => (Cow::Borrowed(text), Reading::Known),
        Some(charset) => (into_bytes(charset.decode(text)), Reading::Known),
        None => (into_bytes(latin1_text(text)), Reading::Guessed),
    };
    BodyText { bytes, reading }
}

/// The value of a header field as text: HTTP names no charset for it.
pub(super) fn field_text(value: &[u8]) -> Cow<'_, [u8]> {
    into_bytes(readable(value))
}

/// Bytes as text without losing any: what is no UTF-8 is read as ISO-8859-1.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => latin1_text(bytes),
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_what_it_says_it_is() {
        let latin = Charset::of_label(b"latin1");
        for (body, charset, expected) in [
            (&b"caf\xe9"[..], latin, "café".as_bytes()),
            (b"caf\xe9", None, "café".as_bytes()),
            (b"caf\xc3\xa9", None, "café".as_bytes()),
            (b"caf\xc3\xa9", latin, "cafÃ©".as_bytes()),
            (b"\xef\xbb\xbfcaf\xc3\xa9", latin, "café".as_bytes()),
            (b"\xff\xfea\0\xe9\0", None, "aé".as_bytes()),
            (
                b"a\0\xe9\0",
                Charset::of_label(b"utf-16le"),
                "aé".as_bytes(),
            ),
            (
                b"<meta charset=latin1>\xe9",
                None,
                "<meta charset=latin1>é".as_bytes(),
            ),
            (b"caf\xe9", Charset::of_label(b"utf-8"), b"caf\xe9"),
            (b"", latin, b""),
        ] {
            let text = body_text(body, charset);
            let is_guess = charset.is_none() && body == b"caf\xe9";
            assert_eq!(text.reading == Reading::Guessed, is_guess);
            assert_eq!(&*text.bytes, expected, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn fields_are_utf_8_or_latin_1() {
        assert_eq!(&*field_text(b"caf\xe9"), "café".as_bytes());
        assert_eq!(&*field_text(b"caf\xc3\xa9"), "café".as_bytes());
    }
}
