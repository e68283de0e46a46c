//! The texts of a scenario as one, so that a place is a number whatever file
//! it is in: the scenario's own file, those it includes, and what was set on
//! the command line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::scenario::yaml::source;
use crate::scenario::yaml::source::{Source, Span};

/// The texts, one after the other with a line break between them.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceMap {
    pub(crate) text: String,
    parts: Vec<SourcePart>,
}

/// Where a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The scenario's own file.
    Own,
    /// A file that another one includes.
    Included,
    /// A `--set` on the command line.
    Override,
}

#[derive(Clone, Debug)]
pub(crate) struct SourcePart {
    pub(crate) start: usize,
    pub(crate) source: Arc<Source>,
    pub(crate) origin: Origin,
}

impl SourceMap {
    /// Adds a text and says where it begins.
    pub(crate) fn add(&mut self, source: Source, origin: Origin) -> usize {
        if !self.parts.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(&source.text);
        self.parts.push(SourcePart {
            start,
            source: Arc::new(source),
            origin,
        });
        start
    }

    /// The text that an offset is in.
    pub(crate) fn part(&self, offset: usize) -> Option<&SourcePart> {
        self.parts.iter().rev().find(|part| part.start <= offset)
    }

    /// The nearest character boundary at or before an offset.
    pub(crate) fn floor(&self, offset: usize) -> usize {
        source::floor(&self.text, offset)
    }

    /// The line of an offset within its file, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let start = self.part(offset).map_or(0, |part| part.start);
        source::place(&self.text[start..], offset.saturating_sub(start)).0
    }

    /// `file:line` of an offset, for a message about another place.
    pub(crate) fn name_place(&self, offset: usize) -> String {
        let file = self.part(offset).map_or("", |part| &part.source.file);
        format!("{file}:{}", self.line(offset))
    }

    /// The name of the scenario where its text gives none.
    pub(crate) fn stem(&self) -> &str {
        self.parts.first().map_or("", |part| part.source.stem())
    }

    /// The path that is named at a place, seen from the file that names it;
    /// nothing where that is no file.
    pub(crate) fn resolve(&self, at: Span, path: &str) -> Option<PathBuf> {
        let part = self.part(at.start)?;
        let own = || self.parts.first()?.source.folder();
        // What is set on the command line stands for a line of the own file.
        let folder = match part.origin {
            Origin::Override => own()?,
            Origin::Own | Origin::Included => part.source.folder()?,
        };
        Some(if folder == Path::new("") {
            PathBuf::from(path)
        } else {
            folder.join(path)
        })
    }
}
