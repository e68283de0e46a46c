use askama::Template;

use super::assets::{ASSETS, Assets};
use super::{charts, tables};
use crate::report::baseline::{Compared, compare};
use crate::report::capacity::{LEVELS, levels};
use crate::report::clocks;
use crate::report::digest::{
    KEY_FIGURES, connection_words, protocol_words, range_words, remarks, standing_word,
};
use crate::report::markdown::nothing_found;
use crate::report::{RunFile, figures, worst};
use crate::verdict::{Finding, Remark, Standing, Verdict};

/// The longest text of a scenario that is shown, in bytes.
const TEXT_BYTES: usize = 128 * 1024;

/// A page to be made.
#[derive(Clone, Copy, Debug)]
pub struct HtmlReport<'a> {
    /// What it is about.
    pub runs: &'a [RunFile],
    /// In which colours.
    pub theme: Theme,
}

/// The colours of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system says, to be changed on the page.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl<'a> HtmlReport<'a> {
    /// Of these runs, in the colours of the reader's system.
    #[must_use]
    pub fn of(runs: &'a [RunFile]) -> Self {
        Self {
            runs,
            theme: Theme::System,
        }
    }
}

/// The page. It needs nothing beside it and asks nothing of anybody.
///
/// # Errors
/// None that is known: a template fails only where formatting does.
pub fn html(report: &HtmlReport<'_>) -> Result<String, askama::Error> {
    Page {
        title: title(report.runs),
        theme: report.theme,
        assets: &ASSETS,
        runs: (0..report.runs.len())
            .map(|at| Part::new(report.runs, at))
            .collect(),
        verdict: worst(report.runs),
    }
    .render()
}

#[derive(Template)]
#[template(path = "report/report.html")]
struct Page<'a> {
    title: String,
    theme: Theme,
    assets: &'static Assets,
    runs: Vec<Part<'a>>,
    verdict: Option<Verdict>,
}

/// What is shown of a run, beside its file.
struct Part<'a> {
    file: &'a RunFile,
    compared: Vec<Compared>,
    criteria: Vec<Criterion<'a>>,
    findings: &'a [Finding],
    remarks: Vec<&'a Remark>,
    /// The figures of its charts.
    charts: String,
    text: &'a str,
    is_text_cut: bool,
}

impl<'a> Part<'a> {
    fn new(runs: &'a [RunFile], at: usize) -> Self {
        let file = &runs[at];
        let text = &file.run.text;
        let cut = text.floor_char_boundary(TEXT_BYTES);
        Self {
            file,
            compared: compare(file),
            criteria: criteria(file),
            findings: file.judgement.as_ref().map_or(&[], |one| &one.findings),
            remarks: remarks(runs, at),
            charts: charts::json(file),
            text: &text[..cut],
            is_text_cut: cut < text.len(),
        }
    }

    /// How long it took, or has taken so far.
    fn elapsed(&self) -> String {
        figures::duration(self.file.run.elapsed_s)
    }

    fn configuration(&self) -> Vec<(&'static str, String)> {
        let RunFile { run, load, .. } = self.file;
        let run_time = load.run_time_s.map(figures::duration);
        let all = [
            ("Profile", run.profile.clone()),
            ("Target", run.host.clone()),
            ("Protocol", protocol_words(self.file)),
            ("Load", load.words.clone()),
            ("Planned run time", run_time.unwrap_or_default()),
            ("Started", figures::moment(run.started_unix_ms)),
            ("Ended", figures::moment(run.ended_unix_ms)),
            ("Took", self.elapsed()),
            ("Connections", connection_words(self.file)),
            ("Run", run.id.clone()),
        ];
        let all = all.into_iter();
        all.filter(|(_, value)| !value.is_empty()).collect()
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("Counted by", self.file.made_by.clone())];
        if let Some(one) = &self.file.environment {
            all.extend([
                ("System", one.os.clone()),
                ("Usable cores", one.cpus.to_string()),
                ("Shards", one.shards.to_string()),
                ("Busiest shard", figures::percent(one.busiest_cpu_share)),
                ("Lateness p99", figures::latency(one.lateness_p99_us)),
            ]);
        }
        all
    }
}

fn title(runs: &[RunFile]) -> String {
    match runs {
        [run] => run.run.scenario.clone(),
        _ => format!("Load test of {} scenarios", runs.len()),
    }
}

/// The class that gives a verdict its colour.
fn verdict_tone(verdict: Option<&Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Pass) => "good",
        Some(Verdict::Fail | Verdict::Error) => "bad",
        Some(Verdict::Invalid | Verdict::Undecided) => "odd",
        None => "none",
    }
}

/// A criterion as it stands.
struct Criterion<'a> {
    text: &'a str,
    figure: &'a str,
    tone: &'static str,
    standing: &'static str,
    note: String,
}

fn criteria(file: &RunFile) -> Vec<Criterion<'_>> {
    let lines = file.judgement.iter().flat_map(|judged| &judged.criteria);
    let lines = lines.map(|line| Criterion {
        text: &line.text,
        figure: line.figure.as_deref().unwrap_or(figures::NONE),
        tone: standing_tone(line.standing),
        standing: standing_word(line.standing),
        note: line.note_words().unwrap_or_default(),
    });
    lines.collect()
}

/// From when to when a finding shows; empty where it is not known.
fn range(finding: &Finding) -> String {
    range_words(finding.range_s)
}

/// The class that gives a standing its colour.
fn standing_tone(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "good",
        Standing::Broken => "bad",
        Standing::AtRisk | Standing::Undecided | Standing::Disturbed => "odd",
    }
}
