//! What went wrong when the guide's system was tested, each reported as a pass
//! or with the wrong cause.

use super::super::case::{Case, Effect, ExpectedTimes, Obstacle, Truth};
use super::super::causes::Cause;
use super::super::scenario::{CaseRequest, Load, Scenario, Wait};
use super::table::{Dice, RowSubset, case, closed, rising};

/// Tasks whose requests all have names of their own.
const NAMES: usize = 260;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn cases(k: f64, part: RowSubset, dice: &mut Dice) -> Vec<Case> {
    let round = part.word();
    let story =
        |id: &str, faults: &[&str], load: Load, asks: Vec<CaseRequest>, truth: Truth| Case {
            faults: faults.iter().map(|&fault| fault.to_owned()).collect(),
            ..case(
                "story",
                &format!("{id}/{round}"),
                Scenario {
                    asks,
                    wait: Wait::Between(20.0, 60.0),
                    ..Scenario::new(load, 5.0)
                },
                truth,
            )
        };
    let certain = |cause| Truth::sound(60.0).with(cause, Effect::Certain);
    let mut near = |users: f64| dice.load(closed(users * k));
    let limit = format!("rate-limit={}/s", (25.0 * k).round());
    let selected = Scenario {
        has_other_class: true,
        wait: Wait::Between(20.0, 60.0),
        ..Scenario::new(near(15.0), 5.0)
    };
    vec![
        story(
            "1 random ids",
            &[],
            near(20.0),
            vec![CaseRequest::READ_ABSENT.accepts(&[200, 404])],
            certain(Cause::AcceptsErrors),
        ),
        story(
            "2 a path that is not there",
            &["path-missing"],
            near(25.0),
            vec![CaseRequest::PUBLISH.accepts(&[200, 202, 404])],
            certain(Cause::WrongPath),
        ),
        story(
            "3 the login is elsewhere",
            &["login-missing"],
            near(30.0),
            vec![CaseRequest::LIST],
            Truth {
                obstacle: Obstacle::NoUserStarts,
                ..certain(Cause::WrongPath)
            },
        ),
        story(
            "4 a rate limit",
            &[&limit],
            near(20.0),
            vec![CaseRequest::CREATE],
            Truth::sound(60.0).with(Cause::RateLimited, Effect::Status(429)),
        ),
        story(
            "5 every id a name",
            &[],
            near(8.0),
            vec![CaseRequest::LIST.named("read #"); NAMES],
            certain(Cause::ManyNames),
        ),
        case(
            "story",
            &format!("6 one class of two/{round}"),
            selected,
            Truth::sound(60.0),
        ),
        Case {
            faults: vec!["pool=1,20ms,1.5s".to_owned()],
            ..case(
                "story",
                &format!("7 saturated from the start/{round}"),
                Scenario {
                    asks: vec![CaseRequest::CREATE],
                    ..Scenario::new(rising(300.0 * k, 8.0), 8.0)
                },
                Truth {
                    times: ExpectedTimes::Unknown,
                    rises: true,
                    ..Truth::sound(0.0).with(Cause::Pool, Effect::Status(500))
                },
            )
        },
    ]
}
