use std::sync::Arc;

use serde::Serialize;

use crate::run::NewPoints;

/// What probes have read.
#[derive(Debug, Serialize)]
pub(crate) struct ReadingsBody {
    readings: Vec<ReadingBody>,
}

/// One reading over time.
#[derive(Debug, Serialize)]
pub(crate) struct ReadingBody {
    name: Arc<str>,
    unit: Arc<str>,
    t_s: Vec<f64>,
    value: Vec<f64>,
}

impl ReadingsBody {
    pub(crate) fn new(new: &[NewPoints]) -> Self {
        Self {
            readings: ReadingBody::all(new),
        }
    }
}

impl ReadingBody {
    pub(crate) fn all(new: &[NewPoints]) -> Vec<Self> {
        let new = new.iter();
        new.map(|new| {
            let (t_s, value) = new.points.iter().copied().unzip();
            Self {
                name: Arc::clone(&new.name),
                unit: Arc::clone(&new.unit),
                t_s,
                value,
            }
        })
        .collect()
    }
}
