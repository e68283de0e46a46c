//! The beginning of an answer's body as people read it.

use crate::model::{Charset, cut, one_line};
use crate::program::request::credentials::mask_credentials;
use crate::program::request::secrets::Secrets;
use crate::program::response::body_text::body_text;
use crate::program::response::html_text::{is_page, visible_text};

/// The most characters of an answer that are shown.
const MOST_CHARS: usize = 200;

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseText {
    pub(crate) kind: TextKind,
    /// One line, without secrets and harmless to show; empty unless it is text.
    pub(crate) text: String,
    /// Whether there is more of it.
    pub(crate) is_cut: bool,
}

/// What the beginning of a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Text, shown as it is.
    Text,
    /// A page, shown without its tags.
    Page,
    /// No text.
    Binary,
}

impl Secrets {
    /// The beginning of a decoded body, to be shown: the tags of a page are
    /// taken out, secrets and what looks like credentials are hidden, and
    /// nothing in it does anything. `is_whole` says whether that is all of it.
    pub(crate) fn answer_text(
        &self,
        content_type: &str,
        body: &[u8],
        is_whole: bool,
    ) -> ResponseText {
        let (kind, text) = self.masked_text(content_type, body, is_whole);
        let (text, is_cut) = cut(one_line(&text), MOST_CHARS);
        ResponseText {
            kind,
            text,
            is_cut: kind != TextKind::Binary && (is_cut || !is_whole),
        }
    }

    /// A body as text: the tags of a page are taken out, and secrets and what
    /// looks like credentials are hidden. Empty if it is no text.
    pub(crate) fn masked_text(
        &self,
        content_type: &str,
        body: &[u8],
        is_whole: bool,
    ) -> (TextKind, String) {
        let Some(text) = decoded(content_type, body) else {
            return (TextKind::Binary, String::new());
        };
        let (kind, text) = if is_page(content_type, &text) {
            (TextKind::Page, visible_text(&text))
        } else {
            (TextKind::Text, text)
        };
        let masked = if is_whole {
            self.mask(&text)
        } else {
            self.mask_beginning(&text)
        };
        (kind, mask_credentials(&masked).into_owned())
    }

    /// A short text of a target, such as the value of a header field: on one
    /// line of at most so many characters, without secrets, harmless.
    pub(crate) fn foreign_text(&self, text: &str, most_chars: usize) -> String {
        let masked = self.mask_beginning(text);
        let (mut text, is_cut) = cut(one_line(&mask_credentials(&masked)), most_chars);
        if is_cut {
            text.push('…');
        }
        text
    }
}

/// The bytes as text; `None` if they are none.
fn decoded(content_type: &str, body: &[u8]) -> Option<String> {
    /// One strange character in so many is an accident.
    const STRANGE: usize = 5;
    let charset = Charset::of_content_type(content_type.as_bytes());
    // A beginning may end within a character.
    let body = match str::from_utf8(body) {
        Err(error) if error.error_len().is_none() => {
            body.get(..error.valid_up_to()).unwrap_or_default()
        }
        _ => body,
    };
    let text = body_text(body, charset).bytes;
    let text = String::from_utf8_lossy(&text);
    let is_strange = |c: &char| *c == '\u{fffd}' || c.is_control() && !c.is_whitespace();
    let (strange, all) = (
        text.chars().filter(is_strange).count(),
        text.chars().count(),
    );
    (strange * STRANGE <= all).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new(["s3cret-value"])
    }

    fn text(content_type: &str, body: &[u8], is_whole: bool) -> ResponseText {
        secrets().answer_text(content_type, body, is_whole)
    }

    #[test]
    fn messages_are_shown_as_they_are() {
        let json = br#"{"error":"No active risk model found"}"#;
        let shown = text("application/json", json, true);
        assert_eq!(shown.text, r#"{"error":"No active risk model found"}"#);
        assert_eq!((shown.kind, shown.is_cut), (TextKind::Text, false));
        let page = text(
            "text/html",
            b"<title>500</title><h1>Server Error</h1>",
            false,
        );
        assert_eq!(page.text, "500: Server Error");
        assert_eq!((page.kind, page.is_cut), (TextKind::Page, true));
        let latin = text("text/plain; charset=ISO-8859-1", b"nicht m\xf6glich", true);
        assert_eq!(latin.text, "nicht möglich");
        let unsaid = text("text/plain", b"nicht m\xf6glich", true);
        assert_eq!(unsaid.text, "nicht möglich");
        assert_eq!(text("text/plain", "\u{feff}ä".as_bytes(), true).text, "ä");
    }

    #[test]
    fn long_texts_are_cut() {
        let shown = text("", &[b'x'; 300], true);
        assert_eq!((shown.text.len(), shown.is_cut), (MOST_CHARS, true));
        // Within a character of three bytes.
        let half = &"ab€".as_bytes()[..4];
        let shown = text("", half, false);
        assert_eq!((shown.text.as_str(), shown.is_cut), ("ab", true));
    }

    #[test]
    fn what_is_no_text_is_not_shown() {
        for bytes in [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0; 50]] {
            let shown = text("", bytes, true);
            assert_eq!((shown.kind, shown.text.as_str()), (TextKind::Binary, ""));
        }
    }

    #[test]
    fn secrets_are_hidden_even_where_they_are_cut_off() {
        let shown = |body: &str, is_whole| text("", body.as_bytes(), is_whole).text;
        assert_eq!(shown("it is s3cret-value, sorry", true), "it is ***, sorry");
        assert_eq!(shown("it is s3cret-va", false), "it is ***");
        assert_eq!(shown("it is s3c", false), "it is s3c", "too short to tell");
        assert_eq!(shown(r#"{"token":"abc"}"#, true), r#"{"token":"***"}"#);
        assert_eq!(
            secrets().foreign_text("a\u{202e} s3cret-value", 9),
            "a\u{fffd} ***"
        );
        assert_eq!(secrets().foreign_text("abcdef", 3), "abc…");
    }
}
