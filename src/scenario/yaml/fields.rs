//! Values of a known type.

use crate::scenario::yaml::diagnostic::Problems;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Resolved, Scalar};

/// The entries of a map.
pub(crate) fn entries<'n>(
    node: &'n Node,
    what: &str,
    problems: &mut Problems<'_>,
) -> Option<&'n [Entry]> {
    match &node.kind {
        NodeKind::Map(entries) => Some(entries),
        _ => {
            wrong_type(node, &format!("{what} must be a map"), problems);
            None
        }
    }
}

/// The items of a list of something.
pub(crate) fn items<'n>(
    node: &'n Node,
    what: &str,
    of: &str,
    problems: &mut Problems<'_>,
) -> Option<&'n [Node]> {
    match &node.kind {
        NodeKind::List(items) => Some(items),
        _ => {
            wrong_type(node, &format!("{what} must be a list of {of}"), problems);
            None
        }
    }
}

/// A value of any type, taken as text.
pub(crate) fn text<'n>(
    node: &'n Node,
    what: &str,
    problems: &mut Problems<'_>,
) -> Option<&'n Scalar> {
    match node.as_scalar() {
        Some(scalar) if scalar.resolve() != Resolved::Null => Some(scalar),
        _ => {
            wrong_type(node, &format!("{what} must be a string"), problems);
            None
        }
    }
}

/// The cure where templates are not allowed.
pub(crate) const ONLY_ENVIRONMENT: &str = "only `{{ env.NAME }}` is allowed here";

/// A text without templates in it.
pub(crate) fn plain_text<'n>(
    node: &'n Node,
    what: &str,
    problems: &mut Problems<'_>,
) -> Option<&'n str> {
    let scalar = text(node, what, problems)?;
    if scalar.text.contains("{{") {
        problems.report_with(
            scalar.span,
            format!("templates are not allowed here: {what} is needed before the run starts"),
            ONLY_ENVIRONMENT,
        );
        return None;
    }
    Some(&scalar.text)
}

/// Whether there is a template somewhere in a value, which is reported.
pub(crate) fn refuse_templates(node: &Node, problems: &mut Problems<'_>) -> bool {
    let mut is_found = |node| refuse_templates(node, problems);
    match &node.kind {
        NodeKind::Scalar(scalar) if scalar.text.contains("{{") => {
            let message =
                "templates are not allowed here: this value is needed before the run starts";
            problems.report_with(scalar.span, message, ONLY_ENVIRONMENT);
            true
        }
        NodeKind::Scalar(_) => false,
        NodeKind::List(items) => items.iter().fold(false, |any, item| is_found(item) | any),
        NodeKind::Map(entries) => {
            let values = entries.iter().map(|entry| &entry.value);
            values.fold(false, |any, value| is_found(value) | any)
        }
    }
}

/// Reports a value of the wrong type or out of range.
pub(crate) fn wrong_type(node: &Node, expected: &str, problems: &mut Problems<'_>) {
    let message = format!("{expected}, not {}", node.describe());
    let quoted_number = node.as_scalar().is_some_and(|scalar| {
        matches!(scalar.resolve(), Resolved::Text(text) if !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let help = (quoted_number && expected.contains("number"))
        .then(|| "write the number without quotes".to_owned());
    problems.report_maybe(node.span, message, help);
}
