//! Criteria on planned task starts, over made-up seconds.

use std::time::Duration;

use super::tests::criterion;
use super::{CriteriaMonitor, Moment, Selected};
use crate::model::{Comparison, Criteria, CriterionWindow, Metric, PlanId, Portion};
use crate::stats::{Because, Counts, Delays, Delivery, GivenUp, Interval};
use crate::verdict::{CriterionLine, Standing};
use Comparison::{AtLeast, AtMost, Equal, Less};
use Standing::{AtRisk, Broken, Met, Undecided};

const PLAN: PlanId = PlanId(1);

/// A run with one criterion.
struct Timeline {
    watch: CriteriaMonitor,
    end_s: u64,
}

impl Timeline {
    fn new(metric: Metric, op: Comparison, value: f64, window: CriterionWindow) -> Self {
        Self::after(0, metric, op, value, window)
    }

    fn after(
        after_s: u64,
        metric: Metric,
        op: Comparison,
        value: f64,
        window: CriterionWindow,
    ) -> Self {
        let criteria = Criteria {
            after: Duration::from_secs(after_s),
            list: vec![criterion(metric, op, value, window)],
            ..Criteria::default()
        };
        let selected = Selected {
            rows: None,
            plans: Some(vec![PLAN]),
        };
        Self {
            watch: CriteriaMonitor::new(&criteria, &[selected]),
            end_s: 0,
        }
    }

    /// What becomes of starts of some plan and second, reported now.
    fn see(&mut self, plan: PlanId, end_s: u64, counts: Delivery) {
        let mut interval = Interval::default();
        interval.ledger.of(plan, end_s).add(&counts);
        self.watch.add(&interval);
    }

    /// A second: so many starts are planned, begun, and missed.
    fn second(&mut self, (planned, started, missed): (u64, u64, u64)) {
        let mut counts = Delivery {
            planned,
            started,
            ..Delivery::default()
        };
        counts.give_up(missed, GivenUp::Missed, Because::Busy);
        let end_s = self.end_s + 1;
        self.see(PLAN, end_s, counts);
        // Of no concern.
        self.see(
            PlanId(0),
            end_s,
            Delivery {
                missed: 50,
                planned: 50,
                ..Delivery::default()
            },
        );
        self.close();
    }

    fn close(&mut self) {
        self.end_s += 1;
        let delays = Delays::default();
        self.watch
            .close_second(self.end_s, true, &|_| None, &delays);
    }

    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    fn line(&self, ended: bool) -> CriterionLine {
        let counts = Counts::default();
        let moment = Moment {
            elapsed_s: self.end_s as f64,
            counted_from_s: 0.0,
            ended,
            counts: &counts,
            delays: &Delays::default(),
        };
        self.watch.lines(&moment).remove(0)
    }

    fn stands(&self, ended: bool) -> (Standing, String) {
        let line = self.line(ended);
        (line.standing, line.figure.unwrap_or_default())
    }
}

#[test]
fn starts_are_told_as_counts_and_shares() {
    for (metric, op, value, expected) in [
        (Metric::Delivered, AtLeast, 0.99, (Broken, "95%")),
        (Metric::Delivered, AtLeast, 0.95, (Met, "95%")),
        (Metric::Missed(Portion::Count), AtMost, 5.0, (Met, "5")),
        (Metric::Missed(Portion::Count), Less, 5.0, (Broken, "5")),
        (Metric::Missed(Portion::Share), Less, 0.05, (Broken, "5%")),
        (Metric::Missed(Portion::Share), AtMost, 0.05, (Met, "5%")),
        (Metric::Dropped(Portion::Count), Equal, 0.0, (Met, "0")),
        (Metric::Dropped(Portion::Share), Less, 0.01, (Met, "0%")),
    ] {
        let mut course = Timeline::new(metric, op, value, CriterionWindow::Whole);
        course.second((50, 50, 0));
        course.second((50, 45, 5));
        let (standing, figure) = course.stands(true);
        assert_eq!((standing, figure.as_str()), expected);
    }
}

#[test]
fn nothing_planned_is_undecided() {
    let mut course = Timeline::new(Metric::Delivered, AtLeast, 0.99, CriterionWindow::Whole);
    course.close();
    assert_eq!(course.stands(true).0, Undecided);
    let note = course.line(true).note.unwrap_or_default();
    assert_eq!(note, "no planned task starts");
}

#[test]
fn the_first_missed_start_breaks_what_allows_none() {
    for (metric, value) in [
        (Metric::Missed(Portion::Count), 0.0),
        (Metric::Missed(Portion::Share), 0.0),
    ] {
        let mut course = Timeline::new(metric, AtMost, value, CriterionWindow::Whole);
        course.second((50, 50, 0));
        assert_eq!(course.stands(false).0, Met);
        course.second((50, 49, 1));
        assert_eq!(course.stands(false).0, Broken);
    }
    let mut course = Timeline::new(Metric::Delivered, AtLeast, 1.0, CriterionWindow::Whole);
    course.second((50, 49, 1));
    assert_eq!(course.stands(false).0, Broken);
    let mut course = Timeline::new(Metric::Delivered, AtLeast, 0.99, CriterionWindow::Whole);
    course.second((50, 49, 1));
    assert_eq!(course.stands(false).0, AtRisk);
}

#[test]
fn a_start_belongs_to_the_second_that_it_was_planned_for() {
    // Planned in the warm-up: does not count, whenever it is given up.
    let mut course = Timeline::after(
        2,
        Metric::Missed(Portion::Count),
        Equal,
        0.0,
        CriterionWindow::Whole,
    );
    course.second((50, 0, 0));
    course.second((50, 0, 50));
    let late = Delivery {
        missed: 50,
        ..Delivery::default()
    };
    course.see(PLAN, 1, late);
    course.second((50, 50, 0));
    assert_eq!(course.stands(true), (Met, "0".to_owned()));
    // One that starts late mends the stretch in which it was planned.
    let mut course = Timeline::new(Metric::Delivered, AtLeast, 0.99, CriterionWindow::Every(3));
    course.watch.set_grace(2_000_000);
    course.second((50, 50, 0));
    course.second((50, 0, 0));
    let late = Delivery {
        started: 50,
        ..Delivery::default()
    };
    course.see(PLAN, 2, late);
    course.second((50, 50, 0));
    assert_eq!(course.stands(false).0, Met);
    course.second((50, 0, 0));
    course.second((50, 50, 0));
    assert_eq!(course.stands(false).0, Met, "it may wait");
    course.second((50, 50, 0));
    assert_eq!(course.stands(false).0, Broken, "not for so long");
}

#[test]
fn what_waits_at_the_end_counts_by_its_age() {
    let mut course = Timeline::new(Metric::Delivered, AtLeast, 0.99, CriterionWindow::Whole);
    course.second((100, 100, 0));
    course.second((10, 0, 0));
    let mut interval = Interval::default();
    for at in 0..10 {
        interval
            .ledger
            .leave(PLAN, 1_000_000 + at * 100_000, Because::Busy);
    }
    course.watch.add(&interval);
    course.watch.stop(2_450_000);
    // Those of 1.0 s to 1.4 s waited for more than a second.
    let (standing, figure) = course.stands(true);
    assert_eq!((standing, figure.as_str()), (Broken, "95.2%"));
    course.watch.set_grace(1_500_000);
    assert_eq!(course.stands(true), (Met, "100%".to_owned()));
}
