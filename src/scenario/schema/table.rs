//! The types of the table.

use std::fmt;
use std::time::Duration;

use crate::scenario::schema::maps::{SCENARIO, STEP};

/// A map of the language.
pub(crate) struct MapDef {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) keys: &'static [Key],
    pub(crate) rules: &'static [Rule],
}

impl MapDef {
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.0)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys().any(|known| known == key)
    }
}

/// Maps of which a value is one.
pub(crate) struct Alternatives {
    pub(crate) name: &'static str,
    pub(crate) maps: &'static [&'static MapDef],
}

impl Alternatives {
    /// The map of this name.
    pub(crate) fn map(&self, name: &str) -> Option<&'static MapDef> {
        self.maps.iter().copied().find(|map| map.name == name)
    }
}

/// A key, what it holds, and what it means.
pub(crate) struct Key(
    pub(crate) &'static str,
    pub(crate) Kind,
    pub(crate) &'static str,
);

/// Which keys of a map go together.
pub(crate) enum Rule {
    /// All of these are required, as in this example.
    All(&'static [&'static str], &'static str),
    /// Exactly one of these, as in this example.
    One(&'static [&'static str], &'static str),
    /// At least one of these, as in this example.
    Any(&'static [&'static str], &'static str),
    /// At most one of these, and the cure where there are more.
    AtMostOne(&'static [&'static str], &'static str),
    /// The first requires one of the others, as in this example.
    Needs(&'static str, &'static [&'static str], &'static str),
    /// These exclude each other, and the cure where both are there.
    NotBoth(Has, Has, &'static str),
}

/// A key that a map has.
#[derive(Clone, Copy)]
pub(crate) enum Has {
    Key(&'static str),
    /// A key with this value.
    Value(&'static str, &'static str),
    /// A key that holds a map.
    Map(&'static str),
}

impl fmt::Display for Has {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "`{key}`"),
            Self::Value(key, value) => write!(f, "`{key}: {value}`"),
            Self::Map(key) => write!(f, "`{key}` as a map"),
        }
    }
}

/// The kind of value that a key holds.
pub(crate) enum Kind {
    /// A value in which `{{ }}` is filled in during the run.
    Any,
    /// The same of a text.
    Text,
    /// Any value that is known before the run.
    Given,
    /// A text that is known before the run.
    Known,
    /// The same, and not empty.
    Label,
    /// The same, with at most so many characters.
    Short(usize),
    /// The name of a variable.
    Variable,
    /// An expression without `{{ }}`.
    Condition,
    /// An expression, alone or between `{{` and `}}`.
    Expression,
    Flag,
    /// `true` alone.
    True,
    Nothing,
    Number,
    /// A number above this one, up to the other.
    Above(f64, f64),
    Duration,
    /// A duration above 0.
    Period,
    /// A duration from so long to so long.
    Seconds(Duration, Duration),
    Rate,
    /// A rate that may be 0.
    RateOrZero,
    /// A status, or several.
    Status,
    /// A size of a body, compared.
    Size,
    /// A number of bytes.
    Bytes,
    /// A number of elements, compared.
    Count,
    /// A duration behind a `<`, which may be left out.
    TimeLimit,
    Criterion,
    JsonPath,
    /// One character.
    Character,
    /// Which of several things is captured.
    Nth,
    /// The address of a host.
    Address,
    /// The address of a proxy.
    Proxy,
    /// An IP address.
    Ip,
    /// A path, an address or a link.
    Target,
    /// The address of a page that a probe reads.
    Url,
    /// The address of a database.
    Database,
    /// The name of a container.
    Container,
    /// The value of a header.
    Header,
    /// The name of a header of an answer.
    HeaderName,
    Whole(u32, u32),
    Words(&'static [&'static str]),
    Numbers(&'static [f64]),
    /// A map of the table.
    Of(&'static MapDef),
    /// One of several maps.
    OneOf(&'static Alternatives),
    /// A list of steps, of so many at least.
    Steps(usize),
    /// A list with so many elements.
    List(&'static Kind, usize, usize),
    /// A map from names to these, with so many entries.
    Named(Names, &'static Kind, usize, usize),
    Either(&'static [Kind]),
}

impl Kind {
    /// Whether `{{ }}` in it is filled in during the run.
    pub(crate) fn varies(&self) -> bool {
        use Kind::{Condition, Expression, Target};
        matches!(self, Any | Text | Header | Condition | Expression | Target)
    }

    /// Calls back with the maps that it may hold.
    fn each_map(&self, found: &mut dyn FnMut(&'static MapDef)) {
        match self {
            Self::Of(map) => found(map),
            Self::Steps(_) => STEP.maps.iter().for_each(|map| found(map)),
            Self::OneOf(alternatives) => alternatives.maps.iter().for_each(|map| found(map)),
            Self::List(kind, ..) | Self::Named(_, kind, ..) => kind.each_map(found),
            Self::Either(kinds) => kinds.iter().for_each(|kind| kind.each_map(found)),
            _ => {}
        }
    }

    /// Whether it is a text that is known before the run, whatever it looks like.
    pub(crate) fn is_known_text(&self) -> bool {
        use Kind::{
            Address, Container, Database, Given, HeaderName, Ip, Known, Label, Proxy, Short, Url,
            Variable,
        };
        matches!(
            self,
            Known
                | Given
                | Label
                | Short(_)
                | Variable
                | HeaderName
                | Address
                | Proxy
                | Ip
                | Url
                | Database
                | Container
        )
    }
}

/// The words of those that a reader takes, each with what it means.
pub(crate) const fn words<T, const N: usize>(
    meanings: &[(&'static str, T); N],
) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = meanings[at].0;
        at += 1;
    }
    words
}

/// The kind of names that the keys of a map are.
#[derive(Clone, Copy)]
pub(crate) enum Names {
    Any,
    Variable,
    Feed,
    Class,
    /// Of headers that can be given.
    Header,
    /// Of headers of an answer.
    AnyHeader,
    Host,
    NotBlank,
    JsonPath,
    /// Of probes and readings.
    Probe,
}

/// No upper limit.
pub(crate) const MANY: usize = usize::MAX;

use Kind::{Any, Either, Header, List, Named, Nothing, Text};

pub(crate) const HEADERS: Kind = Named(Names::Header, &Either(&[Header, Nothing]), 0, MANY);
pub(crate) const BETWEEN: Kind = List(&Kind::Duration, 2, 2);
pub(crate) const VARIABLES: Kind = Named(Names::Variable, &Any, 0, MANY);
/// Parameters or fields, of which a list repeats one.
pub(crate) const PARAMETERS: Kind =
    Named(Names::Any, &Either(&[Text, List(&Text, 0, MANY)]), 0, MANY);

/// Every map of the language; the first is a file.
pub(crate) fn all_maps() -> Vec<&'static MapDef> {
    let mut maps: Vec<&'static MapDef> = vec![&SCENARIO];
    let mut at = 0;
    while let Some(map) = maps.get(at) {
        for Key(_, kind, _) in map.keys {
            kind.each_map(&mut |map| {
                if !maps.iter().any(|known| std::ptr::eq(*known, map)) {
                    maps.push(map);
                }
            });
        }
        at += 1;
    }
    maps
}
