//! Maps as the table has them: which keys are known, and what they hold.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::scenario::schema::table::{Alternatives, Kind, MapDef, Rule};
use crate::scenario::yaml::diagnostic::Problems;
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, Resolved, Scalar, shorten};
use crate::scenario::yaml::suggest::{did_you_mean, did_you_mean_or_list};

/// What the table says of a map that is read, and the keys that it may have.
pub(crate) struct Known {
    maps: Vec<&'static MapDef>,
    keys: Vec<&'static str>,
}

/// A map whose keys are known.
pub(crate) struct Fields<'n> {
    entries: &'n [Entry],
    known: Known,
}

impl From<&'static MapDef> for Known {
    fn from(map: &'static MapDef) -> Self {
        Self {
            keys: map.keys().collect(),
            maps: vec![map],
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
            maps: alternatives.maps.to_vec(),
            keys,
        }
    }
}

impl Known {
    /// The same with keys that the table has elsewhere.
    pub(crate) fn and(mut self, keys: impl IntoIterator<Item = &'static str>) -> Self {
        self.keys.extend(keys);
        self
    }

    /// The same without a key.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.keys.retain(|known| *known != key);
        self
    }

    /// The kinds of value that a key may have.
    fn kinds(&self, key: &str) -> impl Iterator<Item = &'static Kind> {
        let keys = self.maps.iter().flat_map(|map| map.keys);
        let found = keys.filter(move |known| known.0 == key);
        found.flat_map(|known| match &known.1 {
            Kind::Either(kinds) => *kinds,
            kind => std::slice::from_ref(kind),
        })
    }

    /// The keys of which a map has exactly one.
    fn alternatives(&self) -> &'static [&'static str] {
        let mut rules = self.maps.iter().flat_map(|map| map.rules);
        let one = rules.find_map(|rule| match rule {
            Rule::One(keys) => Some(*keys),
            _ => None,
        });
        one.unwrap_or_default()
    }
}

impl<'n> Fields<'n> {
    /// The map, after its unknown keys were reported; nothing for what is no
    /// map.
    pub(crate) fn read(
        node: &'n Node,
        what: &str,
        known: impl Into<Known>,
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let entries = fields::entries(node, what, problems)?;
        let known = known.into();
        for entry in entries {
            let key = entry.key.text.as_str();
            if known.keys.contains(&key) {
                continue;
            }
            let help = match key {
                "<<" => "merge keys (`<<`) are not supported: repeat the keys, or use an alias for the whole value (`*name`)".to_owned(),
                _ => did_you_mean_or_list(key, &known.keys),
            };
            let message = format!("unknown key `{}` in {what}", shorten(key));
            problems.report_with(entry.key.span, message, help);
        }
        Some(Self { entries, known })
    }

    /// The key and value, if given.
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// The value, if given.
    pub(crate) fn value(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// All of it.
    pub(crate) fn all(&self) -> &'n [Entry] {
        self.entries
    }

    /// What was reported as unknown.
    pub(crate) fn unknown(&self) -> Option<&'n Entry> {
        let is_unknown = |entry: &&Entry| !self.known.keys.contains(&entry.key.text.as_str());
        self.entries.iter().find(is_unknown)
    }

    /// What another map does not have.
    pub(crate) fn beyond(&self, other: &MapDef) -> Vec<&'n Entry> {
        let is_beyond = |key: &str| self.known.keys.contains(&key) && !other.has(key);
        let entries = self.entries.iter();
        entries.filter(|entry| is_beyond(&entry.key.text)).collect()
    }

    /// What is required and not given.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &'static str> {
        let rules = self.known.maps.iter().flat_map(|map| map.rules);
        let required = rules.filter_map(|rule| match rule {
            Rule::All(keys) => Some(*keys),
            _ => None,
        });
        let required = required.flatten().copied();
        required.filter(|key| self.entry(key).is_none())
    }

    /// The only entry of a map of alternatives; reports where there is none, or another.
    pub(crate) fn only(
        &self,
        node: &Node,
        what: &str,
        help: &str,
        problems: &mut Problems<'_>,
    ) -> Option<&'n Entry> {
        if let [entry] = self.entries {
            return Some(entry);
        }
        let kinds = self.known.keys.join(", ");
        let message = format!("{what} must have exactly one of {kinds}");
        problems.report_with(node.span, message, help);
        None
    }

    /// Those given of which there is to be exactly one, in the order of the
    /// table, and all their keys.
    pub(crate) fn alternatives(&self) -> (Vec<&'n Entry>, &'static [&'static str]) {
        let keys = self.known.alternatives();
        let given = keys.iter().filter_map(|key| self.entry(key));
        (given.collect(), keys)
    }

    /// A whole number within the bounds of the table.
    pub(crate) fn whole(&self, key: &str, problems: &mut Problems<'_>) -> Option<u32> {
        self.whole_called(key, &format!("`{key}`"), problems)
    }

    /// The same, called otherwise in a mistake.
    pub(crate) fn whole_called(
        &self,
        key: &str,
        what: &str,
        problems: &mut Problems<'_>,
    ) -> Option<u32> {
        fields::whole(self.value(key)?, what, self.bounds(key), problems)
    }

    fn bounds(&self, key: &str) -> RangeInclusive<u32> {
        let bounds = self.known.kinds(key).find_map(|kind| match kind {
            Kind::Whole(low, high) => Some(*low..=*high),
            _ => None,
        });
        bounds.unwrap_or(0..=u32::MAX)
    }

    /// A duration, above 0 where the table says so.
    pub(crate) fn time(&self, key: &str, problems: &mut Problems<'_>) -> Option<Duration> {
        let (node, what) = (self.value(key)?, format!("`{key}`"));
        let mut kinds = self.known.kinds(key);
        match kinds.any(|kind| matches!(kind, Kind::Period)) {
            true => fields::period(node, &what, problems),
            false => fields::duration(node, &what, problems),
        }
    }

    /// A rate per second, above 0 where the table says so.
    pub(crate) fn rate(&self, key: &str, problems: &mut Problems<'_>) -> Option<f64> {
        self.rate_called(key, &format!("`{key}`"), problems)
    }

    /// The same, called otherwise in a mistake.
    pub(crate) fn rate_called(
        &self,
        key: &str,
        what: &str,
        problems: &mut Problems<'_>,
    ) -> Option<f64> {
        let node = self.value(key)?;
        let mut kinds = self.known.kinds(key);
        match kinds.any(|kind| matches!(kind, Kind::RateOrZero)) {
            true => fields::rate_or_zero(node, what, problems),
            false => fields::rate(node, what, problems),
        }
    }

    /// A text without templates in it.
    pub(crate) fn plain_text(&self, key: &str, problems: &mut Problems<'_>) -> Option<&'n str> {
        fields::plain_text(self.value(key)?, &format!("`{key}`"), problems)
    }

    /// `true` or `false`, by what they mean.
    pub(crate) fn switch<T: Copy>(
        &self,
        key: &str,
        meanings: [(bool, T); 2],
        problems: &mut Problems<'_>,
    ) -> Option<T> {
        let node = self.value(key)?;
        if let Some(Resolved::Bool(given)) = node.as_scalar().map(Scalar::resolve) {
            let meaning = meanings.iter().find(|(value, _)| *value == given);
            return meaning.map(|(_, meaning)| *meaning);
        }
        let expected = format!("`{key}` must be true or false");
        fields::wrong_type(node, &expected, problems);
        None
    }

    /// One of a few words, by what it means.
    pub(crate) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        problems: &mut Problems<'_>,
    ) -> Option<T> {
        let node = self.value(key)?;
        let given = node.as_scalar();
        let found = given.and_then(|given| words.iter().find(|(word, _)| *word == given.text));
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let similar = given.and_then(|given| did_you_mean(&given.text, known.clone()));
            let message = format!("`{key}` must be one of {}", known.join(", "));
            let message = format!("{message}, not {}", node.describe());
            problems.report_maybe(node.span, message, similar);
        }
        found.map(|(_, meaning)| *meaning)
    }
}
