//! Entry points of the fuzz targets in `fuzz/`, which see no more of the client
//! than anybody else. Compiled only by `cargo fuzz`.

use http::Response;

use super::cookies::{CookieContext, Jar};
use super::http2;
use crate::client::http1::decoding;
use crate::client::http1::response::{Progress, Reader, Redirects, ResponseOptions, field_values};
use crate::client::session::buffers::Buffers;
use crate::client::session::location;
use crate::model::{BodyNeed, Method, Origin, ResponseNeeds, Scheme};

/// What is left of an answer: status, body, and how many bytes were its own, or
/// the words of the failure.
pub type Read = Result<(u16, Vec<u8>, usize), String>;

/// The most of a body that is kept.
const MAX_BODY: usize = 8 << 20;

/// Reads an answer of HTTP/1 in pieces of `size` bytes; the bits of `how` choose
/// the method and what is wanted of the answer. Then decodes its body and
/// follows its `Location`.
pub fn read_answer(how: u8, input: &[u8], size: usize) -> Read {
    let buffers = Buffers::default();
    let mut reader = Reader::new(ResponseOptions {
        method: if how & 1 == 0 {
            Method::Get
        } else {
            Method::Head
        },
        needs: ResponseNeeds {
            head: how & 2 == 0,
            body: if how & 4 == 0 {
                BodyNeed::Whole
            } else {
                BodyNeed::None
            },
            ..ResponseNeeds::default()
        },
        redirects: if how & 8 == 0 {
            Redirects::Keep
        } else {
            Redirects::Follow
        },
        max_body: MAX_BODY,
    });
    let mut used = 0;
    let mut is_whole = false;
    for piece in input.chunks(size) {
        match reader.feed(piece, &buffers) {
            Ok(Progress::More) => used += piece.len(),
            Ok(Progress::Done { used: own }) => {
                assert!(own <= piece.len(), "more used than there was");
                used += own;
                is_whole = true;
                break;
            }
            // Where it breaks may depend on the pieces: that it does must not.
            Err(_) => return Err("malformed".to_owned()),
        }
    }
    if !is_whole && let Err(closed) = reader.close() {
        let is_lost = format!("{closed:?}").starts_with("Lost");
        return Err(if is_lost { "lost" } else { "malformed" }.to_owned());
    }
    let (status, codings) = (reader.status(), reader.codings());
    let (head, mut body) = reader.into_parts();
    let origin = origin("here.test");
    if !head.is_empty() {
        field_values(&head, "location", |value| {
            let _ = location::resolve(&origin, b"/a/b?c", value);
        });
    }
    if decoding::decode(codings, &mut body, MAX_BODY, &buffers).is_err() {
        body.clear();
    }
    Ok((status, body, used))
}

/// Puts a message of HTTP/1 into HTTP/2.
pub fn http2_request(head: &[u8]) {
    let _ = http2::request(head, &origin("here.test"));
}

/// Writes the head of an answer of HTTP/2 whose fields are the lines of `input`
/// as HTTP/1, and reads it back.
pub fn http2_answer(input: &[u8]) {
    let mut response = Response::builder().status(200);
    for line in input.split(|byte| *byte == b'\n') {
        let at = line.iter().position(|byte| *byte == b':');
        if let Some((name, value)) = at.map(|at| line.split_at(at)) {
            response = response.header(name, value.get(1..).unwrap_or_default());
        }
    }
    let Ok(response) = response.body(()) else {
        return;
    };
    let mut head = Vec::new();
    http2::write_answer(&response.into_parts().0, &mut head);
    let _ = read_answer(0, &head, usize::MAX);
}

/// One user's cookies. Each line of `input` is a `Set-Cookie` field, or with `/`
/// at its beginning the path of the next requests, or with `@` their host.
pub fn cookies(input: &[u8]) {
    const NOW_US: u64 = 1_700_000_000_000_000;
    let mut jar = Jar::default();
    let mut origin = origin("a.here.test");
    let mut path = "/".to_owned();
    for line in input.split(|byte| *byte == b'\n') {
        match line {
            [b'@', host @ ..] => {
                let host = String::from_utf8_lossy(host);
                if let Ok(url) = url::Url::parse(&format!("http://{host}/")) {
                    origin.host = url.host_str().unwrap_or_default().to_owned();
                }
            }
            [b'/', ..] => path = String::from_utf8_lossy(line).into_owned(),
            field => jar.store(field, CookieContext::new(&origin, None, &path), NOW_US),
        }
        let context = CookieContext::new(&origin, None, &path);
        if jar.applies(context, NOW_US) {
            let mut sent = Vec::new();
            jar.write_line(context, NOW_US, &mut sent);
            assert!(sent.starts_with(b"Cookie: ") && sent.ends_with(b"\r\n"));
            let value = sent.get(..sent.len() - 2).unwrap_or_default();
            let is_one_line = !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
            assert!(is_one_line, "a cookie that ends the line");
        }
    }
}

fn origin(host: &str) -> Origin {
    Origin {
        scheme: Scheme::Http,
        host: host.to_owned(),
        port: 80,
    }
}
