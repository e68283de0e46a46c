use serde::{Deserialize, Serialize};

/// The author of changes: a name for people, and the owner of what an undo takes back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Author(String);

/// The longest name, in characters.
const LONGEST: usize = 40;

impl Author {
    /// By this name, of which control characters and all beyond 40 characters
    /// are skipped.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let shown = name.trim().chars().filter(|one| !one.is_control());
        Self(shown.take(LONGEST).collect())
    }
}
