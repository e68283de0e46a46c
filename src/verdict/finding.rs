use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A diagnosis: what the data says, and what to do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable word, like `target.refused`.
    pub id: Cow<'static, str>,
    /// One sentence for people, with figures.
    pub text: String,
    /// The figures that it follows from, a line each.
    pub evidence: Vec<String>,
    /// What to do.
    pub advice: String,
    /// From when to when it shows, in seconds since the start.
    pub range_s: Option<(f64, f64)>,
}

/// A fact worth saying that is nobody's fault and changes no verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    /// A stable word, like `target.local`.
    pub id: Cow<'static, str>,
    /// One sentence for people.
    pub text: String,
}
