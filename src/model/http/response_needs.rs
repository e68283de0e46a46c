/// What of an answer has to be kept for captures and expectations. What is
/// not wanted is counted and dropped as it arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResponseNeeds {
    /// The head, as it came.
    pub head: bool,
    /// The body, decoded.
    pub body: BodyNeed,
    /// The address that was answered, redirects followed: for links.
    pub url: bool,
    /// The beginning of the body, for people to look at: as far as it can be
    /// had, and never a failure.
    pub preview: bool,
}

/// The part of a body that has to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyNeed {
    /// Nothing.
    #[default]
    None,
    /// Its size after decoding: only encoded bodies are kept for that.
    Size,
    /// All of it.
    Whole,
}
