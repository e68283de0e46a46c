//! JSON at an address.

use std::time::Instant;

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;

use crate::model::{HttpProbe, Take, Wanted};
use crate::probes::counter::Counter;
use crate::probes::http::{Endpoint, Tls};
use crate::probes::{ProbeError, Round, Value};

/// Reads numbers by JSON paths.
#[derive(Debug)]
pub(super) struct JsonReader {
    endpoint: Endpoint,
    readings: Vec<(Wanted<String>, JpQuery, Counter)>,
}

impl JsonReader {
    pub(super) fn new(probe: &HttpProbe<String>, tls: Tls) -> Result<Self, ProbeError> {
        let readings = probe.readings.iter().map(|wanted| {
            let query = parse_json_path(&wanted.source);
            let query = query.map_err(|error| ProbeError::Spec(error.to_string()))?;
            Ok((wanted.clone(), query, Counter::default()))
        });
        Ok(Self {
            endpoint: Endpoint::new(&probe.url, tls)?,
            readings: readings.collect::<Result<_, _>>()?,
        })
    }

    pub(super) async fn read(&mut self) -> Round {
        match self.endpoint.get().await {
            Ok(body) => self.take(&body, Instant::now()),
            Err(error) => error.into(),
        }
    }

    fn take(&mut self, body: &[u8], now: Instant) -> Round {
        let json: serde_json::Value = match serde_json::from_slice(body) {
            Ok(json) => json,
            Err(error) => {
                let place = self.endpoint.place().to_owned();
                let why = format!("invalid JSON: {error}");
                return ProbeError::Broken { place, why }.into();
            }
        };
        let mut round = Round::default();
        for (wanted, query, counter) in &mut self.readings {
            let found = js_path_process(query, &json).ok();
            let found = found.and_then(|found| found.into_iter().next());
            match found.and_then(|found| number(found.val())) {
                Some(value) => round.values.extend(taken(wanted, counter, now, value)),
                None => round.error = Some(ProbeError::Missing(wanted.source.clone())),
            }
        }
        round
    }
}

/// The reading that a value makes; none for a counter's first one.
pub(super) fn taken<S>(
    wanted: &Wanted<S>,
    counter: &mut Counter,
    now: Instant,
    value: f64,
) -> Option<Value> {
    let value = match wanted.take {
        Take::Value => Some(value),
        Take::Rate => counter.rate(now, value),
    };
    value.map(|value| Value::new(&*wanted.name, &wanted.unit, value))
}

/// Numbers, also those written as text; true is 1 and false 0.
fn number(value: &serde_json::Value) -> Option<f64> {
    match value {
        serde_json::Value::Number(number) => number.as_f64(),
        serde_json::Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        serde_json::Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        _ => None,
    }
}
