//! Decoding bodies that are wanted. Bounded: a bomb ends at the limit.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};

use super::buffers::Buffers;
use super::limits::BODY_BYTES;
use super::response::{Coding, Codings};
use crate::model::Malformed;

/// Window of the brotli decoder's own reads.
const BROTLI_READ_BYTES: usize = 4096;

/// Undoes the codings, last applied first.
pub(super) fn decode(
    codings: Codings,
    body: &mut Vec<u8>,
    buffers: &Buffers,
) -> Result<(), Malformed> {
    for &coding in codings.as_slice().iter().rev() {
        // Answers without content often name a coding all the same.
        if body.is_empty() {
            return Ok(());
        }
        let mut decoded = buffers.take();
        let outcome = match coding {
            Coding::Gzip => gzip(body, &mut decoded),
            Coding::Deflate => deflate(body, &mut decoded),
            Coding::Brotli => {
                let reader =
                    brotli_decompressor::Decompressor::new(body.as_slice(), BROTLI_READ_BYTES);
                read_bounded(reader, &mut decoded)
            }
            Coding::Unknown => Err(Malformed::Encoding),
        };
        std::mem::swap(body, &mut decoded);
        buffers.give(decoded);
        outcome?;
    }
    Ok(())
}

/// The most that is decoded of the beginning of a body.
const BEGINNING_BYTES: usize = 16 * 1024;

/// What the beginning of an encoded body decodes to, as far as it goes;
/// `content_encoding` is the value of that field. `None` where nothing can be
/// made of it.
#[must_use]
pub fn decode_beginning(content_encoding: &str, body: &[u8]) -> Option<Vec<u8>> {
    let codings = Codings::of(content_encoding);
    let mut text = body.to_vec();
    for coding in codings.as_slice().iter().rev() {
        let encoded = text.as_slice();
        text = match coding {
            Coding::Gzip => beginning(GzDecoder::new(encoded)),
            Coding::Deflate => match beginning(ZlibDecoder::new(encoded)) {
                decoded if decoded.is_empty() => beginning(DeflateDecoder::new(encoded)),
                decoded => decoded,
            },
            Coding::Brotli => beginning(brotli_decompressor::Decompressor::new(
                encoded,
                BROTLI_READ_BYTES,
            )),
            Coding::Unknown => Vec::new(),
        };
    }
    (!text.is_empty()).then_some(text)
}

/// Reads until the end, an error or the limit.
fn beginning(mut reader: impl Read) -> Vec<u8> {
    let mut text = vec![0; BEGINNING_BYTES];
    let mut len = 0;
    while let Some(room) = text.get_mut(len..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(read @ 1..) => len += read,
            Ok(0) | Err(_) => break,
        }
    }
    text.truncate(len);
    text
}

/// One member after another; what follows the last and is none is padding.
fn gzip(body: &[u8], into: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut rest = body;
    loop {
        let mut decoder = GzDecoder::new(rest);
        read_bounded(&mut decoder, into)?;
        rest = decoder.into_inner();
        if !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(());
        }
    }
}

/// Meant is zlib's format; some servers send the bare stream.
fn deflate(body: &[u8], into: &mut Vec<u8>) -> Result<(), Malformed> {
    match inflate(Decompress::new(true), body, into) {
        Err(Malformed::Encoding) => {
            into.clear();
            inflate(Decompress::new(false), body, into)
        }
        outcome => outcome,
    }
}

fn inflate(mut stream: Decompress, body: &[u8], into: &mut Vec<u8>) -> Result<(), Malformed> {
    loop {
        if into.len() == into.capacity() {
            if into.len() > BODY_BYTES {
                return Err(Malformed::BodyTooLong);
            }
            into.reserve(into.len().clamp(4096, BODY_BYTES));
        }
        let used = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let before = (used, into.len());
        let status = stream
            .decompress_vec(
                body.get(used..).unwrap_or_default(),
                into,
                FlushDecompress::None,
            )
            .map_err(|_| Malformed::Encoding)?;
        let used = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            return within_limit(into);
        }
        // No step forward although there was room: the stream is cut short.
        if before == (used, into.len()) {
            return Err(Malformed::Encoding);
        }
    }
}

fn read_bounded(reader: impl Read, into: &mut Vec<u8>) -> Result<(), Malformed> {
    let room = (BODY_BYTES + 1).saturating_sub(into.len()) as u64;
    let outcome: io::Result<usize> = reader.take(room).read_to_end(into);
    outcome.map_err(|_| Malformed::Encoding)?;
    within_limit(into)
}

fn within_limit(decoded: &[u8]) -> Result<(), Malformed> {
    if decoded.len() > BODY_BYTES {
        return Err(Malformed::BodyTooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = b"a text that is short, a text that repeats, a text";

    fn gzipped(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn zlibbed(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn decoded(field: &str, body: &[u8]) -> Result<Vec<u8>, Malformed> {
        let mut body = body.to_vec();
        decode(Codings::of(field), &mut body, &Buffers::default())?;
        Ok(body)
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        assert_eq!(decoded("gzip", &gzipped(TEXT)).as_deref(), Ok(TEXT));
        assert_eq!(decoded("x-gzip", &gzipped(TEXT)).as_deref(), Ok(TEXT));
        assert_eq!(decoded("deflate", &zlibbed(TEXT)).as_deref(), Ok(TEXT));
        assert_eq!(decoded("deflate", &deflated(TEXT)).as_deref(), Ok(TEXT));
        let twice = gzipped(&zlibbed(TEXT));
        assert_eq!(decoded("deflate, gzip", &twice).as_deref(), Ok(TEXT));
        let members = [gzipped(TEXT), gzipped(TEXT), vec![0; 5]].concat();
        assert_eq!(decoded("gzip", &members), Ok(TEXT.repeat(2)));
        // "hello" as the reference encoder writes it uncompressed.
        assert_eq!(
            decoded("br", b"\x0b\x02\x80hello\x03").as_deref(),
            Ok(&b"hello"[..])
        );
        assert_eq!(decoded("gzip", b"").as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn what_is_cut_short_or_foreign_is_refused() {
        for (field, mut body) in [
            ("gzip", gzipped(TEXT)),
            ("deflate", zlibbed(TEXT)),
            ("deflate", deflated(TEXT)),
            ("br", b"\x0b\x02\x80hello\x03".to_vec()),
        ] {
            body.truncate(body.len() - 3);
            assert_eq!(decoded(field, &body), Err(Malformed::Encoding), "{field}");
            assert_eq!(
                decoded(field, b"plain text"),
                Err(Malformed::Encoding),
                "{field}"
            );
        }
        assert_eq!(decoded("zstd", TEXT), Err(Malformed::Encoding));
        assert_eq!(
            decoded("gzip,gzip,gzip,gzip,gzip", TEXT),
            Err(Malformed::Encoding)
        );
    }

    #[test]
    fn a_beginning_is_decoded_as_far_as_it_goes() {
        let numbers: String = (0..4_000).map(|n| format!("{n},")).collect();
        for (field, encoded) in [
            ("gzip", gzipped(numbers.as_bytes())),
            ("deflate", zlibbed(numbers.as_bytes())),
            ("deflate", deflated(numbers.as_bytes())),
            ("deflate, gzip", gzipped(&zlibbed(numbers.as_bytes()))),
        ] {
            let text = decode_beginning(field, &encoded[..1_536]).expect("something");
            assert!(text.len() > 1_536, "{field}: {}", text.len());
            assert!(numbers.as_bytes().starts_with(&text), "{field}");
        }
        let brotli = b"\x0b\x02\x80hello\x03";
        assert_eq!(
            decode_beginning("br", brotli).as_deref(),
            Some(&b"hello"[..])
        );
        let bomb = gzipped(&vec![0; BODY_BYTES]);
        let text = decode_beginning("gzip", &bomb).expect("something");
        assert_eq!(text.len(), BEGINNING_BYTES);
        for (field, body) in [("zstd", TEXT), ("gzip", TEXT), ("br", &[][..])] {
            assert_eq!(decode_beginning(field, body), None, "{field}");
        }
    }

    #[test]
    fn bombs_end_at_the_limit() {
        let zeros = vec![0; BODY_BYTES + 1];
        assert_eq!(
            decoded("gzip", &gzipped(&zeros)),
            Err(Malformed::BodyTooLong)
        );
        assert_eq!(
            decoded("deflate", &zlibbed(&zeros)),
            Err(Malformed::BodyTooLong)
        );
        assert_eq!(
            decoded("deflate", &deflated(&zeros)),
            Err(Malformed::BodyTooLong)
        );
        let most = vec![0; BODY_BYTES];
        assert_eq!(
            decoded("gzip", &gzipped(&most)).map(|body| body.len()),
            Ok(BODY_BYTES)
        );
    }
}
