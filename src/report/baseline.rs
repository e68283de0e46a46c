//! What the load testing guide of EUCORA expects of its four scenarios, against
//! what was measured.

use crate::model::{count_text, latency_text, number_text, percent_text, rate_text};
use crate::report::RunFile;

/// The expected figures of a scenario.
struct Baseline {
    /// Names of the scenario, as [`plain`] makes them: of the scenarios that
    /// are built in, and of the files that the guide's commands write.
    names: &'static [&'static str],
    users: u64,
    rps: f64,
    p50_us: u64,
    p99_us: u64,
    success: f64,
}

const BASELINES: [Baseline; 4] = [
    Baseline {
        names: &["1 concurrent deployments", "scenario1 deployments"],
        users: 100,
        rps: 75.0,
        p50_us: 150_000,
        p99_us: 450_000,
        success: 1.0,
    },
    Baseline {
        names: &["2 cab approval backlog", "scenario2 cab approvals"],
        users: 50,
        rps: 100.0,
        p50_us: 140_000,
        p99_us: 400_000,
        success: 1.0,
    },
    Baseline {
        names: &["3 connector scaling", "scenario3 connectors"],
        users: 200,
        rps: 175.0,
        p50_us: 160_000,
        p99_us: 480_000,
        success: 0.995,
    },
    Baseline {
        names: &["4 burst load", "scenario4 burst"],
        users: 1_000,
        rps: 10_000.0,
        p50_us: 400_000,
        p99_us: 950_000,
        success: 0.98,
    },
];

/// Differences up to this share of what is expected are fine.
const TOLERANCE: f64 = 0.10;
/// Stands for a figure that is as expected or better.
const OK: &str = "ok";

/// One figure of a scenario against what is expected of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) figure: &'static str,
    pub(super) expected: String,
    pub(super) measured: String,
    pub(super) deviation: String,
}

/// The figures of a run against the baseline of its scenario; empty where
/// there is none.
pub(super) fn compare(run: &RunFile) -> Vec<Compared> {
    let name = plain(&run.run.scenario);
    let mut baselines = BASELINES.iter();
    let Some(expected) = baselines.find(|one| one.names.contains(&&*name)) else {
        return Vec::new();
    };
    let all = &run.aggregated;
    let service = all.latencies.service;
    let users = run.most_users();
    let other_load = users.filter(|users| *users != expected.users);
    let low = Some(all.rates.rps).filter(|rps| *rps < expected.rps * (1.0 - TOLERANCE));
    let worse = all.success().filter(|success| *success < expected.success);
    vec![
        Compared {
            figure: "Users",
            expected: count_text(expected.users),
            measured: count_text(users),
            deviation: or_ok(other_load.map(|_| "different load: not comparable".to_owned())),
        },
        Compared {
            figure: "RPS",
            expected: rate_text(expected.rps),
            measured: rate_text(all.rates.rps),
            deviation: or_ok(low.map(|rps| off(rps, expected.rps, "below"))),
        },
        time("p50", service.p50_us, expected.p50_us),
        time("p99", service.p99_us, expected.p99_us),
        Compared {
            figure: "Success",
            expected: percent_text(expected.success),
            measured: percent_text(all.success()),
            deviation: or_ok(worse.map(|success| {
                let points = (expected.success - success) * 100.0;
                format!("{} percentage points below", number_text(points))
            })),
        },
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a comparison for people")]
fn time(figure: &'static str, measured_us: Option<u64>, expected_us: u64) -> Compared {
    let expected = expected_us as f64;
    let late = measured_us
        .map(|us| us as f64)
        .filter(|us| *us > expected * (1.0 + TOLERANCE));
    Compared {
        figure,
        expected: latency_text(expected_us),
        measured: latency_text(measured_us),
        deviation: or_ok(late.map(|us| off(us, expected, "above"))),
    }
}

fn or_ok(deviation: Option<String>) -> String {
    deviation.unwrap_or_else(|| OK.to_owned())
}

fn off(measured: f64, expected: f64, word: &str) -> String {
    // A change, not a share: it may be more than all there was.
    let change = (measured / expected - 1.0).abs() * 100.0;
    format!("{}% {word}", number_text(change))
}

/// A name without case and punctuation.
fn plain(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        for name in [
            "1 - Concurrent deployments",
            "1_concurrent_deployments",
            "scenario1_deployments",
        ] {
            assert!(BASELINES[0].names.contains(&&*plain(name)), "{name}");
        }
    }

    #[test]
    fn deviations_are_named_from_a_tenth_on() {
        assert_eq!(time("p50", Some(164_000), 150_000).deviation, "ok");
        assert_eq!(time("p50", Some(300_000), 150_000).deviation, "100% above");
        assert_eq!(time("p50", None, 150_000).deviation, "ok");
    }
}
