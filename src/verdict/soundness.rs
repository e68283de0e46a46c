//! Soundness: did the run measure the target at all.
//!
//! Everything a server does wrong under load is a failure of the target and
//! leaves the run sound. A run is unsound when its script or its generator
//! did not do their part.

use crate::model::{ConnectFailure, Failure, NameId, NameIntent, TlsFailure, plural};
use crate::stats::{Row, Totals};
use crate::verdict::answers::{FEWEST_ANSWERS, NameAnswers, RATE_LIMIT, is_turned_away};
use crate::verdict::rate_limit::is_met_from_the_start;

/// The data soundness is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The totals of the run.
    pub totals: &'a Totals,
    /// The method and name of each row of the totals, as shown.
    pub names: &'a [String],
    /// What the scenario means by the answers of each of them; names beyond its
    /// end want nothing in particular.
    pub intents: &'a [NameIntent],
    /// Closed seconds and coarser stretches of the same time, oldest first; the
    /// opening of the run in seconds.
    pub rows: &'a [Row],
    /// Whether the run has ended: nothing may be in flight then.
    pub ended: bool,
}

/// Why a run says nothing about its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsoundKind {
    /// The load generator, or its machine.
    Generator,
    /// The scenario.
    Script,
    /// The target, which answers nothing.
    Target,
    /// No user was started.
    NotBegun,
}

/// Why a run is unsound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    /// Its kind.
    pub kind: UnsoundKind,
    /// A stable word.
    pub id: &'static str,
    /// One sentence for people.
    pub text: String,
}

/// The first reason why the run is unsound; `None` for a sound run.
#[must_use]
pub fn soundness(evidence: &Evidence<'_>) -> Option<Unsound> {
    // Where nothing was ever answered, that is why users cannot start.
    own_limits(evidence)
        .or_else(|| unreachable(evidence))
        .or_else(|| users_cannot_start(evidence))
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
        .or_else(|| turned_away(evidence, |_| true))
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
        kind: UnsoundKind::Script,
        id: "users.failed",
        text: format!(
            "on_start failed for {} of {} users: the planned load was not reached",
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
        kind: UnsoundKind::Generator,
        id: "generator.limits",
        text: format!(
            "{} failed: this machine ran out of file descriptors or local ports (raise `ulimit -n` or widen net.ipv4.ip_local_port_range)",
            plural(count, "request", "requests")
        ),
    })
}

fn unreachable(evidence: &Evidence<'_>) -> Option<Unsound> {
    let all = &evidence.totals.all;
    if all.requests == 0 || !all.statuses.pairs().is_empty() {
        return None;
    }
    let mut failures = evidence.totals.failures.sorted().into_iter();
    // The most frequent one leads.
    let (_, why, _) =
        failures.find(|(_, why, _)| matches!(why, Failure::Connect(_) | Failure::Tls(_)))?;
    let advice = unreachable_advice(why);
    Some(Unsound {
        kind: UnsoundKind::Target,
        id: "target.unreachable",
        text: format!(
            "no response to any of {} requests: {why}{advice}",
            all.requests
        ),
    })
}

/// What to check when no request gets a response because of this failure.
fn unreachable_advice(why: Failure) -> &'static str {
    match why {
        Failure::Tls(TlsFailure::NotTls) => "; does it speak plain HTTP? Use http://",
        Failure::Connect(
            ConnectFailure::Refused
            | ConnectFailure::Reset
            | ConnectFailure::Unreachable
            | ConnectFailure::Other,
        ) => "; is the target running at this address?",
        // These say it all themselves.
        _ => "",
    }
}

fn wrong_door(evidence: &Evidence<'_>) -> Option<Unsound> {
    turned_away(evidence, |name| is_met_from_the_start(evidence, name))
}

/// A name of which most answers never came from the service; those of a rate
/// limit count where it is one of these names.
fn turned_away(evidence: &Evidence<'_>, is_limited: impl Fn(NameId) -> bool) -> Option<Unsound> {
    judged(evidence).find_map(|(name, answers)| {
        let with_limit = is_limited(name.id);
        let is_away = |status| is_turned_away(status) || (with_limit && status == RATE_LIMIT);
        let turned_away = name.unwanted(is_away);
        (turned_away * 2 > answers).then(|| Unsound {
            kind: UnsoundKind::Script,
            id: "script.turned_away",
            text: format!(
                "{turned_away} of {answers} responses from {} were {}: this run does not measure the service",
                name.name,
                alternatives(&unwanted_statuses(&name, is_away))
            ),
        })
    })
}

/// The statuses of this kind that came without being wanted, in ascending order.
fn unwanted_statuses(name: &NameAnswers<'_>, is_one: impl Fn(u16) -> bool) -> Vec<u16> {
    let statuses = name.row.statuses.pairs().iter().map(|(status, _)| *status);
    let unwanted = statuses.filter(|&one| is_one(one) && name.unwanted(|status| status == one) > 0);
    let mut unwanted: Vec<_> = unwanted.collect();
    unwanted.sort_unstable();
    unwanted
}

/// `401, 403 or 404`.
fn alternatives(statuses: &[u16]) -> String {
    let texts: Vec<_> = statuses.iter().map(u16::to_string).collect();
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => texts.concat(),
    }
}

fn accepted_errors(evidence: &Evidence<'_>) -> Option<Unsound> {
    let mut judged_bad = vec![0_u64; evidence.names.len()];
    for (id, failure, row) in evidence.totals.failures.iter() {
        let of_answer = matches!(
            failure,
            Failure::Status(400..) | Failure::Expectation(_) | Failure::Capture(_)
        );
        if let Some(sum) = judged_bad.get_mut(id.index()).filter(|_| of_answer) {
            *sum += row.count;
        }
    }
    judged(evidence).find_map(|(name, answers)| {
        let errors = name.unwanted(|status| status >= 400);
        let accepted = errors.saturating_sub(judged_bad[name.id.index()]);
        (accepted * 5 > answers).then(|| Unsound {
            kind: UnsoundKind::Script,
            id: "script.accepts_errors",
            text: format!(
                "{accepted} of {answers} responses from {} were 4xx or 5xx, but the scenario counts them as success; check `expect: {{status: ...}}`",
                name.name
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
        kind: UnsoundKind::Generator,
        id: "generator.conservation",
        text: format!(
            "the counts do not add up: {} requests started, {} succeeded, {} failed, {} aborted; please report this",
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
        kind: UnsoundKind::Generator,
        id: "generator.conservation",
        text: format!(
            "the counts do not add up: {scheduled} task starts scheduled, {} started, {} dropped; please report this",
            counts.arrivals_started, counts.arrivals_dropped
        ),
    })
}

/// The names with enough answers to judge, and how many these are.
fn judged<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = (NameAnswers<'a>, u64)> {
    NameAnswers::all(evidence).filter_map(|name| {
        let answers = name.judged();
        (answers >= FEWEST_ANSWERS).then_some((name, answers))
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
        sentence(&totals, &[]).map(|unsound| unsound.id)
    }

    fn sentence(totals: &Totals, intents: &[NameIntent]) -> Option<Unsound> {
        let names = ["GET /".to_owned()];
        soundness(&Evidence {
            totals,
            names: &names,
            intents,
            rows: &[],
            ended: true,
        })
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

    /// The intent of a step with these statuses.
    fn intent(wanted: &[u16], tolerated: &[u16]) -> NameIntent {
        let mut intent = NameIntent {
            wants_errors_only: tolerated.is_empty(),
            ..NameIntent::default()
        };
        wanted
            .iter()
            .for_each(|code| intent.wanted.add(*code, *code));
        tolerated
            .iter()
            .for_each(|code| intent.tolerated.add(*code, *code));
        intent
    }

    #[test]
    fn errors_that_a_step_names_alone_are_what_it_tests() {
        let unsound = |answers: &[(u16, Option<Failure>, u32)], intent: NameIntent| {
            sentence(&totals(answers, |_| ()), &[intent]).map(|unsound| unsound.id)
        };
        for status in [401, 403, 404, 409, 429, 503] {
            let wanted = intent(&[status], &[]);
            assert_eq!(unsound(&[(status, None, 100)], wanted), None, "{status}");
        }
        let totals = totals(&[(404, None, 100)], |_| ());
        let of_level = |intents: &[NameIntent]| {
            let names = ["GET /".to_owned()];
            let found = soundness_of_level(&Evidence {
                totals: &totals,
                names: &names,
                intents,
                rows: &[],
                ended: false,
            });
            found.map(|unsound| unsound.id)
        };
        assert_eq!(of_level(&[intent(&[404], &[])]), None);
        assert_eq!(of_level(&[]), Some("script.turned_away"));
        // Beside a success it stays suspicious.
        let both = || intent(&[], &[404, 409]);
        let turned_away = Some("script.turned_away");
        let accepted = Some("script.accepts_errors");
        assert_eq!(
            unsound(&[(404, None, 60), (200, None, 40)], both()),
            turned_away
        );
        assert_eq!(
            unsound(&[(409, None, 30), (200, None, 70)], both()),
            accepted
        );
        // What another step of the same name only tolerates cannot be told apart.
        assert_eq!(
            unsound(&[(404, None, 100)], intent(&[404], &[404])),
            turned_away
        );
        // An answer that is not the one that was wanted.
        let refused = Some(Failure::Status(401));
        assert_eq!(
            unsound(&[(404, None, 40), (401, refused, 60)], intent(&[404], &[])),
            turned_away
        );
        assert_eq!(
            unsound(&[(404, None, 980), (401, refused, 20)], intent(&[404], &[])),
            None
        );
        // A step that wants a 404 shares its name with one that does not.
        let shared = NameIntent {
            wants_errors_only: false,
            ..intent(&[404], &[])
        };
        let unmet = Some(Failure::Status(404));
        let half = [(404, None, 500), (200, None, 500)];
        assert_eq!(unsound(&half, shared.clone()), None);
        assert_eq!(
            unsound(
                &[(404, None, 500), (404, unmet, 300), (200, None, 200)],
                shared
            ),
            turned_away
        );
    }

    #[test]
    fn a_target_that_never_answers_is_said_to_fail_as_it_does() {
        let words = |failure: Failure| {
            let totals = totals(&[(0, Some(failure), 30)], |_| ());
            sentence(&totals, &[]).expect("unsound").text
        };
        for (failure, expected) in [
            (
                Failure::Tls(TlsFailure::UnknownIssuer),
                "no response to any of 30 requests: TLS failed: certificate issuer not trusted (set `tls: {ca: FILE}`)",
            ),
            (
                Failure::Tls(TlsFailure::NotTls),
                "no response to any of 30 requests: TLS failed: the target does not speak TLS on this port; does it speak plain HTTP? Use http://",
            ),
            (
                Failure::Connect(ConnectFailure::Refused),
                "no response to any of 30 requests: could not connect: connection refused; is the target running at this address?",
            ),
            (
                Failure::Connect(ConnectFailure::Resolve),
                "no response to any of 30 requests: could not connect: host name not found (DNS)",
            ),
        ] {
            assert_eq!(words(failure), expected);
        }
    }
}
