//! `get: "{{ next }}"`: a request that goes where a value leads.

use crate::model::{OriginId, SlotId};
use crate::program::{Encoding, Template};
use crate::scenario::expr::template::TemplatePart;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::target::{Goal, Target};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::{Scalar, Style, shorten};

/// A link, before the host is known.
#[derive(Clone, Debug)]
pub(crate) struct LinkIr {
    pub(crate) reference: Template,
    /// Further parameters, `&` between them.
    pub(crate) query: Template,
    pub(crate) unusable: SlotId,
}

/// Whether the part of a text that names a host, or stands in its place, has a
/// hole: then where it leads is known only when that is filled in.
pub(super) fn is_link(parts: &[TemplatePart<'_>]) -> bool {
    let mut parts = parts.iter();
    match parts.next() {
        Some(TemplatePart::Hole { .. }) => true,
        Some(TemplatePart::Literal { text, .. }) => {
            let authority = text.split_once("://").map(|(_, authority)| authority);
            let is_open = authority.is_some_and(|rest| !rest.contains(['/', '?', '#']));
            is_open && parts.next().is_some()
        }
        None => false,
    }
}

impl Reader<'_> {
    /// The text with what is known already in the place of its first holes:
    /// `{{ env.API }}/items`. `None` where nothing is.
    pub(super) fn with_known_start(&mut self, scalar: &Scalar) -> Option<Scalar> {
        let parts = self.parts(scalar)?;
        let mut text = String::new();
        let mut rest = parts.as_slice();
        let mut is_changed = false;
        while is_link(rest) || (is_changed && !rest.is_empty()) {
            match rest.first()? {
                TemplatePart::Literal { text: literal, .. } => text.push_str(literal),
                TemplatePart::Hole { source, start } => {
                    let hole = self.hole(scalar, source, *start, Encoding::Raw)?;
                    match hole.constant() {
                        Some(known) => {
                            text.push_str(str::from_utf8(&known).ok()?);
                            is_changed = true;
                        }
                        None => break,
                    }
                }
            }
            rest = &rest[1..];
            if text.contains("://") && is_path_begun(&text) || text.starts_with('/') {
                break;
            }
        }
        if !is_changed {
            return None;
        }
        for part in rest {
            match part {
                TemplatePart::Literal { text: literal, .. } => text.push_str(literal),
                TemplatePart::Hole { source, .. } => text.extend(["{{", source, "}}"]),
            }
        }
        Some(Scalar {
            text,
            style: Style::Quoted,
            span: scalar.span,
            verbatim_at: None,
        })
    }

    /// Reads a text that [is a link](is_link).
    pub(super) fn link(&mut self, scalar: &Scalar, parts: &[TemplatePart<'_>]) -> Option<Target> {
        let mut reference = Template::default();
        let mut name = String::new();
        let mut is_named = true;
        // Until its path begins, a hole may hold what an address is made of.
        let mut is_open = true;
        for (index, part) in parts.iter().enumerate() {
            match part {
                TemplatePart::Literal { text, start } => {
                    if let Some(at) = text.find(|c: char| c == '#' || c.is_control()) {
                        let message = "fragments and control characters are not allowed here";
                        let mistake = Mistake::new(start + at..start + at + 1, message);
                        self.report_within(scalar, mistake);
                        return None;
                    }
                    is_open = match text.rsplit_once("://") {
                        Some((_, rest)) => !rest.contains(['/', '?']),
                        None => is_open && index > 0 && !text.contains(['/', '?']),
                    };
                    reference.push_literal(&Encoding::UrlText.encode(text)?);
                    if is_named {
                        let path = text.split('?').next().unwrap_or(text);
                        name.push_str(path);
                        is_named = path.len() == text.len();
                    }
                }
                TemplatePart::Hole { source, start } => {
                    let encoding = match is_open {
                        true => Encoding::Raw,
                        false => Encoding::PathSegment,
                    };
                    reference.push_hole(self.hole(scalar, source, *start, encoding)?);
                    is_open &= index > 0;
                    if is_named {
                        name.extend(["{", &shorten(source), "}"]);
                    }
                }
            }
        }
        let words = format!("`{}` is not an http or https URL", shorten(&scalar.text));
        Some(Target {
            origin: OriginId(0),
            goal: Goal::Link(Box::new(LinkIr {
                reference,
                query: Template::default(),
                unusable: self.tables.no_value(words),
            })),
            name,
            has_query: false,
        })
    }
}

/// Whether an address has its host behind it.
fn is_path_begun(text: &str) -> bool {
    text.split_once("://")
        .is_some_and(|(_, rest)| rest.contains(['/', '?']))
}
