//! The capacity curve (throughput and times over load) and the result of a
//! limit search.

use serde::{Deserialize, Serialize};

use crate::model::{
    LevelOutcome, LoadKind, SearchEnd, count_text, latency_text, number_text, percent_text,
    rate_text,
};
use crate::verdict::findings::wording::rate;
use crate::verdict::{CriterionLine, Standing, Verdict};

/// The figures of levels of load, at most 60.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// The kind of load.
    pub of: LoadKind,
    /// The levels, in the order in which they were run.
    pub levels: Vec<LevelLine>,
    /// The search; `None` if the load was given.
    #[serde(default)]
    pub search: Option<SearchLine>,
}

/// The figures at one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelLine {
    /// Users, or task starts per second.
    pub load: f64,
    /// The start of its measurement, in seconds since the start of the run.
    pub start_s: u64,
    /// Until when.
    pub end_s: u64,
    /// Requests per second.
    pub rps: f64,
    /// The part of them that failed, 0 to 1.
    pub failed: f64,
    /// The median of the service time; in a curve without a search the
    /// median second's.
    pub p50_us: Option<u64>,
    /// Its 95th percentile, likewise.
    pub p95_us: Option<u64>,
    /// Its 99th percentile, likewise.
    pub p99_us: Option<u64>,
    /// Its outcome, if it was judged.
    #[serde(default)]
    pub outcome: Option<LevelOutcome>,
    /// Why; empty where it was kept or not judged.
    #[serde(default)]
    pub why: String,
}

/// A search for the highest load that keeps the criteria.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchLine {
    /// The criteria of each level, as written.
    pub criteria: Vec<String>,
    /// The load that is tried now; `None` once it has ended.
    pub trying: Option<f64>,
    /// The highest load that passed.
    pub kept: Option<f64>,
    /// The lowest load that failed.
    pub broken: Option<f64>,
    /// Requests per second at `kept`.
    #[serde(default)]
    pub kept_rps: Option<f64>,
    /// Requests per second at `broken`.
    #[serde(default)]
    pub broken_rps: Option<f64>,
    /// Loads that could not be judged because the generator was too slow.
    #[serde(default)]
    pub not_judged: Vec<f64>,
    /// Its end; `None` while it is running.
    pub end: Option<SearchEnd>,
    /// The result in one sentence.
    pub text: String,
}

/// A load in words: `412 users`, `1 user`, `80 starts/s`.
#[must_use]
pub fn load_text(of: LoadKind, load: f64) -> String {
    match of {
        LoadKind::Users if load.to_bits() == 1.0_f64.to_bits() => "1 user".to_owned(),
        LoadKind::Users => format!("{} users", count_text(load)),
        LoadKind::Rate => format!("{} starts/s", number_text(load)),
    }
}

impl LevelLine {
    /// `64 users: 198/s, p95 322 ms, 0% failed: passed`
    #[must_use]
    pub fn text(&self, of: LoadKind) -> String {
        let p95 = self.p95_us.map_or_else(|| "no".to_owned(), latency_text);
        let came = match self.outcome {
            None => String::new(),
            Some(outcome) if self.why.is_empty() => format!(": {}", outcome_word(outcome)),
            Some(outcome) => format!(": {}, {}", outcome_word(outcome), self.why),
        };
        format!(
            "{}: {}, p95 {p95}, {} failed{came}",
            load_text(of, self.load),
            rate(self.rps),
            percent_text(self.failed)
        )
    }
}

/// The word for people; `OUTCOMES` in `static/charts/capacity.js` has the same.
#[must_use]
pub fn outcome_word(outcome: LevelOutcome) -> &'static str {
    match outcome {
        LevelOutcome::Kept => "passed",
        LevelOutcome::Broken => "failed",
        LevelOutcome::Undecided => "not enough data",
        LevelOutcome::NotJudged | LevelOutcome::GeneratorLimited => "not judged",
    }
}

impl SearchLine {
    /// Words the result so far; `why` is why the lowest failed level failed,
    /// or what ended the search.
    pub fn write_text(&mut self, of: LoadKind, why: &str) {
        let words = |load: Option<f64>| load.map(|load| load_text(of, load));
        let (kept, broken) = (words(self.kept), words(self.broken));
        let highest = kept.clone().map_or_else(String::new, |kept| {
            format!("; highest level that passed: {kept}")
        });
        self.text = match self.end {
            None => self.so_far(of),
            Some(SearchEnd::Found) => format!(
                "limit: {} to {}{}; failed at {}: {why}{}",
                number_text(self.kept),
                broken.clone().unwrap_or_default(),
                self.rates(),
                broken.unwrap_or_default(),
                self.left_open()
            ),
            Some(SearchEnd::AtMaximum) => format!(
                "no limit up to {}, the highest level allowed{}",
                kept.unwrap_or_default(),
                self.left_open()
            ),
            Some(SearchEnd::NothingKept) => {
                format!(
                    "the criteria fail even at {}: {why}",
                    broken.unwrap_or_default()
                )
            }
            Some(SearchEnd::GeneratorLimited) => {
                format!("the generator, not the target, is the limit ({why}){highest}")
            }
            Some(SearchEnd::Undecided) if !self.not_judged.is_empty() => {
                format!("limit not found{highest}{} ({why})", self.left_open())
            }
            Some(SearchEnd::Undecided) => {
                format!("not enough data ({why}); measure each level for longer")
            }
            Some(SearchEnd::Unstable) => format!(
                "not stable: levels that passed failed when tested again, more than once{highest}"
            ),
            Some(SearchEnd::Stopped) => format!(
                "limit not found: the run ended early ({why}); {}",
                self.known(of)
            ),
        };
    }

    /// The throughput at both ends: ` (200 to 223 requests/s)`.
    fn rates(&self) -> String {
        let rates = self.kept_rps.zip(self.broken_rps);
        rates.map_or_else(String::new, |(kept, broken)| {
            format!(" ({} to {} requests/s)", rate_text(kept), rate_text(broken))
        })
    }

    /// The levels that were not judged: `; 42 could not be judged`.
    fn left_open(&self) -> String {
        let mut levels: Vec<_> = self.not_judged.clone();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let levels: Vec<_> = levels.into_iter().map(number_text).collect();
        match levels.split_last() {
            None => String::new(),
            Some((last, [])) => format!("; {last} could not be judged"),
            Some((last, rest)) => {
                format!("; {} and {last} could not be judged", rest.join(", "))
            }
        }
    }

    fn so_far(&self, of: LoadKind) -> String {
        let trying = self.trying.map(|load| load_text(of, load));
        let trying = trying.unwrap_or_else(|| "the first level".to_owned());
        format!("limit search: testing {trying}; {}", self.known(of))
    }

    fn known(&self, of: LoadKind) -> String {
        let words = |load| load_text(of, load);
        match (self.kept.map(words), self.broken.map(words)) {
            (Some(kept), Some(broken)) => format!("passed at {kept}, failed at {broken}"),
            (Some(kept), None) => format!("passed at {kept}"),
            (None, Some(broken)) => format!("failed at {broken}"),
            (None, None) => "no result yet".to_owned(),
        }
    }

    /// The verdict; `criteria` are those at the limit.
    pub(super) fn verdict(&self, criteria: &[CriterionLine]) -> (Verdict, String) {
        let text = self.text.clone();
        let broken = criteria.iter();
        let broken = broken.filter(|line| line.standing == Standing::Broken);
        let broken: Vec<_> = broken.map(|line| line.text.as_str()).collect();
        match self.end {
            Some(SearchEnd::Found | SearchEnd::AtMaximum) if !broken.is_empty() => {
                let broken = broken.join("; ");
                (
                    Verdict::Fail,
                    format!("{text}; criteria not met there: {broken}"),
                )
            }
            Some(SearchEnd::Found | SearchEnd::AtMaximum) => (Verdict::Pass, text),
            Some(SearchEnd::NothingKept) => (Verdict::Fail, text),
            Some(
                SearchEnd::GeneratorLimited
                | SearchEnd::Undecided
                | SearchEnd::Unstable
                | SearchEnd::Stopped,
            )
            | None => (Verdict::Undecided, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(standing: Standing) -> CriterionLine {
        CriterionLine {
            text: "rps >= 50".to_owned(),
            condition: None,
            standing,
            figure: None,
            value: None,
            own_us: None,
            note: None,
        }
    }

    fn said(end: Option<SearchEnd>, standing: Standing) -> (Verdict, String) {
        let mut search = SearchLine {
            criteria: Vec::new(),
            trying: end.is_none().then_some(418.0),
            kept: Some(412.0),
            broken: Some(424.0),
            kept_rps: Some(1_980.4),
            broken_rps: Some(2_011.0),
            not_judged: Vec::new(),
            end,
            text: String::new(),
        };
        search.write_text(LoadKind::Users, "p95 < 500ms");
        search.verdict(&[line(standing)])
    }

    #[test]
    fn the_verdict_is_about_the_answer() {
        let (verdict, text) = said(Some(SearchEnd::Found), Standing::Met);
        assert_eq!(verdict, Verdict::Pass);
        assert_eq!(
            text,
            "limit: 412 to 424 users (1,980 to 2,011 requests/s); failed at 424 users: p95 < 500ms"
        );
        let (verdict, text) = said(Some(SearchEnd::Found), Standing::Broken);
        assert_eq!(verdict, Verdict::Fail);
        assert!(
            text.ends_with("; criteria not met there: rps >= 50"),
            "{text}"
        );
        for (end, expected) in [
            (SearchEnd::AtMaximum, Verdict::Pass),
            (SearchEnd::NothingKept, Verdict::Fail),
            (SearchEnd::GeneratorLimited, Verdict::Undecided),
            (SearchEnd::Undecided, Verdict::Undecided),
            (SearchEnd::Unstable, Verdict::Undecided),
            (SearchEnd::Stopped, Verdict::Undecided),
        ] {
            assert_eq!(said(Some(end), Standing::Met).0, expected, "{end:?}");
        }
        let (verdict, text) = said(None, Standing::Met);
        assert_eq!(verdict, Verdict::Undecided);
        assert_eq!(
            text,
            "limit search: testing 418 users; passed at 412 users, failed at 424 users"
        );
    }

    #[test]
    fn levels_that_could_not_be_judged_are_named() {
        let mut search = SearchLine {
            criteria: Vec::new(),
            trying: None,
            kept: Some(40.0),
            broken: Some(45.0),
            kept_rps: Some(200.0),
            broken_rps: Some(223.0),
            not_judged: vec![42.0],
            end: Some(SearchEnd::Found),
            text: String::new(),
        };
        search.write_text(LoadKind::Users, "p95 < 200ms (214 ms)");
        assert_eq!(
            search.text,
            "limit: 40 to 45 users (200 to 223 requests/s); failed at 45 users: p95 < 200ms (214 ms); 42 could not be judged"
        );
        assert_eq!(search.verdict(&[line(Standing::Met)]).0, Verdict::Pass);
        search.not_judged = vec![80.0, 160.0, 80.0];
        search.end = Some(SearchEnd::Undecided);
        search.write_text(LoadKind::Users, "generator too slow");
        assert_eq!(
            search.text,
            "limit not found; highest level that passed: 40 users; 80 and 160 could not be judged (generator too slow)"
        );
        assert_eq!(search.verdict(&[]).0, Verdict::Undecided);
    }

    #[test]
    fn a_level_is_one_line() {
        let level = LevelLine {
            load: 64.0,
            start_s: 4,
            end_s: 14,
            rps: 198.4,
            failed: 0.0,
            p50_us: None,
            p95_us: Some(322_000),
            p99_us: None,
            outcome: Some(LevelOutcome::Kept),
            why: String::new(),
        };
        let words = level.text(LoadKind::Users);
        assert_eq!(words, "64 users: 198/s, p95 322 ms, 0% failed: passed");
        assert_eq!(load_text(LoadKind::Users, 1.0), "1 user");
        assert_eq!(load_text(LoadKind::Rate, 0.5), "0.5 starts/s");
    }
}
