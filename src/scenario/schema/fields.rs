//! Maps as the table has them: their keys, what these hold, and what goes together.

use crate::scenario::schema::table::{Alternatives, Has, Key, Kind, MapDef, Rule};
use crate::scenario::schema::value::{Checked, Value, check};
use crate::scenario::yaml::diagnostic::Problems;
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, shorten};
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::suggest::did_you_mean_or_list;

/// What the table says of a map that is read, and the keys that it may have.
pub(crate) struct Known {
    /// Nothing where the map is one of several.
    map: Option<&'static MapDef>,
    keys: Vec<&'static str>,
    /// A map whose other keys are not allowed here, and where they are.
    unlike: Option<(&'static MapDef, &'static str)>,
}

/// A map that was checked by the table. What is wrong was reported, and is as
/// if it were not given.
pub(crate) struct Fields<'n> {
    known: Known,
    entries: Vec<(&'n Entry, Checked<'n>)>,
}

impl From<&'static MapDef> for Known {
    fn from(map: &'static MapDef) -> Self {
        Self {
            keys: map.keys().collect(),
            map: Some(map),
            unlike: None,
        }
    }
}

impl From<&'static Alternatives> for Known {
    fn from(alternatives: &'static Alternatives) -> Self {
        let mut keys: Vec<&str> = Vec::new();
        for key in alternatives.maps.iter().flat_map(|map| map.keys()) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Self {
            map: None,
            keys,
            unlike: None,
        }
    }
}

impl Known {
    /// The same with keys that the table has elsewhere.
    pub(crate) fn and(mut self, keys: impl IntoIterator<Item = &'static str>) -> Self {
        self.keys.extend(keys);
        self
    }

    /// The same, which does not have all keys of another map; `help` says where they are.
    pub(crate) fn unlike(mut self, other: &'static MapDef, help: &'static str) -> Self {
        self.unlike = Some((other, help));
        self
    }

    /// The same without a key.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.keys.retain(|known| *known != key);
        self
    }

    fn has(&self, key: &str) -> bool {
        self.keys.contains(&key)
    }

    fn kind(&self, key: &str) -> Option<&'static Kind> {
        let mut keys = self.map?.keys.iter().filter(|_| self.has(key));
        keys.find(|Key(name, ..)| *name == key).map(|key| &key.1)
    }

    /// How a key that may be required is given.
    fn example(&self, key: &str) -> Option<&'static str> {
        self.rules().iter().find_map(|rule| match rule {
            Rule::All(keys, example) | Rule::One(keys, example) | Rule::Any(keys, example) => {
                keys.contains(&key).then_some(*example)
            }
            _ => None,
        })
    }

    fn rules(&self) -> &'static [Rule] {
        self.map.map_or(&[], |map| map.rules)
    }
}

impl<'n> Fields<'n> {
    /// Reads a map; `None` for what is none. What is missing is reported `at`
    /// a place.
    pub(crate) fn read(
        node: &'n Node,
        (what, at): (&str, Span),
        known: impl Into<Known>,
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let entries = fields::entries(node, what, problems)?;
        let known = known.into();
        let checked = entries.iter().map(|entry| {
            let key = entry.key.text.as_str();
            if !known.has(key) {
                unknown(entry, what, &known, problems);
            }
            let kind = known.kind(key);
            let checked = kind.map_or(Checked::Unread, |kind| {
                let help = known.example(key).and_then(for_example);
                check(kind, &entry.value, (&format!("`{key}`"), help), problems)
            });
            (entry, checked)
        });
        let fields = Self {
            entries: checked.collect(),
            known,
        };
        for rule in fields.known.rules() {
            fields.obey(rule, (what, at), problems);
        }
        Some(fields)
    }

    /// The key and value, if given.
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.all().find(|entry| entry.key.text == key)
    }

    /// The value, if given.
    pub(crate) fn value(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Whether it is given, also with a wrong value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.given(key).is_some()
    }

    /// What the key holds, if it is given and of a kind that is known before the run.
    pub(crate) fn get<T: TryFrom<Value<'n>>>(&self, key: &str) -> Option<T> {
        let mut entries = self.entries.iter();
        match entries.find(|(entry, _)| entry.key.text == key)?.1 {
            Checked::Right(value) => value.try_into().ok(),
            _ => None,
        }
    }

    /// The meaning of one of a few words, if given.
    pub(crate) fn word<T: Clone>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let given: &str = self.get(key)?;
        let found = words.iter().find(|(word, _)| *word == given);
        found.map(|(_, meaning)| meaning.clone())
    }

    /// All that is not wrong.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'n Entry> {
        let right = self.entries.iter();
        let right = right.filter(|(_, checked)| !matches!(checked, Checked::Wrong));
        right.map(|(entry, _)| *entry)
    }

    /// Reports a key that is missing.
    pub(crate) fn report_missing(&self, key: &str, at: Span, problems: &mut Problems<'_>) {
        let help = self.known.example(key).and_then(for_example);
        problems.report_maybe(at, format!("`{key}` is missing"), help);
    }

    /// The one of several alternatives that is given, unless more are.
    pub(crate) fn only(&self) -> Option<&'n Entry> {
        let alternatives = self.known.rules().iter().find_map(|rule| match rule {
            Rule::One(keys, _) => Some(*keys),
            _ => None,
        });
        match self.given_of(alternatives?).as_slice() {
            [only] => self.entry(&only.key.text),
            _ => None,
        }
    }

    fn given(&self, key: &str) -> Option<&'n Entry> {
        let mut entries = self.entries.iter().map(|(entry, _)| *entry);
        entries.find(|entry| entry.key.text == key)
    }

    /// Those given of some keys, as they stand in the file.
    fn given_of(&self, keys: &[&str]) -> Vec<&'n Entry> {
        let entries = self.entries.iter().map(|(entry, _)| *entry);
        let given = entries.filter(|entry| keys.contains(&entry.key.text.as_str()));
        given.collect()
    }

    /// Reports what does not go by a rule.
    fn obey(&self, rule: &Rule, (what, at): (&str, Span), problems: &mut Problems<'_>) {
        match *rule {
            Rule::All(keys, example) => {
                let missing = keys.iter().filter(|key| !self.has(key));
                for key in missing.filter(|key| self.known.has(key)) {
                    let message = format!("`{key}` is missing in {what}");
                    problems.report_maybe(at, message, for_example(example));
                }
            }
            Rule::One(keys, example) => match self.given_of(keys).as_slice() {
                [] if self
                    .entries
                    .iter()
                    .all(|(one, _)| self.known.has(&one.key.text)) =>
                {
                    let message = format!("{what} must have exactly one of {}", keys.join(", "));
                    problems.report_maybe(at, message, for_example(example));
                }
                given => {
                    let help = format!("exactly one of: {}", keys.join(", "));
                    combined(given, &help, problems);
                }
            },
            Rule::AtMostOne(keys, help) => combined(&self.given_of(keys), help, problems),
            Rule::Needs(key, others, example) => {
                if let Some(entry) = self.given(key).filter(|_| self.given_of(others).is_empty()) {
                    let others: Vec<_> = others.iter().map(|key| format!("`{key}`")).collect();
                    let message = format!("`{key}` requires {}", others.join(" or "));
                    problems.report_maybe(entry.key.span, message, for_example(example));
                }
            }
            Rule::NotBoth(one, other, help) => {
                if let (Some(first), Some(second)) = (self.found(one), self.found(other)) {
                    let (first, second) = (first.key.span, second.key.span);
                    let span = if first.start > second.start {
                        first
                    } else {
                        second
                    };
                    let message = format!("{one} and {other} cannot be combined");
                    problems.report_maybe(span, message, some(help));
                }
            }
            // Who reads the map knows better what is missing.
            Rule::Any(..) => {}
        }
    }

    fn found(&self, what: Has) -> Option<&'n Entry> {
        let (Has::Key(key) | Has::Value(key, _) | Has::Map(key)) = what;
        let value = |entry: &&Entry| match what {
            Has::Key(_) => true,
            Has::Value(_, word) => entry.value.as_scalar().is_some_and(|one| one.text == word),
            Has::Map(_) => matches!(entry.value.kind, NodeKind::Map(_)),
        };
        self.given(key).filter(value)
    }
}

fn unknown(entry: &Entry, what: &str, known: &Known, problems: &mut Problems<'_>) {
    let key = entry.key.text.as_str();
    if let Some((_, help)) = known.unlike.filter(|(other, _)| other.has(key)) {
        let message = format!("`{key}` is not allowed in {what}");
        return problems.report_with(entry.key.span, message, help);
    }
    let help = match key {
        "<<" => "merge keys (`<<`) are not supported: repeat the keys, or use an alias for the whole value (`*name`)".to_owned(),
        _ => did_you_mean_or_list(key, &known.keys),
    };
    let message = format!("unknown key `{}` in {what}", shorten(key));
    problems.report_with(entry.key.span, message, help);
}

/// Reports each of several entries beside the first.
fn combined(given: &[&Entry], help: &str, problems: &mut Problems<'_>) {
    for other in given.iter().skip(1) {
        let (other, first) = (&other.key, &given[0].key.text);
        let message = format!("`{}` and `{first}` cannot be combined", other.text);
        problems.report_maybe(other.span, message, some(help));
    }
}

fn some(help: &str) -> Option<String> {
    (!help.is_empty()).then(|| help.to_owned())
}

fn for_example(example: &str) -> Option<String> {
    some(example).map(|example| format!("for example `{example}`"))
}
