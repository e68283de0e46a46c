//! The author of a change.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

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
