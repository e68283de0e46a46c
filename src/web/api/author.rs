//! Who asks for a change.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::run::Author;

/// The header in which a client says who its user is.
const HEADER: &str = "swarmdeck-author";

/// Whoever asks: as the header says, else somebody at the API.
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
