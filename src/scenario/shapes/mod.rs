//! The maps of the scenario language and their keys, as a table for the schema.

mod answer;
mod class;
mod load;
mod request;
mod scenario;
mod step;

pub(super) use step::STEP_KINDS;

/// A map of the language.
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) keys: &'static [Key],
    pub(super) rule: Rule,
}

/// A key, what it holds, and what it means.
pub(super) struct Key(
    pub(super) &'static str,
    pub(super) Kind,
    pub(super) &'static str,
);

/// Which keys of a map have to be there.
pub(super) enum Rule {
    /// All of these; none is fine as well.
    All(&'static [&'static str]),
    /// Exactly one of these.
    One(&'static [&'static str]),
    /// All of the first, and exactly one of the second.
    AllAndOne(&'static [&'static str], &'static [&'static str]),
}

/// What a key holds.
pub(super) enum Kind {
    Any,
    Text,
    Flag,
    /// `true` alone.
    True,
    Nothing,
    Number,
    Duration,
    Rate,
    /// A number of users, or a rate, that may be 0.
    Amount,
    Whole(u64, u64),
    Words(&'static [&'static str]),
    Numbers(&'static [f64]),
    /// A map of the table.
    Of(&'static str),
    /// A list with at least so many elements.
    List(&'static Kind, usize),
    /// A map from names to these.
    Named(&'static Kind),
    Either(&'static [Kind]),
}

use Kind::{Duration, Either, List, Named, Nothing, Of, Text};

const TEXT_OR_NOTHING: Kind = Either(&[Text, Nothing]);
const HEADERS: Kind = Named(&TEXT_OR_NOTHING);
const STEPS: Kind = List(&Of("step"), 1);
const PAUSE: Kind = List(&Duration, 2);

/// Every map of the language; the first is a file.
pub(super) fn shapes() -> impl Iterator<Item = &'static Shape> {
    [
        scenario::SHAPES,
        load::SHAPES,
        class::SHAPES,
        step::SHAPES,
        request::SHAPES,
        answer::SHAPES,
    ]
    .into_iter()
    .flatten()
}
