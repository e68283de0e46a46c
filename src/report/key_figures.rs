//! Verdict, key figures and configuration of a run as text, for all reports.

use crate::model::{NO_FIGURE, clock_text, count_text, latency_text, percent_text, rate_text};
use crate::report::RunFile;
use crate::run::Latencies;
use crate::verdict::{PlanLine, Remark, Verdict};

/// Of runs with planned starts only.
const RESPONSE_P99: &str = "Response time (with queueing) p99";

/// The names of the figures that are read first.
pub(super) const KEY_FIGURES: [&str; 6] = [
    "Users",
    "RPS",
    "Service time p50",
    "Service time p99",
    RESPONSE_P99,
    "Success",
];

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

    fn remarks(&self) -> impl Iterator<Item = &Remark> {
        self.judgement.iter().flat_map(|judged| &judged.remarks)
    }

    /// The scenario's name, with the run's label if it has one.
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
        reason.unwrap_or("the file has no criteria")
    }

    /// The figures that are read first, under the names of [`KEY_FIGURES`].
    pub(super) fn key_figures(&self) -> [String; KEY_FIGURES.len()] {
        let all = &self.aggregated;
        let Latencies { service, response } = all.latencies;
        [
            self.users_text(),
            rate_text(all.rates.rps),
            latency_text(service.p50_us),
            latency_text(service.p99_us),
            latency_text(response.p99_us),
            percent_text(all.success()),
        ]
    }

    /// The key figures with their names, without those this run does not have.
    pub(super) fn known_figures(&self) -> Vec<(&'static str, String)> {
        let all = KEY_FIGURES.into_iter().zip(self.key_figures());
        let is_known = |name: &str, figure: &str| name != RESPONSE_P99 || figure != NO_FIGURE;
        all.filter(|(name, figure)| is_known(name, figure))
            .collect()
    }

    /// The most users that ran at once, and of how many where that is more: `2 of 300`.
    fn users_text(&self) -> String {
        let Some(peak) = self.most_users() else {
            return NO_FIGURE.to_owned();
        };
        let planned = self.load.users.filter(|planned| *planned > peak);
        let of = planned.map(|planned| format!(" of {}", count_text(planned)));
        format!("{}{}", count_text(peak), of.unwrap_or_default())
    }

    /// The most users that ran at once; `None` where that is not known.
    pub(super) fn most_users(&self) -> Option<u64> {
        let seconds = || self.series.iter().map(|row| row.users).max();
        self.load.peak_users.or_else(seconds)
    }
}

/// What is remarked of one of some runs. That target and generator share a machine
/// is said once, of the first of them.
pub(super) fn remarks(runs: &[RunFile], at: usize) -> Vec<&Remark> {
    let (before, rest) = runs.split_at(at);
    let is_local = |remark: &&Remark| remark.id == "target.local";
    let is_said = before
        .iter()
        .flat_map(RunFile::remarks)
        .any(|one| is_local(&one));
    let remarks = rest.first().into_iter().flat_map(RunFile::remarks);
    remarks.filter(|one| !is_said || !is_local(one)).collect()
}

/// The counts of a plan of task starts.
pub(super) fn plan_text(plan: &PlanLine) -> String {
    let counts = &plan.counts;
    format!(
        "{} ({} delivered): {} started, {} dropped, {} missed, {} unfinished",
        count_text(counts.planned),
        percent_text(counts.delivered()),
        count_text(counts.started),
        count_text(counts.dropped()),
        count_text(counts.missed),
        count_text(counts.waiting())
    )
}

/// The protocol of each origin; empty if unknown.
pub(super) fn protocol_text(run: &RunFile) -> String {
    let all = run.run.protocols.iter();
    let words: Vec<_> = all.map(|one| format!("{}: {one}", one.origin)).collect();
    words.join("; ")
}

/// The counts of connections; empty if there are none.
pub(super) fn connection_text(run: &RunFile) -> String {
    let Some(counts) = &run.counts else {
        return String::new();
    };
    let refused = match counts.streams_refused {
        0 => String::new(),
        some => format!(
            "; {} HTTP/2 streams refused by the target",
            count_text(some)
        ),
    };
    format!(
        "{} opened; {} closed by the target while idle and replaced{refused}",
        count_text(counts.connections_opened),
        count_text(counts.connections_replaced)
    )
}

/// A time range: `0:12 to 1:05`; empty if unknown.
pub(super) fn range_text(range_s: Option<(f64, f64)>) -> String {
    range_s.map_or_else(String::new, |(from_s, to_s)| {
        format!("{} to {}", clock_text(from_s), clock_text(to_s))
    })
}
