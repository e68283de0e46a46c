//! Text with holes.

use crate::model::{Failure, SlotId};
use crate::program::code::memory::MOST_OF_MESSAGE;
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::{DetachedContext, EvalContext, Missing};
use crate::program::expr::expression::Expression;
use crate::program::expr::value::Value;
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;

/// Bytes with holes.
#[derive(Clone, Debug, Default)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Bytes as they are sent.
    Literal(Vec<u8>),
    /// A value, put in for each request.
    Hole(Hole),
    /// Pieces that are left out as a whole while a variable in them is not set.
    Optional(Template),
}

/// A place for a value.
#[derive(Clone, Debug)]
pub struct Hole {
    pub(crate) expression: Expression,
    pub(crate) encoding: Encoding,
    /// What the failure is called when the expression has no value, or one
    /// that cannot stand here.
    pub(crate) no_value: SlotId,
    /// What it is called when the value is `null`, which is no text.
    pub(crate) null: SlotId,
}

impl Template {
    /// Appends bytes.
    pub(crate) fn push_literal(&mut self, bytes: &[u8]) {
        if let Some(Piece::Literal(last)) = self.pieces.last_mut() {
            last.extend_from_slice(bytes);
        } else if !bytes.is_empty() {
            self.pieces.push(Piece::Literal(bytes.to_vec()));
        }
    }

    /// Appends a hole; a value that is known already becomes bytes.
    pub(crate) fn push_hole(&mut self, hole: Hole) {
        if let Some(bytes) = hole.constant() {
            self.push_literal(&bytes);
            return;
        }
        self.pieces.push(Piece::Hole(hole));
    }

    /// Appends another template.
    pub(crate) fn extend(&mut self, other: &Self) {
        for piece in &other.pieces {
            match piece {
                Piece::Literal(bytes) => self.push_literal(bytes),
                _ => self.pieces.push(piece.clone()),
            }
        }
    }

    /// Appends another template that is left out while a variable in it is not set.
    pub(crate) fn extend_optional(&mut self, other: Self) {
        match other.as_literal() {
            Some(bytes) => self.push_literal(bytes),
            None => self.pieces.push(Piece::Optional(other)),
        }
    }

    /// Its bytes, if it has no hole.
    pub(crate) fn as_literal(&self) -> Option<&[u8]> {
        match self.pieces.as_slice() {
            [] => Some(&[]),
            [Piece::Literal(bytes)] => Some(bytes),
            _ => None,
        }
    }

    /// The first variable in its holes.
    pub(crate) fn first_variable(&self) -> Option<SlotId> {
        self.pieces.iter().find_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Hole(hole) => hole.expression.first_variable(),
            Piece::Optional(inner) => inner.first_variable(),
        })
    }

    /// Calls `found` for each hole with what stands before it, as far as that is
    /// known, and its value.
    pub(super) fn each_hole(&self, before: &mut String, found: &mut dyn FnMut(&str, &Expression)) {
        /// Enough for a header field.
        const MOST: usize = 4096;
        for piece in &self.pieces {
            match piece {
                Piece::Literal(bytes) => {
                    let end = &bytes[bytes.len().saturating_sub(MOST)..];
                    before.push_str(&String::from_utf8_lossy(end));
                }
                Piece::Hole(hole) => {
                    found(before, &hole.expression);
                    before.push('x');
                }
                Piece::Optional(inner) => inner.each_hole(before, found),
            }
        }
    }

    /// What it gives for this user, as text; bytes that are none are replaced.
    /// Allocates.
    ///
    /// # Errors
    /// [`Failure::Unset`] when a hole has no value.
    pub fn text(
        &self,
        variables: &Variables,
        context: &mut EvalContext<'_>,
    ) -> Result<String, Failure> {
        let mut out = Vec::new();
        self.write(&mut out, variables, context)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// Appends what it gives for this user to `out`, 64 MiB at most.
    pub(crate) fn write(
        &self,
        out: &mut Vec<u8>,
        variables: &Variables,
        context: &mut EvalContext<'_>,
    ) -> Result<(), Failure> {
        for piece in &self.pieces {
            match piece {
                Piece::Literal(bytes) => out.extend_from_slice(bytes),
                Piece::Hole(hole) => {
                    hole.write(out, variables, context)?;
                    if out.len() > MOST_OF_MESSAGE {
                        return Err(hole.oversized());
                    }
                }
                Piece::Optional(inner) => {
                    let start = out.len();
                    match inner.write(out, variables, context) {
                        Err(Failure::Unset(slot)) if variables.has(slot) => out.truncate(start),
                        written => written?,
                    }
                }
            }
        }
        Ok(())
    }
}

impl Hole {
    /// Its bytes, if they are always the same.
    pub(crate) fn constant(&self) -> Option<Vec<u8>> {
        if !self.expression.is_constant() {
            return None;
        }
        let mut bytes = Vec::new();
        // What is constant asks for none of it.
        let mut beside = DetachedContext::new();
        let mut context = beside.context(0);
        let written = self.write(&mut bytes, &Variables::default(), &mut context);
        written.ok().map(|()| bytes)
    }

    /// What it is called that the hole makes too much.
    fn oversized(&self) -> Failure {
        let first = self.expression.first_variable();
        first.map_or(Failure::Unset(self.no_value), Failure::TooLarge)
    }

    fn write(
        &self,
        out: &mut Vec<u8>,
        variables: &Variables,
        context: &mut EvalContext<'_>,
    ) -> Result<(), Failure> {
        let value =
            self.expression
                .evaluate(variables, context)
                .map_err(|missing| match missing {
                    Missing::Unset(slot) | Missing::NoRow(slot) => Failure::Unset(slot),
                    Missing::TooLarge(slot) => Failure::TooLarge(slot),
                    Missing::Oversized => self.oversized(),
                    Missing::NoValue | Missing::Incomparable => Failure::Unset(self.no_value),
                })?;
        let why = match value {
            Value::None => self.null,
            _ => self.no_value,
        };
        encoding::write(out, &value, self.encoding).map_err(|_| Failure::Unset(why))
    }
}
