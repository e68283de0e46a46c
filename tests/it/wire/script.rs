//! The raw bytes of an answer, as a line of the table writes them.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// What the server does when a request has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// Written one after the other, each in its own segment.
    pub(super) writes: Vec<Vec<u8>>,
    pub(super) after: After,
}

/// What the server does with the connection afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum After {
    /// Waits for the next request.
    #[default]
    Keep,
    Close,
    Reset,
}

/// Reads an answer: text with the escapes `\r \n \t \\ \xNN` and words in angle
/// brackets.
pub(super) fn answer(text: &str) -> Answer {
    let mut answer = Answer::default();
    let mut bytes = Vec::new();
    let mut rest = text.trim();
    while let Some(at) = rest.find('<') {
        bytes.extend(unescape(&rest[..at]));
        let after = &rest[at + 1..];
        let (word, after) = after
            .split_once('>')
            .unwrap_or_else(|| panic!("no `>` in {rest:?}; write \\x3c for the character"));
        match word {
            "split" => answer.writes.push(std::mem::take(&mut bytes)),
            "close" => answer.after = After::Close,
            "reset" => answer.after = After::Reset,
            _ => bytes.extend(made(word)),
        }
        rest = after;
    }
    bytes.extend(unescape(rest));
    answer.writes.push(bytes);
    answer
}

/// Text without bytes that are not UTF-8.
pub(super) fn text(text: &str) -> String {
    String::from_utf8(unescape(text)).unwrap()
}

/// The bytes that a word in angle brackets stands for.
fn made(word: &str) -> Vec<u8> {
    if let Some((count, text)) = word.split_once('*') {
        return unescape(text).repeat(count.parse().unwrap());
    }
    let Some((coding, text)) = word.split_once(':') else {
        panic!("<{word}> is no word of the table");
    };
    let text = unescape(text);
    let best = Compression::best();
    match coding {
        "gzip" => written(GzEncoder::new(Vec::new(), best), &text, GzEncoder::finish),
        "zlib" => written(
            ZlibEncoder::new(Vec::new(), best),
            &text,
            ZlibEncoder::finish,
        ),
        "deflate" => written(
            DeflateEncoder::new(Vec::new(), best),
            &text,
            DeflateEncoder::finish,
        ),
        _ => panic!("<{word}> is no word of the table"),
    }
}

fn written<E: Write>(
    mut encoder: E,
    text: &[u8],
    finish: impl FnOnce(E) -> std::io::Result<Vec<u8>>,
) -> Vec<u8> {
    encoder.write_all(text).unwrap();
    finish(encoder).unwrap()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at + 1..];
        let (byte, len) = match escape.as_bytes().first() {
            Some(b'r') => (b'\r', 1),
            Some(b'n') => (b'\n', 1),
            Some(b't') => (b'\t', 1),
            Some(b'\\') => (b'\\', 1),
            // A blank at an end, where blanks are cut off.
            Some(b's') => (b' ', 1),
            Some(b'x') => (u8::from_str_radix(&escape[1..3], 16).unwrap(), 3),
            _ => panic!("an escape that is none: {text:?}"),
        };
        bytes.push(byte);
        rest = &escape[len..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

#[test]
fn bytes_are_written_as_text() {
    let read = answer(r"a\x00\r\n<split>b<3*xy><close>");
    assert_eq!(read.writes, [b"a\0\r\n".to_vec(), b"bxyxyxy".to_vec()]);
    assert_eq!(read.after, After::Close);
    assert_eq!(answer("<gzip:hello>").writes[0][..2], [0x1f, 0x8b]);
}
