//! Samples of failing responses: whether and how much is kept.

use crate::model::ActualValue;

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

/// The part of a response copied into a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopiedAnswer {
    /// The status; 0 where no head has come.
    pub status: u16,
    /// Bytes of the head that were copied.
    pub head_len: usize,
    /// Bytes of the body that were copied, without the framing of chunks.
    pub body_len: usize,
    /// Whether these are decoded; else they are as they came.
    pub is_decoded: bool,
    /// Bytes of the whole body, as far as it was received.
    pub body_bytes: u64,
    /// What was found where a failed expectation or capture looked.
    pub found: Option<ActualValue>,
    /// What it was compared with, where that is the value of variables.
    pub compared: Option<ActualValue>,
    /// Credentials that the user held, which are not shown.
    pub hidden: Vec<String>,
}
