//! Runs that end by themselves, and runs in which nothing is asked.

use super::super::case::{Case, Effect, Obstacle, Truth};
use super::super::causes::Cause;
use super::super::criterion::Criterion;
use super::super::scenario::{CaseRequest, EndCondition, Load, Scenario, Wait};
use super::table::{Dice, RowSubset, case, closed};

/// The lab's service time in these runs.
const LATENCY: &str = "10ms";
/// What a request takes then, with what timers add, in seconds.
const EACH_S: f64 = 0.0115;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn cases(k: f64, part: RowSubset, dice: &mut Dice) -> Vec<Case> {
    let round = part.word();
    let users = (8.0 * k).round();
    let rate = users / EACH_S;
    let asked = vec![Criterion::Rps((rate * 0.45).round())];
    let shares = |tasks: f64| (Some(tasks / rate), Scenario::new(closed(users), 0.0));
    let tasks = dice.between(900.0, 1_500.0);
    let few = dice.between(50.0, 70.0);
    let rows: Vec<(&str, EndCondition, f64, Vec<Criterion>)> = vec![
        (
            "iterations",
            EndCondition::Iterations(tasks as u32),
            tasks,
            Vec::new(),
        ),
        (
            "iterations, a rate asked for",
            EndCondition::Iterations(tasks as u32),
            tasks,
            asked.clone(),
        ),
        (
            "a tenth of a second",
            EndCondition::Iterations(few as u32),
            few,
            Vec::new(),
        ),
        (
            "iterations of each user",
            EndCondition::OfEachUser(120),
            120.0 * users,
            asked,
        ),
        (
            "rows used up",
            EndCondition::Rows(tasks as u32 / 2),
            tasks / 2.0,
            Vec::new(),
        ),
    ];
    let mut cases: Vec<Case> = rows
        .into_iter()
        .map(|(name, until, tasks, criteria)| {
            let (lasts_s, scenario) = shares(tasks);
            let scenario = Scenario {
                until,
                criteria,
                run_s: None,
                load: Load::Closed {
                    users,
                    spawn_rate: users * 100.0,
                },
                ..scenario
            };
            let truth = Truth {
                lasts_s,
                ..Truth::sound(60.0)
            };
            case("ends", &format!("{name}/{round}"), scenario, truth)
        })
        .collect();
    let stages = Load::Users(vec![(1.0, users), (2.0, users), (1.0, 0.0)]);
    let stages = Scenario {
        wait: Wait::Constant(50.0),
        ..Scenario::new(stages, 4.0)
    };
    cases.push(case(
        "ends",
        &format!("stages/{round}"),
        stages,
        Truth::sound(60.0),
    ));
    let nothing = Scenario {
        asks: vec![CaseRequest::NOTHING],
        login: false,
        ..Scenario::new(closed(users), 3.0)
    };
    let truth = Truth {
        obstacle: Obstacle::NothingAsked,
        ..Truth::sound(60.0)
    };
    cases.push(case(
        "ends",
        &format!("nothing asked/{round}"),
        nothing,
        truth,
    ));
    let failing = Scenario {
        until: EndCondition::Iterations(tasks as u32 / 3),
        run_s: None,
        ..Scenario::new(closed(users), 0.0)
    };
    let truth = Truth::sound(60.0).with(Cause::AlwaysFails, Effect::Status(500));
    cases.push(Case {
        faults: vec!["errors=100%".to_owned()],
        ..case(
            "ends",
            &format!("iterations that fail/{round}"),
            failing,
            truth,
        )
    });
    for case in &mut cases {
        LATENCY.clone_into(&mut case.latency);
    }
    // Once is enough: nothing in them depends on the scale.
    let cases = cases.into_iter().enumerate();
    let kept = cases.filter(|(number, _)| part != RowSubset::Third && part.has(*number));
    kept.map(|(_, case)| case).collect()
}
