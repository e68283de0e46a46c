use std::borrow::Cow;
use std::fmt;

use hyper::StatusCode;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::lab::reply::Reply;

/// The longest text a field may hold, in characters.
const TEXT_MAX_CHARS: usize = 255;

/// A field of a request as it came, judged later, so that every mistake is
/// reported at once and not only the first.
#[derive(Default)]
pub(crate) enum Field<'a> {
    #[default]
    Missing,
    Null,
    Text(Cow<'a, str>),
    Map,
    Other,
}

/// The mistakes in a request, in the order of its fields:
/// `{"app_name": ["This field is required."]}`.
#[derive(Default)]
pub(crate) struct FieldErrors(Vec<(&'static str, Cow<'static, str>)>);

impl FieldErrors {
    pub(crate) fn add(&mut self, field: &'static str, error: impl Into<Cow<'static, str>>) {
        self.0.push((field, error.into()));
    }

    /// A required text; empty if it is missing or wrong.
    pub(crate) fn text<'f>(&mut self, name: &'static str, field: &'f Field<'_>) -> &'f str {
        let error = match field {
            Field::Text(text) if text.trim().is_empty() => "This field may not be blank.",
            // Bytes first: counting characters is only needed for long texts.
            Field::Text(text)
                if text.len() > TEXT_MAX_CHARS && text.chars().count() > TEXT_MAX_CHARS =>
            {
                "Ensure this field has no more than 255 characters."
            }
            Field::Text(text) => return text,
            Field::Missing => "This field is required.",
            Field::Null => "This field may not be null.",
            Field::Map | Field::Other => "Not a valid string.",
        };
        self.add(name, error);
        ""
    }

    /// A text that may be left out, or blank.
    pub(super) fn optional_text(&mut self, name: &'static str, field: &Field<'_>) {
        match field {
            Field::Missing | Field::Null => {}
            Field::Text(text) if text.is_empty() => {}
            _ => {
                self.text(name, field);
            }
        }
    }

    /// One of `choices`, by its place; the first when it is wrong.
    pub(crate) fn choice(
        &mut self,
        name: &'static str,
        field: &Field<'_>,
        choices: &[&str],
    ) -> usize {
        let text = self.text(name, field);
        if text.is_empty() {
            return 0;
        }
        choices
            .iter()
            .position(|&choice| choice == text)
            .unwrap_or_else(|| {
                self.add(name, format!("{text:?} is not a valid choice."));
                0
            })
    }

    /// A UUID; nil when it is wrong.
    pub(crate) fn uuid(&mut self, name: &'static str, field: &Field<'_>) -> Uuid {
        let text = self.text(name, field);
        if text.is_empty() {
            return Uuid::nil();
        }
        Uuid::try_parse(text).unwrap_or_else(|_| {
            self.add(name, "Must be a valid UUID.");
            Uuid::nil()
        })
    }

    /// An answer of status 400 when there is a mistake.
    pub(crate) fn check(self) -> Result<(), Reply> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Reply::json(StatusCode::BAD_REQUEST, &self))
        }
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, error) in &self.0 {
            map.serialize_entry(field, &[error])?;
        }
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Field::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Field::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Field::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Field::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Field::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Map)
    }
}
