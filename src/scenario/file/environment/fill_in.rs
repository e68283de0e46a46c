//! Values of the environment where the table of the language wants something
//! that is known before the run: they are filled in before the file is read.

use crate::program::Encoding;
use crate::scenario::expr::template::TemplatePart;
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::{Key, Kind, MapDef, maps};
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, Style};

impl Reader<'_> {
    /// Fills in the environment in a value of this kind and all below it; whether
    /// all of it is set. What is not is a mistake.
    pub(crate) fn fill_in(&mut self, node: &mut Node, kind: &Kind) -> bool {
        match (kind, &mut node.kind) {
            (kind, _) if kind.varies() => true,
            (Kind::Either(kinds), NodeKind::Scalar(_)) => {
                let kind = kinds.iter().find(|kind| is_scalar(kind));
                kind.is_none_or(|kind| self.fill_in(node, kind))
            }
            (Kind::Either(kinds), _) => every(kinds.iter(), |kind| self.fill_in(node, kind)),
            (Kind::Of(map), NodeKind::Map(entries)) => self.fill_in_map(entries, &[map]),
            (Kind::Steps(_), NodeKind::List(items)) => {
                every(items, |item| self.fill_in(item, &Kind::OneOf(&maps::STEP)))
            }
            (Kind::OneOf(one), NodeKind::Map(entries)) => self.fill_in_map(entries, one.maps),
            (Kind::Named(_, kind, ..), NodeKind::Map(entries)) => {
                every(entries, |entry| self.fill_in(&mut entry.value, kind))
            }
            (Kind::Given, NodeKind::Map(entries)) => {
                every(entries, |entry| self.fill_in(&mut entry.value, kind))
            }
            (Kind::List(kind, ..), NodeKind::List(items)) => {
                every(items, |item| self.fill_in(item, kind))
            }
            (Kind::Given, NodeKind::List(items)) => every(items, |item| self.fill_in(item, kind)),
            (Kind::List(kind, ..), NodeKind::Scalar(_)) => self.fill_in(node, kind),
            (Kind::Of(_) | Kind::OneOf(_) | Kind::Named(..), _) => true,
            // These are texts whatever they look like.
            (kind, NodeKind::Scalar(scalar)) if kind.is_known_text() => {
                self.fill_in_scalar(scalar, Style::Quoted)
            }
            (_, NodeKind::Scalar(scalar)) => self.fill_in_scalar(scalar, Style::Plain),
            _ => true,
        }
    }

    fn fill_in_map(&mut self, entries: &mut [Entry], maps: &[&MapDef]) -> bool {
        every(entries, |entry| {
            let mut keys = maps.iter().flat_map(|map| map.keys);
            let key = keys.find(|Key(name, ..)| *name == entry.key.text);
            key.is_none_or(|Key(_, kind, _)| self.fill_in(&mut entry.value, kind))
        })
    }

    fn fill_in_scalar(&mut self, scalar: &mut Scalar, style: Style) -> bool {
        if !scalar.text.contains("{{") {
            return true;
        }
        let original = scalar.clone();
        let Some(parts) = self.parts(&original) else {
            return false;
        };
        let mut text = String::new();
        for part in parts {
            match part {
                TemplatePart::Literal { text: literal, .. } => text.push_str(literal),
                TemplatePart::Hole { source, start } => {
                    // Others are refused where they stand, with words for the place.
                    if !source.trim_start().starts_with("env") {
                        return true;
                    }
                    let Some(hole) = self.hole(&original, source, start, Encoding::Raw) else {
                        return false;
                    };
                    match hole.constant().map(String::from_utf8) {
                        Some(Ok(known)) => text.push_str(&known),
                        _ => return true,
                    }
                }
            }
        }
        *scalar = Scalar {
            text,
            style,
            span: original.span,
            verbatim_at: None,
        };
        true
    }
}

/// Whether it holds for every item, which are all looked at.
fn every<T>(items: impl IntoIterator<Item = T>, mut holds: impl FnMut(T) -> bool) -> bool {
    let mut all = true;
    for item in items {
        all &= holds(item);
    }
    all
}

fn is_scalar(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Of(_)
            | Kind::OneOf(_)
            | Kind::Named(..)
            | Kind::List(..)
            | Kind::Steps(_)
            | Kind::Nothing
    )
}
