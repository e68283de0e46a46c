//! What the table is made of.

use super::{answer, class, load, probe, request, scenario, step, timeline};

/// A map of the language.
pub(in crate::scenario) struct Shape {
    pub(in crate::scenario) name: &'static str,
    pub(in crate::scenario) about: &'static str,
    pub(in crate::scenario) keys: &'static [Key],
    pub(in crate::scenario) rule: Rule,
}

/// A key, what it holds, and what it means.
pub(in crate::scenario) struct Key(
    pub(in crate::scenario) &'static str,
    pub(in crate::scenario) Kind,
    pub(in crate::scenario) &'static str,
);

/// Which keys of a map have to be there.
pub(in crate::scenario) enum Rule {
    /// All of these; none is fine as well.
    All(&'static [&'static str]),
    /// Exactly one of these.
    One(&'static [&'static str]),
    /// All of the first, and exactly one of the second.
    AllAndOne(&'static [&'static str], &'static [&'static str]),
    /// Exactly one of the first, and at most one of the second.
    OneAndAtMostOne(&'static [&'static str], &'static [&'static str]),
    /// Of each of these at most one.
    AtMostOneEach(&'static [&'static [&'static str]]),
}

/// What a key holds.
pub(in crate::scenario) enum Kind {
    /// A value in which `{{ }}` is filled in while the run goes on.
    Any,
    /// The same of a text, or an expression.
    Text,
    /// A text that is known before the run.
    Known,
    /// Any value that is known before the run.
    Given,
    Flag,
    /// `true` alone.
    True,
    Nothing,
    Number,
    Duration,
    Rate,
    /// A number of users, or a rate, that may be 0.
    Amount,
    /// A status, or several.
    Status,
    /// A size of a body, compared.
    Size,
    /// A number of bytes.
    Bytes,
    /// A duration behind a `<`, which may be left out.
    TimeLimit,
    Criterion,
    JsonPath,
    /// One character.
    Character,
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
pub(super) const HEADERS: Kind = Named(&TEXT_OR_NOTHING);
pub(super) const STEPS: Kind = List(&Of("step"), 1);
pub(super) const PAUSE: Kind = List(&Duration, 2);

/// Every map of the language; the first is a file.
pub(in crate::scenario) fn shapes() -> impl Iterator<Item = &'static Shape> {
    [
        scenario::SHAPES,
        load::SHAPES,
        timeline::SHAPES,
        probe::SHAPES,
        class::SHAPES,
        step::SHAPES,
        request::SHAPES,
        answer::SHAPES,
    ]
    .into_iter()
    .flatten()
}
