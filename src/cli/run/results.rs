//! Everything that is written once a run has ended.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::config::options::OutputArgs;
use crate::locust::json;
use crate::model::{Recent, RunSpec};
use crate::output::{
    CsvFiles, CsvStyle, ReportPaths, WriteError, ensure_writable, replace, write_reports,
};
use crate::report::{RunFile, summary};
use crate::run::{Log, Snapshot};
use crate::session::StartedRun;

/// Where GitHub takes the summary of a step from.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// How much of the last seconds the files need.
pub(crate) fn recent(outputs: &OutputArgs) -> Recent {
    if outputs.csv_full_history && outputs.csv_style == CsvStyle::Locust {
        Recent::ByName
    } else {
        Recent::All
    }
}

/// Checks before a run that its results can be written, and creates the files
/// that grow with it. A dashboard has no `spec` yet. Blocks.
pub(crate) fn prepare(
    outputs: &OutputArgs,
    spec: Option<&RunSpec>,
) -> Result<Option<CsvFiles>, WriteError> {
    let reports = reports(outputs, spec);
    let at_end = [
        &outputs.json_file,
        &reports.run,
        &reports.html,
        &reports.junit,
    ];
    at_end
        .into_iter()
        .flatten()
        .try_for_each(|path| ensure_writable(path))?;
    let plan = outputs.csv_plan();
    plan.as_ref().map(CsvFiles::create).transpose()
}

/// The results of an ended run, made from its final figures, and their paths.
#[derive(Debug)]
pub(crate) struct Results {
    json: Option<(PathBuf, String)>,
    run: Option<RunFile>,
    reports: ReportPaths,
}

impl Results {
    /// Copies what it needs of the run, so that the next one may start.
    pub(crate) fn new(
        outputs: &OutputArgs,
        started: &StartedRun,
        (last, log): (&Snapshot, &Log),
    ) -> Self {
        let json_file = outputs.json_file.clone();
        Self {
            json: json_file.map(|path| (path, json(last))),
            run: RunFile::new(last, log, &started.about),
            reports: reports(outputs, Some(&started.spec)),
        }
    }

    /// Writes all results and returns the errors. Blocks.
    pub(crate) fn write(self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut note = |error: String| wrong.push(error);
        if let Some((path, text)) = self.json {
            let written = replace(&path, text.as_bytes());
            written.unwrap_or_else(|error| note(error.to_string()));
        }
        if let Some(run) = self.run {
            if let Err(error) = write_reports(&run, &self.reports) {
                note(error.to_string());
            }
            if let Some(path) = std::env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty()) {
                let appended = append(Path::new(&path), &summary(&[run]));
                appended.unwrap_or_else(|error| note(format!("{STEP_SUMMARY}: {error}")));
            }
        }
        wrong
    }
}

/// The requested reports of a run with this specification.
fn reports(outputs: &OutputArgs, spec: Option<&RunSpec>) -> ReportPaths {
    let run = outputs.csv.as_ref();
    let run = run.map(|prefix| PathBuf::from(format!("{prefix}_run.json")));
    let html = outputs.html.as_deref();
    ReportPaths {
        run,
        html: html.map(|name| page(name, spec)),
        junit: outputs.junit.clone(),
        ..ReportPaths::default()
    }
}

/// `{u}`, `{r}` and `{t}` in the name of a page are users, spawn rate and run
/// time in seconds, as in Locust. While they are not known, what comes before
/// them tells where the page will be.
fn page(name: &str, spec: Option<&RunSpec>) -> PathBuf {
    let Some(spec) = spec else {
        let holes = ["{u}", "{r}", "{t}"].into_iter();
        let first = holes.filter_map(|hole| name.find(hole)).min();
        let known = first.map(|at| format!("{}report.html", &name[..at]));
        return known.map_or_else(|| name.into(), PathBuf::from);
    };
    let load = spec.steered();
    let number = |number: Option<f64>| number.map_or_else(String::new, |one| one.to_string());
    let name = name.replace("{u}", &number(load.map(|load| f64::from(load.users))));
    let name = name.replace("{r}", &number(load.map(|load| load.spawn_rate)));
    let run_time_s = spec.run_time.map(|time| time.as_secs_f64());
    PathBuf::from(name.replace("{t}", &number(run_time_s)))
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}
