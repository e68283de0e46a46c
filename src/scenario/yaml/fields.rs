//! Values of a known type.

use std::time::Duration;

use crate::scenario::schema::limits::{MIN_TIME, RATES};
use crate::scenario::yaml::diagnostic::Problems;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Resolved, Scalar};
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::units;

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

/// What can stand where nothing else can.
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

/// A whole number within bounds.
pub(crate) fn whole(
    node: &Node,
    what: &str,
    bounds: std::ops::RangeInclusive<u32>,
    problems: &mut Problems<'_>,
) -> Option<u32> {
    let found = match node.as_scalar().map(Scalar::resolve) {
        Some(Resolved::Int(int)) => u32::try_from(int).ok(),
        _ => None,
    };
    let found = found.filter(|number| bounds.contains(number));
    if found.is_none() {
        let (low, high) = (bounds.start(), bounds.end());
        let expected = format!("{what} must be a whole number from {low} to {high}");
        wrong_type(node, &expected, problems);
    }
    found
}

/// A duration.
pub(crate) fn duration(node: &Node, what: &str, problems: &mut Problems<'_>) -> Option<Duration> {
    let found = node
        .as_scalar()
        .and_then(|scalar| units::duration(&scalar.text));
    if found.is_none() {
        let expected =
            format!("{what} must be a duration such as 500ms, 2s, 1m30s or 1h (at most 365d)");
        wrong_type(node, &expected, problems);
    }
    found
}

/// A duration above zero.
pub(crate) fn period(node: &Node, what: &str, problems: &mut Problems<'_>) -> Option<Duration> {
    let found = duration(node, what, problems)?;
    if found < MIN_TIME {
        problems.report(node.span, format!("{what} must be greater than 0"));
        return None;
    }
    Some(found)
}

/// A rate per second, above zero.
pub(crate) fn rate(node: &Node, what: &str, problems: &mut Problems<'_>) -> Option<f64> {
    let found = rate_of(node).filter(|rate| *rate > 0.0);
    if found.is_none() {
        let expected = format!("{what} must be a rate above 0, such as 12/s, 0.5/s or 30/m");
        wrong_type(node, &expected, problems);
    }
    found
}

/// A rate per second that may be zero.
pub(crate) fn rate_or_zero(node: &Node, what: &str, problems: &mut Problems<'_>) -> Option<f64> {
    let found = rate_of(node);
    if found.is_none() {
        let expected = format!("{what} must be a rate such as 12/s, 0.5/s, 30/m or 0");
        wrong_type(node, &expected, problems);
    }
    found
}

fn rate_of(node: &Node) -> Option<f64> {
    let rate = units::rate_per_second(&node.as_scalar()?.text)?;
    (rate == 0.0 || (RATES.0..=RATES.1).contains(&rate)).then_some(rate)
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

/// Reports what is missing.
pub(crate) fn missing(span: Span, what: &str, help: &str, problems: &mut Problems<'_>) {
    problems.report_with(span, format!("{what} is missing"), help);
}
