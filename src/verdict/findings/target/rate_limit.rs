//! A rate limit.

use crate::model::{Failure, clock_text, percent_text};
use crate::verdict::answers::{NameAnswers, RATE_LIMIT};
use crate::verdict::findings::data::answers::{Hit, lines, mostly};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{count_of, finding, float, share, shortened};
use crate::verdict::rate_limit::is_met_from_the_start;
use crate::verdict::{Figure, Finding};

/// Answers of a limit from which on it is spoken of, and their share of all.
const FEWEST: u64 = 20;
const SHARE: f64 = 0.05;

struct Limited<'a> {
    limited: u64,
    answers: u64,
    /// Of these, how many count as success.
    accepted: u64,
    is_from_the_start: bool,
    names: Vec<Hit<'a>>,
    /// From the first failure to the last.
    range_s: Option<(f64, f64)>,
}

/// A target that answers some of the requests with 429.
pub(crate) fn rate_limited(case: &Case<'_>) -> Option<Finding> {
    let names = NameAnswers::all(&case.evidence);
    let limited = names
        .map(|name| name.unwanted(|status| status == RATE_LIMIT))
        .sum();
    let answers = case.answers();
    if limited < FEWEST || share(limited, answers) < SHARE {
        return None;
    }
    let rows = case.evidence.totals.failures.iter();
    let rows = rows.filter(|(_, failure, _)| *failure == Failure::Status(RATE_LIMIT));
    let (mut failed, mut range_us) = (0, None);
    for (_, _, row) in rows {
        let (first, last) = range_us.unwrap_or((row.first_us, row.last_us));
        range_us = Some((first.min(row.first_us), last.max(row.last_us)));
        failed += row.count;
    }
    let names = mostly(case, |status| status == RATE_LIMIT);
    let is_from_the_start = |hit: &Hit<'_>| is_met_from_the_start(&case.evidence, hit.id);
    let limited = Limited {
        limited,
        answers,
        accepted: limited.saturating_sub(failed),
        is_from_the_start: names.iter().any(is_from_the_start),
        names,
        range_s: range_us.map(|(first, last)| (float(first) / 1e6, float(last) / 1e6)),
    };
    Some(limited.said())
}

impl Limited<'_> {
    fn said(self) -> Finding {
        let when = match self.range_s {
            Some(_) if self.is_from_the_start => " from the start".to_owned(),
            Some((from_s, _)) => format!(" from {} on", clock_text(from_s)),
            None => String::new(),
        };
        let text = format!(
            "the target is rate limiting{when}: {} responses ({}) were 429",
            count_of(self.limited, self.answers),
            percent_text(share(self.limited, self.answers)),
        );
        let mut evidence = shortened(lines(&self.names, "429"));
        if self.accepted > 0 {
            evidence.push(format!("{} of them count as success", self.accepted));
        }
        Finding {
            evidence,
            figures: vec![
                Figure::count("limited", self.limited),
                Figure::count("answers", self.answers),
                Figure::new("limited_share", share(self.limited, self.answers), "share"),
                Figure::count("accepted", self.accepted),
            ],
            range_s: self.range_s,
            ..finding("target.rate_limited", text, ADVICE)
        }
    }
}

const ADVICE: &str = "Lift the limit for the test's users or IP addresses, or lower the load. This run measures the rate limiter, not the service.";
