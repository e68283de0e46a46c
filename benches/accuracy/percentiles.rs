//! Percentiles against those that the target wrote down, and the counts.

use std::time::Duration;

use swarmdeck::model::Outcome;
use swarmdeck::stats::Totals;

use crate::delays::DelayDistribution;
use crate::line::{Expected, Line, float};
use crate::shard;
use crate::swarm::soon;
use crate::target::Target;

/// Far from what either side can do: a few hundred requests a second. Waits
/// differ: with constant ones and constant delays users would ask in step, and
/// wait for each other where the target has not begun to take its time.
const SCENARIO: &str =
    "{user_classes: {U: {wait: {between: [25ms, 75ms]}, tasks: {ask: [{get: /}]}}}}";
const USERS: u32 = 20;
const TIME: Duration = Duration::from_secs(20);

/// What the way there and back, and being woken, may add: 1 % and 0.2 ms.
fn allowed_ms(ms: f64) -> f64 {
    ms * 0.01 + 0.2
}

/// Runs against one distribution.
pub(crate) fn measure(delays: DelayDistribution) -> Result<Vec<Line>, String> {
    let target = Target::start(delays).map_err(|error| error.to_string())?;
    let totals = shard::run(SCENARIO, target.address, soon(USERS), TIME, |_| {})?;
    let mut taken_us = target.end().map_err(|error| error.to_string())?;
    taken_us.sort_unstable();
    let mut lines = Vec::new();
    let histogram = totals.all.service(Outcome::Any);
    let histogram = histogram.ok_or("no request was answered")?;
    for (name, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        let logged = at(&taken_us, quantile).ok_or("the target was not asked")?;
        let told = histogram
            .quantile_us(quantile)
            .ok_or("no request was answered")?;
        let logged = ms(logged);
        lines.push(Line {
            what: format!("{name} of {} delays", delays.name()),
            expected: Expected::Within(logged, allowed_ms(logged)),
            measured: ms(told),
            unit: "ms",
        });
    }
    lines.extend(counts(delays, &totals, taken_us.len()));
    Ok(lines)
}

/// Everything that was started has ended, and the target has seen all of it.
fn counts(delays: DelayDistribution, totals: &Totals, answered: usize) -> [Line; 2] {
    let counts = &totals.counts;
    let exactly = |what: &str, expected: u64, measured: u64| Line {
        what: format!("{what}, {} delays", delays.name()),
        expected: Expected::Within(float(expected), 0.0),
        measured: float(measured),
        unit: "requests",
    };
    [
        exactly(
            "succeeded, failed and cut off of those started",
            counts.requests_started,
            counts.succeeded + counts.failed + counts.cut_off,
        ),
        exactly(
            "succeeded of those that the target answered",
            u64::try_from(answered).unwrap_or(u64::MAX),
            counts.succeeded,
        ),
    ]
}

/// The smallest value that so large a share does not exceed.
fn at(sorted: &[u64], quantile: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let rank = (sorted.len() as f64 * quantile).ceil() as usize;
    sorted.get(rank.checked_sub(1)?).copied()
}

fn ms(us: u64) -> f64 {
    float(us) / 1_000.0
}
