//! Runs in which nothing is wrong.

use super::super::case::{Case, Truth};
use super::super::criterion::Criterion;
use super::super::scenario::{CaseRequest, EndCondition, Load, Scenario, Wait};
use super::super::score::HEALTHY;
use super::table::{Dice, case, closed, open, poisson};

/// A shape of load: what the others are drawn around.
struct HealthyRow {
    name: &'static str,
    load: Load,
    wait: Wait,
    asks: &'static [CaseRequest],
    shards: u16,
}

fn row(name: &'static str, load: Load, wait: Wait) -> HealthyRow {
    HealthyRow {
        name,
        load,
        wait,
        asks: &[CaseRequest::LIST],
        shards: 1,
    }
}

fn rows() -> Vec<HealthyRow> {
    let mix: &[CaseRequest] = &[
        CaseRequest::LIST,
        CaseRequest::CREATE,
        CaseRequest::PENDING,
        CaseRequest::HEALTH,
    ];
    let ramp = Load::Closed {
        users: 40.0,
        spawn_rate: 12.0,
    };
    let day = Load::Users(vec![(1.5, 30.0), (1.5, 30.0), (1.0, 10.0), (1.0, 10.0)]);
    let rates = Load::Rates {
        stages: vec![(1.5, 120.0), (2.0, 120.0), (1.5, 30.0)],
        max_users: None,
    };
    vec![
        row("users without a wait", closed(8.0), Wait::None),
        row("users that wait", closed(30.0), Wait::Constant(60.0)),
        row(
            "users that wait for a while",
            closed(30.0),
            Wait::Between(20.0, 120.0),
        ),
        row(
            "users that come by themselves",
            closed(25.0),
            Wait::Poisson(12.0),
        ),
        row("a ramp", ramp, Wait::Constant(50.0)),
        row("users by stages", day, Wait::Constant(40.0)),
        row("pacing", closed(20.0), Wait::Pacing(200.0)),
        row("throughput", closed(25.0), Wait::Throughput(6.0)),
        row("arrivals", open(140.0), Wait::None),
        row("random arrivals", poisson(140.0), Wait::None),
        row("arrivals by stages", rates, Wait::None),
        HealthyRow {
            asks: mix,
            ..row("a mix", closed(30.0), Wait::Between(20.0, 100.0))
        },
        HealthyRow {
            shards: 2,
            ..row("two shards", closed(30.0), Wait::Constant(50.0))
        },
        HealthyRow {
            asks: mix,
            shards: 3,
            ..row("three shards, arrivals", open(150.0), Wait::None)
        },
        HealthyRow {
            shards: 4,
            ..row("four shards, pacing", closed(24.0), Wait::Pacing(150.0))
        },
    ]
}

/// So many runs, each shape in turn; `scale` as of other tables.
pub(super) fn cases(count: usize, scale: f64, dice: &mut Dice) -> Vec<Case> {
    let shapes = rows().len();
    let rounds = (0..).flat_map(|round| rows().into_iter().map(move |row| (round, row)));
    let rounds = rounds.take(count).enumerate();
    rounds
        .map(|(number, (round, row)): (usize, (usize, HealthyRow))| {
            let criteria = match (number + round) % 3 {
                0 => Vec::new(),
                1 => vec![Criterion::Success(1.0), Criterion::p95(300.0)],
                _ => vec![
                    Criterion::Success(0.99),
                    Criterion::p95(dice.between(200.0, 500.0)),
                    Criterion::Rps(5.0),
                ],
            };
            let factor = [1.0, 1.6, 0.6, 1.3][round % 4] * scale;
            let load = dice.load(larger(row.load, factor));
            let scenario = Scenario {
                wait: row.wait,
                asks: row.asks.to_vec(),
                until: EndCondition::Stopped,
                criteria,
                ..Scenario::new(load, 5.0)
            };
            debug_assert!(number / shapes == round, "each shape in turn");
            Case {
                shards: row.shards,
                ..case(
                    HEALTHY,
                    &format!("{}/{round}", row.name),
                    scenario,
                    Truth::sound(60.0),
                )
            }
        })
        .collect()
}

fn larger(load: Load, factor: f64) -> Load {
    match load {
        Load::Closed { users, spawn_rate } => Load::Closed {
            users: (users * factor).round(),
            spawn_rate: spawn_rate * factor,
        },
        Load::Open {
            rate,
            poisson,
            max_users,
            queue,
        } => Load::Open {
            rate: rate * factor,
            poisson,
            max_users,
            queue,
        },
        Load::Users(stages) => Load::Users(times(stages, factor)),
        Load::Rates { stages, max_users } => Load::Rates {
            stages: times(stages, factor),
            max_users,
        },
    }
}

fn times(stages: Vec<(f64, f64)>, factor: f64) -> Vec<(f64, f64)> {
    let stages = stages.into_iter();
    stages
        .map(|(over_s, goal)| (over_s, (goal * factor).round()))
        .collect()
}
