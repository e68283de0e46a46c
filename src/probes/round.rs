use crate::probes::ProbeError;

/// The result of one reading.
#[derive(Debug, Default)]
pub struct Round {
    /// The values; may be incomplete if there is an error.
    pub values: Vec<Value>,
    /// Why some or all values could not be read.
    pub error: Option<ProbeError>,
}

/// A reading at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its name, after that of the probe: `active`, `eucora-db.cpu`.
    pub name: String,
    /// Its unit; may be empty.
    pub unit: String,
    /// Its number.
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
    fn from(error: ProbeError) -> Self {
        Self {
            values: Vec::new(),
            error: Some(error),
        }
    }
}

impl From<Result<Vec<Value>, ProbeError>> for Round {
    fn from(read: Result<Vec<Value>, ProbeError>) -> Self {
        match read {
            Ok(values) => Self {
                values,
                error: None,
            },
            Err(error) => error.into(),
        }
    }
}
