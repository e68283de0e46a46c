//! Decoding bodies that are wanted. Bounded: a bomb ends at the limit.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};
use ruzstd::decoding::StreamingDecoder;

use crate::client::http1::response::Codings;
use crate::client::limits::COUNTED_TIMES;
use crate::client::session::buffers::Buffers;
use crate::model::{ContentCoding, Malformed};

/// The most by which a buffer grows at a time.
const BODY_PORTION: usize = 8 * 1024 * 1024;
/// Window of the brotli decoder's own reads.
const BROTLI_READ_BYTES: usize = 4096;

/// Undoes the codings, last applied first. The result of each has at most
/// `limit` bytes.
pub(crate) fn decode(
    codings: Codings,
    body: &mut Vec<u8>,
    limit: usize,
    buffers: &Buffers,
) -> Result<(), Malformed> {
    for &coding in codings.known()?.iter().rev() {
        undo(coding, body, (Purpose::Keep, limit as u64), buffers)?;
    }
    Ok(())
}

/// How many bytes the body has without its codings. Only what lies between
/// two codings is kept, and has at most `limit` bytes; of the last so many
/// times that are counted. Leaves the encoded body as it is if there is one
/// coding.
pub(crate) fn decoded_size(
    codings: Codings,
    body: &mut Vec<u8>,
    limit: usize,
    buffers: &Buffers,
) -> Result<u64, Malformed> {
    let Some((&first, others)) = codings.known()?.split_first() else {
        return Ok(body.len() as u64);
    };
    for &coding in others.iter().rev() {
        undo(coding, body, (Purpose::Keep, limit as u64), buffers)?;
    }
    let counted = COUNTED_TIMES.saturating_mul(limit as u64);
    undo(first, body, (Purpose::Count, counted), buffers)
}

/// Undoes one coding; how many bytes that gives.
fn undo(
    coding: ContentCoding,
    body: &mut Vec<u8>,
    (purpose, limit): (Purpose, u64),
    buffers: &Buffers,
) -> Result<u64, Malformed> {
    // Answers without content often name a coding all the same.
    if body.is_empty() {
        return Ok(0);
    }
    let mut decoded = buffers.take();
    let mut output = Output {
        bytes: &mut decoded,
        forgotten: 0,
        purpose,
        limit,
    };
    let outcome = match coding {
        ContentCoding::Gzip => gzip(body, &mut output),
        ContentCoding::Deflate => deflate(body, &mut output),
        ContentCoding::Brotli => output.read(brotli(body)),
        ContentCoding::Zstd => zstd(body, &mut output),
    };
    let size = output.len();
    if purpose == Purpose::Keep {
        std::mem::swap(body, &mut decoded);
    }
    buffers.give(decoded);
    match outcome {
        Ok(()) => Ok(size),
        Err(Failed::Broken) => Err(Malformed::Encoding(coding)),
        Err(Failed::TooLong) => Err(Malformed::BodyTooLong),
    }
}

/// What becomes of decoded bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Keep,
    Count,
}

/// Where decoded bytes go, up to a limit.
struct Output<'b> {
    bytes: &'b mut Vec<u8>,
    /// How many were counted and thrown away.
    forgotten: u64,
    purpose: Purpose,
    limit: u64,
}

impl Output<'_> {
    /// Bytes that are decoded between two looks at the limit, if they are only
    /// counted.
    const PORTION: usize = 64 * 1024;

    fn len(&self) -> u64 {
        self.forgotten + self.bytes.len() as u64
    }

    fn clear(&mut self) {
        self.forgotten = 0;
        self.bytes.clear();
    }

    /// Reads to the end.
    fn read(&mut self, mut reader: impl Read) -> Result<(), Failed> {
        loop {
            let room = (self.limit + 1).saturating_sub(self.len());
            let portion = match self.purpose {
                Purpose::Keep => room,
                Purpose::Count => room.min(Self::PORTION as u64),
            };
            let read: io::Result<usize> = reader.by_ref().take(portion).read_to_end(self.bytes);
            let read = read.map_err(|_| Failed::Broken)?;
            self.settle()?;
            if (read as u64) < portion {
                return Ok(());
            }
        }
    }

    /// Looks at the limit after some more bytes.
    fn settle(&mut self) -> Result<(), Failed> {
        if self.len() > self.limit {
            return Err(Failed::TooLong);
        }
        if self.purpose == Purpose::Count {
            self.forgotten = self.len();
            self.bytes.clear();
        }
        Ok(())
    }

    /// Makes room for some more bytes.
    fn reserve(&mut self) {
        if self.bytes.len() == self.bytes.capacity() {
            let more = self.bytes.len().clamp(4096, BODY_PORTION);
            self.bytes.reserve(more);
        }
    }
}

/// Why a body was not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    /// It is not of this coding, or cut short.
    Broken,
    /// It decodes to more than the limit.
    TooLong,
}

/// The most that is decoded of the beginning of a body for a sample of it.
const BEGINNING_BYTES: usize = 16 * 1024;

/// What the beginning of an encoded body decodes to, as far as it goes;
/// `content_encoding` is the value of that field. `None` where nothing can be
/// made of it.
#[must_use]
pub fn decode_beginning(content_encoding: &str, body: &[u8]) -> Option<Vec<u8>> {
    beginning(Codings::of(content_encoding), body, BEGINNING_BYTES)
}

/// The same of so many bytes at most.
pub(crate) fn beginning(codings: Codings, body: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut text = body.to_vec();
    for coding in codings.known().ok()?.iter().rev() {
        let encoded = text.as_slice();
        text = match coding {
            ContentCoding::Gzip => read_beginning(GzDecoder::new(encoded), limit),
            ContentCoding::Deflate => match read_beginning(ZlibDecoder::new(encoded), limit) {
                decoded if decoded.is_empty() => {
                    read_beginning(DeflateDecoder::new(encoded), limit)
                }
                decoded => decoded,
            },
            ContentCoding::Brotli => read_beginning(brotli(encoded), limit),
            ContentCoding::Zstd => read_beginning(StreamingDecoder::new(encoded).ok()?, limit),
        };
    }
    (!text.is_empty()).then_some(text)
}

/// Reads until the end, an error or the limit.
fn read_beginning(mut reader: impl Read, limit: usize) -> Vec<u8> {
    let mut text = vec![0; limit];
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
fn zstd(body: &[u8], into: &mut Output<'_>) -> Result<(), Failed> {
    let mut rest = body;
    while !rest.is_empty() {
        if let Some(after) = after_skippable_frame(rest)? {
            rest = after;
            continue;
        }
        let decoder = StreamingDecoder::new(&mut rest).map_err(|_| Failed::Broken)?;
        into.read(decoder)?;
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
fn gzip(body: &[u8], into: &mut Output<'_>) -> Result<(), Failed> {
    let mut rest = body;
    loop {
        let mut decoder = GzDecoder::new(rest);
        into.read(&mut decoder)?;
        rest = decoder.into_inner();
        if !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(());
        }
    }
}

/// Meant is zlib's format; some servers send the bare stream.
fn deflate(body: &[u8], into: &mut Output<'_>) -> Result<(), Failed> {
    match inflate(Decompress::new(true), body, into) {
        Err(Failed::Broken) => {
            into.clear();
            inflate(Decompress::new(false), body, into)
        }
        outcome => outcome,
    }
}

fn inflate(mut stream: Decompress, body: &[u8], into: &mut Output<'_>) -> Result<(), Failed> {
    loop {
        into.reserve();
        let used = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let before = (used, into.len());
        let status = stream
            .decompress_vec(
                body.get(used..).unwrap_or_default(),
                into.bytes,
                FlushDecompress::None,
            )
            .map_err(|_| Failed::Broken)?;
        into.settle()?;
        let used = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            return Ok(());
        }
        // No step forward although there was room: the stream is cut short.
        if before == (used, into.len()) {
            return Err(Failed::Broken);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;
    use crate::model::CodingName;

    const BODY_BYTES: usize = 1024 * 1024;
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
        decode(
            Codings::of(field),
            &mut body,
            BODY_BYTES,
            &Buffers::default(),
        )?;
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
    fn a_size_is_counted_beyond_the_limit() {
        const LIMIT: usize = 64 * 1024;
        let counted = |field: &str, mut body: Vec<u8>| {
            decoded_size(Codings::of(field), &mut body, LIMIT, &Buffers::default())
        };
        for (len, outcome) in [
            (10, Ok(10)),
            (LIMIT * 16, Ok(LIMIT as u64 * 16)),
            (LIMIT * 16 + 1, Err(Malformed::BodyTooLong)),
        ] {
            let zeros = vec![0; len];
            assert_eq!(counted("gzip", gzipped(&zeros)), outcome);
            assert_eq!(counted("deflate", zlibbed(&zeros)), outcome);
            assert_eq!(counted("deflate", deflated(&zeros)), outcome);
            assert_eq!(counted("zstd", zstded(&zeros)), outcome);
            assert_eq!(counted("deflate, gzip", gzipped(&zlibbed(&zeros))), outcome);
        }
        let members = [gzipped(TEXT), gzipped(TEXT)].concat();
        assert_eq!(counted("gzip", members), Ok(TEXT.len() as u64 * 2));
        assert_eq!(counted("br", b"\x0b\x02\x80hello\x03".to_vec()), Ok(5));
        assert_eq!(counted("identity", TEXT.to_vec()), Ok(TEXT.len() as u64));
        let broken = Err(Malformed::Encoding(ContentCoding::Gzip));
        assert_eq!(counted("gzip", TEXT.to_vec()), broken);
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
