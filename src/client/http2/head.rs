//! Heads in both notations: messages are rendered, and answers read, as
//! HTTP/1.1 has them.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery};
use http::{Request, Uri, response};

use crate::client::limits::HEAD_FIELDS;
use crate::model::Origin;

/// What concerns one HTTP/1.1 connection and has no place in HTTP/2.
const OF_CONNECTION: [&str; 6] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
    "te",
];

/// The head of a message, to be sent to an origin. `None` for what HTTP/2 can
/// not express.
pub(crate) fn request(head: &[u8], origin: &Origin) -> Option<Request<()>> {
    let mut fields = [httparse::EMPTY_HEADER; HEAD_FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    parsed.parse(head).ok()?;
    let mut authority = None;
    let mut headers = HeaderMap::with_capacity(parsed.headers.len());
    for field in parsed.headers.iter() {
        if field.name.eq_ignore_ascii_case("host") {
            authority = Authority::try_from(field.value).ok();
        } else if !OF_CONNECTION
            .iter()
            .any(|name| field.name.eq_ignore_ascii_case(name))
        {
            let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
            headers.append(name, HeaderValue::from_bytes(field.value).ok()?);
        }
    }
    let authority = match authority {
        Some(authority) => authority,
        None => Authority::try_from(origin.authority()).ok()?,
    };
    let uri = Uri::builder()
        .scheme(origin.scheme.as_str())
        .authority(authority)
        .path_and_query(PathAndQuery::try_from(parsed.path?).ok()?)
        .build()
        .ok()?;
    let mut request = Request::builder()
        .method(parsed.method?)
        .uri(uri)
        .body(())
        .ok()?;
    *request.headers_mut() = headers;
    Some(request)
}

/// Writes the head of an answer.
pub(crate) fn write_answer(parts: &response::Parts, into: &mut Vec<u8>) {
    into.extend_from_slice(b"HTTP/1.1 ");
    into.extend_from_slice(parts.status.as_str().as_bytes());
    into.extend_from_slice(b" \r\n");
    for (name, value) in &parts.headers {
        into.extend_from_slice(name.as_str().as_bytes());
        into.extend_from_slice(b": ");
        into.extend_from_slice(value.as_bytes());
        into.extend_from_slice(b"\r\n");
    }
    into.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scheme;

    fn origin() -> Origin {
        Origin {
            scheme: Scheme::Https,
            host: "a.example".to_owned(),
            port: 444,
        }
    }

    #[test]
    fn a_message_keeps_its_fields_but_those_of_the_connection() {
        let head = b"POST /a?b=c HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\nX-Two: 1\r\nX-Two: 2\r\nCookie: a=b\r\n\r\n";
        let request = request(head, &origin()).expect("a request");
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://b.example/a?b=c");
        let fields: Vec<_> = request.headers().iter().map(|(name, _)| name).collect();
        assert_eq!(fields, ["x-two", "x-two", "cookie"]);
    }

    #[test]
    fn without_a_host_the_origin_is_asked() {
        let request = request(b"GET / HTTP/1.1\r\n\r\n", &origin()).expect("a request");
        assert_eq!(request.uri(), "https://a.example:444/");
    }

    #[test]
    fn an_answer_reads_as_http_1() {
        let answer = http::Response::builder()
            .status(404)
            .header("X-One", "1")
            .body(())
            .expect("an answer");
        let mut written = Vec::new();
        write_answer(&answer.into_parts().0, &mut written);
        assert_eq!(written, b"HTTP/1.1 404 \r\nx-one: 1\r\n\r\n");
    }
}
