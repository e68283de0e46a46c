//! An endpoint in the text format of Prometheus.
//!
//! Format: <https://prometheus.io/docs/instrumenting/exposition_formats/>

use std::time::Instant;

use crate::model::{HttpProbe, MetricSelector, Wanted};
use crate::probes::counter::Counter;
use crate::probes::http::{Endpoint, Tls};
use crate::probes::json::taken;
use crate::probes::{ProbeError, Round};

/// Reads series by name and labels. Where several are selected, their sum.
#[derive(Debug)]
pub(super) struct PrometheusReader {
    endpoint: Endpoint,
    readings: Vec<(Wanted<MetricSelector>, Counter)>,
}

impl PrometheusReader {
    pub(super) fn new(probe: &HttpProbe<MetricSelector>, tls: Tls) -> Result<Self, ProbeError> {
        let readings = probe.readings.iter();
        Ok(Self {
            endpoint: Endpoint::new(&probe.url, tls)?,
            readings: readings
                .map(|wanted| (wanted.clone(), Counter::default()))
                .collect(),
        })
    }

    pub(super) async fn read(&mut self) -> Round {
        match self.endpoint.get().await {
            Ok(body) => self.take(&String::from_utf8_lossy(&body), Instant::now()),
            Err(error) => error.into(),
        }
    }

    fn take(&mut self, text: &str, now: Instant) -> Round {
        let wanted: Vec<_> = self
            .readings
            .iter()
            .map(|(wanted, _)| &wanted.source)
            .collect();
        let sums = sums(text, &wanted);
        let mut round = Round::default();
        for ((wanted, counter), sum) in self.readings.iter_mut().zip(sums) {
            match sum {
                Some(value) => round.values.extend(taken(wanted, counter, now, value)),
                None => round.error = Some(ProbeError::Missing(wanted.source.to_string())),
            }
        }
        round
    }
}

/// The sum of the samples that each selector selects; `None` where there is
/// none that is a number.
fn sums(text: &str, selectors: &[&MetricSelector]) -> Vec<Option<f64>> {
    let mut sums = vec![None; selectors.len()];
    for line in text.lines() {
        let line = line.trim();
        // Most lines are about something else, and not taken apart.
        let is_wanted = |selector: &&MetricSelector| line.starts_with(&selector.name);
        if !selectors.iter().any(is_wanted) {
            continue;
        }
        let Some((series, value)) = sample(line) else {
            continue;
        };
        for (sum, selector) in sums.iter_mut().zip(selectors) {
            if selector.selects(&series) {
                *sum = Some(sum.unwrap_or(0.0) + value);
            }
        }
    }
    sums
}

/// A line with a sample: a series, its value, perhaps a time stamp.
fn sample(line: &str) -> Option<(MetricSelector, f64)> {
    let (series, rest) = MetricSelector::split_off(line)?;
    let value: f64 = rest.split_whitespace().next()?.parse().ok()?;
    value.is_finite().then_some((series, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = r#"
# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{method="GET",code="200"} 1027 1395066363000
http_requests_total{method="POST",code="200"} 3
http_requests_total_created 5
inflight 7.5
nothing NaN
limit +Inf
broken{a="b 1
"#;

    fn sum(selector: &str) -> Option<f64> {
        let selector = MetricSelector::parse(selector).expect("sound");
        sums(PAGE, &[&selector])[0]
    }

    #[test]
    fn samples_are_selected_by_name_and_labels_and_added_up() {
        assert_eq!(sum("inflight"), Some(7.5));
        assert_eq!(sum("http_requests_total"), Some(1030.0));
        assert_eq!(sum(r#"http_requests_total{method="GET"}"#), Some(1027.0));
        assert_eq!(sum(r#"http_requests_total{code="500"}"#), None);
        for name in ["nothing", "limit", "broken", "http", "absent"] {
            assert_eq!(sum(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(text in "\\PC{0,80}|a[{}\"\\\\,= a-z0-9\n.]{0,60}") {
            let selector = MetricSelector::parse("a").expect("sound");
            sums(&text, &[&selector]);
        }
    }
}
