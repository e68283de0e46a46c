//! The values of the few header fields that the connection itself obeys.

use crate::client::limits::CODINGS;
use crate::model::{CodingName, ContentCoding, Malformed};

/// What Content-Length says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Absent,
    Bytes(u64),
    /// Unreadable, or several that differ.
    Broken,
}

impl Length {
    /// Takes in one more field; equal repetitions are harmless.
    pub(super) fn add(self, value: &[u8]) -> Self {
        value.split(|&b| b == b',').fold(self, |known, part| {
            match (known, decimal(part.trim_ascii())) {
                (Self::Absent, Some(bytes)) => Self::Bytes(bytes),
                (Self::Bytes(before), Some(bytes)) if before == bytes => known,
                _ => Self::Broken,
            }
        })
    }
}

/// Digits only: `parse` would let a sign pass.
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, &digit| {
        let value = char::from(digit).to_digit(10)?;
        sum.checked_mul(10)?.checked_add(u64::from(value))
    })
}

/// What Transfer-Encoding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    Plain,
    Chunked,
    /// A coding that was not offered, or chunked twice.
    Broken,
}

impl Transfer {
    /// Takes in one more field.
    pub(super) fn add(self, value: &[u8]) -> Self {
        tokens(value).fold(self, |known, token| match known {
            _ if token.eq_ignore_ascii_case(b"identity") => known,
            Self::Plain if token.eq_ignore_ascii_case(b"chunked") => Self::Chunked,
            _ => Self::Broken,
        })
    }
}

/// The codings of a body, in the order in which they were applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Codings {
    list: [ContentCoding; CODINGS],
    len: u8,
    /// Why the list can not be undone.
    trouble: Option<Malformed>,
}

impl Codings {
    pub(super) const NONE: Self = Self {
        list: [ContentCoding::Gzip; CODINGS],
        len: 0,
        trouble: None,
    };

    /// Takes in one more field. `none` is no coding, but is sent as if it were
    /// `identity`.
    pub(super) fn add(&mut self, value: &[u8]) {
        for token in tokens(value) {
            let is = |name: &str| token.eq_ignore_ascii_case(name.as_bytes());
            let coding = if is("gzip") || is("x-gzip") {
                ContentCoding::Gzip
            } else if is("br") {
                ContentCoding::Brotli
            } else if is("deflate") {
                ContentCoding::Deflate
            } else if is("zstd") {
                ContentCoding::Zstd
            } else if is("identity") || is("none") {
                continue;
            } else {
                let unknown = Malformed::UnknownCoding(CodingName::new(token));
                self.trouble = self.trouble.or(Some(unknown));
                continue;
            };
            match self.list.get_mut(usize::from(self.len)) {
                Some(place) => {
                    *place = coding;
                    self.len += 1;
                }
                None => self.trouble = self.trouble.or(Some(Malformed::TooManyCodings)),
            }
        }
    }

    pub(crate) fn of(field: &str) -> Self {
        let mut codings = Self::NONE;
        codings.add(field.as_bytes());
        codings
    }

    /// Whether the body is as it was before it was sent.
    pub(crate) fn is_identity(&self) -> bool {
        self.len == 0 && self.trouble.is_none()
    }

    /// The codings, first applied first.
    ///
    /// # Errors
    /// What of the field is not known, or too much.
    pub(crate) fn known(&self) -> Result<&[ContentCoding], Malformed> {
        match self.trouble {
            Some(trouble) => Err(trouble),
            None => Ok(self.list.get(..usize::from(self.len)).unwrap_or_default()),
        }
    }
}

/// The non-empty elements of a comma-separated value.
pub(super) fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&b| b == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lengths_agree_and_others_break() {
        assert_eq!(Length::Absent.add(b"5"), Length::Bytes(5));
        assert_eq!(Length::Bytes(5).add(b"5, 5"), Length::Bytes(5));
        assert_eq!(Length::Bytes(5).add(b"6"), Length::Broken);
        for bad in ["", "+5", "-1", "5 5", "0x5", "18446744073709551616", "5,"] {
            assert_eq!(Length::Absent.add(bad.as_bytes()), Length::Broken, "{bad}");
        }
    }

    #[test]
    fn codings_are_known_or_named() {
        use ContentCoding::{Brotli, Deflate, Gzip, Zstd};
        let unknown = |name: &[u8]| Err(Malformed::UnknownCoding(CodingName::new(name)));
        for (field, expected) in [
            ("", Ok(&[][..])),
            ("identity", Ok(&[][..])),
            ("None", Ok(&[][..])),
            ("identity, gzip", Ok(&[Gzip][..])),
            ("X-GZip , br,,deflate", Ok(&[Gzip, Brotli, Deflate][..])),
            ("zstd", Ok(&[Zstd][..])),
            ("gzip,gzip,gzip,gzip,gzip", Ok(&[Gzip; 5][..])),
            (
                "gzip,gzip,gzip,gzip,gzip,gzip",
                Err(Malformed::TooManyCodings),
            ),
            ("x-compress", unknown(b"x-compress")),
            ("gzip, exi, dcb", unknown(b"exi")),
            ("utf-8", unknown(b"utf-8")),
        ] {
            assert_eq!(Codings::of(field).known(), expected, "{field}");
        }
    }

    #[test]
    fn only_chunked_once_is_a_transfer_coding() {
        assert_eq!(Transfer::Plain.add(b"Chunked"), Transfer::Chunked);
        assert_eq!(Transfer::Plain.add(b"identity"), Transfer::Plain);
        assert_eq!(Transfer::Plain.add(b"gzip, chunked"), Transfer::Broken);
        assert_eq!(Transfer::Chunked.add(b"chunked"), Transfer::Broken);
    }
}
