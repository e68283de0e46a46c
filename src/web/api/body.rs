//! Bodies that are JSON objects, and the times in them.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::session::{DurationError, RunTime, parse_duration};
use crate::web::http::problem::Problem;

/// A value that is read only from an object. Serde would also accept a list of
/// its fields, whose meaning depends on their order.
#[derive(Debug)]
pub(crate) struct Object<T>(pub(crate) T);

/// The body of a request that must contain one.
pub(crate) type Body<T> = Result<Json<Object<T>>, JsonRejection>;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_map(ObjectVisitor(PhantomData))
            .map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Parses a run time: missing, empty, or a time.
pub(in crate::web) fn run_time(text: Option<&str>) -> Result<RunTime, Problem> {
    match text.map(str::trim) {
        None => Ok(RunTime::Preset),
        Some("") => Ok(RunTime::UntilStopped),
        Some(text) => time(text, "run_time").map(RunTime::Limited),
    }
}

/// Parses the time in a field.
pub(in crate::web) fn time(text: &str, field: &'static str) -> Result<Duration, Problem> {
    let problem = |error: DurationError| Problem::bad_request(error.to_string(), Some(field));
    parse_duration(text).map_err(problem)
}

/// The value of a valid body.
pub(in crate::web) fn read<T>(body: Body<T>) -> Result<T, Problem> {
    let Json(Object(body)) = body?;
    Ok(body)
}
