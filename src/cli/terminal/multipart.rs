//! Multipart bodies (RFC 2046, section 5.1), split for display.

use memchr::memmem;

use crate::client::HopMessage;
use crate::model::MediaType;
use crate::program::{Secrets, is_credential_name};

/// The parts, each with its boundary as the first line of its head; `None` for
/// a body that is not of parts. Of a body that is cut off the last one is.
pub(crate) fn parts(content_type: &str, body: &HopMessage) -> Option<Vec<HopMessage>> {
    let content_type = MediaType::new(content_type.as_bytes());
    if !content_type.essence().starts_with("multipart/") {
        return None;
    }
    let boundary = content_type.parameters("boundary").next()?;
    let boundary = format!("--{}", String::from_utf8_lossy(boundary));
    let bytes = body.body.as_slice();
    let mut parts = Vec::new();
    let mut at = memmem::find(bytes, boundary.as_bytes())? + boundary.len();
    while let Some(part) = bytes.get(at..).filter(|rest| rest.starts_with(b"\r\n")) {
        let end = memmem::find(part, format!("\r\n{boundary}").as_bytes());
        let whole = &part[..end.unwrap_or(part.len())];
        parts.push(one(
            &boundary,
            whole,
            match end {
                Some(_) => 0,
                None => body.body_bytes.saturating_sub(bytes.len()),
            },
        ));
        at += match end {
            Some(end) => end + 2 + boundary.len(),
            None => break,
        };
    }
    (!parts.is_empty()).then_some(parts)
}

/// A part, of which so many bytes are missing.
fn one(boundary: &str, part: &[u8], missing: usize) -> HopMessage {
    const BLANK: &[u8] = b"\r\n\r\n";
    // A part without fields starts with the blank line.
    let (head, body) = match memmem::find(part, BLANK) {
        Some(at) => (&part[..at], &part[at + BLANK.len()..]),
        None => (part, &[][..]),
    };
    let body = match is_credential(head) {
        true => Secrets::MASK.as_bytes(),
        false => body,
    };
    HopMessage {
        head: [boundary.as_bytes(), head].concat(),
        body: body.to_vec(),
        body_bytes: body.len() + missing,
    }
}

/// Whether a part is named like a credential.
fn is_credential(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    let name = head.split_once("; name=\"").map_or("", |(_, rest)| rest);
    is_credential_name(name.split('"').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str, body_bytes: usize) -> Vec<(String, String, usize)> {
        let body = HopMessage {
            head: Vec::new(),
            body: body.as_bytes().to_vec(),
            body_bytes,
        };
        let parts = parts("Multipart/Form-Data; boundary=\"xyz\"", &body).expect("parts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let parts = parts.into_iter();
        parts
            .map(|part| (text(part.head), text(part.body), part.body_bytes))
            .collect()
    }

    #[test]
    fn parts_have_heads_and_bodies() {
        let body = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n\
            --xyz\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ntwo\r\n\
            --xyz\r\nX: y\r\n\r\ncut o";
        let head = "--xyz\r\nContent-Disposition: form-data; name";
        assert_eq!(
            shown(body, body.len() + 5),
            [
                (format!("{head}=\"a\""), "one".to_owned(), 3),
                (format!("{head}=\"password\""), "***".to_owned(), 3),
                ("--xyz\r\nX: y".to_owned(), "cut o".to_owned(), 10),
            ]
        );
        let ended = "--xyz\r\n\r\n\r\none\r\n--xyz--\r\n";
        assert_eq!(shown(ended, ended.len()).len(), 1);
    }

    #[test]
    fn other_bodies_are_left_alone() {
        let body = HopMessage::default();
        for content_type in [
            "",
            "application/json",
            "multipart/form-data",
            "text/plain; a=b",
        ] {
            assert!(parts(content_type, &body).is_none(), "{content_type}");
        }
    }
}
