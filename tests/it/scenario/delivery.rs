//! Criteria on planned task starts, and `undelivered`.

use swarmdeck::model::UndeliveredRule;

use super::mistakes::mistakes;
use super::try_load;
use crate::support::assert_snapshot;

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
}

#[test]
fn mistakes_say_what_plans_starts() {
    let unplanned = |criterion: &str| {
        format!(
            "criteria: ['{criterion}']\nuser_classes: {{V: {{wait: 1s, tasks: {{t: [{{get: /}}]}}}}}}\n"
        )
    };
    let users = |criterion: &str| scenario("{users: 10}", criterion);
    // Classes that share arrivals are not told apart.
    let arrivals = |criterion: &str| scenario("{rate: 10/s}", criterion);
    assert!(try_load(&arrivals("dropped < 1%")).is_ok());
    let own = users("missed < 5%").replace("{rate: 5/s}", "{rate: 5/s, undelivered: accept}");
    let maybe = scenario("{users: 10, undelivered: maybe}", "missed < 5%");
    let messages = [
        mistakes(unplanned, &["dropped < 1%", "delivered of class:V >= 99%"]),
        mistakes(
            users,
            &[
                "missed of class:Visitor == 0",
                "missed of class:Poisson == 0",
                "missed of class:Robt == 0",
            ],
        ),
        mistakes(arrivals, &["dropped of class:Visitor < 1%"]),
        mistakes(str::to_owned, &[&maybe, &own]),
    ];
    assert_snapshot("mistakes/delivery", &messages.concat());
}
