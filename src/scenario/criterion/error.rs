use crate::model::Criterion;
use crate::scenario::criterion::parse::parse;
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::source;

/// A mistake in a criterion, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}{}", help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default())]
pub struct CriterionError {
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl CriterionError {
    pub(crate) fn new(text: &str, mistake: Mistake) -> Self {
        let before = &text[..source::floor(text, mistake.span.start)];
        Self {
            column: before.chars().count() + 1,
            message: mistake.message,
            help: mistake.help,
        }
    }
}

/// Reads a criterion that stands outside a scenario file. Whether a scenario
/// has what it is about is for
/// [`Loaded::check_criterion`](crate::scenario::Loaded::check_criterion) to say.
///
/// # Errors
/// The first mistake, with its place and what to do about it.
pub fn parse_criterion(text: &str) -> Result<Criterion, CriterionError> {
    let parsed = parse(text).map_err(|mistake| CriterionError::new(text, mistake));
    parsed.map(|(criterion, _)| criterion)
}
