//! Everything that is written once a run has ended.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::console::say;
use crate::cli::settings::Outputs;
use crate::locust::json;
use crate::model::{Recent, RunSpec};
use crate::output::{CsvFiles, CsvStyle, ReportPaths, WriteError, claim, replace, write_reports};
use crate::probes::host;
use crate::report::{About, Machine, RunFile, summary};
use crate::run::{Log, Snapshot};

/// Where GitHub takes the summary of a step from.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// The machine that load comes from.
pub(super) fn machine() -> Machine {
    Machine {
        os: host::system(),
        cpus: host::usable_cores(),
    }
}

/// What the files need of the last seconds.
pub(super) fn recent(outputs: &Outputs) -> Recent {
    match &outputs.csv {
        Some(plan) if plan.by_name && plan.style == CsvStyle::Locust => Recent::ByName,
        _ => Recent::All,
    }
}

/// Makes sure before a run that its results can be written, and begins the
/// files that grow with it. Blocks.
///
/// # Errors
/// What stands in the way.
pub(super) fn begin(outputs: &Outputs, spec: &RunSpec) -> Result<Option<CsvFiles>, WriteError> {
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
        .try_for_each(|path| claim(path))?;
    outputs.csv.as_ref().map(CsvFiles::create).transpose()
}

/// Writes what is made of the final figures; every kind of report that is
/// written at the end is written here. Blocks. What cannot be written, if
/// anything: the rest was.
pub(super) fn write(
    outputs: &Outputs,
    spec: &RunSpec,
    about: &About,
    (last, log): (&Snapshot, &Log),
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut note = |error: String| wrong.push(error);
    if outputs.json {
        say(json(last));
    }
    if let Some(path) = &outputs.json_file {
        let written = replace(path, json(last).as_bytes());
        written.unwrap_or_else(|error| note(error.to_string()));
    }
    if let Some(run) = RunFile::new(last, log, about) {
        if let Err(error) = write_reports(&run, &reports(outputs, spec)) {
            note(error.to_string());
        }
        if let Some(path) = std::env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty()) {
            let appended = append(Path::new(&path), &summary(&[run]));
            appended.unwrap_or_else(|error| note(format!("{STEP_SUMMARY}: {error}")));
        }
    }
    wrong
}

/// The reports that are asked for. `{u}`, `{r}` and `{t}` in the name of a
/// page are users, spawn rate and run time in seconds, as in Locust.
fn reports(outputs: &Outputs, spec: &RunSpec) -> ReportPaths {
    let run = outputs.csv.as_ref().map(|plan| {
        let mut path = plan.prefix.clone().into_os_string();
        path.push("_run.json");
        PathBuf::from(path)
    });
    let html = outputs.html.as_ref().map(|name| {
        let load = spec.steered();
        let number = |number: Option<f64>| number.map_or_else(String::new, |one| one.to_string());
        let name = name.replace("{u}", &number(load.map(|load| f64::from(load.users))));
        let name = name.replace("{r}", &number(load.map(|load| load.spawn_rate)));
        let run_time_s = spec.run_time.map(|time| time.as_secs_f64());
        PathBuf::from(name.replace("{t}", &number(run_time_s)))
    });
    ReportPaths {
        run,
        html,
        junit: outputs.junit.clone(),
        ..ReportPaths::default()
    }
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}
