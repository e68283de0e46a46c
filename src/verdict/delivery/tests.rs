use super::*;
use crate::model::{Comparison, CriterionWindow, Portion};

fn line(kind: PlanKind, judged: Delivery, own: f64) -> PlanLine {
    PlanLine {
        name: "U".to_owned(),
        kind,
        counts: judged,
        judged,
        own,
        rule: DeliveryRule::Judged,
    }
}

const OPEN: PlanKind = PlanKind::Arrivals {
    max_users: 2,
    queue: 5,
};

fn counts(started: u64, dropped_queue: u64) -> Delivery {
    Delivery {
        planned: started + dropped_queue + 3,
        started,
        dropped_queue,
        ..Delivery::default()
    }
}

#[test]
fn one_in_a_hundred_may_be_missing() {
    let judge = |lines: &[PlanLine]| undelivered(lines);
    assert_eq!(judge(&[]), None);
    assert_eq!(judge(&[line(OPEN, Delivery::default(), 0.0)]), None);
    assert_eq!(judge(&[line(OPEN, counts(99, 1), 0.0)]), None);
    let small = line(PlanKind::Pacing, counts(98, 2), 0.0);
    let found = judge(&[line(OPEN, counts(9_999, 0), 0.0), small.clone()]);
    assert_eq!(
        found.map(|found| found.line),
        Some(small.clone()),
        "each plan"
    );
    for rule in [DeliveryRule::ByCriteria, DeliveryRule::Accepted] {
        let line = PlanLine {
            rule,
            ..small.clone()
        };
        assert_eq!(undelivered(&[line]), None);
    }
}

#[test]
fn whoever_gave_up_most_is_named() {
    let of = |counts: Delivery, own| {
        let found = undelivered(&[line(OPEN, counts, own)]);
        found.expect("undelivered").culprit
    };
    assert_eq!(of(counts(50, 50), 0.0), Culprit::MaxUsers);
    assert_eq!(of(counts(50, 50), 26.0), Culprit::Generator);
    let with = |by_max_rps, by_on_start, dropped_script| Delivery {
        by_max_rps,
        by_on_start,
        dropped_script,
        ..counts(50, 50)
    };
    assert_eq!(of(with(30, 0, 0), 0.0), Culprit::MaxRps);
    assert_eq!(of(with(0, 30, 0), 0.0), Culprit::OnStart);
    assert_eq!(of(with(0, 0, 60), 0.0), Culprit::Script);
    let paced = line(PlanKind::Pacing, counts(50, 50), 0.0);
    let found = undelivered(&[paced]).expect("undelivered");
    assert_eq!(found.culprit, Culprit::Target);
}

#[test]
fn it_is_said_what_to_raise() {
    let open = line(OPEN, counts(50, 200), 0.0);
    let found = undelivered(std::slice::from_ref(&open)).expect("undelivered");
    assert_eq!(
        found.reason(),
        "the planned load was not delivered: 50 of 250 planned task starts of U happened (20%); all 2 users were busy; raise `max_users` to about 10, or the target is too slow for this rate"
    );
    let said = findings(&[open], false, Some(200_000));
    assert_eq!(said[0].id, "load.max_users");
    assert!(
        said[0].text.contains("median service time 200 ms"),
        "{said:?}"
    );
    assert_eq!(said[0].evidence.len(), 1);
}

#[test]
fn the_first_missed_start_is_remarked() {
    let nearly = line(PlanKind::Pacing, counts(999, 1), 0.0);
    assert_eq!(findings(std::slice::from_ref(&nearly), false, None), []);
    let said = remarks(std::slice::from_ref(&nearly), false);
    assert_eq!(said[0].id, "load.undelivered");
    // Unless a criterion demands more.
    let asked = [PlanLine {
        rule: DeliveryRule::ByCriteria,
        ..nearly
    }];
    assert_eq!(findings(&asked, false, None), []);
    assert_eq!(findings(&asked, true, None)[0].id, "load.target");
    assert_eq!(remarks(&asked, true), []);
    let all = line(PlanKind::Pacing, counts(1_000, 0), 0.0);
    assert_eq!(remarks(std::slice::from_ref(&all), false), []);
    assert_eq!(
        remarks(
            &[PlanLine {
                rule: DeliveryRule::Accepted,
                ..all
            }],
            false
        )[0]
        .id,
        "load.accepted"
    );
}

#[test]
fn a_criterion_decides_only_about_what_it_is_about() {
    let criterion = |metric, of| Criterion {
        text: "it".to_owned(),
        metric,
        of,
        op: Comparison::AtLeast,
        value: 0.9,
        window: CriterionWindow::Whole,
        abort: false,
    };
    let rule = |metric, of, name, kind| {
        let criteria = Criteria {
            list: vec![criterion(metric, of)],
            ..Criteria::default()
        };
        DeliveryRule::of(&criteria, name, kind)
    };
    use DeliveryRule::{ByCriteria, Judged};
    let (all, paced) = (Selector::All, PlanKind::Pacing);
    assert_eq!(rule(Metric::Delivered, all.clone(), "A", paced), ByCriteria);
    assert_eq!(rule(Metric::Delivered, all.clone(), "A", OPEN), ByCriteria);
    let dropped = Metric::Dropped(Portion::Share);
    assert_eq!(rule(dropped.clone(), all.clone(), "A", paced), Judged);
    assert_eq!(rule(dropped, all.clone(), "A", OPEN), ByCriteria);
    let missed = Metric::Missed(Portion::Share);
    assert_eq!(rule(missed.clone(), all.clone(), "A", OPEN), Judged);
    assert_eq!(rule(missed, all, "A", paced), ByCriteria);
    let of_a = Selector::Class("A".to_owned());
    assert_eq!(
        rule(Metric::Delivered, of_a.clone(), "A", paced),
        ByCriteria
    );
    assert_eq!(rule(Metric::Delivered, of_a, "B", paced), Judged);
}
