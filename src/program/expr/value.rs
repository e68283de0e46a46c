//! What an expression evaluates to.

use std::borrow::Cow;
use std::fmt;

/// A value while an expression is evaluated. Floats are always finite.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A JSON number in its spelling: one that is no whole number of 64 bits.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    /// Bytes that are no UTF-8, read as ISO-8859-1; sent on as these bytes
    /// where a message can hold them.
    Latin1(Cow<'a, str>),
    /// Text that was made on the spot and fits the stack.
    Small(SmallText),
    /// An object or an array: its JSON.
    Json(Cow<'a, str>),
    List(Vec<Value<'a>>),
}

impl Value<'_> {
    /// The text of a text value.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Latin1(text) => Some(text),
            Self::Small(small) => Some(small.as_str()),
            _ => None,
        }
    }

    /// The number of a numeric value.
    #[expect(
        clippy::cast_precision_loss,
        reason = "mixed arithmetic is done in floats, as everywhere"
    )]
    pub(crate) fn as_float(&self) -> Option<f64> {
        match self {
            Self::Int(int) => Some(*int as f64),
            Self::Float(float) => Some(*float),
            Self::Number(number) => number.parse().ok().filter(|float: &f64| float.is_finite()),
            _ => None,
        }
    }

    /// Whether a condition holds: `none`, `false`, zero and what is empty do not.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(int) => *int != 0,
            Self::Float(float) => *float != 0.0,
            Self::Number(_) => self.as_float() != Some(0.0),
            Self::Text(text) | Self::Latin1(text) => !text.is_empty(),
            Self::Small(small) => !small.as_str().is_empty(),
            Self::Json(json) => !matches!(json.as_bytes(), b"{}" | b"[]"),
            Self::List(list) => !list.is_empty(),
        }
    }
}

/// A short text on the stack: a UUID, a hex string, a time.
#[derive(Clone, Copy)]
pub(crate) struct SmallText {
    bytes: [u8; SmallText::CAPACITY],
    len: u8,
}

impl SmallText {
    /// The longest text it holds, in bytes.
    pub(crate) const CAPACITY: usize = 64;

    pub(crate) const EMPTY: Self = Self {
        bytes: [0; Self::CAPACITY],
        len: 0,
    };

    pub(crate) fn as_str(&self) -> &str {
        // Only whole strings are ever written, so this does not fail.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Write for SmallText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let start = usize::from(self.len);
        let end = start + text.len();
        let room = self.bytes.get_mut(start..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = u8::try_from(end).map_err(|_| fmt::Error)?;
        Ok(())
    }
}

impl fmt::Debug for SmallText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
