//! The environment that a scenario may read.

mod fill_in;

use std::collections::BTreeMap;
use std::sync::Arc;

/// Environment variables that a scenario may read, and the words that no user
/// class may be called; handed in by the caller. Clones are cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: Arc<BTreeMap<String, String>>,
    commands: Arc<[String]>,
}

impl Environment {
    /// The same beside these commands of the program, from which the name of a
    /// user class could not be told on a command line.
    #[must_use]
    pub fn with_commands(self, commands: impl IntoIterator<Item = String>) -> Self {
        Self {
            commands: commands.into_iter().collect(),
            ..self
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The names of all variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// Whether this is a command of the program.
    pub(crate) fn is_command(&self, word: &str) -> bool {
        self.commands.iter().any(|command| command == word)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        let pairs = pairs.map(|(name, value)| (name.into(), value.into()));
        Self {
            variables: Arc::new(pairs.collect()),
            commands: Arc::default(),
        }
    }
}
