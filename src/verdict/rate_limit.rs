//! Detection of rate limits.

use crate::model::{Failure, NameId};
use crate::verdict::Evidence;
use crate::verdict::answers::{FEWEST_ANSWERS, NameAnswers, RATE_LIMIT, is_turned_away};

/// A rate limit that most requests of a name met as the load rose: the load is
/// more than the target lets through.
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
    NameAnswers::all(evidence).find_map(|name| {
        let answers = name.judged();
        let limited = name.unwanted(|status| status == RATE_LIMIT);
        let away = name.unwanted(is_turned_away);
        let is_most = answers >= FEWEST_ANSWERS && limited > 0 && (limited + away) * 2 > answers;
        (is_most && !is_met_from_the_start(evidence, name.id)).then(|| RateLimited {
            name: name.name.to_owned(),
            limited,
            answers,
        })
    })
}

/// Whether a rate limit turned requests of a name away before enough were
/// answered, of whatever name, to say that a lower load got through. Without
/// any, it did not.
pub(crate) fn is_met_from_the_start(evidence: &Evidence<'_>, name: NameId) -> bool {
    let failures = &evidence.totals.failures;
    let Some(first_us) = failures.first_us(name, Failure::Status(RATE_LIMIT)) else {
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
    use crate::model::Phases;
    use crate::stats::{Interval, Recorder, Row, Sample, Totals};
    use crate::verdict::soundness;

    /// 40 answers, then 60 of a rate limit from that second on, and one of
    /// another name in the first second.
    fn verdicts(first_s: u64) -> (Option<&'static str>, Option<RateLimited>) {
        let mut recorder = Recorder::new(2);
        for at in 0..=100 {
            let is_limited = at >= 40;
            let is_other = at == 100;
            let first_s = if is_other { 0 } else { first_s };
            recorder.counts.requests_started += 1;
            recorder.record(&Sample {
                name: NameId(u16::from(is_other)),
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
        let mut totals = Totals::new(2);
        totals.add(&interval);
        let rows: Vec<Row> = (1..=10)
            .map(|end_s| Row {
                end_s,
                width_s: 1,
                requests: 10,
                ..Row::default()
            })
            .collect();
        let names = ["GET /".to_owned(), "GET /other".to_owned()];
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
