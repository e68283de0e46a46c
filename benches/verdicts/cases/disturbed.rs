//! Runs whose generator, or target, is disturbed from outside.

use std::time::Duration;

use super::super::case::{Case, Disturbance, Effect, Obstacle, Truth};
use super::super::causes::Cause;
use super::super::criterion::Criterion;
use super::super::scenario::{Load, Scenario, Wait};
use super::table::{Dice, RowSubset, case, closed, open};

const RUN_S: f64 = 7.0;
const BLINK: Disturbance = Disturbance::Stop(Duration::from_millis(300));
const LONG: Disturbance = Disturbance::Stop(Duration::from_secs(3));

/// Name, disturbance, load with what users wait, criteria.
type Row = (&'static str, Disturbance, (Load, Wait), Vec<Criterion>);

fn rows(k: f64) -> Vec<Row> {
    let none = Vec::new;
    let p95 = |ms| vec![Criterion::Success(1.0), Criterion::p95(ms)];
    let users = || (closed(20.0 * k), Wait::Constant(50.0));
    let busy = || (closed(6.0), Wait::None);
    let starts = || (open(100.0 * k), Wait::None);
    let paced = || (closed(20.0 * k), Wait::Pacing(250.0));
    let late = vec![Criterion::Response {
        quantile: 0.95,
        below_ms: 250.0,
    }];
    vec![
        ("300 ms, users", BLINK, users(), none()),
        ("300 ms, users, p95", BLINK, users(), p95(200.0)),
        (
            "300 ms, users, p99",
            BLINK,
            users(),
            vec![Criterion::p99(200.0)],
        ),
        ("300 ms, users without a wait", BLINK, busy(), p95(200.0)),
        ("300 ms, arrivals", BLINK, starts(), none()),
        ("300 ms, arrivals, p95", BLINK, starts(), p95(200.0)),
        ("300 ms, arrivals, response times", BLINK, starts(), late),
        ("300 ms, pacing", BLINK, paced(), none()),
        ("3 s, users", LONG, users(), none()),
        ("3 s, users, p95", LONG, users(), p95(200.0)),
        ("3 s, users without a wait", LONG, busy(), none()),
        ("3 s, arrivals", LONG, starts(), none()),
        ("3 s, arrivals, p95", LONG, starts(), p95(200.0)),
        ("3 s, pacing", LONG, paced(), none()),
        ("a hog, users", Disturbance::Hog, users(), none()),
        ("a hog, users, p95", Disturbance::Hog, users(), p95(300.0)),
        (
            "a hog, users, a tight p95",
            Disturbance::Hog,
            users(),
            p95(15.0),
        ),
        (
            "a hog, users without a wait",
            Disturbance::Hog,
            busy(),
            p95(300.0),
        ),
        (
            "a hog, arrivals, p95",
            Disturbance::Hog,
            starts(),
            p95(300.0),
        ),
        ("a hog, pacing", Disturbance::Hog, paced(), none()),
        (
            "the target goes, users",
            Disturbance::LabEnds,
            users(),
            none(),
        ),
        (
            "the target goes, arrivals",
            Disturbance::LabEnds,
            starts(),
            none(),
        ),
        ("no target", Disturbance::NoLab, users(), none()),
    ]
}

pub(super) fn cases(k: f64, part: RowSubset, dice: &mut Dice) -> Vec<Case> {
    let round = part.word();
    // Once is enough: nothing in them depends on the scale.
    let rows = rows(k).into_iter().enumerate();
    let rows = rows.filter(|(number, _)| part != RowSubset::Third && part.has(*number));
    rows.map(|(_, (name, disturbance, (load, wait), criteria))| {
        let (cause, effect, obstacle) = match disturbance {
            LONG => (Cause::Generator, Effect::Certain, Obstacle::None),
            Disturbance::LabEnds => (Cause::Refused, Effect::Certain, Obstacle::TargetGoes),
            // A run that does not begin writes no run file, so it can name nothing.
            Disturbance::NoLab => (Cause::Refused, Effect::Perhaps, Obstacle::NoTarget),
            _ => (Cause::Generator, Effect::Perhaps, Obstacle::None),
        };
        let scenario = Scenario {
            wait,
            criteria,
            ..Scenario::new(dice.load(load), RUN_S)
        };
        let truth = Truth {
            obstacle,
            ..Truth::sound(10.0).with(cause, effect)
        };
        Case {
            disturbance,
            ..case("disturbed", &format!("{name}/{round}"), scenario, truth)
        }
    })
    .collect()
}
