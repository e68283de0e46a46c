//! The text of a scenario, and places in it.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A scenario file: what it is called, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as the user gave it.
    pub file: String,
    /// The whole text.
    pub text: String,
    folder: Option<PathBuf>,
}

impl Source {
    /// A source with this name and text.
    #[must_use]
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
            folder: None,
        }
    }

    /// Reads a file, which has to be UTF-8; the files that it names are
    /// relative to its folder.
    ///
    /// # Errors
    /// What the operating system says, or that it is no UTF-8.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(path)?;
        Ok(Self::new(path.display().to_string(), text).in_folder_of(path))
    }

    /// The same source as the file at this path.
    #[must_use]
    pub fn in_folder_of(mut self, path: &Path) -> Self {
        self.folder = path.parent().map(Path::to_owned);
        self
    }

    /// Where the files are that it names; `None` for a text that is no file,
    /// as the built-in scenarios. Empty for the folder that we are in.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        self.folder.clone()
    }

    /// The file's name without folders and extension: the scenario's name
    /// where the text gives none.
    #[must_use]
    pub fn stem(&self) -> &str {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => name,
        }
    }

    /// Line and column, in characters, both from 1.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor(offset);
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The nearest character boundary at or before an offset.
    pub(super) fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// A stretch of a source, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}
