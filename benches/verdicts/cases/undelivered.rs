//! Plans that can not be kept, and their neighbours that can.

use super::super::case::{Case, Effect, ExpectedTimes, Truth};
use super::super::causes::Cause;
use super::super::criterion::Criterion;
use super::super::scenario::{Load, Scenario, Wait};
use super::table::{Dice, RowSubset, case, closed, open, open_with};

/// A plan and what stands in its way.
struct UndeliveredRow {
    name: &'static str,
    load: Load,
    wait: Wait,
    latency: &'static str,
    fault: Option<&'static str>,
    criteria: Vec<Criterion>,
    accepts: bool,
    max_rps: Option<f64>,
    cause: Cause,
    effect: Effect,
    times: ExpectedTimes,
}

const RUN_S: f64 = 6.0;
const SLOW: &str = "180ms..220ms";

/// An open load on a slow target.
fn open_row(name: &'static str, load: Load, cause: Cause) -> UndeliveredRow {
    UndeliveredRow {
        name,
        load,
        wait: Wait::None,
        latency: SLOW,
        fault: None,
        criteria: Vec::new(),
        accepts: false,
        max_rps: None,
        cause,
        effect: Effect::Undelivered,
        times: ExpectedTimes::Below(260.0),
    }
}

/// Users with a plan of their own, on a slow target.
fn paced_row(name: &'static str, wait: Wait, users: f64) -> UndeliveredRow {
    UndeliveredRow {
        wait,
        ..open_row(name, closed(users), Cause::TooSlow)
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn rows(k: f64) -> Vec<UndeliveredRow> {
    let few = |queue| open_with(50.0 * k, 2, queue);
    let with = |criteria: &[Criterion], row: UndeliveredRow| UndeliveredRow {
        criteria: criteria.to_vec(),
        ..row
    };
    let stages = Load::Rates {
        stages: vec![(2.0, 60.0 * k), (4.0, 60.0 * k)],
        max_users: Some(3),
    };
    let arrivals = Load::Open {
        rate: 50.0 * k,
        poisson: true,
        max_users: Some(2),
        queue: Some(10),
    };
    vec![
        open_row("few users, short queue", few(Some(5)), Cause::TooFewUsers),
        open_row("few users, long queue", few(None), Cause::TooFewUsers),
        open_row("few users, stages", stages, Cause::TooFewUsers),
        open_row("few users, random arrivals", arrivals, Cause::TooFewUsers),
        with(
            &[Criterion::Success(0.99)],
            open_row(
                "few users, success asked for",
                few(Some(5)),
                Cause::TooFewUsers,
            ),
        ),
        with(
            &[Criterion::p95(100.0)],
            UndeliveredRow {
                times: ExpectedTimes::AtLeast(1.0, 180.0),
                ..open_row("few users, and too slow", few(Some(5)), Cause::TooFewUsers)
            },
        ),
        UndeliveredRow {
            accepts: true,
            effect: Effect::Perhaps,
            ..open_row("few users, accepted", few(Some(5)), Cause::TooFewUsers)
        },
        with(
            &[Criterion::Delivered(0.9)],
            open_row(
                "few users, delivery asked for",
                few(Some(5)),
                Cause::TooFewUsers,
            ),
        ),
        with(
            &[Criterion::Dropped(0.01)],
            open_row(
                "few users, no drops asked for",
                few(Some(5)),
                Cause::TooFewUsers,
            ),
        ),
        open_row(
            "users just enough",
            open_with(45.0 * k, (9.5 * k) as u32, None),
            Cause::TooFewUsers,
        ),
        UndeliveredRow {
            effect: Effect::None,
            ..open_row("users enough", open(45.0 * k), Cause::TooFewUsers)
        },
        UndeliveredRow {
            max_rps: Some((15.0 * k).round()),
            latency: "2ms..6ms",
            times: ExpectedTimes::Below(40.0),
            ..open_row("a ceiling of requests", open(60.0 * k), Cause::OwnLimit)
        },
        paced_row("pacing", Wait::Pacing(60.0), 12.0 * k),
        paced_row("throughput", Wait::Throughput(15.0), 10.0 * k),
        with(
            &[Criterion::Success(0.99)],
            paced_row("pacing, success asked for", Wait::Pacing(70.0), 8.0 * k),
        ),
        with(
            &[Criterion::p95(120.0)],
            UndeliveredRow {
                times: ExpectedTimes::AtLeast(1.0, 180.0),
                ..paced_row("pacing, and too slow", Wait::Pacing(60.0), 8.0 * k)
            },
        ),
        with(
            &[Criterion::Delivered(0.95)],
            paced_row("pacing, delivery asked for", Wait::Pacing(60.0), 8.0 * k),
        ),
        UndeliveredRow {
            latency: "0ms",
            fault: Some("lock=10ms"),
            times: ExpectedTimes::Unknown,
            ..paced_row(
                "throughput of a locked target",
                Wait::Throughput(10.0),
                40.0 * k,
            )
        },
        UndeliveredRow {
            effect: Effect::None,
            ..paced_row("pacing that is kept", Wait::Pacing(500.0), 10.0 * k)
        },
    ]
}

pub(super) fn cases(k: f64, part: RowSubset, dice: &mut Dice) -> Vec<Case> {
    let round = part.word();
    let rows = rows(k)
        .into_iter()
        .enumerate()
        .filter(|(number, _)| part.has(*number));
    rows.map(|(_, row)| {
        let scenario = Scenario {
            wait: row.wait,
            criteria: row.criteria,
            accepts_undelivered: row.accepts,
            max_rps: row.max_rps,
            ..Scenario::new(dice.load(row.load), RUN_S)
        };
        let truth = Truth {
            times: row.times,
            ..Truth::sound(0.0).with(row.cause, row.effect)
        };
        Case {
            latency: row.latency.to_owned(),
            faults: row.fault.map(str::to_owned).into_iter().collect(),
            ..case(
                "undelivered",
                &format!("{}/{round}", row.name),
                scenario,
                truth,
            )
        }
    })
    .collect()
}
