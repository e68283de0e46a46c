//! The tokens of a criterion, each with its place.

use crate::model::Comparison;
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::source::Span;

/// The longest criterion, in bytes.
const MAX_LENGTH: usize = 1_000;

/// A token of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Plain(&'t str),
    /// Without its quotes.
    Quoted(&'t str),
    Sign(Comparison),
    Open,
    Close,
}

/// The tokens that are still to be read.
pub(super) struct Tokens<'t> {
    placed: Vec<(Token<'t>, Span)>,
    at: usize,
    /// The length of the text.
    end: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self, Mistake> {
        if text.len() > MAX_LENGTH {
            let message = format!("a criterion is at most {MAX_LENGTH} characters long");
            return Err(Mistake::new(0..text.len(), message));
        }
        let mut placed = Vec::new();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            if c.is_whitespace() {
                at += c.len_utf8();
                continue;
            }
            let (token, length) = token(&text[at..], c, at)?;
            placed.push((token, Span::new(at, at + length)));
            at += length;
        }
        Ok(Self {
            placed,
            at: 0,
            end: text.len(),
        })
    }

    /// The next token, which stays.
    pub(super) fn peek(&self) -> Option<Token<'t>> {
        self.placed.get(self.at).map(|(token, _)| *token)
    }

    /// The next token and its place.
    pub(super) fn next(&mut self) -> Option<(Token<'t>, Span)> {
        let next = self.placed.get(self.at).copied();
        self.at += usize::from(next.is_some());
        next
    }

    /// Takes the next token if it is this one; its place.
    pub(super) fn take(&mut self, token: Token<'_>) -> Option<Span> {
        (self.peek() == Some(token))
            .then(|| self.next())?
            .map(|(_, span)| span)
    }

    /// Where the next token stands, or the end of the text.
    pub(super) fn here(&self) -> Span {
        let next = self.placed.get(self.at);
        next.map_or(Span::new(self.end, self.end), |(_, span)| *span)
    }

    /// Where the last token that was taken ends.
    pub(super) fn taken_until(&self) -> usize {
        let last = self.at.checked_sub(1).and_then(|at| self.placed.get(at));
        last.map_or(0, |(_, span)| span.end)
    }
}

/// The token at the beginning of a text, `at` bytes into the criterion, and how
/// long it is.
fn token(text: &str, first: char, at: usize) -> Result<(Token<'_>, usize), Mistake> {
    if let Some((sign, comparison)) = Comparison::SIGNS
        .iter()
        .find(|(sign, _)| text.starts_with(sign))
    {
        return Ok((Token::Sign(*comparison), sign.len()));
    }
    let here = at..at + first.len_utf8();
    match first {
        '(' => Ok((Token::Open, 1)),
        ')' => Ok((Token::Close, 1)),
        '=' => Err(Mistake::new(here, "`=` compares nothing").help("write `==`")),
        '!' => Err(Mistake::new(here, "`!` compares nothing").help("write `!=`")),
        '"' | '\'' => match text[1..].find(first) {
            Some(end) => Ok((Token::Quoted(&text[1..=end]), end + 2)),
            None => Err(Mistake::new(here, "this quote is not closed")),
        },
        _ => {
            let ends = |c: char| c.is_whitespace() || "<>=!()\"'".contains(c);
            let length = text.find(ends).unwrap_or(text.len());
            Ok((Token::Plain(&text[..length]), length))
        }
    }
}
