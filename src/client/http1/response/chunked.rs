//! A chunked body (RFC 9112, section 7.1), pushed in any portions.

use crate::client::limits::{CHUNK_EXTENSION_BYTES, TRAILER_BYTES};
use crate::model::Malformed;

/// Where in a chunked body the reader is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunked {
    at: ChunkState,
    /// Data bytes of this chunk still to come.
    left: u64,
    /// Bytes spent on what is not data: one line's extensions, or the trailers.
    spent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkState {
    /// Before the first digit of a size.
    Size,
    SizeDigits,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the start of a line after the last chunk.
    Trailer,
    TrailerLine,
    TrailerLf,
    FinalLf,
    Done,
}

/// What feeding came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChunkEvent {
    /// All of it was used and more is needed.
    More,
    /// The body ended after so many bytes.
    Done(usize),
}

impl Chunked {
    pub(crate) fn new() -> Self {
        Self {
            at: ChunkState::Size,
            left: 0,
            spent: 0,
        }
    }

    /// Reads on, handing data to `keep`.
    pub(crate) fn feed(
        &mut self,
        input: &[u8],
        mut keep: impl FnMut(&[u8]) -> Result<(), Malformed>,
    ) -> Result<ChunkEvent, Malformed> {
        let mut used = 0;
        while let Some(&byte) = input.get(used) {
            if self.at == ChunkState::Data {
                let rest = input.get(used..).unwrap_or_default();
                let here =
                    usize::try_from(self.left).map_or(rest.len(), |left| left.min(rest.len()));
                keep(rest.get(..here).unwrap_or_default())?;
                used += here;
                self.left -= here as u64;
                if self.left == 0 {
                    self.at = ChunkState::DataCr;
                }
                continue;
            }
            self.at = self.step(byte)?;
            used += 1;
            if self.at == ChunkState::Done {
                return Ok(ChunkEvent::Done(used));
            }
        }
        Ok(ChunkEvent::More)
    }

    /// One byte of framing.
    fn step(&mut self, byte: u8) -> Result<ChunkState, Malformed> {
        let next = match (self.at, byte) {
            (
                ChunkState::Size | ChunkState::SizeDigits,
                b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F',
            ) => {
                self.digit(byte)?;
                ChunkState::SizeDigits
            }
            (ChunkState::SizeDigits | ChunkState::Extension, b'\r') => ChunkState::SizeLf,
            (ChunkState::SizeDigits, b';' | b' ' | b'\t') => {
                self.spent = 0;
                ChunkState::Extension
            }
            (ChunkState::Extension, byte) if byte != b'\n' => {
                self.spend(CHUNK_EXTENSION_BYTES)?;
                ChunkState::Extension
            }
            (ChunkState::SizeLf, b'\n') if self.left == 0 => {
                self.spent = 0;
                ChunkState::Trailer
            }
            (ChunkState::SizeLf, b'\n') => ChunkState::Data,
            (ChunkState::DataCr, b'\r') => ChunkState::DataLf,
            (ChunkState::DataLf, b'\n') => ChunkState::Size,
            (ChunkState::Trailer, b'\r') => ChunkState::FinalLf,
            (ChunkState::TrailerLine, b'\r') => ChunkState::TrailerLf,
            (ChunkState::Trailer | ChunkState::TrailerLine, byte) if byte != b'\n' => {
                self.spend(TRAILER_BYTES)?;
                ChunkState::TrailerLine
            }
            (ChunkState::TrailerLf, b'\n') => ChunkState::Trailer,
            (ChunkState::FinalLf, b'\n') => ChunkState::Done,
            _ => return Err(Malformed::Chunk),
        };
        Ok(next)
    }

    fn digit(&mut self, byte: u8) -> Result<(), Malformed> {
        let value = char::from(byte).to_digit(16).ok_or(Malformed::Chunk)?;
        // The top digit must be free: 16 digits at most, and no overflow. Leading
        // zeros without end are caught as spending.
        self.left = self
            .left
            .checked_mul(16)
            .ok_or(Malformed::Chunk)?
            .saturating_add(u64::from(value));
        if self.at == ChunkState::Size {
            self.spent = 0;
        }
        self.spend(32)
    }

    fn spend(&mut self, limit: u32) -> Result<(), Malformed> {
        self.spent += 1;
        if self.spent > limit {
            return Err(Malformed::Chunk);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Result<(ChunkEvent, Vec<u8>), Malformed> {
        let mut body = Vec::new();
        let fed = Chunked::new().feed(input, |data| {
            body.extend_from_slice(data);
            Ok(())
        })?;
        Ok((fed, body))
    }

    #[test]
    fn extensions_and_trailers_are_read_over() {
        let text = b"3;a=\"b\"\r\nabc\r\n00A \r\n0123456789\r\n0\r\nX: y\r\n\r\nnext";
        let (fed, body) = read(text).expect("well-formed");
        assert_eq!(fed, ChunkEvent::Done(text.len() - 4));
        assert_eq!(body, b"abc0123456789");
    }

    #[test]
    fn broken_framing_is_refused() {
        for bad in [
            "g\r\n",
            "\r\n",
            ";x\r\n",
            "-1\r\n",
            "3\nabc",
            "3\r\nabcd",
            "3\r\nabc\n",
            "10000000000000000\r\n",
        ] {
            assert_eq!(
                read(bad.as_bytes()).unwrap_err(),
                Malformed::Chunk,
                "{bad:?}"
            );
        }
    }

    #[test]
    fn endless_extensions_zeros_and_trailers_are_refused() {
        let endless = [b"1;".to_vec(), vec![b'x'; 5000]].concat();
        assert_eq!(read(&endless).unwrap_err(), Malformed::Chunk);
        assert_eq!(read(&[b'0'; 100]).unwrap_err(), Malformed::Chunk);
        let trailers = [b"0\r\n".to_vec(), b"a: b\r\n".repeat(8000)].concat();
        assert_eq!(read(&trailers).unwrap_err(), Malformed::Chunk);
    }
}
