//! Searches over made-up levels.

use crate::model::{
    Clocked, Comparison, Criteria, Criterion, CriterionWindow, FindLimit, LoadKind, Metric, NameId,
    NameIntent, Phases, SearchEnd, Selector,
};
use crate::run::limit::search::LimitSearch;
use crate::run::limit::search::driver::{LevelView, Step};
use crate::stats::{Counts, Delay, Delays, Gap, Interval, Percentiles, Recorder, Row, Sample};
use crate::verdict::{LevelCriteria, Selected};

/// The figures of a level of so many users, each time it is tried.
struct Measured {
    took_ms: u64,
    late_ms: u64,
    /// The part of each second that is a gap.
    gap_ms: u64,
    requests_per_user: u64,
}

/// A search for the users that keep a median below 50 ms.
struct Trial {
    search: LimitSearch,
    delays: Delays,
    now_s: u64,
    /// Loads in the order in which they were measured.
    tried: Vec<f64>,
}

impl Trial {
    fn new(start: u32) -> Self {
        Self::with(
            start,
            &Criteria {
                list: vec![Criterion {
                    text: "p50 < 50ms".to_owned(),
                    metric: Metric::Quantile(Clocked::SERVICE, 0.5),
                    of: Selector::All,
                    op: Comparison::Less,
                    value: 50_000.0,
                    window: CriterionWindow::Whole,
                    abort: false,
                }],
                ..Criteria::default()
            },
        )
    }

    fn with(start: u32, criteria: &Criteria) -> Self {
        let spec = FindLimit {
            of: LoadKind::Users,
            start,
            max: 1_000,
            level_s: 4,
        };
        let selected = vec![Selected::default(); criteria.list.len()];
        let criteria = LevelCriteria::new(criteria, &selected, spec.level_s);
        Self {
            search: LimitSearch::of(spec, 1.0, 1_000, criteria, vec![NameIntent::default()]),
            delays: Delays::default(),
            now_s: 0,
            tried: Vec::new(),
        }
    }

    /// Runs it to its end.
    fn run(mut self, mut measure: impl FnMut(f64, usize) -> Measured) -> Self {
        let counts = Counts::default();
        let mut level_stats = self.search.start_level(self.now_s, &counts);
        loop {
            let load = self.search.line().trying.expect("a level");
            let times = self.tried.iter().filter(|tried| **tried == load).count();
            self.tried.push(load);
            let measured = measure(load, times);
            let step = loop {
                self.now_s += 1;
                let row = self.second(&mut level_stats, load, &measured);
                level_stats.add_rows(&[row]);
                let view = LevelView {
                    idle_users: 0,
                    names: &["GET /".to_owned()],
                    counts: &counts,
                    busiest_shard: Some(0.01),
                    delays: &self.delays,
                };
                match self.search.judge(&level_stats, view) {
                    Step::Wait => {}
                    step => break step,
                }
            };
            level_stats = match step {
                Step::Again(_) => self.search.repeat_level(self.now_s),
                Step::Next(..) => self.search.start_level(self.now_s, &counts),
                Step::End(_) | Step::Wait => return self,
            };
        }
    }

    fn second(
        &mut self,
        level_stats: &mut crate::run::limit::level::LevelStats,
        users: f64,
        measured: &Measured,
    ) -> Row {
        let end_s = self.now_s;
        let mut recorder = Recorder::new(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "users"
        )]
        let requests = users as u64 * measured.requests_per_user;
        for _ in 0..requests {
            recorder.record(&Sample {
                name: NameId(0),
                failure: None,
                status: 200,
                ended_us: 0,
                service_us: Some(measured.took_ms * 1_000),
                response_us: None,
                bytes: 0,
                phases: Phases::default(),
            });
        }
        let mut interval = Interval::default();
        recorder.drain(&mut interval);
        level_stats.add(end_s, &interval);
        let delay = Delay {
            largest_us: measured.late_ms * 1_000,
            ..Delay::default()
        };
        if measured.gap_ms > 0 {
            let to_us = end_s * 1_000_000;
            let from_us = to_us - measured.gap_ms * 1_000;
            self.delays.add_gap(Gap { from_us, to_us });
        }
        self.delays.add(&delay);
        self.delays.close_second(end_s);
        level_stats.close_second(end_s, true, &|_| None, &self.delays);
        Row {
            end_s,
            width_s: 1,
            requests,
            service: Percentiles {
                p95_us: Some(measured.took_ms * 1_000),
                ..Percentiles::default()
            },
            delay_us: delay.largest_us,
            ..Row::default()
        }
    }
}

/// A target that takes up to 43 users, and a calm generator.
fn calm(users: f64) -> Measured {
    Measured {
        took_ms: if users > 43.0 { 100 } else { 10 },
        late_ms: 1,
        gap_ms: 0,
        requests_per_user: 5,
    }
}

#[test]
fn a_disturbed_level_is_tried_three_times_and_its_neighbours_decide() {
    let trial = Trial::new(20).run(|users, _| match users {
        42.0 => Measured {
            took_ms: 100,
            late_ms: 80,
            ..calm(42.0)
        },
        users => calm(users),
    });
    let expected = [20, 40, 80, 60, 50, 45, 42, 42, 42, 40].map(f64::from);
    assert_eq!(trial.tried, expected);
    let line = trial.search.line();
    assert_eq!(line.end, Some(SearchEnd::Found));
    assert_eq!(
        line.text,
        "limit: 40 to 45 users (200 to 225 requests/s); failed at 45 users: p50 < 50ms (100 ms); 42 could not be judged"
    );
}

#[test]
fn a_level_that_is_disturbed_once_is_judged_the_second_time() {
    for disturbed in [
        Measured {
            took_ms: 100,
            late_ms: 80,
            ..calm(40.0)
        },
        Measured {
            gap_ms: 400,
            ..calm(40.0)
        },
    ] {
        let mut disturbed = Some(disturbed);
        let trial = Trial::new(20).run(|users, _| {
            let disturbed = disturbed.take_if(|_| users == 40.0);
            disturbed.unwrap_or_else(|| calm(users))
        });
        assert_eq!(trial.tried[..4], [20.0, 40.0, 40.0, 80.0]);
        let line = trial.search.line();
        assert_eq!((line.kept, line.broken), (Some(43.0), Some(44.0)));
        assert_eq!(line.not_judged, [0.0; 0]);
    }
}

#[test]
fn noise_that_changes_nothing_disturbs_no_level() {
    let noisy = |users: f64, _| Measured {
        late_ms: 20,
        ..calm(users)
    };
    let trial = Trial::new(20).run(noisy);
    let line = trial.search.line();
    assert_eq!((line.kept, line.broken), (Some(43.0), Some(44.0)));
}

#[test]
fn without_criteria_the_first_level_with_enough_samples_is_compared_with() {
    // A user makes 5 requests/s, and p95 needs 200: 4 users are measured longer.
    let trial = Trial::with(1, &Criteria::default()).run(|users, _| calm(users));
    let line = trial.search.line();
    assert_eq!(trial.tried[..5], [1.0, 2.0, 4.0, 8.0, 16.0]);
    assert_eq!((line.kept, line.broken), (Some(43.0), Some(44.0)));
    assert_eq!(line.criteria, ["success >= 99%", "p95 < 30ms"]);
}

/// A target that takes one user, who makes 3 requests/s there.
fn for_one(users: f64) -> Measured {
    Measured {
        took_ms: if users > 1.0 { 100 } else { 10 },
        requests_per_user: 3,
        ..calm(users)
    }
}

/// A search on it, with so many requests/s per user when a load is tried again.
fn tried_again(requests_per_user: u64) -> Trial {
    Trial::new(1).run(|users, times| match times {
        0 => for_one(users),
        _ => Measured {
            requests_per_user,
            ..for_one(users)
        },
    })
}

#[test]
fn a_few_samples_less_when_a_load_is_tried_again_break_nothing() {
    let trial = tried_again(2);
    let line = trial.search.line();
    assert_eq!(trial.tried, [1.0, 2.0, 1.0, 1.0, 1.0]);
    assert_eq!(line.end, Some(SearchEnd::Found));
    assert_eq!((line.kept, line.broken), (Some(1.0), Some(2.0)));
    assert_eq!(line.not_judged, [0.0; 0], "it was kept");
}

#[test]
fn a_target_that_answers_no_more_when_a_load_is_tried_again_keeps_nothing() {
    let trial = tried_again(1);
    let line = trial.search.line();
    assert_eq!(line.end, Some(SearchEnd::NothingKept));
    assert_eq!(
        line.text,
        "the criteria fail even at 1 user: only 1.00 requests/s when tested again, 3.00 before"
    );
}
