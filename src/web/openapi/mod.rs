//! The OpenAPI document: what each handler says of itself, put together.

mod changes;
pub(super) mod document;
pub(super) mod formats;
pub(super) mod references;
