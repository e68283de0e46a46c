//! Whether a rate limit was met, and when.

use crate::model::Failure;
use crate::verdict::Evidence;
use crate::verdict::answers::{FEWEST_ANSWERS, NameAnswers, RATE_LIMIT, is_turned_away};

/// A rate limit that most requests of a name met as the load rose: what was
/// asked for is more than the target lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimited {
    /// The name that it shows in.
    pub name: String,
    /// Its answers with status 429.
    pub limited: u64,
    /// Its answers that are judged.
    pub answers: u64,
}

/// The first name of which most answers are a rate limit's that appeared as the
/// load rose; `None` where there is none, or where it was met from the first
/// answers on, which makes a run unsound.
#[must_use]
pub fn rate_limited(evidence: &Evidence<'_>) -> Option<RateLimited> {
    if is_met_from_the_start(evidence) {
        return None;
    }
    NameAnswers::all(evidence).find_map(|name| {
        let answers = name.judged();
        let limited = name.unwanted(|status| status == RATE_LIMIT);
        let away = name.unwanted(is_turned_away);
        let is_most = answers >= FEWEST_ANSWERS && limited > 0 && (limited + away) * 2 > answers;
        is_most.then(|| RateLimited {
            name: name.name.to_owned(),
            limited,
            answers,
        })
    })
}

/// Whether a rate limit turned requests away before enough of them were
/// answered to say that a lower load got through. Without any, it did not.
pub(in crate::verdict) fn is_met_from_the_start(evidence: &Evidence<'_>) -> bool {
    let failures = evidence.totals.failures.iter();
    let limited = failures.filter(|(_, failure, _)| *failure == Failure::Status(RATE_LIMIT));
    let Some(first_us) = limited.map(|(_, _, row)| row.first_us).min() else {
        // Nobody was turned away: whatever 429 there is was accepted.
        return true;
    };
    let before = evidence.rows.iter();
    let before = before.take_while(|row| row.end_s.saturating_mul(1_000_000) <= first_us);
    let answered: u64 = before
        .map(|row| row.requests.saturating_sub(row.failures))
        .sum();
    answered < FEWEST_ANSWERS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NameId, Phases};
    use crate::stats::{Interval, Recorder, Row, Sample, Totals};
    use crate::verdict::soundness;

    /// 40 answers, then 60 of a rate limit from that second on.
    fn verdicts(first_s: u64) -> (Option<&'static str>, Option<RateLimited>) {
        let mut recorder = Recorder::new(1);
        for at in 0..100 {
            let is_limited = at >= 40;
            recorder.counts.requests_started += 1;
            recorder.record(&Sample {
                name: NameId(0),
                failure: is_limited.then_some(Failure::Status(RATE_LIMIT)),
                status: if is_limited { RATE_LIMIT } else { 200 },
                ended_us: first_s * 1_000_000 + 500_000,
                service_us: Some(1_000),
                response_us: None,
                bytes: 0,
                phases: Phases::default(),
            });
        }
        let mut interval = Interval::default();
        recorder.drain(&mut interval);
        let mut totals = Totals::new(1);
        totals.add(&interval);
        let rows: Vec<Row> = (1..=10)
            .map(|end_s| Row {
                end_s,
                width_s: 1,
                requests: 10,
                ..Row::default()
            })
            .collect();
        let names = ["GET /".to_owned()];
        let evidence = Evidence {
            totals: &totals,
            names: &names,
            intents: &[],
            rows: &rows,
            ended: true,
        };
        let unsound = soundness(&evidence).map(|unsound| unsound.id);
        (unsound, rate_limited(&evidence))
    }

    #[test]
    fn a_limit_from_the_first_answers_on_is_unsound_and_a_later_one_is_the_targets() {
        let expected = RateLimited {
            name: "GET /".to_owned(),
            limited: 60,
            answers: 100,
        };
        assert_eq!(verdicts(0), (Some("script.turned_away"), None));
        assert_eq!(verdicts(1), (Some("script.turned_away"), None));
        assert_eq!(verdicts(2), (None, Some(expected)));
    }
}
