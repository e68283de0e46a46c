//! The author of a change.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::run::Author;

/// The header with the name of the client's user.
const HEADER: &str = "swarmdeck-author";

/// The author of a request: the name in the header, or "the API".
#[derive(Debug)]
pub(crate) struct By(pub(crate) Author);

impl<S: Sync> FromRequestParts<S> for By {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let named = parts
            .headers
            .get(HEADER)
            .and_then(|name| name.to_str().ok());
        let named = named.map(str::trim).filter(|name| !name.is_empty());
        Ok(Self(Author::new(named.unwrap_or("the API"))))
    }
}

impl IntoParams for By {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let name = ParameterBuilder::new()
            .name("Swarmdeck-Author")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "The author: a name for people, cut after 40 characters; an undo affects only the author's own changes.",
            ))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        vec![name.build()]
    }
}
