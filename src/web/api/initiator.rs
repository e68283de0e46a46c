use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;

use crate::session::Initiator;

/// Browsers say where a change comes from, and the guard lets in what comes
/// from our own page; other clients say nothing.
impl<S: Sync> FromRequestParts<S> for Initiator {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let says = |name: &str| parts.headers.contains_key(name);
        Ok(if says(ORIGIN.as_str()) || says("sec-fetch-site") {
            Self::Page
        } else {
            Self::Program
        })
    }
}
