use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde::Serialize;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Room for the usual answer, so that it is written without growing.
const USUAL_BYTES: usize = 384;

/// An answer before it becomes one of hyper's: a status, JSON, at most one
/// header besides.
pub(super) struct Reply {
    status: StatusCode,
    body: Vec<u8>,
    header: Option<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
struct Detail<'a> {
    detail: &'a str,
}

impl Reply {
    pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        let mut body = Vec::with_capacity(USUAL_BYTES);
        let written = serde_json::to_writer(&mut body, value);
        debug_assert!(written.is_ok(), "the lab's answers are plain structs");
        Self {
            status,
            body,
            header: None,
        }
    }

    /// `{"detail": ...}`, the way Django REST framework explains itself.
    pub(super) fn detail(status: StatusCode, detail: &str) -> Self {
        Self::json(status, &Detail { detail })
    }

    pub(super) fn unauthorized(detail: &str) -> Self {
        Self {
            header: Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            ..Self::detail(StatusCode::UNAUTHORIZED, detail)
        }
    }

    pub(super) fn method_not_allowed(allow: &'static str) -> Self {
        let detail = "This path does not know the method; see the header Allow.";
        Self {
            header: Some((ALLOW, HeaderValue::from_static(allow))),
            ..Self::detail(StatusCode::METHOD_NOT_ALLOWED, detail)
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}
