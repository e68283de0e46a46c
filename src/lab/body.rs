use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::reply::Reply;

/// The longest request body that is read.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// The whole body, which usually comes in one piece and is not copied then.
pub(super) async fn read(mut body: Incoming) -> Result<Bytes, Reply> {
    let mut whole = Bytes::new();
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else {
            break;
        };
        let frame = frame
            .map_err(|_| Reply::detail(StatusCode::BAD_REQUEST, "The request's body broke off."))?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        if whole.len() + piece.len() > BODY_MAX_BYTES {
            return Err(Reply::detail(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body may have at most 65536 bytes.",
            ));
        }
        whole = if whole.is_empty() {
            piece
        } else {
            [whole, piece].concat().into()
        };
    }
    Ok(whole)
}

/// A JSON object as `T`. No body at all is an empty object, so that each
/// missing field is named.
pub(super) fn parse<'b, T: Deserialize<'b>>(
    headers: &HeaderMap,
    body: &'b [u8],
) -> Result<T, Reply> {
    check_type(headers)?;
    let body = match body.trim_ascii() {
        b"" => b"{}",
        body => body,
    };
    if body.first() != Some(&b'{') {
        // serde would read an array as a struct, too.
        return Err(match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(IgnoredAny) => Reply::detail(
                StatusCode::BAD_REQUEST,
                "Invalid data. Expected a JSON object.",
            ),
            Err(error) => malformed(&error),
        });
    }
    serde_json::from_slice(body).map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> Reply {
    Reply::detail(
        StatusCode::BAD_REQUEST,
        &format!("JSON parse error - {error}"),
    )
}

/// A request that says nothing about its body is taken at its word.
fn check_type(headers: &HeaderMap) -> Result<(), Reply> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let value = value.to_str().unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Reply::detail(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the body as application/json.",
        ))
    }
}
