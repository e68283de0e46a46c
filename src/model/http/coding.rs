use std::fmt;

/// A content coding that is undone for inspection (RFC 9110, section 8.4.1;
/// RFC 7932; RFC 8878).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContentCoding {
    /// `gzip`, also called `x-gzip`.
    Gzip,
    /// `deflate`: zlib's format, or the bare stream that some servers send.
    Deflate,
    /// `br`
    Brotli,
    /// `zstd`
    Zstd,
}

impl fmt::Display for ContentCoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        })
    }
}

/// The name of a content coding that is not known, as the target sends it: in
/// lower case, characters that no name has as `?`, and no longer than the
/// longest that is registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodingName([u8; CodingName::CAPACITY]);

impl CodingName {
    /// The longest name it holds, in bytes; what is beyond that is left out.
    pub const CAPACITY: usize = 12;

    /// The name of a coding.
    #[must_use]
    pub fn new(name: &[u8]) -> Self {
        let mut bytes = [0; Self::CAPACITY];
        for (byte, &given) in bytes.iter_mut().zip(name) {
            *byte = match given {
                b'-' | b'_' | b'.' | b'+' => given,
                _ if given.is_ascii_alphanumeric() => given.to_ascii_lowercase(),
                _ => b'?',
            };
        }
        Self(bytes)
    }
}

impl fmt::Display for CodingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = str::from_utf8(&self.0).unwrap_or_default();
        f.write_str(text.trim_end_matches('\0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_harmless_and_short() {
        let shown = |name: &[u8]| CodingName::new(name).to_string();
        assert_eq!(shown(b"Pack200-GZIP"), "pack200-gzip");
        assert_eq!(shown(b"x-very-long-name"), "x-very-long-");
        assert_eq!(shown(b"a\x1b[\xff"), "a???");
        assert_eq!(shown(b""), "");
    }
}
