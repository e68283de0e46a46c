//! Reading single values out of JSON text without building a tree.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::program::expr::number;
use crate::program::expr::value::Value;
use crate::program::json::lenient;
use crate::program::json::path::Segment;

/// What a strict parser does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson;

/// The JSON text at `path`, or `None` where the path leads nowhere. Of several
/// fields of one name the last counts, as in most parsers. The whole text is
/// read, so that a broken end is noticed.
pub(crate) fn find<'a>(json: &'a str, path: &[Segment]) -> Result<Option<&'a str>, NotJson> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let found = AtPath { path }.deserialize(&mut deserializer);
    let found = found.map_err(|_| NotJson)?;
    deserializer.end().map_err(|_| NotJson)?;
    Ok(found)
}

/// The same of the JSON of a value, which is JSON.
pub(crate) fn within<'a>(json: &'a str, path: &[Segment]) -> Option<&'a str> {
    find(json, path).ok().flatten()
}

/// The most fields that are found in one reading.
pub(crate) const FIELDS: usize = 8;

/// The JSON texts of the fields of these names, of the outermost object, each
/// the last of its name; nothing of what is no object. At most [`FIELDS`].
/// Read as by [`find`], but once for all.
pub(crate) fn fields<'a>(
    json: &'a str,
    names: &[Box<str>],
) -> Result<[Option<&'a str>; FIELDS], NotJson> {
    if !json.trim_ascii_start().starts_with('{') {
        return is_json(json).then(Default::default).ok_or(NotJson);
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let found = deserializer.deserialize_map(FieldTexts { names });
    let found = found.map_err(|_| NotJson)?;
    deserializer.end().map_err(|_| NotJson)?;
    Ok(found)
}

/// Whether the text is JSON.
pub(crate) fn is_json(json: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(json).is_ok()
}

/// How many elements a JSON array has; `None` for anything else.
pub(crate) fn array_len(json: &str) -> Option<usize> {
    if !json.trim_start().starts_with('[') {
        return None;
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.deserialize_seq(Count).ok()
}

/// How many fields a JSON object has; `None` for anything else.
pub(crate) fn object_len(json: &str) -> Option<usize> {
    if !json.trim_start().starts_with('{') {
        return None;
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.deserialize_map(Count).ok()
}

/// The elements of a JSON array, each as its JSON text.
pub(crate) fn elements(json: &str) -> Option<Vec<&str>> {
    let raw: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(raw.into_iter().map(RawValue::get).collect())
}

/// The value that a JSON text stands for; `None` where it is not JSON.
/// Numbers that fit no `i64` keep their spelling.
pub(crate) fn decode(json: &str) -> Option<Value<'_>> {
    let json = json.trim_ascii();
    Some(match json.as_bytes().first()? {
        b'n' => Value::None,
        b't' => Value::Bool(true),
        b'f' => Value::Bool(false),
        b'"' => Value::Text(unquote(json)?),
        b'{' | b'[' => Value::Json(Cow::Borrowed(json)),
        _ => number::of_json(json),
    })
}

/// The content of a JSON string; copied only where it has escapes. Those of
/// half a character are U+FFFD.
pub(super) fn unquote(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        let strict = serde_json::from_str(json).ok();
        let mended = || serde_json::from_str(&lenient::mend(json).ok()?).ok();
        strict.or_else(mended).map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// Follows a path down and takes the raw text at its end.
struct AtPath<'p> {
    path: &'p [Segment],
}

impl<'de> DeserializeSeed<'de> for AtPath<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.path.is_empty() {
            let raw: &RawValue = serde::Deserialize::deserialize(deserializer)?;
            Ok(Some(raw.get()))
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for AtPath<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        let wanted = match self.path.first() {
            Some(Segment::Field(name)) => Some(&**name),
            _ => None,
        };
        while let Some(matches) = map.next_key_seed(KeyIs(wanted))? {
            if matches {
                found = map.next_value_seed(AtPath {
                    path: &self.path[1..],
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        if let Some(Segment::Index(index)) = self.path.first() {
            for _ in 0..*index {
                if seq.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(None);
                }
            }
            let rest = AtPath {
                path: &self.path[1..],
            };
            match seq.next_element_seed(rest)? {
                Some(value) => found = value,
                None => return Ok(None),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }

    // A scalar where the path goes on: nothing there.
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Takes the raw texts of some fields.
struct FieldTexts<'p> {
    names: &'p [Box<str>],
}

impl<'de> Visitor<'de> for FieldTexts<'_> {
    type Value = [Option<&'de str>; FIELDS];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Self::Value::default();
        while let Some(key) = map.next_key_seed(KeyAmong(self.names))? {
            match key.and_then(|at| found.get_mut(at)) {
                Some(place) => *place = Some(map.next_value::<&RawValue>()?.get()),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// Which of some names a key is.
struct KeyAmong<'p>(&'p [Box<str>]);

impl<'de> DeserializeSeed<'de> for KeyAmong<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyAmong<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| **name == *key))
    }
}

/// Compares a key without keeping it.
struct KeyIs<'p>(Option<&'p str>);

impl<'de> DeserializeSeed<'de> for KeyIs<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyIs<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(self.0 == Some(key))
    }
}

struct Count;

impl<'de> Visitor<'de> for Count {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::JsonPath;

    fn read<'a>(json: &'a str, path: &str) -> Option<&'a str> {
        match JsonPath::parse(path).unwrap() {
            JsonPath::Simple(segments) => within(json, &segments),
            JsonPath::Query(_) => panic!("{path} is not simple"),
        }
    }

    #[test]
    fn follows_fields_and_indices() {
        let json = r#"{"a": {"b": [10, {"c": "x\n"}]}, "z": 1, "a2": null}"#;
        assert_eq!(read(json, "$.a.b[1].c"), Some(r#""x\n""#));
        assert_eq!(read(json, "$.a.b[0]"), Some("10"));
        assert_eq!(read(json, "$['a2']"), Some("null"));
        assert_eq!(read(json, "$.a.b[2]"), None);
        assert_eq!(read(json, "$.z.y"), None);
        assert_eq!(read(json, "$.a[0]"), None);
        assert_eq!(read("[[1], [2, 3]]", "$[1][1]"), Some("3"));
    }

    #[test]
    fn finds_nothing_in_what_is_not_json() {
        for json in ["", "<html>", "{\"a\": 1", "{\"a\": 1} x", "\u{0}"] {
            assert_eq!(read(json, "$.a"), None, "{json}");
        }
    }

    #[test]
    fn fields_are_read_at_once_as_they_are_one_by_one() {
        let names: [Box<str>; 4] = ["b", "a", "c", "none"].map(Into::into);
        let all = |json: &str| {
            let one = |name: &str| {
                let found = find(json, &[Segment::Field(name.into())]);
                found.map(|found| found.map(str::to_owned))
            };
            let found = fields(json, &names);
            let Ok(found) = found else {
                assert_eq!(one("a"), Err(NotJson), "{json}");
                return [None, None, None, None, None, None, None, None];
            };
            for (name, found) in names.iter().zip(found) {
                assert_eq!(Ok(found.map(str::to_owned)), one(name), "{name} of {json}");
            }
            found.map(|found| found.map(str::to_owned))
        };
        let found = all(r#"{"x": {"b": 1}, "a": [1, {"c": 2}], "b": "y\"", "a": 3}"#);
        assert_eq!(found[0].as_deref(), Some(r#""y\"""#));
        assert_eq!(found[1].as_deref(), Some("3"), "the last counts");
        for json in ["", "[1]", "7", "{\"a\": 1", "{\"a\": 1} x", "{\"a\": }"] {
            assert!(all(json).iter().all(Option::is_none), "{json}");
        }
    }

    #[test]
    fn numbers_that_do_not_fit_stay_as_written() {
        assert!(matches!(
            decode("9223372036854775807"),
            Some(Value::Int(i64::MAX))
        ));
        assert!(matches!(
            decode("9223372036854775808"),
            Some(Value::Number(_))
        ));
        for number in ["1e999", "-0.5", "1.0", "-0"] {
            assert!(matches!(decode(number), Some(Value::Number(text)) if text == number));
        }
    }
}
