//! How late paced tasks start at half of what the shard can do.

use std::time::Duration;

use swarmdeck::stats::Totals;

use crate::delays::DelayDistribution;
use crate::line::{Expected, Line, float};
use crate::shard;
use crate::swarm::soon;
use crate::target::Target;

const FLAT: &str = "{user_classes: {U: {tasks: {ask: [{get: /}]}}}}";
const PACED: &str = "{user_classes: {U: {wait: {pacing: 10ms}, tasks: {ask: [{get: /}]}}}}";
/// Starts of a paced user each second.
const STARTS: f64 = 100.0;
/// Users with whom the most is looked for: about as many as then are paced, as
/// a request costs more with more connections.
const PROBES: u32 = 500;
/// How long the most that it can do is looked for.
const PROBE: Duration = Duration::from_secs(3);
const TIME: Duration = Duration::from_secs(10);

/// Finds the most that it can do, then paces half of that.
pub(crate) fn measure() -> Result<Vec<Line>, String> {
    let most = rate(&run(FLAT, PROBES, PROBE)?, PROBE);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of users"
    )]
    let users = (most / 2.0 / STARTS).clamp(1.0, 15_000.0) as u32;
    let totals = run(PACED, users, TIME)?;
    let planned = f64::from(users) * STARTS;
    let line = |what: String, expected, measured, unit| Line {
        what,
        expected,
        measured,
        unit,
    };
    let late = |quantile| {
        let late_us = totals.lateness.quantile_us(quantile);
        late_us.map_or(f64::NAN, |us| float(us) / 1_000.0)
    };
    Ok(vec![
        line(
            format!("p50 of lateness at {planned:.0} paced starts a second"),
            Expected::AtMost(0.3),
            late(0.5),
            "ms",
        ),
        line(
            "p99 of lateness there".to_owned(),
            Expected::AtMost(2.0),
            late(0.99),
            "ms",
        ),
        line(
            "starts a second there".to_owned(),
            Expected::Within(planned, planned * 0.02),
            rate(&totals, TIME),
            "1/s",
        ),
    ])
}

fn run(scenario: &str, users: u32, time: Duration) -> Result<Totals, String> {
    let target = Target::start(DelayDistribution::None).map_err(|error| error.to_string())?;
    let totals = shard::run(scenario, target.address, soon(users), time, |_| {});
    target.end().map_err(|error| error.to_string())?;
    totals
}

fn rate(totals: &Totals, time: Duration) -> f64 {
    float(totals.counts.succeeded) / time.as_secs_f64()
}
