//! Mistakes in a scenario file, with their place.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::program::Secrets;
use crate::scenario::source::{Source, Span};

/// A mistake in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters it covers on that line; at least 1.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    span: Span,
}

/// Whether a rendering uses colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// ANSI escape sequences.
    Always,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )?;
        self.help.iter().try_for_each(|help| write!(f, " ({help})"))
    }
}

impl Diagnostic {
    /// The mistake for people: `file:line:column`, the line with carets under
    /// what is wrong, and what to do.
    #[must_use]
    pub fn render(&self, source: &Source, colour: Colour) -> String {
        let renderer = match colour {
            Colour::Never => Renderer::plain(),
            Colour::Always => Renderer::styled(),
        };
        let start = source.floor(self.span.start);
        let end = source.floor(self.span.end).max(start);
        let snippet = Snippet::source(source.text.as_str())
            .path(source.file.as_str())
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut group = Level::ERROR.primary_title(&self.message).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        renderer.render(&[group])
    }
}

/// The mistakes found so far; bounded.
#[derive(Debug)]
pub(super) struct Problems<'s> {
    pub(super) source: &'s Source,
    found: Vec<Diagnostic>,
}

impl<'s> Problems<'s> {
    /// More than anyone reads; what comes after is found in the next attempt.
    const MAX: usize = 200;

    pub(super) fn new(source: &'s Source) -> Self {
        Self {
            source,
            found: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, span: Span, message: impl Into<String>) {
        self.report_with(span, message, None);
    }

    pub(super) fn report_with(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if self.found.len() >= Self::MAX {
            return;
        }
        let start = self.source.floor(span.start);
        let end = self.source.floor(span.end).max(start);
        // Only what stands on the first line is marked: what follows a key or
        // a list would bury the message under its own text.
        let marked = self.source.text[start..end].lines().next().unwrap_or("");
        let marked = marked.trim_end();
        let (line, column) = self.source.place(start);
        self.found.push(Diagnostic {
            line,
            column,
            length: marked.chars().count().max(1),
            message: message.into(),
            help,
            span: Span::new(start, start + marked.len()),
        });
    }

    /// How many there are so far.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All mistakes in order of place, each once, without secrets.
    pub(super) fn into_sorted(mut self, secrets: &Secrets) -> Vec<Diagnostic> {
        for found in &mut self.found {
            found.message = secrets.mask(&found.message).into_owned();
            found.help = found
                .help
                .take()
                .map(|help| secrets.mask(&help).into_owned());
        }
        self.found.sort_by(|a, b| {
            (a.span.start, a.span.end, &a.message).cmp(&(b.span.start, b.span.end, &b.message))
        });
        self.found.dedup();
        self.found
    }
}

/// A mistake within a text, to be placed where the text stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// In bytes of the text.
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Mistake {
    pub(super) fn new(span: impl Into<Span>, message: impl Into<String>) -> Self {
        Self {
            span: span.into(),
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
