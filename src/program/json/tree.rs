//! JSON as a tree, for paths that cannot be followed while it is parsed. Each
//! value keeps its own text, so that all forms of a path find the same.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use jsonpath_rust::query::queryable::Queryable;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::program::json::extract;
use crate::program::json::extract::NotJson;

/// Values deeper than this are not looked into.
const MAX_DEPTH: usize = 128;

/// A value, and its JSON where it is one of the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree<'t> {
    pub(crate) json: &'t str,
    value: Node<'t>,
}

#[derive(Clone, Debug, Default)]
enum Node<'t> {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'t, str>),
    List(Vec<Tree<'t>>),
    Object(IndexMap<Cow<'t, str>, Tree<'t>>),
}

impl<'t> Tree<'t> {
    /// Parses a document.
    pub(crate) fn parse(text: &'t str) -> Result<Self, NotJson> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| NotJson)?;
        Self::of(raw.get(), 0)
    }

    /// Builds a value from text that is known to be JSON.
    fn of(json: &'t str, depth: usize) -> Result<Self, NotJson> {
        let value = match json.as_bytes().first() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => Node::Null,
            Some(b'{') => {
                let fields = fields(json).ok_or(NotJson)?.into_iter();
                let fields = fields.map(|(name, json)| Ok((name, Self::of(json, depth + 1)?)));
                Node::Object(fields.collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let items = extract::elements(json).ok_or(NotJson)?.into_iter();
                let items = items.map(|json| Self::of(json, depth + 1));
                Node::List(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Node::Text(extract::unquote(json).ok_or(NotJson)?),
            Some(b't') => Node::Bool(true),
            Some(b'f') => Node::Bool(false),
            Some(b'n') => Node::Null,
            _ => match json.parse() {
                Ok(int) => Node::Int(int),
                Err(_) => Node::Float(json.parse().map_err(|_| NotJson)?),
            },
        };
        Ok(Self { json, value })
    }
}

/// The JSON of each field of a JSON object, in order; `None` for anything else. Of
/// several fields of one name the last counts, where the first stood.
pub(super) fn fields(json: &str) -> Option<IndexMap<Cow<'_, str>, &str>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.deserialize_map(FieldsVisitor).ok()
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = IndexMap<Cow<'de, str>, &'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = IndexMap::new();
        while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            fields.insert(name.0, value.get());
        }
        Ok(fields)
    }
}

/// A key, copied only where it has escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

impl Queryable for Tree<'_> {
    fn get(&self, key: &str) -> Option<&Self> {
        let Node::Object(fields) = &self.value else {
            return None;
        };
        fields.get(key)
    }

    fn as_array(&self) -> Option<&Vec<Self>> {
        match &self.value {
            Node::List(items) => Some(items),
            _ => None,
        }
    }

    fn as_object(&self) -> Option<Vec<(&str, &Self)>> {
        match &self.value {
            Node::Object(fields) => {
                Some(fields.iter().map(|(name, json)| (&**name, json)).collect())
            }
            _ => None,
        }
    }

    fn as_str(&self) -> Option<&str> {
        match &self.value {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match self.value {
            Node::Int(int) => Some(int),
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "paths compare numbers so")]
    fn as_f64(&self) -> Option<f64> {
        match self.value {
            Node::Int(int) => Some(int as f64),
            Node::Float(float) => Some(float),
            _ => None,
        }
    }

    fn as_bool(&self) -> Option<bool> {
        match self.value {
            Node::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn null() -> Self {
        Self::default()
    }

    /// The functions of lists that the library has for its own trees.
    fn extension_custom(name: &str, args: Vec<Cow<'_, Self>>) -> Self {
        let [left, right] = args.as_slice() else {
            return Self::null();
        };
        let Some(right) = right.as_array() else {
            return Self::null();
        };
        let holds = match (name, left.as_array()) {
            ("in", _) => right.contains(left),
            ("nin", _) => !right.contains(left),
            ("any_of", Some(left)) => left.iter().any(|item| right.contains(item)),
            ("none_of", Some(left)) => !left.iter().any(|item| right.contains(item)),
            ("subset_of", Some(left)) => left.iter().all(|item| right.contains(item)),
            _ => return Self::null(),
        };
        holds.into()
    }
}

impl PartialEq for Tree<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Node::Null, Node::Null) => true,
            (Node::Bool(one), Node::Bool(other)) => one == other,
            (Node::Int(one), Node::Int(other)) => one == other,
            (Node::Text(one), Node::Text(other)) => one == other,
            (Node::List(one), Node::List(other)) => one == other,
            (Node::Object(one), Node::Object(other)) => one == other,
            _ => self.as_f64().is_some_and(|one| other.as_f64() == Some(one)),
        }
    }
}

impl<'t> From<Node<'t>> for Tree<'t> {
    fn from(value: Node<'t>) -> Self {
        Self { json: "", value }
    }
}

impl From<&str> for Tree<'_> {
    fn from(text: &str) -> Self {
        Node::Text(Cow::Owned(text.to_owned())).into()
    }
}

impl From<String> for Tree<'_> {
    fn from(text: String) -> Self {
        Node::Text(Cow::Owned(text)).into()
    }
}

impl From<bool> for Tree<'_> {
    fn from(value: bool) -> Self {
        Node::Bool(value).into()
    }
}

impl From<i64> for Tree<'_> {
    fn from(int: i64) -> Self {
        Node::Int(int).into()
    }
}

impl From<f64> for Tree<'_> {
    fn from(float: f64) -> Self {
        Node::Float(float).into()
    }
}

impl From<Vec<Self>> for Tree<'_> {
    fn from(items: Vec<Self>) -> Self {
        Node::List(items).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_copied_only_where_they_have_escapes() {
        let json = r#"{"plain": 1, "a\"b\u00e9\n": 2, "": 3}"#;
        let fields = fields(json).expect("an object");
        let expected = [
            ("plain", "1", true),
            ("a\"bé\n", "2", false),
            ("", "3", true),
        ];
        assert_eq!(fields.len(), expected.len());
        for ((name, value), (key, json, is_borrowed)) in fields.iter().zip(expected) {
            assert_eq!((&**name, *value), (key, json));
            assert_eq!(matches!(name, Cow::Borrowed(_)), is_borrowed, "{key}");
        }
        let tree = Tree::parse(json).expect("JSON");
        let found = tree.get("a\"bé\n").expect("a field");
        assert_eq!((found.json, found.as_i64()), ("2", Some(2)));
    }
}
