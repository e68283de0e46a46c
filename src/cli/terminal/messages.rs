//! The messages of a request and their answers, as `try` shows them: `>` before
//! what was sent, `<` before what came back, each line within 80 columns.

use std::fmt::Write;

use crate::cli::terminal::json_lines::json_lines;
use crate::cli::terminal::multipart;
use crate::client::{Hop, HopMessage};
use crate::model::{bytes_text, cut, latency_text, plural};
use crate::program::{Secrets, TextKind};

/// Indentation of every line.
const INDENT: &str = "      ";
/// Characters of a line behind the sign.
const COLUMNS: usize = 72;
/// Parts of a body of several.
const PARTS: usize = 12;
/// Lines of a head and of a body.
const HEAD_LINES: usize = 40;
const BODY_LINES: usize = 24;
/// Characters of one line of a head, before it is broken.
const FIELD_CHARS: usize = 400;
/// Characters of a body without line breaks.
const BODY_CHARS: usize = 800;

/// Adds the hops of a request, each line with a line break before it.
pub(crate) fn hops(text: &mut String, secrets: &Secrets, hops: &[Hop]) {
    for (at, hop) in hops.iter().enumerate() {
        // Writing to a string does not fail.
        if hops.len() > 1 {
            let took_us = hop.ended_us.saturating_sub(hop.sent_us);
            let number = at + 1;
            let took = latency_text(took_us);
            let origin = secrets.foreign_text(&hop.origin.to_string(), FIELD_CHARS);
            let _ = write!(text, "\n{INDENT}{number}. {origin}, {took}");
            // Of a single one it stands above.
            if let Some(peer) = hop.peer {
                let _ = write!(text, "\n{INDENT}{peer}");
            }
        }
        part(text, '>', secrets, &hop.sent);
        if hop.answer.head.is_empty() && hop.answer.body.is_empty() {
            let _ = write!(text, "\n{INDENT}< (no response)");
        } else {
            part(text, '<', secrets, &hop.answer);
        }
    }
}

fn part(text: &mut String, sign: char, secrets: &Secrets, part: &HopMessage) {
    let head = secrets.head_lines(&part.head);
    let fields = head.iter().take(HEAD_LINES).map(|line| {
        let (mut line, is_cut) = cut(line.clone(), FIELD_CHARS);
        if is_cut {
            line.push('…');
        }
        line
    });
    lines(text, sign, fields);
    if head.len() > HEAD_LINES {
        let more = head.len() - HEAD_LINES;
        lines(
            text,
            sign,
            [format!("({})", plural(more, "more field", "more fields"))],
        );
    }
    if part.body_bytes == 0 {
        return;
    }
    lines(text, sign, [String::new()]);
    match multipart::parts(content_type(&part.head), part) {
        Some(parts) => {
            for one in parts.iter().take(PARTS) {
                self::part(text, sign, secrets, one);
            }
            if parts.len() > PARTS {
                let more = parts.len() - PARTS;
                lines(
                    text,
                    sign,
                    [format!("({})", plural(more, "more part", "more parts"))],
                );
            }
        }
        None => lines(text, sign, body(secrets, part)),
    }
}

/// The start of a body.
fn body(secrets: &Secrets, part: &HopMessage) -> Vec<String> {
    let is_whole = part.body.len() == part.body_bytes;
    let shown = secrets.message_text(content_type(&part.head), &part.body, is_whole);
    let bytes = bytes_text(part.body_bytes as u64);
    let all = match shown.kind {
        TextKind::Binary => return vec![format!("({bytes}, not text)")],
        TextKind::Page if shown.text.is_empty() => return vec![format!("(a page of {bytes})")],
        TextKind::Page => vec![format!("(the text of a page of {bytes})"), shown.text],
        TextKind::Text => json_lines(&shown.text, COLUMNS)
            .unwrap_or_else(|| shown.text.lines().map(str::to_owned).collect()),
    };
    let mut is_cut = !is_whole || all.len() > BODY_LINES;
    let mut lines = Vec::new();
    for line in all.into_iter().take(BODY_LINES) {
        let (line, is_long) = cut(line, BODY_CHARS);
        is_cut |= is_long;
        lines.push(line);
    }
    if is_cut {
        lines.push(format!("(… {bytes} in all)"));
    }
    lines
}

/// The value of the field, if the head has it.
fn content_type(head: &[u8]) -> &str {
    let fields = head.split(|byte| *byte == b'\n').skip(1);
    let value = fields.filter_map(|line| {
        let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        name.eq_ignore_ascii_case("content-type")
            .then(|| value.trim())
    });
    value.into_iter().next().unwrap_or_default()
}

/// Adds lines behind a sign, long ones broken where a word ends.
fn lines(text: &mut String, sign: char, lines: impl IntoIterator<Item = String>) {
    for line in lines {
        for (at, row) in rows(&line).into_iter().enumerate() {
            let space = if at == 0 { "" } else { "  " };
            let row = format!("{INDENT}{sign} {space}{row}");
            text.push('\n');
            text.push_str(row.trim_end());
        }
    }
}

fn rows(line: &str) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut rest = line;
    let mut columns = COLUMNS;
    while let Some((end, _)) = rest.char_indices().nth(columns) {
        let (row, _) = rest.split_at(end);
        // A break in the last third is worth it.
        let end = match row.rfind(' ') {
            Some(at) if at > end * 2 / 3 => at + 1,
            _ => end,
        };
        let (row, after) = rest.split_at(end);
        rows.push(row);
        rest = after;
        columns = COLUMNS - 2;
    }
    rows.push(rest);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Peer, Protocol, Scheme};

    #[test]
    fn of_a_body_of_parts_the_fields_are_shown_and_the_size_of_files() {
        let head = "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=xyz\r\n\r\n";
        let mut body = b"--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
            --xyz\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: image/png\r\n\r\n"
            .to_vec();
        body.extend([0; 2_048]);
        body.extend(b"\r\n--xyz--\r\n");
        let text = shown(&[hop(message(head, &body), HopMessage::default())]);
        let expected = "
      > POST / HTTP/1.1
      > Content-Type: multipart/form-data; boundary=xyz
      >
      > --xyz
      > Content-Disposition: form-data; name=\"note\"
      >
      > hello
      > --xyz
      > Content-Disposition: form-data; name=\"file\"
      > Content-Type: image/png
      >
      > (2.00 KiB, not text)
      < (no response)";
        assert_eq!(text, expected);
    }

    fn message(head: &str, body: &[u8]) -> HopMessage {
        HopMessage {
            head: head.as_bytes().to_vec(),
            body: body.to_vec(),
            body_bytes: body.len(),
        }
    }

    fn hop(sent: HopMessage, answer: HopMessage) -> Hop {
        let origin = Origin {
            scheme: Scheme::Http,
            host: "shop.test".to_owned(),
            port: 80,
        };
        Hop {
            origin,
            peer: Some(Peer {
                address: ([127, 0, 0, 1], 80).into(),
                protocol: Protocol::Http1,
                tls: None,
                lacks_certificate: false,
            }),
            sent,
            answer,
            sent_us: 0,
            ended_us: 1_500,
        }
    }

    fn shown(all: &[Hop]) -> String {
        let mut text = String::new();
        hops(&mut text, &Secrets::default(), all);
        text
    }

    #[test]
    fn each_hop_is_shown_with_head_and_body() {
        let first = hop(
            message(
                "POST /login/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
                b"user=ada&password=teapot",
            ),
            message(
                "HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: sid=1; Path=/\r\n\r\n",
                b"",
            ),
        );
        let second = hop(
            message("GET / HTTP/1.1\r\nCookie: sid=1\r\n\r\n", b""),
            message(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
                b"<!doctype html><title>Shop</title><h1>Welcome, ada</h1>",
            ),
        );
        let expected = "
      1. http://shop.test, 1.50 ms
      HTTP/1.1 with 127.0.0.1:80
      > POST /login/ HTTP/1.1
      > Host: shop.test
      >
      > user=ada&password=***
      < HTTP/1.1 302 Found
      < Location: /
      < Set-Cookie: sid=***; Path=/
      2. http://shop.test, 1.50 ms
      HTTP/1.1 with 127.0.0.1:80
      > GET / HTTP/1.1
      > Cookie: sid=***
      < HTTP/1.1 200 OK
      < Content-Type: text/html
      <
      < (the text of a page of 55 B)
      < Shop: Welcome, ada";
        assert_eq!(shown(&[first, second]), expected);
    }

    #[test]
    fn what_is_long_is_broken_and_cut_and_what_is_no_text_is_not_shown() {
        let long = "word ".repeat(400);
        let text = shown(&[hop(
            message("GET / HTTP/1.1\r\n\r\n", b""),
            message("HTTP/1.1 200 OK\r\n\r\n", long.as_bytes()),
        )]);
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert!(text.ends_with("< (… 1.95 KiB in all)"), "{text}");
        let json = format!("{{\"items\": [{}1]}}", "1,".repeat(3_000));
        let text = shown(&[hop(
            message("GET / HTTP/1.1\r\n\r\n", b""),
            message("HTTP/1.1 200 OK\r\n\r\n", json.as_bytes()),
        )]);
        assert!(text.lines().count() < 40, "{text}");
        let text = shown(&[hop(
            message("GET / HTTP/1.1\r\n\r\n", b""),
            message("HTTP/1.1 200 OK\r\n\r\n", b"\x1b[2J\0\0\0\x1b\x01"),
        )]);
        assert!(text.ends_with("< (9 B, not text)"), "{text}");
        let text = shown(&[hop(
            message("GET / HTTP/1.1\r\n\r\n", b""),
            HopMessage::default(),
        )]);
        assert!(text.ends_with("< (no response)"), "{text}");
    }
}
