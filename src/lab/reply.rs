use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// Room for the usual answer, so that it is written without growing.
const USUAL_BYTES: usize = 384;

/// An answer before it becomes one of hyper's: a status, JSON or a page, at
/// most one header besides.
pub(super) struct Reply {
    status: StatusCode,
    content: Content,
    body: Bytes,
    header: Option<(HeaderName, HeaderValue)>,
}

#[derive(Clone, Copy, Debug)]
enum Content {
    Json,
    Html,
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
            content: Content::Json,
            body: body.into(),
            header: None,
        }
    }

    /// A page of HTML.
    pub(super) fn page(status: StatusCode, page: &Bytes) -> Self {
        Self {
            status,
            content: Content::Html,
            body: page.clone(),
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

    pub(super) fn throttled() -> Self {
        let detail = "Request was throttled. Expected available in 1 second.";
        Self {
            header: Some((RETRY_AFTER, HeaderValue::from_static("1"))),
            ..Self::detail(StatusCode::TOO_MANY_REQUESTS, detail)
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
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.content.header());
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}

impl Content {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json",
            Self::Html => "text/html; charset=utf-8",
        })
    }
}
