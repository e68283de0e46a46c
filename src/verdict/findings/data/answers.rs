//! Helpers of the rules about statuses.

use crate::model::{Failure, NameId};
use crate::verdict::Figure;
use crate::verdict::answers::{FEWEST_ANSWERS, NameAnswers};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{count_of, share};

/// A name and how many of its answers are of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit<'a> {
    pub(crate) id: NameId,
    pub(crate) name: &'a str,
    /// Answers of that kind.
    pub(crate) hits: u64,
    /// All that are judged.
    pub(crate) answers: u64,
    /// Whether users send it before their first task.
    pub(crate) is_in_on_start: bool,
}

/// The names of which more than half of the answers have one of these
/// statuses though no step wants them, in the order of the program. Where users
/// could not start, each name counts from its first answer on: there are few then.
pub(crate) fn mostly<'a>(case: &Case<'a>, wanted: fn(u16) -> bool) -> Vec<Hit<'a>> {
    let counts = &case.evidence.totals.counts;
    let fewest = if counts.users_failed * 20 > counts.users_started {
        1
    } else {
        FEWEST_ANSWERS
    };
    let hits = NameAnswers::all(&case.evidence).map(|name| Hit {
        id: name.id,
        name: name.name,
        hits: name.unwanted(wanted),
        answers: name.judged(),
        is_in_on_start: name.is_in_on_start(),
    });
    hits.filter(|hit| hit.answers >= fewest && hit.hits * 2 > hit.answers)
        .collect()
}

/// A line for each, where `what` names the kind of answer.
pub(crate) fn lines(hits: &[Hit<'_>], what: &str) -> Vec<String> {
    let line = |hit: &Hit<'_>| {
        format!(
            "{}: {} of {} responses were {what}",
            hit.name, hit.hits, hit.answers
        )
    };
    hits.iter().map(line).collect()
}

/// The sums over these names: answers of the kind, and all.
pub(crate) fn sums(hits: &[Hit<'_>]) -> (u64, u64) {
    let sum = |part: fn(&Hit<'_>) -> u64| hits.iter().map(part).sum();
    (sum(|hit| hit.hits), sum(|hit| hit.answers))
}

/// The sums and the figures of each name as data.
pub(crate) fn figures(hits: &[Hit<'_>]) -> Vec<Figure> {
    let (count, answers) = sums(hits);
    let mut figures = vec![
        Figure::count("hits", count),
        Figure::count("answers", answers),
        Figure::new("hits_share", share(count, answers), "share"),
    ];
    for hit in hits
        .iter()
        .take(crate::verdict::findings::wording::LINES_MAX)
    {
        figures.push(Figure::count("hits", hit.hits).of(hit.name));
        figures.push(Figure::count("answers", hit.answers).of(hit.name));
    }
    figures
}

/// `GET /x`, or with how many others.
pub(crate) fn among(name: &str, names: usize) -> String {
    match names {
        0 | 1 => name.to_owned(),
        2 => format!("{name} and 1 other name"),
        _ => format!("{name} and {} other names", names - 1),
    }
}

/// Users that could not start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UsersFailed<'a> {
    failed: u64,
    started: u64,
    /// The request that was to blame last.
    at: Option<&'a str>,
}

impl<'a> UsersFailed<'a> {
    /// `None` where all users could.
    pub(crate) fn of(case: &Case<'a>) -> Option<Self> {
        let totals = case.evidence.totals;
        let counts = &totals.counts;
        let name = |(id, _): (NameId, Failure)| case.evidence.names.get(id.index());
        (counts.users_failed > 0).then(|| Self {
            failed: counts.users_failed,
            started: counts.users_started,
            at: totals.start_failure.and_then(name).map(String::as_str),
        })
    }

    pub(crate) fn line(&self) -> String {
        let at = self.at.map(|name| format!(", at {name}"));
        format!(
            "on_start failed for {} users{}",
            count_of(self.failed, self.started),
            at.unwrap_or_default()
        )
    }

    pub(crate) fn figures(&self) -> [Figure; 2] {
        [
            Figure::count("users_failed", self.failed),
            Figure::count("users_started", self.started),
        ]
    }
}
