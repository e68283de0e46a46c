use std::fmt;

/// Where a text ceases to be JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// The line, from 1.
    pub line: u32,
    /// The byte of the line, from 1.
    pub column: u32,
    /// The character there; `None` at the end of the text.
    pub found: Option<u8>,
}

impl JsonFault {
    /// The fault at an offset of a text; at its end where it is no longer.
    #[must_use]
    pub fn at(text: &[u8], offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.iter().rposition(|&byte| byte == b'\n');
        let line_start = line_start.map_or(0, |at| at + 1);
        let lines = before.iter().filter(|&&byte| byte == b'\n').count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            line: number(lines + 1),
            column: number(before.len() - line_start + 1),
            found: text.get(offset).copied(),
        }
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = (self.line, self.column);
        match self.found {
            Some(byte @ b'!'..=b'~') => {
                let found = char::from(byte);
                write!(f, "line {line}, column {column}: `{found}`")
            }
            Some(byte) => write!(f, "line {line}, column {column}: byte 0x{byte:02X}"),
            None => write!(f, "it ends at line {line}, column {column}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_has_a_place_and_a_byte() {
        for (offset, expected) in [
            (0, "line 1, column 1: `a`"),
            (1, "line 1, column 2: byte 0x0A"),
            (3, "line 2, column 2: byte 0xE9"),
            (4, "it ends at line 2, column 3"),
            (9, "it ends at line 2, column 3"),
        ] {
            assert_eq!(JsonFault::at(b"a\nb\xe9", offset).to_string(), expected);
        }
        assert_eq!(
            JsonFault::at(b"", 0).to_string(),
            "it ends at line 1, column 1"
        );
    }
}
