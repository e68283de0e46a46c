//! What a layer says about one option.

use std::fmt;

/// An option's value, as a layer gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The long name of the option, as it was written.
    pub(super) key: String,
    pub(super) value: Value,
    pub(super) place: Place,
}

/// What stands behind the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing: a switch that is on.
    Alone,
    Text(String),
    List(Vec<String>),
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File {
        path: String,
        /// From 1.
        line: usize,
    },
    Variable(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// A line of a file that says something, before it is known which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) key: String,
    pub(super) value: Value,
}

/// A line that says nothing that can be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineError {
    /// From 1.
    pub(super) number: usize,
    pub(super) message: String,
}

impl Value {
    /// A value as files and variables write it: `[a, b]` is a list, anything
    /// else one text; quotes around either are taken off.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let Some(items) = text.strip_prefix('[') else {
            return Ok(Self::Text(unquoted(text).to_owned()));
        };
        let items = items
            .strip_suffix(']')
            .ok_or("missing `]` at the end of the list")?;
        let items = items.split(',').map(|item| unquoted(item.trim()));
        let items = items.filter(|item| !item.is_empty());
        Ok(Self::List(items.map(str::to_owned).collect()))
    }

    /// Whether something is written where a value stands, and that is nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Alone => false,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
        }
    }

    /// Whether a switch is on; `None` for what is neither yes nor no.
    pub(super) fn is_on(&self) -> Option<bool> {
        let Self::Text(text) = self else {
            return (*self == Self::Alone).then_some(true);
        };
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        }
    }
}

fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
