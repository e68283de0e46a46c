//! Decoding bodies that are wanted. Bounded: a bomb ends at the limit.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};
use ruzstd::decoding::StreamingDecoder;

use super::buffers::Buffers;
use super::limits::BODY_BYTES;
use super::response::Codings;
use crate::model::{ContentCoding, Malformed};

/// Window of the brotli decoder's own reads.
const BROTLI_READ_BYTES: usize = 4096;

/// Undoes the codings, last applied first.
pub(super) fn decode(
    codings: Codings,
    body: &mut Vec<u8>,
    buffers: &Buffers,
) -> Result<(), Malformed> {
    for &coding in codings.known()?.iter().rev() {
        // Answers without content often name a coding all the same.
        if body.is_empty() {
            return Ok(());
        }
        let mut decoded = buffers.take();
        let outcome = match coding {
            ContentCoding::Gzip => gzip(body, &mut decoded),
            ContentCoding::Deflate => deflate(body, &mut decoded),
            ContentCoding::Brotli => read_bounded(brotli(body), &mut decoded),
            ContentCoding::Zstd => zstd(body, &mut decoded),
        };
        std::mem::swap(body, &mut decoded);
        buffers.give(decoded);
        outcome.map_err(|failed| match failed {
            Failed::Broken => Malformed::Encoding(coding),
            Failed::TooLong => Malformed::BodyTooLong,
        })?;
    }
    Ok(())
}

/// Why a body was not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    /// It is not of this coding, or cut short.
    Broken,
    /// It decodes to more than the limit.
    TooLong,
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
    for coding in codings.known().ok()?.iter().rev() {
        let encoded = text.as_slice();
        text = match coding {
            ContentCoding::Gzip => beginning(GzDecoder::new(encoded)),
            ContentCoding::Deflate => match beginning(ZlibDecoder::new(encoded)) {
                decoded if decoded.is_empty() => beginning(DeflateDecoder::new(encoded)),
                decoded => decoded,
            },
            ContentCoding::Brotli => beginning(brotli(encoded)),
            ContentCoding::Zstd => {
                StreamingDecoder::new(encoded).map_or_else(|_| Vec::new(), beginning)
            }
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

fn brotli(body: &[u8]) -> impl Read {
    brotli_decompressor::Decompressor::new(body, BROTLI_READ_BYTES)
}

/// One frame after another (RFC 8878, section 3.1); those to be skipped are.
fn zstd(body: &[u8], into: &mut Vec<u8>) -> Result<(), Failed> {
    let mut rest = body;
    while !rest.is_empty() {
        if let Some(after) = after_skippable_frame(rest)? {
            rest = after;
            continue;
        }
        let decoder = StreamingDecoder::new(&mut rest).map_err(|_| Failed::Broken)?;
        read_bounded(decoder, into)?;
    }
    Ok(())
}

/// What comes after a frame of a user's own (RFC 8878, section 3.1.2); `None`
/// where there is no such frame.
fn after_skippable_frame(body: &[u8]) -> Result<Option<&[u8]>, Failed> {
    let [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] = body else {
        return Ok(None);
    };
    let (len, rest) = rest.split_first_chunk().ok_or(Failed::Broken)?;
    let len = usize::try_from(u32::from_le_bytes(*len)).map_err(|_| Failed::Broken)?;
    rest.get(len..).map(Some).ok_or(Failed::Broken)
}

/// One member after another; what follows the last and is none is padding.
fn gzip(body: &[u8], into: &mut Vec<u8>) -> Result<(), Failed> {
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
fn deflate(body: &[u8], into: &mut Vec<u8>) -> Result<(), Failed> {
    match inflate(Decompress::new(true), body, into) {
        Err(Failed::Broken) => {
            into.clear();
            inflate(Decompress::new(false), body, into)
        }
        outcome => outcome,
    }
}

fn inflate(mut stream: Decompress, body: &[u8], into: &mut Vec<u8>) -> Result<(), Failed> {
    loop {
        if into.len() == into.capacity() {
            if into.len() > BODY_BYTES {
                return Err(Failed::TooLong);
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
            .map_err(|_| Failed::Broken)?;
        let used = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            return within_limit(into);
        }
        // No step forward although there was room: the stream is cut short.
        if before == (used, into.len()) {
            return Err(Failed::Broken);
        }
    }
}

fn read_bounded(reader: impl Read, into: &mut Vec<u8>) -> Result<(), Failed> {
    let room = (BODY_BYTES + 1).saturating_sub(into.len()) as u64;
    let outcome: io::Result<usize> = reader.take(room).read_to_end(into);
    outcome.map_err(|_| Failed::Broken)?;
    within_limit(into)
}

fn within_limit(decoded: &[u8]) -> Result<(), Failed> {
    if decoded.len() > BODY_BYTES {
        return Err(Failed::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;
    use crate::model::CodingName;

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

    fn zstded(data: &[u8]) -> Vec<u8> {
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        ruzstd::encoding::compress_to_vec(data, level)
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
        assert_eq!(decoded("zstd", &zstded(TEXT)).as_deref(), Ok(TEXT));
        // "hello" as the reference encoder writes it, and a frame to be skipped.
        let hello = b"\x28\xb5\x2f\xfd\x04\x58\x29\0\0hello\xa3\x6d\x9f\x88";
        let frames = [b"\x53\x2a\x4d\x18\x02\0\0\0xy", &hello[..], &zstded(TEXT)].concat();
        assert_eq!(decoded("zstd", &frames), Ok([b"hello", TEXT].concat()));
        assert_eq!(decoded("gzip", b"").as_deref(), Ok(&b""[..]));
        assert_eq!(decoded("none", TEXT).as_deref(), Ok(TEXT));
        assert_eq!(
            decoded("identity, gzip", &gzipped(TEXT)).as_deref(),
            Ok(TEXT)
        );
    }

    #[test]
    fn what_is_cut_short_or_foreign_is_refused() {
        for (coding, mut body) in [
            (ContentCoding::Gzip, gzipped(TEXT)),
            (ContentCoding::Deflate, zlibbed(TEXT)),
            (ContentCoding::Deflate, deflated(TEXT)),
            (ContentCoding::Brotli, b"\x0b\x02\x80hello\x03".to_vec()),
            (ContentCoding::Zstd, zstded(TEXT)),
        ] {
            body.truncate(body.len() - 5);
            let (field, broken) = (coding.to_string(), Err(Malformed::Encoding(coding)));
            assert_eq!(decoded(&field, &body), broken, "{field}");
            assert_eq!(decoded(&field, b"plain text"), broken, "{field}");
        }
        let unknown = Malformed::UnknownCoding(CodingName::new(b"compress"));
        assert_eq!(decoded("gzip, compress", TEXT), Err(unknown));
        let six = ["gzip"; 6].join(",");
        assert_eq!(decoded(&six, TEXT), Err(Malformed::TooManyCodings));
    }

    #[test]
    fn a_beginning_is_decoded_as_far_as_it_goes() {
        let numbers: String = (0..4_000).map(|n| format!("{n},")).collect();
        for (field, encoded) in [
            ("gzip", gzipped(numbers.as_bytes())),
            ("deflate", zlibbed(numbers.as_bytes())),
            ("deflate", deflated(numbers.as_bytes())),
            ("deflate, gzip", gzipped(&zlibbed(numbers.as_bytes()))),
            ("none, gzip", gzipped(numbers.as_bytes())),
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
        for (field, body) in [
            ("zstd", TEXT),
            ("exi", TEXT),
            ("gzip", TEXT),
            ("br", &[][..]),
        ] {
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
        assert_eq!(
            decoded("zstd", &zstded(&zeros)),
            Err(Malformed::BodyTooLong)
        );
        let most = vec![0; BODY_BYTES];
        assert_eq!(
            decoded("gzip", &gzipped(&most)).map(|body| body.len()),
            Ok(BODY_BYTES)
        );
    }
}
