use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;

use crate::session::Initiator;

/// Browsers send the origin of a change, and the guard accepts only our own
/// page; other clients send none.
impl<S: Sync> FromRequestParts<S> for Initiator {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let has = |name: &str| parts.headers.contains_key(name);
        Ok(if has(ORIGIN.as_str()) || has("sec-fetch-site") {
            Self::Page
        } else {
            Self::Program
        })
    }
}
