//! The actual value where a failed expectation looked.

use std::fmt;

use crate::model::JsonFault;

/// The most bytes of a value that are kept of it.
pub const ACTUAL_BYTES: usize = 120;

/// The beginning of the value that an expectation or a capture found instead:
/// copied on the shard from a response that is about to be dropped, so it is small
/// and of fixed size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ActualValue {
    /// Its kind.
    pub kind: ActualKind,
    /// The whole of what `bytes` begin, in bytes.
    pub whole: usize,
    len: u8,
    bytes: [u8; ACTUAL_BYTES],
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActualKind {
    /// Nothing is there.
    Nothing,
    /// A path without a match: the value at its last existing place. The text is
    /// that place, then the names of the fields, each on its line.
    MissingPath(JsonShape),
    /// The body is not JSON, from here on.
    NoJson(JsonFault),
    /// JSON's `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number, as it was written.
    Number,
    /// A text.
    Text,
    /// A list of JSON.
    List,
    /// An object of JSON.
    Object,
    /// So many elements, matches or header lines.
    Count(u64),
    /// A body of so many bytes.
    Body(u64),
    /// An answer after so many microseconds.
    Took(u64),
}

/// What a JSON value is, without what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonShape {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list of so many elements.
    List(usize),
    /// An object of so many fields.
    Object(usize),
}

impl ActualValue {
    /// Something of which no text is shown.
    #[must_use]
    pub fn bare(kind: ActualKind) -> Self {
        Self {
            kind,
            whole: 0,
            len: 0,
            bytes: [0; ACTUAL_BYTES],
        }
    }

    /// A value, of which the beginning is kept.
    #[must_use]
    pub fn value(kind: ActualKind, text: &str) -> Self {
        let mut found = Self::bare(kind);
        let end = text.floor_char_boundary(ACTUAL_BYTES);
        let kept = text.as_bytes().get(..end).unwrap_or_default();
        if let Some(room) = found.bytes.get_mut(..kept.len()) {
            room.copy_from_slice(kept);
        }
        found.len = u8::try_from(kept.len()).unwrap_or(u8::MAX);
        found.whole = text.len();
        found
    }

    /// The beginning of the value; empty where none is shown.
    #[must_use]
    pub fn text(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        // Whole characters were kept, so this does not fail.
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Whether the value is cut.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.whole > usize::from(self.len)
    }
}

impl fmt::Debug for ActualValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActualValue")
            .field("kind", &self.kind)
            .field("text", &self.text())
            .field("whole", &self.whole)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_value_is_kept_in_whole_characters() {
        let short = ActualValue::value(ActualKind::Text, "änd");
        assert_eq!((short.text(), short.is_cut()), ("änd", false));
        let long = "ä".repeat(ACTUAL_BYTES);
        let cut = ActualValue::value(ActualKind::Text, &long);
        assert_eq!((cut.text().len(), cut.is_cut()), (ACTUAL_BYTES, true));
        let odd = ActualValue::value(ActualKind::Text, &format!("x{long}"));
        assert_eq!(odd.text().len(), ACTUAL_BYTES - 1);
        let none = ActualValue::bare(ActualKind::Nothing);
        assert_eq!((none.text(), none.is_cut()), ("", false));
    }
}
