//! Mistakes in a scenario file, with their place.

use std::fmt;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::program::{Secrets, mask_addresses};
use crate::scenario::data::credentials::{Mask, hide};
use crate::scenario::yaml::source;
use crate::scenario::yaml::source::{Source, Span};
use crate::scenario::yaml::source_map::{Origin, SourceMap};

/// A mistake in a scenario file, in one that it includes, or in what was set
/// on the command line.
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
    /// The text it is in, and the bytes of it that are marked.
    source: Arc<Source>,
    span: Span,
    /// Where it is, for a sentence; empty for a file as a whole.
    place: String,
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
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)?;
        self.help.iter().try_for_each(|help| write!(f, " ({help})"))
    }
}

impl Diagnostic {
    /// A mistake of a file as a whole.
    #[must_use]
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            line: 1,
            column: 1,
            length: 1,
            message: message.into(),
            help: None,
            source: Arc::new(Source::new(file, "")),
            span: Span::default(),
            place: String::new(),
        }
    }

    /// The mistake for people: `file:line:column`, the line with carets under
    /// what is wrong, and what to do.
    #[must_use]
    pub fn render(&self, colour: Colour) -> String {
        let renderer = match colour {
            Colour::Never => Renderer::plain(),
            Colour::Always => Renderer::styled(),
        };
        let title = Level::ERROR.primary_title(&self.message);
        if self.place.is_empty() {
            return renderer.render(&[Group::with_title(title)]);
        }
        let snippet = Snippet::source(self.source.text.as_str())
            .path(self.source.file.as_str())
            .annotation(AnnotationKind::Primary.span(self.span.start..self.span.end));
        let mut group = title.element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        renderer.render(&[group])
    }
}

/// The mistakes found so far; bounded.
#[derive(Debug)]
pub(crate) struct Problems<'s> {
    pub(crate) source: &'s SourceMap,
    found: FoundMistakes,
}

/// Mistakes, each with its place in the text of all files.
pub(crate) type FoundMistakes = Vec<(Span, Diagnostic)>;

impl<'s> Problems<'s> {
    /// More than anyone reads; what comes after is found in the next attempt.
    const MAX: usize = 200;

    pub(crate) fn new(source: &'s SourceMap) -> Self {
        Self {
            source,
            found: Vec::new(),
        }
    }

    pub(crate) fn report(&mut self, span: Span, message: impl Into<String>) {
        self.report_maybe(span, message, None);
    }

    /// Reports a mistake and its cure.
    pub(crate) fn report_with(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report_maybe(span, message, Some(help.into()));
    }

    /// Reports a mistake whose cure may not be known.
    pub(crate) fn report_maybe(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if self.found.len() >= Self::MAX {
            return;
        }
        let start = self.source.floor(span.start);
        let Some(part) = self.source.part(start) else {
            return;
        };
        let text = part.source.text.as_str();
        let within = (start - part.start).min(text.len());
        let end = source::floor(text, span.end.saturating_sub(part.start)).max(within);
        // Only what stands on the first line is marked: what follows a key or
        // a list would bury the message under its own text.
        let marked = text[within..end].lines().next().unwrap_or("");
        let marked = marked.trim_end();
        let (line, column) = source::place(text, within);
        let file = &part.source.file;
        let place = match part.origin {
            Origin::Own => format!("line {line}, column {column}"),
            Origin::Included => format!("{file}, line {line}, column {column}"),
            Origin::Override => format!("{file} {text}"),
        };
        let diagnostic = Diagnostic {
            line,
            column,
            length: marked.chars().count().max(1),
            message: message.into(),
            help,
            source: Arc::clone(&part.source),
            span: Span::new(within, within + marked.len()),
            place,
        };
        self.found.push((span, diagnostic));
    }

    /// Adds what was found before, in the same texts.
    pub(crate) fn adopt(&mut self, found: FoundMistakes) {
        self.found.extend(found);
        self.found.truncate(Self::MAX);
    }

    /// All mistakes as they came.
    pub(crate) fn into_found(self) -> FoundMistakes {
        self.found
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All mistakes in order of place, each once, without secrets.
    pub(crate) fn into_sorted(mut self, secrets: &Secrets) -> Vec<Diagnostic> {
        let shown = |text: &str| mask_addresses(&secrets.mask(text)).into_owned();
        // Few files have mistakes, and a file has many of them.
        let mut sources: Vec<(Arc<Source>, Arc<Source>)> = Vec::new();
        for (_, found) in &mut self.found {
            found.message = shown(&found.message);
            found.help = found.help.take().map(|help| shown(&help));
            found.place = shown(&found.place);
            let known = sources
                .iter()
                .find(|(one, _)| Arc::ptr_eq(one, &found.source));
            let hidden = known.map(|(_, hidden)| Arc::clone(hidden));
            let hidden = hidden.unwrap_or_else(|| {
                let text = hide(&found.source, Mask::SameLength);
                let hidden = Arc::new(Source::new(found.source.file.clone(), text));
                sources.push((Arc::clone(&found.source), Arc::clone(&hidden)));
                hidden
            });
            found.source = hidden;
        }
        self.found.sort_by(|(a_at, a), (b_at, b)| {
            (a_at.start, a_at.end, &a.message).cmp(&(b_at.start, b_at.end, &b.message))
        });
        self.found.dedup();
        self.found
            .into_iter()
            .map(|(_, diagnostic)| diagnostic)
            .collect()
    }
}

/// A mistake within a text, to be placed where the text stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// In bytes of the text.
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Mistake {
    pub(crate) fn new(span: impl Into<Span>, message: impl Into<String>) -> Self {
        Self {
            span: span.into(),
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
