//! The formats of text in bodies, as JSON Schema; the parsers are those of scenarios.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::session::patterns;

/// A duration.
pub(in crate::web) enum Duration {}

/// A duration above 0.
pub(in crate::web) enum Period {}

/// A run time: a period, or nothing for no end.
pub(in crate::web) enum RunTime {}

/// The base URL of a target, or nothing for the preset one.
pub(in crate::web) enum Host {}

/// A name, which is not empty.
pub(in crate::web) enum Name {}

/// A whole number of 64 bits.
pub(in crate::web) enum Unsigned {}

impl ToSchema for Duration {}
impl ToSchema for Period {}
impl ToSchema for RunTime {}
impl ToSchema for Host {}
impl ToSchema for Name {}
impl ToSchema for Unsigned {}

impl PartialSchema for Duration {
    fn schema() -> RefOr<Schema> {
        text(
            &patterns::duration(),
            "90, 90s, 5m, 1h30m or 500ms; at most a year.",
        )
    }
}

impl PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        text(&patterns::period(), "A duration above 0.")
    }
}

impl PartialSchema for RunTime {
    fn schema() -> RefOr<Schema> {
        let pattern = format!(r"^\s*$|{}", patterns::period());
        text(&pattern, "A duration above 0; empty for no end.")
    }
}

impl PartialSchema for Host {
    fn schema() -> RefOr<Schema> {
        let pattern = format!(r"^\s*$|{}", patterns::address());
        let description = "The target's base URL: http:// or https://, with port and path; empty for the preset one.";
        text(&pattern, description)
    }
}

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        let name = ObjectBuilder::new().schema_type(Type::String);
        name.min_length(Some(1)).into()
    }
}

impl PartialSchema for Unsigned {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        let number = number.minimum(Some(0_usize)).maximum(Some(usize::MAX));
        number.into()
    }
}

fn text(pattern: &str, description: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let text = text.pattern(Some(pattern)).description(Some(description));
    text.into()
}
