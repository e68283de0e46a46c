//! Values that are never shown.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::program::request::encoding::Encoding;

/// The values of `secret()`, in every form in which a message can hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// What is written in their place.
    pub const MASK: &'static str = "***";
    /// The shortest value that is hidden, in bytes: hiding every `1` would hide
    /// nothing and garble everything.
    pub const MIN_BYTES: usize = 4;

    /// Hides these values.
    pub(crate) fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        Self::default().and(values)
    }

    /// Hides these values as well.
    pub(crate) fn and<'v>(mut self, values: impl IntoIterator<Item = &'v str>) -> Self {
        let values = values.into_iter();
        let values = values.filter(|value| value.len() >= Self::MIN_BYTES);
        self.0.extend(values.flat_map(forms));
        // The longest first: one may be part of another.
        self.0
            .sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.0.dedup();
        self
    }

    /// The text with every secret replaced. Costs nothing without secrets.
    pub(crate) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in &self.0 {
            if masked.contains(secret.as_str()) {
                masked = Cow::Owned(masked.replace(secret.as_str(), Self::MASK));
            }
        }
        masked
    }

    /// The same of the beginning of a text: a secret at the end of which only
    /// the first bytes are there is replaced as well.
    pub(crate) fn mask_beginning<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let masked = self.mask(text);
        let cut_off = |secret: &String| {
            let ends = (Self::MIN_BYTES..secret.len()).rev();
            let starts = ends.filter_map(|end| secret.get(..end));
            starts
                .filter(|start| masked.ends_with(*start))
                .map(str::len)
                .next()
        };
        match self.0.iter().filter_map(cut_off).max() {
            Some(len) => Cow::Owned(format!("{}{}", &masked[..masked.len() - len], Self::MASK)),
            None => masked,
        }
    }
}

/// Every form in which a message can hold a value.
fn forms(value: &str) -> Vec<String> {
    const SENT: [Encoding; 5] = [
        Encoding::Raw,
        Encoding::JsonString,
        Encoding::Query,
        Encoding::Form,
        Encoding::PathSegment,
    ];
    let sent = SENT.into_iter().filter_map(|form| form.encode(value));
    let mut forms: Vec<_> = sent
        .filter_map(|form| String::from_utf8(form).ok())
        .collect();
    // As targets escape differently: hexadecimal digits in lower case, JSON in
    // ASCII or with escaped slashes, HTML.
    let lower = forms.iter().map(|form| lower_percent(form));
    let lower: Vec<_> = lower.collect();
    forms.extend(lower);
    let json = forms[1].clone();
    forms.push(json.replace('/', "\\/"));
    forms.push(ascii_json(&json));
    let html = value.replace('&', "&amp;").replace('<', "&lt;");
    let html = html.replace('>', "&gt;").replace('"', "&quot;");
    forms.extend(["&#39;", "&#x27;", "&apos;", "'"].map(|quote| html.replace('\'', quote)));
    forms.extend(base64(value));
    forms
}

/// The text with the digits of percent escapes in lower case.
fn lower_percent(text: &str) -> String {
    let mut escaped = 0;
    let lower = text.chars().map(|c| {
        if c == '%' {
            escaped = 2;
        } else if escaped > 0 {
            escaped -= 1;
            return c.to_ascii_lowercase();
        }
        c
    });
    lower.collect()
}

/// The text of a JSON string in ASCII alone.
fn ascii_json(json: &str) -> String {
    let mut text = String::new();
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

/// What is the same in Base64 whatever stands before and after: `user:secret` in
/// `Authorization: Basic`. A value begins at one of three places in a group.
fn base64(value: &str) -> Vec<String> {
    /// Shorter pieces are in many other texts.
    const MIN_CHARS: usize = 8;
    let mut pieces = Vec::new();
    for (before, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [&b"  "[..before], value.as_bytes()].concat();
        let whole_chars = bytes.len() * 8 / 6;
        for text in [
            STANDARD_NO_PAD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            let piece = text.get(skipped..whole_chars).unwrap_or_default();
            if piece.len() >= MIN_CHARS {
                pieces.push(piece.to_owned());
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_values_in_every_form() {
        let secrets = Secrets::new(["p&ss \"word\"", "p&ss", "abc"]);
        for text in [
            "x p&ss \"word\" y",
            "x p&ss \\\"word\\\" y",
            "x p%26ss%20%22word%22 y",
            "x p%26ss+%22word%22 y",
            "x p%26ss%20%22word%22 y",
            "x p&amp;ss &quot;word&quot; y",
            "x p&ss y",
        ] {
            assert_eq!(secrets.mask(text), "x *** y", "{text}");
        }
        assert_eq!(secrets.mask("abc"), "abc", "too short to hide");
        assert!(matches!(Secrets::default().mask("x"), Cow::Borrowed("x")));
    }

    #[test]
    fn hides_what_targets_make_of_values() {
        let secrets = Secrets::new(["sé/cr'et?"]);
        for text in [
            "x s%c3%a9%2fcr%27et%3f y",
            r"x s\u00e9/cr'et? y",
            r"x sé\/cr'et? y",
            "x sé/cr&#39;et? y",
            "x sé/cr&#x27;et? y",
        ] {
            assert_eq!(secrets.mask(text), "x *** y", "{text}");
        }
        for user in ["a", "ab", "abc", "me@example.org"] {
            let basic = base64::engine::general_purpose::STANDARD;
            let sent = basic.encode(format!("{user}:sé/cr'et?"));
            let masked = secrets.mask(&sent);
            assert!(masked.contains("***"), "{sent}: {masked}");
            assert!(masked.len() < sent.len() - 5, "{sent}: {masked}");
        }
    }
}
