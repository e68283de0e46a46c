//! The tree of a YAML file, with the place of everything.

use crate::program::mask_addresses;
use crate::scenario::yaml::source::Span;

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Scalar,
    pub(crate) value: Node,
}

/// A text, number, boolean or null as written.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) style: Style,
    pub(crate) span: Span,
    /// Where the text begins, if the file holds it letter by letter.
    pub(crate) verbatim_at: Option<usize>,
}

/// Whether a scalar can be something else than text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
}

/// The value of a scalar by the core schema of YAML 1.2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Resolved<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
}

impl Scalar {
    pub(crate) fn resolve(&self) -> Resolved<'_> {
        let text = self.text.as_str();
        if self.style == Style::Quoted {
            return Resolved::Text(text);
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
            "true" | "True" | "TRUE" => return Resolved::Bool(true),
            "false" | "False" | "FALSE" => return Resolved::Bool(false),
            _ => {}
        }
        let radix = |prefix: &str, radix| {
            let digits = text.strip_prefix(prefix)?;
            i64::from_str_radix(digits, radix).ok()
        };
        if let Some(int) = text.parse().ok().or_else(|| radix("0x", 16)) {
            return Resolved::Int(int);
        }
        if let Some(int) = radix("0o", 8) {
            return Resolved::Int(int);
        }
        let is_number = text.bytes().any(|byte| byte.is_ascii_digit())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
        match text.parse::<f64>() {
            Ok(float) if is_number && float.is_finite() => Resolved::Float(float),
            _ => Resolved::Text(text),
        }
    }

    /// The whole number that it is.
    pub(crate) fn whole(&self) -> Option<u32> {
        match self.resolve() {
            Resolved::Int(int) => u32::try_from(int).ok(),
            _ => None,
        }
    }

    /// The number that it is.
    pub(crate) fn number(&self) -> Option<f64> {
        match self.resolve() {
            #[expect(clippy::cast_precision_loss, reason = "compared with floats")]
            Resolved::Int(int) => Some(int as f64),
            Resolved::Float(float) => Some(float),
            _ => None,
        }
    }

    /// The place of a stretch of the text; `needle` finds it where the file
    /// writes the text differently.
    pub(crate) fn place(&self, within: Span, needle: &str, file: &str) -> Span {
        if let Some(start) = self.verbatim_at {
            return Span::new(start + within.start, start + within.end);
        }
        let written = file.get(self.span.start..self.span.end).unwrap_or("");
        // The same occurrence: escapes and folding change what lies between.
        let before = self.text.get(..within.start).unwrap_or("");
        let nth = before.matches(needle).count();
        match written.match_indices(needle).nth(nth) {
            Some((at, _)) if !needle.is_empty() => {
                let start = self.span.start + at;
                Span::new(start, start + needle.len())
            }
            _ => self.span,
        }
    }
}

impl Node {
    pub(crate) fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The entry of a map; nothing where there is none, or no map.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            NodeKind::Map(entries) => entries.iter().find(|entry| entry.key.text == key),
            _ => None,
        }
    }

    /// The entries of the map under a key; empty where there is no such map.
    pub(crate) fn map_under(&self, key: &str) -> &[Entry] {
        match self.entry(key).map(|entry| &entry.value.kind) {
            Some(NodeKind::Map(entries)) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; anything else is one by itself.
    pub(crate) fn one_or_more(&self) -> &[Self] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// Whether both hold the same, wherever they stand.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (NodeKind::Scalar(one), NodeKind::Scalar(other)) => {
                one.text == other.text && one.style == other.style
            }
            (NodeKind::List(one), NodeKind::List(other)) => {
                one.len() == other.len()
                    && one
                        .iter()
                        .zip(other)
                        .all(|(one, other)| one.says_the_same(other))
            }
            (NodeKind::Map(one), NodeKind::Map(other)) => {
                one.len() == other.len()
                    && one.iter().all(|entry| {
                        let twin = other.iter().find(|twin| twin.key.text == entry.key.text);
                        twin.is_some_and(|twin| entry.value.says_the_same(&twin.value))
                    })
            }
            _ => false,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.as_scalar()
            .is_some_and(|scalar| scalar.resolve() == Resolved::Null)
    }

    /// Describes it for a message.
    pub(crate) fn describe(&self) -> String {
        match &self.kind {
            NodeKind::List(_) => "a list".to_owned(),
            NodeKind::Map(_) => "a map".to_owned(),
            NodeKind::Scalar(scalar) => match scalar.resolve() {
                Resolved::Null => "null".to_owned(),
                Resolved::Bool(_) | Resolved::Int(_) | Resolved::Float(_) => {
                    format!("`{}`", shorten(&scalar.text))
                }
                Resolved::Text(text) => format!("\"{}\"", shorten(text)),
            },
        }
    }
}

/// A text for a message: on one line, not longer than people read, and without
/// the passwords of addresses.
pub(crate) fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let text = mask_addresses(text);
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(MAX_CHARS) {
        line.truncate(at);
        line.push('…');
    }
    line
}
