//! How much of failing answers is kept as samples.

/// Whether a run keeps samples of its failures: what the answers said, and
/// where the time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Samples {
    /// The first failures of each kind.
    #[default]
    Kept,
    /// None.
    None,
}

/// The most bytes of an answer's head in a sample.
pub const SAMPLE_HEAD_BYTES: usize = 1_024;
/// The most bytes of an answer's body in a sample, as they came: enough for the
/// message of a framework's error page, which stands behind its style sheet.
pub const SAMPLE_BODY_BYTES: usize = 1_536;
