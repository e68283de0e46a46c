//! One option as a file or the environment sets it.

use std::fmt;
use std::path::PathBuf;

use super::error::InputError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The option's long name, as written.
    pub(super) key: String,
    pub(super) value: SettingValue,
    pub(super) place: SettingPlace,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SettingValue {
    /// Nothing: a switch that is on.
    Alone,
    Text(String),
    List(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingPlace {
    File {
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    Variable(String),
}

impl SettingPlace {
    pub(super) fn error(&self, message: impl Into<String>) -> InputError {
        InputError::Value {
            place: self.clone(),
            message: message.into(),
        }
    }
}

impl fmt::Display for SettingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

impl SettingValue {
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

    /// Whether there is a value, and it is empty.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Alone => false,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
        }
    }

    /// Whether a switch is on; `None` if it is neither yes nor no.
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
