//! Text with `{{ }}` to templates.

use crate::program::{Encoding, Expression, Function, Hole, Template};
use crate::scenario::expr;
use crate::scenario::expr::Clock;
use crate::scenario::lower::reader::{ClassNames, Reader};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::{Scalar, shorten};
use crate::scenario::yaml::source::Span;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TemplatePart<'t> {
    /// Text as it stands.
    Literal { text: &'t str, start: usize },
    /// The text between `{{` and `}}`.
    Hole { source: &'t str, start: usize },
}

/// The parts of a text.
pub(crate) fn split(text: &str) -> Result<Vec<TemplatePart<'_>>, Mistake> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("{{") {
        let open = at + found;
        if open > at {
            parts.push(TemplatePart::Literal {
                text: &text[at..open],
                start: at,
            });
        }
        let start = open + 2;
        let close = close(text, start).ok_or_else(|| {
            Mistake::new(open..text.len(), "unterminated `{{`").help("close it with `}}`")
        })?;
        parts.push(TemplatePart::Hole {
            source: &text[start..close],
            start,
        });
        at = close + 2;
    }
    if at < text.len() {
        parts.push(TemplatePart::Literal {
            text: &text[at..],
            start: at,
        });
    }
    Ok(parts)
}

/// Where the next `}}` outside quotes is.
fn close(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with("}}") {
            return Some(at);
        }
        at += expr::quoted_length(&text[at..]).unwrap_or(c.len_utf8());
    }
    None
}

impl Reader<'_> {
    /// The parts of a scalar; a mistake is reported.
    pub(crate) fn parts<'n>(&mut self, scalar: &'n Scalar) -> Option<Vec<TemplatePart<'n>>> {
        split(&scalar.text)
            .map_err(|mistake| self.report_within(scalar, mistake))
            .ok()
    }

    /// A template whose literal text and holes take this encoding.
    pub(crate) fn template(&mut self, scalar: &Scalar, encoding: Encoding) -> Option<Template> {
        let parts = self.parts(scalar)?;
        let mut template = Template::default();
        let mut is_sound = true;
        for part in parts {
            match part {
                TemplatePart::Literal { text, start } => match encoding.encode(text) {
                    Some(bytes) => template.push_literal(&bytes),
                    None => {
                        let message = "control characters and line breaks are not allowed here";
                        let mistake = Mistake::new(start..start + text.len(), message);
                        self.report_within(scalar, mistake);
                        is_sound = false;
                    }
                },
                TemplatePart::Hole { source, start } => {
                    match self.hole(scalar, source, start, encoding) {
                        Some(hole) => template.push_hole(hole),
                        None => is_sound = false,
                    }
                }
            }
        }
        is_sound.then_some(template)
    }

    /// A hole of a scalar's text.
    pub(crate) fn hole(
        &mut self,
        scalar: &Scalar,
        source: &str,
        start: usize,
        encoding: Encoding,
    ) -> Option<Hole> {
        let secrets_before = self.mentions.secret_count.get();
        let expression = self.expression(scalar, source, start, Clock::Available)?;
        let holds_secret = self.mentions.secret_count.get() > secrets_before;
        let reason = match encoding {
            Encoding::HeaderValue => {
                "a wrong type, a missing field, a division by zero, or a line break in a header"
            }
            _ => "a wrong type, a missing field, or a division by zero",
        };
        let text = format!("`{}` has no value here: {reason}", shorten(source));
        let no_value = self.tables.no_value(text);
        let null = match encoding {
            // `null` can stand there.
            Encoding::JsonValue | Encoding::Shown => no_value,
            _ => {
                let source = shorten(source);
                self.tables.no_value(format!(
                    "`{source}` is null; use `{source} | default('')` to send an empty string"
                ))
            }
        };
        let is_url = matches!(
            encoding,
            Encoding::PathSegment | Encoding::Query | Encoding::Form
        );
        let (expression, encoding) = match expression {
            Expression::Apply(Function::Raw, inner, _) if is_url => (*inner, Encoding::UrlText),
            expression => (expression, encoding),
        };
        let hole = Hole {
            expression,
            encoding,
            no_value,
            null,
        };
        if holds_secret {
            self.keep_what_is_made_of_it(&hole);
        }
        Some(hole)
    }

    /// `base64('user:' + secret('PASSWORD'))` is as secret as the password.
    fn keep_what_is_made_of_it(&self, hole: &Hole) {
        /// Shorter ones are rather an answer to a question: `true`.
        const MIN_BYTES: usize = 8;
        let raw = Hole {
            encoding: Encoding::Raw,
            ..hole.clone()
        };
        let text = raw.constant().and_then(|text| String::from_utf8(text).ok());
        if let Some(text) = text.filter(|text| text.len() >= MIN_BYTES) {
            self.mentions.secrets.borrow_mut().insert(text);
        }
    }

    /// An expression that stands at `start` in a scalar's text.
    pub(crate) fn expression(
        &mut self,
        scalar: &Scalar,
        source: &str,
        start: usize,
        clock: Clock,
    ) -> Option<Expression> {
        let names = ClassNames {
            scope: &self.scope,
            environment: self.environment,
            feeds: &self.feeds,
            mentions: &self.mentions,
        };
        expr::parse(source, &names, clock)
            .map_err(|mut mistake| {
                mistake.span = Span::new(start + mistake.span.start, start + mistake.span.end);
                self.report_within(scalar, mistake);
            })
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hide_braces() {
        let parts = split("a{{ '}}' }}b{{x}}").unwrap();
        let holes: Vec<_> = parts
            .iter()
            .filter_map(|part| match part {
                TemplatePart::Hole { source, .. } => Some(*source),
                TemplatePart::Literal { .. } => None,
            })
            .collect();
        assert_eq!(holes, [" '}}' ", "x"]);
        assert!(split("{{ x }").is_err());
        assert!(
            split("{{ 'x }}").is_ok(),
            "the expression will say what is wrong"
        );
    }
}
