//! Runs that want a 404 or a 401, and runs that only put up with one.

use super::super::case::{Case, Effect, Truth};
use super::super::causes::Cause;
use super::super::criterion::Criterion;
use super::super::scenario::{CaseRequest, Scenario, Wait};
use super::table::{Dice, RowSubset, case, closed};

/// Name, requests, criteria, what may be named, whether it is to be.
type Row = (
    &'static str,
    Vec<CaseRequest>,
    Vec<Criterion>,
    Cause,
    Effect,
);

fn rows() -> Vec<Row> {
    let gone = CaseRequest::READ_ABSENT;
    let either = |weight: u32| {
        vec![
            CaseRequest::LIST
                .accepts(&[200, 404])
                .named("read")
                .times(10 - weight),
            gone.accepts(&[200, 404]).named("read").times(weight),
        ]
    };
    let all = vec![Criterion::Success(1.0)];
    let wrong = Effect::Certain;
    vec![
        (
            "a 404",
            vec![gone.accepts(&[404])],
            Vec::new(),
            Cause::WrongPath,
            Effect::None,
        ),
        (
            "a 404, success asked for",
            vec![gone.accepts(&[404])],
            all.clone(),
            Cause::WrongPath,
            Effect::None,
        ),
        (
            "a 404 beside others",
            vec![CaseRequest::LIST, gone.accepts(&[404])],
            all.clone(),
            Cause::WrongPath,
            Effect::None,
        ),
        (
            "a 401",
            vec![CaseRequest::LIST_UNKNOWN_USER.accepts(&[401])],
            all,
            Cause::BadAuth,
            Effect::None,
        ),
        (
            "a 404 or 200, always 404",
            vec![gone.accepts(&[200, 404])],
            Vec::new(),
            Cause::AcceptsErrors,
            wrong,
        ),
        (
            "a 404 or 200, one in ten",
            either(1),
            Vec::new(),
            Cause::AcceptsErrors,
            Effect::None,
        ),
        (
            "a 404 or 200, four in ten",
            either(4),
            Vec::new(),
            Cause::AcceptsErrors,
            wrong,
        ),
        (
            "a 404 that nobody wants",
            vec![gone],
            Vec::new(),
            Cause::WrongPath,
            wrong,
        ),
    ]
}

pub(super) fn cases(k: f64, part: RowSubset, dice: &mut Dice) -> Vec<Case> {
    let round = part.word();
    let rows = rows()
        .into_iter()
        .enumerate()
        .filter(|(number, _)| part.has(*number));
    rows.map(|(_, (name, asks, criteria, cause, effect))| {
        let scenario = Scenario {
            asks,
            criteria,
            wait: Wait::Between(30.0, 70.0),
            ..Scenario::new(dice.load(closed(12.0 * k)), 4.0)
        };
        let truth = Truth::sound(40.0).with(cause, effect);
        case("wanted", &format!("{name}/{round}"), scenario, truth)
    })
    .collect()
}
