use crate::probes::ProbeError;

/// What came of reading once.
#[derive(Debug, Default)]
pub struct Round {
    /// What was read; may be a part of it, also beside trouble.
    pub values: Vec<Value>,
    /// What could not be read, or all of it.
    pub trouble: Option<ProbeError>,
}

/// A reading at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its name, after that of the probe: `active`, `eucora-db.cpu`.
    pub name: String,
    /// Its unit for people; may be empty.
    pub unit: String,
    /// What was read.
    pub value: f64,
}

impl Value {
    pub(super) fn new(name: impl Into<String>, unit: &str, value: f64) -> Self {
        Self {
            name: name.into(),
            unit: unit.to_owned(),
            value,
        }
    }
}

impl From<ProbeError> for Round {
    fn from(trouble: ProbeError) -> Self {
        Self {
            values: Vec::new(),
            trouble: Some(trouble),
        }
    }
}

impl From<Result<Vec<Value>, ProbeError>> for Round {
    fn from(read: Result<Vec<Value>, ProbeError>) -> Self {
        match read {
            Ok(values) => Self {
                values,
                trouble: None,
            },
            Err(trouble) => trouble.into(),
        }
    }
}
