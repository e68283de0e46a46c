//! Whether a run measured what it was meant to measure.
//!
//! Everything a server does wrong under load is a failure of the target and
//! leaves the run sound. A run is unsound when its script or its generator
//! did not do their part.

use crate::model::{ConnectFailure, Failure, NameId};
use crate::stats::{NameTotals, Totals};

/// What soundness is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The totals of the run.
    pub totals: &'a Totals,
    /// The method and name of each row of the totals, as shown.
    pub names: &'a [String],
    /// Whether the run has ended, so that nothing may be in flight.
    pub ended: bool,
}

/// Why a run is unsound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    /// A stable word.
    pub id: &'static str,
    /// One sentence for people.
    pub text: String,
}

/// Names with fewer answers than this are not judged.
const FEWEST_ANSWERS: u64 = 20;

/// The first reason why the run is unsound; `None` for a sound run.
#[must_use]
pub fn soundness(evidence: &Evidence<'_>) -> Option<Unsound> {
    users_cannot_start(evidence)
        .or_else(|| own_limits(evidence))
        .or_else(|| unreachable(evidence))
        .or_else(|| wrong_door(evidence))
        .or_else(|| accepted_errors(evidence))
        .or_else(|| conservation(evidence))
        .or_else(|| conservation_of_arrivals(evidence))
}

/// The first reason why a level of a search says nothing of the target. What
/// has to add up, and users, are counted over a whole run; see [`adds_up`].
#[must_use]
pub fn soundness_of_level(evidence: &Evidence<'_>) -> Option<Unsound> {
    own_limits(evidence)
        .or_else(|| unreachable(evidence))
        .or_else(|| wrong_door(evidence))
        .or_else(|| accepted_errors(evidence))
}

/// Why the counts of a run do not add up; `None` where they do.
#[must_use]
pub fn adds_up(evidence: &Evidence<'_>) -> Option<Unsound> {
    conservation(evidence).or_else(|| conservation_of_arrivals(evidence))
}

fn users_cannot_start(evidence: &Evidence<'_>) -> Option<Unsound> {
    let counts = &evidence.totals.counts;
    (counts.users_failed * 20 > counts.users_started).then(|| Unsound {
        id: "users.failed",
        text: format!(
            "{} of {} users could not start because on_start failed: the load is not the one that was asked for",
            counts.users_failed, counts.users_started
        ),
    })
}

fn own_limits(evidence: &Evidence<'_>) -> Option<Unsound> {
    let own = |_, failure| {
        matches!(
            failure,
            Failure::Connect(ConnectFailure::NoDescriptor | ConnectFailure::NoPort)
        )
    };
    let count = evidence.totals.failures.count(own);
    (count > 0).then(|| Unsound {
        id: "generator.limits",
        text: format!("{count} requests failed because this machine ran out of file descriptors or local ports"),
    })
}

fn unreachable(evidence: &Evidence<'_>) -> Option<Unsound> {
    let all = &evidence.totals.all;
    let unanswered = all.requests > 0 && all.statuses.pairs().is_empty();
    let connect = |_, failure| matches!(failure, Failure::Connect(_) | Failure::Tls(_));
    let never_connected = unanswered && evidence.totals.failures.count(connect) > 0;
    never_connected.then(|| Unsound {
        id: "target.unreachable",
        text: format!(
            "the target answered none of {} requests: is it running at this address?",
            all.requests
        ),
    })
}

fn wrong_door(evidence: &Evidence<'_>) -> Option<Unsound> {
    judged(evidence).find_map(|(name, row, answers)| {
        let turned_away = row.statuses.count(|status| matches!(status, 401 | 403 | 404 | 429));
        (turned_away * 2 > answers).then(|| Unsound {
            id: "script.turned_away",
            text: format!(
                "{turned_away} of {answers} answers of {name} are 401, 403, 404 or 429: this measures the door, not the service"
            ),
        })
    })
}

fn accepted_errors(evidence: &Evidence<'_>) -> Option<Unsound> {
    judged(evidence).find_map(|(name, row, answers)| {
        let errors = row.statuses.count(|status| status >= 400);
        let judged_bad = |id, failure| {
            let of_answer = matches!(
                failure,
                Failure::Status(400..) | Failure::Expectation(_) | Failure::Capture(_)
            );
            of_answer && evidence.names.get(NameId::index(id)).is_some_and(|other| other == name)
        };
        let accepted = errors.saturating_sub(evidence.totals.failures.count(judged_bad));
        (accepted * 5 > answers).then(|| Unsound {
            id: "script.accepts_errors",
            text: format!(
                "{accepted} of {answers} answers of {name} are 4xx or 5xx that the scenario accepts as success"
            ),
        })
    })
}

fn conservation(evidence: &Evidence<'_>) -> Option<Unsound> {
    let counts = &evidence.totals.counts;
    let ended = counts.succeeded + counts.failed + counts.cut_off;
    let broken =
        ended > counts.requests_started || (evidence.ended && ended != counts.requests_started);
    broken.then(|| Unsound {
        id: "generator.conservation",
        text: format!(
            "the counts do not add up: {} requests started, {} succeeded, {} failed, {} cut off; please report this",
            counts.requests_started, counts.succeeded, counts.failed, counts.cut_off
        ),
    })
}

fn conservation_of_arrivals(evidence: &Evidence<'_>) -> Option<Unsound> {
    let counts = &evidence.totals.counts;
    let done = counts.arrivals_started + counts.arrivals_dropped;
    let scheduled = counts.arrivals_scheduled;
    let broken = done > scheduled || (evidence.ended && done != scheduled);
    broken.then(|| Unsound {
        id: "generator.conservation",
        text: format!(
            "the counts do not add up: {scheduled} task starts scheduled, {} begun, {} dropped; please report this",
            counts.arrivals_started, counts.arrivals_dropped
        ),
    })
}

/// The names with enough answers to judge: text, row, answers.
fn judged<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = (&'a str, &'a NameTotals, u64)> {
    evidence
        .names
        .iter()
        .zip(&evidence.totals.names)
        .filter_map(|(name, row)| {
            let answers = row.statuses.count(|_| true);
            (answers >= FEWEST_ANSWERS).then_some((name.as_str(), row, answers))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NameId, Phases};
    use crate::stats::{Interval, Recorder, Sample};

    fn totals(
        answers: &[(u16, Option<Failure>, u32)],
        change: impl FnOnce(&mut Recorder),
    ) -> Totals {
        let mut recorder = Recorder::new(1);
        for &(status, failure, times) in answers {
            for _ in 0..times {
                recorder.counts.requests_started += 1;
                recorder.record(&Sample {
                    name: NameId(0),
                    failure,
                    status,
                    ended_us: 0,
                    service_us: Some(1_000),
                    response_us: None,
                    bytes: 0,
                    phases: Phases::default(),
                });
            }
        }
        change(&mut recorder);
        let mut interval = Interval::default();
        recorder.drain(&mut interval);
        let mut totals = Totals::new(1);
        totals.add(&interval);
        totals
    }

    fn judge(
        answers: &[(u16, Option<Failure>, u32)],
        change: impl FnOnce(&mut Recorder),
    ) -> Option<&'static str> {
        let totals = totals(answers, change);
        let names = ["GET /".to_owned()];
        soundness(&Evidence {
            totals: &totals,
            names: &names,
            ended: true,
        })
        .map(|unsound| unsound.id)
    }

    #[test]
    fn what_the_server_does_wrong_leaves_the_run_sound() {
        assert_eq!(judge(&[(200, None, 50)], |_| ()), None);
        assert_eq!(
            judge(&[(500, Some(Failure::Status(500)), 100)], |_| ()),
            None
        );
        assert_eq!(judge(&[], |_| ()), None);
    }

    #[test]
    fn each_way_to_be_misled_has_its_sentence() {
        let refused = Failure::Connect(ConnectFailure::Refused);
        let no_port = Failure::Connect(ConnectFailure::NoPort);
        assert_eq!(
            judge(&[(404, None, 30), (200, None, 20)], |_| ()),
            Some("script.turned_away")
        );
        assert_eq!(
            judge(&[(429, Some(Failure::Status(429)), 90)], |_| ()),
            Some("script.turned_away")
        );
        assert_eq!(
            judge(&[(409, None, 30), (200, None, 70)], |_| ()),
            Some("script.accepts_errors")
        );
        assert_eq!(
            judge(&[(0, Some(refused), 30)], |_| ()),
            Some("target.unreachable")
        );
        assert_eq!(
            judge(&[(200, None, 30), (0, Some(no_port), 1)], |_| ()),
            Some("generator.limits")
        );
        // Lateness is judged by what it does to the figures of criteria.
        let late =
            |recorder: &mut Recorder| (0..1_000).for_each(|_| recorder.record_lateness(20_000));
        assert_eq!(judge(&[(200, None, 50)], late), None);
        let lost = |recorder: &mut Recorder| recorder.counts.requests_started += 1;
        assert_eq!(
            judge(&[(200, None, 50)], lost),
            Some("generator.conservation")
        );
        let lost = |recorder: &mut Recorder| recorder.counts.arrivals_scheduled += 1;
        assert_eq!(
            judge(&[(200, None, 50)], lost),
            Some("generator.conservation")
        );
        let failed = |recorder: &mut Recorder| {
            recorder.counts.users_started = 100;
            recorder.counts.users_failed = 6;
        };
        assert_eq!(judge(&[(200, None, 50)], failed), Some("users.failed"));
    }
}
