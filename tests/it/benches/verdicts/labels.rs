use std::time::Duration;

use super::case::{Case, Disturbance, Effect, ExpectedTimes, Obstacle, Truth};
use super::causes::Cause;
use super::criterion::Criterion;
use super::label::{ExpectedCause, Label, label};
use super::outcome::Counters;
use super::outcome::Verdict::{self, Fail, Invalid, Pass, Undecided};
use super::scenario::{CaseRequest, Load, Scenario, Wait};

/// Twenty users for six seconds.
fn users() -> Scenario {
    let load = Load::Closed {
        users: 20.0,
        spawn_rate: 40.0,
    };
    Scenario::new(load, 6.0)
}

/// A hundred starts a second for six seconds.
fn arrivals() -> Scenario {
    let load = Load::Open {
        rate: 100.0,
        poisson: false,
        max_users: None,
        queue: None,
    };
    Scenario::new(load, 6.0)
}

fn case(scenario: Scenario, truth: Truth) -> Case {
    Case {
        id: "a".to_owned(),
        family: "fault",
        scenario,
        latency: "1ms".to_owned(),
        faults: Vec::new(),
        shards: 1,
        disturbance: Disturbance::None,
        truth,
    }
}

/// So many answers of each status, all of them to tasks.
fn counted(by_status: &[(u16, u64)]) -> Counters {
    let answered = by_status.iter().map(|(_, count)| count).sum();
    Counters {
        received: answered,
        answered,
        by_status: by_status.iter().copied().collect(),
        ..Counters::default()
    }
}

/// Whether these verdicts are right, and no others.
#[track_caller]
fn is(case: &Case, lab: &Counters, verdicts: &[Verdict]) {
    let label = label(case, lab);
    let right: Vec<Verdict> = label.verdicts.into_iter().collect();
    assert_eq!(right, verdicts);
}

#[test]
fn without_criteria_nothing_may_fail() {
    let case = case(users(), Truth::sound(10.0));
    is(&case, &counted(&[(200, 900)]), &[Pass]);
    is(&case, &counted(&[(200, 800), (500, 100)]), &[Fail]);
    // It may have been cut off at the stop.
    is(&case, &counted(&[(200, 900), (500, 1)]), &[Pass, Fail]);
}

#[test]
fn criteria_are_judged_by_what_the_lab_counted() {
    let with = |criterion| {
        let scenario = Scenario {
            criteria: vec![criterion],
            ..users()
        };
        case(scenario, Truth::sound(10.0))
    };
    let success = with(Criterion::Success(0.98));
    is(&success, &counted(&[(200, 995), (500, 5)]), &[Pass]);
    is(&success, &counted(&[(200, 900), (500, 100)]), &[Fail]);
    is(&success, &counted(&[(200, 980), (500, 20)]), &[Pass, Fail]);
    let rate = with(Criterion::Rps(100.0));
    is(&rate, &counted(&[(200, 900)]), &[Pass]);
    is(&rate, &counted(&[(200, 300)]), &[Fail]);
}

#[test]
fn times_follow_from_the_fault_and_need_samples() {
    let with = |times| {
        let scenario = Scenario {
            criteria: vec![Criterion::p95(100.0)],
            ..users()
        };
        case(
            scenario,
            Truth {
                times,
                ..Truth::sound(0.0)
            },
        )
    };
    is(
        &with(ExpectedTimes::Below(50.0)),
        &counted(&[(200, 900)]),
        &[Pass],
    );
    is(
        &with(ExpectedTimes::Below(50.0)),
        &counted(&[(200, 90)]),
        &[Undecided],
    );
    is(
        &with(ExpectedTimes::AtLeast(0.2, 200.0)),
        &counted(&[(200, 900)]),
        &[Fail],
    );
    is(
        &with(ExpectedTimes::AtLeast(0.9, 200.0)),
        &counted(&[(200, 90)]),
        &[Fail],
    );
    is(
        &with(ExpectedTimes::AtMost(0.01, 50.0)),
        &counted(&[(200, 900)]),
        &[Pass],
    );
    is(
        &with(ExpectedTimes::Unknown),
        &counted(&[(200, 900)]),
        &[Pass, Fail],
    );
}

#[test]
fn a_plan_that_was_not_kept_is_no_pass() {
    let plain = case(arrivals(), Truth::sound(10.0));
    is(&plain, &counted(&[(200, 600)]), &[Pass]);
    is(&plain, &counted(&[(200, 300)]), &[Undecided]);
    is(&plain, &counted(&[(200, 200), (500, 100)]), &[Fail]);
    // What waited in the last second is neither.
    is(&plain, &counted(&[(200, 560)]), &[Pass, Undecided]);
    let accepted = case(
        Scenario {
            accepts_undelivered: true,
            ..arrivals()
        },
        Truth::sound(10.0),
    );
    is(&accepted, &counted(&[(200, 300)]), &[Pass]);
    let asked = case(
        Scenario {
            criteria: vec![Criterion::Delivered(0.9)],
            ..arrivals()
        },
        Truth::sound(10.0),
    );
    is(&asked, &counted(&[(200, 300)]), &[Fail]);
    is(&asked, &counted(&[(200, 600)]), &[Pass]);
    let paced = case(
        Scenario {
            wait: Wait::Pacing(100.0),
            ..users()
        },
        Truth::sound(10.0),
    );
    is(&paced, &counted(&[(200, 1_150)]), &[Pass]);
    is(&paced, &counted(&[(200, 400)]), &[Undecided]);
}

#[test]
fn a_wanted_404_is_an_intent_and_a_tolerated_one_is_not() {
    let asking = |accepts| {
        let scenario = Scenario {
            asks: vec![CaseRequest::READ_ABSENT.accepts(accepts)],
            ..users()
        };
        case(scenario, Truth::sound(10.0))
    };
    let all = counted(&[(404, 500)]);
    is(&asking(&[404]), &all, &[Pass]);
    is(&asking(&[200, 404]), &all, &[Invalid]);
    is(&asking(&[]), &all, &[Invalid]);
    let some = counted(&[(200, 400), (404, 100)]);
    is(&asking(&[200, 404]), &some, &[Pass, Invalid]);
    is(&asking(&[]), &some, &[Fail]);
    let limited = counted(&[(200, 100), (429, 400)]);
    is(&asking(&[]), &limited, &[Fail, Invalid]);
    let rising = Truth {
        rises: true,
        ..Truth::sound(10.0)
    };
    is(&case(users(), rising), &limited, &[Fail]);
}

#[test]
fn a_generator_that_stood_still_is_its_own_fault() {
    let stopped = |ms, criteria: &[Criterion]| Case {
        disturbance: Disturbance::Stop(Duration::from_millis(ms)),
        ..case(
            Scenario {
                criteria: criteria.to_vec(),
                ..users()
            },
            Truth::sound(10.0).with(Cause::Generator, Effect::Certain),
        )
    };
    let lab = counted(&[(200, 1_800)]);
    is(&stopped(3_000, &[]), &lab, &[Invalid]);
    is(&stopped(300, &[]), &lab, &[Pass]);
    is(&stopped(300, &[Criterion::p95(200.0)]), &lab, &[Pass]);
    let late = |below_ms| Criterion::Response {
        quantile: 0.95,
        below_ms,
    };
    let arriving = |below_ms| Case {
        scenario: Scenario {
            criteria: vec![late(below_ms), Criterion::p95(200.0)],
            ..arrivals()
        },
        ..stopped(300, &[])
    };
    // Five or 29 of 600 starts are that late; hardly any was under way.
    is(&arriving(250.0), &counted(&[(200, 600)]), &[Pass]);
    is(&arriving(15.0), &counted(&[(200, 600)]), &[Pass, Invalid]);
    is(
        &stopped(300, &[Criterion::p99(200.0)]),
        &lab,
        &[Pass, Invalid],
    );
}

#[test]
fn what_keeps_a_run_from_measuring_decides() {
    let with = |obstacle| {
        let truth = Truth {
            obstacle,
            ..Truth::sound(10.0)
        };
        case(users(), truth)
    };
    let lab = counted(&[]);
    is(&with(Obstacle::NoUserStarts), &lab, &[Invalid]);
    is(&with(Obstacle::NoTarget), &lab, &[Invalid]);
    is(&with(Obstacle::TargetGoes), &lab, &[Fail]);
    is(&with(Obstacle::NothingAsked), &lab, &[Undecided]);
}

#[test]
fn a_cause_is_expected_cause_where_the_lab_shows_it() {
    let expected_cause = |effect, lab: &Counters| {
        let truth = Truth::sound(10.0).with(Cause::RateLimited, effect);
        let Label { expected_cause, .. } = label(&case(arrivals(), truth), lab);
        expected_cause
    };
    let (calm, limited) = (counted(&[(200, 600)]), counted(&[(200, 300), (429, 300)]));
    let cause = Cause::RateLimited;
    assert_eq!(
        expected_cause(Effect::None, &limited),
        ExpectedCause::Nothing
    );
    assert_eq!(
        expected_cause(Effect::Perhaps, &limited),
        ExpectedCause::Perhaps(cause)
    );
    assert_eq!(
        expected_cause(Effect::Certain, &calm),
        ExpectedCause::Certainly(cause)
    );
    assert_eq!(
        expected_cause(Effect::Status(429), &limited),
        ExpectedCause::Certainly(cause)
    );
    assert_eq!(
        expected_cause(Effect::Status(429), &calm),
        ExpectedCause::Perhaps(cause)
    );
    let few = counted(&[(200, 300)]);
    assert_eq!(
        expected_cause(Effect::Undelivered, &few),
        ExpectedCause::Certainly(cause)
    );
    assert_eq!(
        expected_cause(Effect::Undelivered, &calm),
        ExpectedCause::Perhaps(cause)
    );
}
