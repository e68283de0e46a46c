//! What every report says first of a run.

use crate::report::RunFile;
use crate::report::figures::{NONE, count, latency, percent, rate};
use crate::verdict::{PlanLine, Standing, Verdict};

/// The weightiest verdict of some runs; `None` where none is judged.
#[must_use]
pub fn worst(runs: &[RunFile]) -> Option<Verdict> {
    Verdict::weightiest(runs.iter().filter_map(RunFile::verdict))
}

impl RunFile {
    /// The one word; `None` where no criteria are known.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.judgement.as_ref().map(|judged| judged.verdict)
    }

    /// What was run, under its label where it has one.
    pub(super) fn title(&self) -> String {
        let parts = [&*self.run.scenario, &*self.run.profile];
        let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        said.join(" · ")
    }

    /// The word for people.
    pub(super) fn verdict_word(&self) -> &'static str {
        self.verdict().map_or("NOT JUDGED", Verdict::as_str)
    }

    /// Why, in one sentence.
    pub(super) fn reason(&self) -> &str {
        let reason = self.judgement.as_ref().map(|judged| &*judged.reason);
        reason.unwrap_or("no criteria known: figures only")
    }

    /// The figures that are read first, with their names.
    pub(super) fn key_figures(&self) -> [(&'static str, String); 5] {
        let all = &self.aggregated;
        let service = all.latencies.service;
        let users = self.load.users.or_else(|| self.most_users());
        [
            (
                "Users",
                users.map_or_else(|| NONE.to_owned(), super::figures::count),
            ),
            ("RPS", rate(all.rps)),
            ("p50", latency(service.p50_us)),
            ("p99", latency(service.p99_us)),
            ("Success", percent(all.success())),
        ]
    }

    fn most_users(&self) -> Option<u64> {
        self.series.iter().map(|row| row.users).max()
    }
}

/// How a criterion stands, in words.
pub(super) fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "met",
        Standing::AtRisk => "met, at risk",
        Standing::Broken => "broken",
        Standing::Undecided => "undecided",
    }
}

/// What became of a plan of task starts, in words.
pub(super) fn plan_words(plan: &PlanLine) -> String {
    let counts = &plan.counts;
    format!(
        "{} ({} delivered): {} begun, {} dropped, {} missed, {} unfinished",
        count(counts.planned),
        percent(counts.delivered()),
        count(counts.started),
        count(counts.dropped()),
        count(counts.missed),
        count(counts.waiting())
    )
}

/// From when to when, in words; empty where it is not known.
pub(super) fn range_words(range_s: Option<(f64, f64)>) -> String {
    use crate::report::figures::clock;
    range_s.map_or_else(String::new, |(from_s, to_s)| {
        format!("{} to {}", clock(from_s), clock(to_s))
    })
}
