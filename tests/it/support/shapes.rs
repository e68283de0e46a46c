//! Shapes of JSON: which fields there are, in which order, of which types.

use serde_json::{Map, Value, json};

use super::snapshot::assert_snapshot;

/// The union of the shapes of all values that came under each name.
#[derive(Default)]
pub(crate) struct Shapes(Map<String, Value>);

impl Shapes {
    pub(crate) fn add(&mut self, name: &str, value: &Value) {
        let known = self.0.remove(name).unwrap_or_default();
        self.0.insert(name.to_owned(), union(known, shape(value)));
    }

    /// Compares them with a snapshot, in the order of their names.
    #[track_caller]
    pub(crate) fn assert(mut self, snapshot: &str) {
        self.0.sort_keys();
        let shapes = self.0.iter();
        let shapes = shapes.map(|(name, shape)| format!("{name}\n{shape:#}\n\n"));
        assert_snapshot(snapshot, &shapes.collect::<String>());
    }
}

/// Fields whose values depend on what else this machine does.
const CHANCE: [&str; 6] = [
    "disturbed",
    "not_judged",
    "kept",
    "kept_rps",
    "broken",
    "broken_rps",
];

/// A value with the names of types instead of figures and texts. All elements
/// of a list have one shape; what is null elsewhere has the shape it has there.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => json!("boolean"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(elements) => match elements.iter().map(shape).reduce(union) {
            None => json!([]),
            Some(Value::String(kind)) => json!(format!("list of {kind}")),
            Some(shape) => json!([shape]),
        },
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let is_chance = CHANCE.contains(&name.as_str());
                let shape = if is_chance {
                    json!("...")
                } else {
                    shape(value)
                };
                (name.clone(), shape)
            });
            Value::Object(fields.collect())
        }
    }
}

/// The shape of what is sometimes of the one and sometimes of the other.
fn union(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Null, known) | (known, Value::Null) => known,
        (Value::Array(none), known) | (known, Value::Array(none)) if none.is_empty() => known,
        (Value::Array(nulls), known) | (known, Value::Array(nulls)) if nulls == [Value::Null] => {
            known
        }
        (Value::Array(one), Value::Array(other)) => {
            let both = one.into_iter().chain(other).reduce(union);
            Value::Array(both.into_iter().collect())
        }
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, value) in other {
                let known = one.get(&name).cloned().unwrap_or_default();
                one.insert(name, union(known, value));
            }
            Value::Object(one)
        }
        (one, other) if one == other => one,
        (one, other) => json!(format!("{one} or {other}").replace('"', "")),
    }
}
