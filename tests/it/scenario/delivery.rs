//! Criteria on planned task starts, and `undelivered`.

use swarmdeck::model::UndeliveredRule;
use swarmdeck::scenario::Diagnostic;

use super::try_load;

fn scenario(load: &str, criterion: &str) -> String {
    format!(
        "load: {load}
criteria: ['{criterion}']
user_classes:
  Visitor: {{wait: 1s, tasks: {{t: [{{get: /}}]}}}}
  Poisson: {{wait: {{poisson: 1/s}}, tasks: {{t: [{{get: /}}]}}}}
  Robot: {{wait: {{pacing: 1s}}, tasks: {{t: [{{get: /}}]}}}}
  Silent: {{wait: {{throughput: 1/s}}, tasks: {{t: [{{think: 1s}}]}}}}
  Crowd: {{load: {{rate: 5/s}}, tasks: {{t: [{{get: /}}]}}}}
"
    )
}

fn mistake(text: &str) -> Diagnostic {
    let problems = try_load(text).expect_err(text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.into_iter().next().unwrap()
}

#[test]
fn what_plans_its_starts_can_be_judged_by_them() {
    for criterion in [
        "delivered >= 99%",
        "dropped < 1%",
        "missed <= 3 abort",
        "missed of class:Robot == 0",
        "delivered of class:Silent >= 99%",
        "dropped of class:Crowd < 1% every 10s",
    ] {
        let text = scenario("{users: 10}", criterion);
        let loaded = try_load(&text).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert_eq!(loaded.scenario.criteria.list.len(), 1);
    }
}

#[test]
fn what_plans_nothing_is_told_how_to() {
    for (criterion, what) in [
        ("dropped < 1%", "nothing plans when tasks start"),
        (
            "delivered of class:V >= 99%",
            "nothing plans when tasks of `V` start",
        ),
    ] {
        let text = format!(
            "criteria: ['{criterion}']\nuser_classes: {{V: {{wait: 1s, tasks: {{t: [{{get: /}}]}}}}}}\n"
        );
        let found = mistake(&text).to_string();
        assert!(
            found.contains(what) && found.contains("`load: {rate: 10/s}`"),
            "{found}"
        );
    }
    for class in ["Visitor", "Poisson"] {
        let criterion = format!("missed of class:{class} == 0");
        let found = mistake(&scenario("{users: 10}", &criterion)).to_string();
        assert!(found.contains("`wait: {pacing: 2s}`"), "{found}");
    }
    let found = mistake(&scenario("{users: 10}", "missed of class:Robt == 0")).to_string();
    assert!(found.contains("did you mean `Robot`?"), "{found}");
}

#[test]
fn classes_that_share_arrivals_are_not_told_apart() {
    let text = scenario("{rate: 10/s}", "dropped of class:Visitor < 1%");
    let found = mistake(&text).to_string();
    assert!(found.contains("shares its arrivals"), "{found}");
    assert!(try_load(&scenario("{rate: 10/s}", "dropped < 1%")).is_ok());
}

#[test]
fn the_rule_can_be_switched_off_for_a_run() {
    let rule = |load: &str| {
        let loaded = try_load(&scenario(load, "missed < 5%"));
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?}"));
        loaded.scenario.criteria.undelivered
    };
    assert_eq!(rule("{users: 10}"), UndeliveredRule::Judge);
    assert_eq!(
        rule("{users: 10, undelivered: accept}"),
        UndeliveredRule::Accept
    );
    assert_eq!(
        rule("{users: 10, undelivered: judge}"),
        UndeliveredRule::Judge
    );
    let text = scenario("{users: 10, undelivered: maybe}", "missed < 5%");
    let found = mistake(&text).to_string();
    assert!(
        found.contains("`undelivered` is one of judge, accept"),
        "{found}"
    );
    let text = scenario("{users: 10}", "missed < 5%")
        .replace("{rate: 5/s}", "{rate: 5/s, undelivered: accept}");
    let found = mistake(&text).to_string();
    assert!(found.contains("concerns the whole run"), "{found}");
}
