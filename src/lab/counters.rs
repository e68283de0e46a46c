use std::collections::BTreeMap;

use hyper::StatusCode;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::route::{NAMES, Route};

/// The counters of `GET /lab/stats`. They exclude requests to `/lab/` and those
/// that are not HTTP.
#[derive(Default, Serialize)]
pub(super) struct Counters {
    /// Requests whose head was read.
    received: u64,
    /// Answers written to a socket whole.
    answered: u64,
    /// The answered ones by status.
    by_status: BTreeMap<u16, u64>,
    /// The received ones by route.
    by_route: ByRoute,
}

#[derive(Default)]
struct ByRoute([u64; NAMES.len()]);

impl Counters {
    pub(super) fn count_received(&mut self, route: Route) {
        self.received += 1;
        self.by_route.0[route as usize] += 1;
    }

    pub(super) fn count_answered(&mut self, status: StatusCode) {
        self.answered += 1;
        *self.by_status.entry(status.as_u16()).or_default() += 1;
    }
}

impl Serialize for ByRoute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, count) in NAMES.iter().zip(self.0).filter(|(_, count)| *count > 0) {
            map.serialize_entry(name, &count)?;
        }
        map.end()
    }
}
