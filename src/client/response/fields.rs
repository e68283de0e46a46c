//! The values of the few header fields that the connection itself obeys.

use crate::client::limits::CODINGS;

/// What Content-Length says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::client) enum Length {
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
pub(in crate::client) enum Transfer {
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

/// One way a body can be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::client) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    /// One that this client does not offer.
    Unknown,
}

/// The codings of a body, in the order in which they were applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::client) struct Codings {
    list: [Coding; CODINGS],
    len: u8,
}

impl Codings {
    pub(super) const NONE: Self = Self {
        list: [Coding::Unknown; CODINGS],
        len: 0,
    };

    /// Takes in one more field. Codings beyond the limit make the list undecodable.
    pub(super) fn add(&mut self, value: &[u8]) {
        for token in tokens(value) {
            let coding = if token.eq_ignore_ascii_case(b"identity") {
                continue;
            } else if token.eq_ignore_ascii_case(b"gzip") || token.eq_ignore_ascii_case(b"x-gzip") {
                Coding::Gzip
            } else if token.eq_ignore_ascii_case(b"deflate") {
                Coding::Deflate
            } else if token.eq_ignore_ascii_case(b"br") {
                Coding::Brotli
            } else {
                Coding::Unknown
            };
            let at = usize::from(self.len);
            if let Some(place) = self.list.get_mut(at) {
                *place = coding;
                self.len += 1;
            } else {
                self.list = [Coding::Unknown; CODINGS];
            }
        }
    }

    pub(in crate::client) fn of(field: &str) -> Self {
        let mut codings = Self::NONE;
        codings.add(field.as_bytes());
        codings
    }

    pub(in crate::client) fn as_slice(&self) -> &[Coding] {
        self.list.get(..usize::from(self.len)).unwrap_or_default()
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
    fn only_chunked_once_is_a_transfer_coding() {
        assert_eq!(Transfer::Plain.add(b"Chunked"), Transfer::Chunked);
        assert_eq!(Transfer::Plain.add(b"identity"), Transfer::Plain);
        assert_eq!(Transfer::Plain.add(b"gzip, chunked"), Transfer::Broken);
        assert_eq!(Transfer::Chunked.add(b"chunked"), Transfer::Broken);
    }
}
