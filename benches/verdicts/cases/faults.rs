//! Every fault of the lab at three loads: below what it allows, at it, above it.

use super::super::case::{Case, Effect, ExpectedTimes, Obstacle, Truth};
use super::super::causes::Cause;
use super::super::criterion::Criterion;
use super::super::scenario::{CaseRequest, Load, Scenario, Wait};
use super::table::{Dice, LATENCY, RowSubset, case, closed, ms, open, poisson, rising};

/// A fault and what is asked of the lab that has it.
struct FaultRow {
    name: &'static str,
    latency: &'static str,
    asks: &'static [CaseRequest],
    wait: Wait,
    closes: bool,
    criteria: Vec<Criterion>,
    cause: Cause,
    /// How the fault shows above what it allows.
    effect: Effect,
    levels: [Level; 3],
}

/// A fault and a load.
struct Level {
    fault: String,
    load: Load,
    times: ExpectedTimes,
    run_s: f64,
}

const LEVELS: [&str; 3] = ["below", "at", "above"];
const RUN_S: f64 = 6.0;
/// How long a trend has to last before it is told from noise.
const TREND_S: f64 = 36.0;

pub(super) fn cases(scale: f64, part: RowSubset, dice: &mut Dice) -> Vec<Case> {
    let round = part.word();
    let mut rows = limits(scale);
    rows.extend(times(scale));
    // A smaller set has nearly all faults, and one load of what knows no load.
    let rows = rows
        .into_iter()
        .enumerate()
        .filter(|(number, _)| match part {
            RowSubset::Half => number % 6 != 5,
            part => part.has(*number),
        });
    let mut cases = Vec::new();
    for (_, row) in rows {
        for (word, level) in LEVELS.iter().zip(&row.levels) {
            let mut scenario = Scenario::new(dice.load(level.load.clone()), level.run_s);
            scenario.wait = row.wait;
            scenario.asks = row.asks.to_vec();
            scenario.closes = row.closes;
            scenario.login = row.asks != [CaseRequest::HEALTH];
            scenario.criteria.clone_from(&row.criteria);
            let effect = match *word {
                "below" => Effect::None,
                "at" => Effect::Perhaps,
                _ => row.effect,
            };
            let truth = Truth {
                times: level.times,
                rises: matches!(level.load, Load::Rates { .. }),
                ..Truth::sound(0.0).with(row.cause, effect)
            };
            let id = format!("{}/{word}/{round}", row.name);
            cases.push(Case {
                faults: vec![level.fault.clone()],
                latency: row.latency.to_owned(),
                ..case("fault", &id, scenario, truth)
            });
        }
    }
    match part {
        RowSubset::All => cases.extend(doors(&[2.0, 20.0, 80.0], dice)),
        RowSubset::Half => cases.extend(doors(&[30.0], dice)),
        RowSubset::Third => {}
    }
    cases
}

fn levels(faults: [String; 3], loads: [Load; 3], times: [ExpectedTimes; 3]) -> [Level; 3] {
    let mut loads = loads.into_iter();
    let mut times = times.into_iter();
    faults.map(|fault| Level {
        fault,
        load: loads.next().unwrap_or_else(|| closed(1.0)),
        times: times.next().unwrap_or(ExpectedTimes::Unknown),
        run_s: RUN_S,
    })
}

fn same(fault: &str) -> [String; 3] {
    [fault.to_owned(), fault.to_owned(), fault.to_owned()]
}

/// What is alike in most rows.
fn row(name: &'static str, cause: Cause, effect: Effect, levels: [Level; 3]) -> FaultRow {
    FaultRow {
        name,
        latency: LATENCY,
        asks: &[CaseRequest::LIST],
        wait: Wait::None,
        closes: false,
        criteria: Vec::new(),
        cause,
        effect,
        levels,
    }
}

/// Faults that allow so many requests a second.
#[expect(clippy::too_many_lines, reason = "a table")]
fn limits(k: f64) -> Vec<FaultRow> {
    use ExpectedTimes::{AtLeast, Below, Unknown};
    let rate = |per_second: f64| format!("{}/s", (per_second * k).round());
    let quick = [Below(40.0), Unknown, Unknown];
    let limit = same(&format!("rate-limit={}", rate(60.0)));
    let storm = same(&format!("retry-storm={}", rate(100.0)));
    // Calm, a wave, calm again.
    let wave = |peak: f64| Load::Rates {
        stages: vec![
            (0.0, 60.0 * k),
            (2.0, 60.0 * k),
            (0.0, peak * k),
            (1.0, peak * k),
            (0.0, 60.0 * k),
            (4.0, 60.0 * k),
        ],
        max_users: None,
    };
    vec![
        row(
            "rate limit",
            Cause::RateLimited,
            Effect::Status(429),
            levels(
                limit.clone(),
                [30.0, 60.0, 180.0].map(|rate| open(rate * k)),
                quick,
            ),
        ),
        row(
            "rate limit, rising load",
            Cause::RateLimited,
            Effect::Status(429),
            levels(
                limit,
                [35.0, 62.0, 150.0].map(|rate| rising(rate * k, RUN_S)),
                quick,
            ),
        ),
        FaultRow {
            criteria: vec![Criterion::Success(0.99), Criterion::p95(150.0)],
            ..row(
                "pool, arrivals",
                Cause::Pool,
                Effect::Status(500),
                levels(
                    same(&format!("pool=5,{},300ms", ms(20.0 / k))),
                    [95.0, 235.0, 560.0].map(|rate| open(rate * k)),
                    [Below(60.0), Unknown, AtLeast(0.5, 250.0)],
                ),
            )
        },
        FaultRow {
            criteria: vec![Criterion::p95(120.0)],
            ..row(
                "pool, users",
                Cause::Waiting,
                Effect::Certain,
                levels(
                    same(&format!("pool=4,{},2s", ms(25.0 / k))),
                    [2.0, 16.0, 45.0].map(closed),
                    [Below(60.0), Unknown, AtLeast(0.8, 170.0)],
                ),
            )
        },
        FaultRow {
            criteria: vec![Criterion::p95(100.0)],
            ..row(
                "lock, arrivals",
                Cause::Saturated,
                Effect::Certain,
                levels(
                    same(&format!("lock={}", ms(5.0 / k))),
                    [80.0, 195.0, 500.0].map(|rate| open(rate * k)),
                    [Below(60.0), Unknown, AtLeast(0.8, 130.0)],
                ),
            )
        },
        FaultRow {
            criteria: vec![Criterion::p95(100.0)],
            ..row(
                "lock, users",
                Cause::Waiting,
                Effect::Certain,
                levels(
                    same(&format!("lock={}", ms(5.0))),
                    [3.0, 19.0, 60.0].map(closed),
                    [Below(50.0), Unknown, AtLeast(0.8, 220.0)],
                ),
            )
        },
        FaultRow {
            asks: &[CaseRequest::HEALTH],
            closes: true,
            // Few requests come, too few for a p95.
            criteria: vec![Criterion::Service {
                quantile: 0.9,
                below_ms: 150.0,
            }],
            ..row(
                "accept queue, arrivals",
                Cause::Saturated,
                Effect::Certain,
                levels(
                    same(&format!("accept-queue={}", rate(50.0))),
                    [28.0, 49.0, 150.0].map(|rate| open(rate * k)),
                    [Below(60.0), Unknown, AtLeast(0.8, 200.0)],
                ),
            )
        },
        FaultRow {
            asks: &[CaseRequest::HEALTH],
            closes: true,
            criteria: vec![Criterion::p95(500.0)],
            ..row(
                "accept queue, users",
                Cause::Waiting,
                Effect::Certain,
                levels(
                    same(&format!("accept-queue={}", rate(50.0))),
                    [3.0, 25.0, 90.0].map(|users| closed(users * k)),
                    [Below(150.0), Unknown, AtLeast(0.6, 900.0)],
                ),
            )
        },
        FaultRow {
            criteria: vec![Criterion::Success(0.95)],
            ..row(
                "retry storm, arrivals",
                Cause::RetryStorm,
                Effect::Status(503),
                levels(
                    storm.clone(),
                    [40.0, 98.0, 250.0].map(|rate| open(rate * k)),
                    quick,
                ),
            )
        },
        FaultRow {
            criteria: vec![Criterion::Success(0.95)],
            ..row(
                "retry storm, a wave",
                Cause::RetryStorm,
                Effect::Status(503),
                levels(storm, [75.0, 130.0, 400.0].map(wave), quick),
            )
        },
        FaultRow {
            wait: Wait::Constant(50.0),
            criteria: vec![Criterion::Success(0.98)],
            ..row(
                "errors",
                Cause::Unnamed,
                Effect::Certain,
                levels(
                    ["0.4%", "2%", "12%"].map(|share| format!("errors={share}")),
                    [20.0; 3].map(|users| closed(users * k)),
                    [Below(40.0); 3],
                ),
            )
        },
        FaultRow {
            wait: Wait::Constant(100.0),
            ..row(
                "all errors",
                Cause::AlwaysFails,
                Effect::Status(500),
                levels(
                    ["1.5%", "60%", "100%"].map(|share| format!("errors={share}")),
                    [10.0; 3].map(|users| closed(users * k)),
                    [Below(60.0); 3],
                ),
            )
        },
    ]
}

/// Faults that allow any number of requests, and make them slow.
#[expect(clippy::too_many_lines, reason = "a table")]
fn times(k: f64) -> Vec<FaultRow> {
    use ExpectedTimes::{AtLeast, AtMost, Below, Unknown};
    let long = |levels: [Level; 3], lengths: [f64; 3]| {
        let mut lengths = lengths.into_iter();
        levels.map(|level| Level {
            run_s: lengths.next().unwrap_or(RUN_S),
            ..level
        })
    };
    vec![
        FaultRow {
            latency: "10ms..20ms",
            wait: Wait::Constant(50.0),
            criteria: vec![Criterion::p95(60.0)],
            ..row(
                "slow after",
                Cause::Jump,
                Effect::Certain,
                long(
                    levels(
                        ["1.3", "4", "12"].map(|factor| format!("slow-after=4s,{factor}")),
                        [15.0; 3].map(|users| closed(users * k)),
                        [Below(34.0), Unknown, AtLeast(0.2, 115.0)],
                    ),
                    [9.0, 9.0, 10.0],
                ),
            )
        },
        FaultRow {
            wait: Wait::Constant(80.0),
            criteria: vec![Criterion::p95(200.0)],
            ..row(
                "leak by time",
                Cause::Drift,
                Effect::Certain,
                long(
                    levels(
                        ["60ms", "2500ms", "1500ms"].map(|growth| format!("leak={growth}")),
                        [20.0; 3].map(|users| closed(users * k)),
                        [Below(30.0), Unknown, AtLeast(0.4, 240.0)],
                    ),
                    [RUN_S, RUN_S, TREND_S],
                ),
            )
        },
        FaultRow {
            wait: Wait::Constant(90.0),
            criteria: vec![Criterion::p95(150.0)],
            ..row(
                "leak by requests",
                Cause::Drift,
                Effect::Certain,
                long(
                    levels(
                        ["0.002ms", "0.35ms", "0.25ms"]
                            .map(|growth| format!("leak={growth}/request")),
                        [10.0; 3].map(|users| closed(users * k)),
                        [Below(30.0), Unknown, AtLeast(0.35, 180.0)],
                    ),
                    [RUN_S, RUN_S, TREND_S],
                ),
            )
        },
        FaultRow {
            criteria: vec![Criterion::p95(150.0)],
            ..row(
                "pause",
                Cause::Unnamed,
                Effect::Certain,
                long(
                    levels(
                        ["15ms", "280ms", "700ms"].map(|length| format!("pause=2s,{length}")),
                        [120.0; 3].map(|rate| poisson(rate * k)),
                        [Below(45.0), Unknown, AtLeast(0.15, 180.0)],
                    ),
                    [7.0; 3],
                ),
            )
        },
        FaultRow {
            latency: "5ms..10ms",
            wait: Wait::Constant(100.0),
            criteria: vec![Criterion::p95(150.0)],
            ..row(
                "slow replica",
                Cause::Unnamed,
                Effect::Certain,
                levels(
                    ["10ms", "150ms", "400ms"].map(|extra| format!("slow-replica=3,{extra}")),
                    [30.0; 3].map(|users| closed(users * k)),
                    [Below(40.0), Unknown, AtLeast(0.08, 400.0)],
                ),
            )
        },
        FaultRow {
            latency: "5ms..10ms",
            criteria: vec![Criterion::p95(150.0)],
            ..row(
                "tail",
                Cause::Unnamed,
                Effect::Certain,
                levels(
                    ["0.5%", "5%", "20%"].map(|share| format!("tail={share},400ms")),
                    [120.0; 3].map(|rate| open(rate * k)),
                    [AtMost(0.01, 60.0), Unknown, AtLeast(0.15, 400.0)],
                ),
            )
        },
    ]
}

/// Logins and paths that do not work, however little is asked.
fn doors(loads: &[f64], dice: &mut Dice) -> Vec<Case> {
    let doors = [
        (
            "login-broken",
            Cause::BadAuth,
            Obstacle::NoUserStarts,
            CaseRequest::LIST,
        ),
        (
            "login-missing",
            Cause::WrongPath,
            Obstacle::NoUserStarts,
            CaseRequest::LIST,
        ),
        (
            "path-missing",
            Cause::WrongPath,
            Obstacle::None,
            CaseRequest::PUBLISH,
        ),
    ];
    let mut cases = Vec::new();
    for (fault, cause, obstacle, ask) in doors {
        for &users in loads {
            let scenario = Scenario {
                asks: vec![ask],
                wait: Wait::Constant(60.0),
                ..Scenario::new(dice.load(closed(users)), 4.0)
            };
            let truth = Truth {
                obstacle,
                ..Truth::sound(40.0).with(cause, Effect::Certain)
            };
            cases.push(Case {
                faults: vec![fault.to_owned()],
                ..case("fault", &format!("{fault}/{users} users"), scenario, truth)
            });
        }
    }
    cases
}
