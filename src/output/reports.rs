//! The reports of a run: which files, in which formats.

use std::path::{Path, PathBuf};

use crate::output::{WriteError, replace};
use crate::report::{HtmlReport, RunFile, html, json, junit, markdown, summary};

/// Where the reports of a run go; `None` where one is not wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportPaths {
    /// The run file: `PREFIX_run.json`.
    pub run: Option<PathBuf>,
    /// The page.
    pub html: Option<PathBuf>,
    /// The document.
    pub markdown: Option<PathBuf>,
    /// For programs.
    pub json: Option<PathBuf>,
    /// For build servers.
    pub junit: Option<PathBuf>,
    /// For the summary of a step on GitHub.
    pub summary: Option<PathBuf>,
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A page that opens offline.
    Html,
    Markdown,
    Json,
    /// JUnit's XML, for build servers.
    Junit,
    /// A short document, for the summary of a step on GitHub.
    Summary,
}

impl Format {
    /// The format that a file's name asks for; `None` for other names.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        match extension.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "md" | "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            "xml" => Some(Self::Junit),
            _ => None,
        }
    }

    /// The report on some runs.
    pub(crate) fn render(self, runs: &[RunFile]) -> Result<String, String> {
        match self {
            Self::Html => html(&HtmlReport::of(runs)).map_err(|error| error.to_string()),
            Self::Markdown => Ok(markdown(runs)),
            Self::Json => json(runs).map_err(|error| error.to_string()),
            Self::Junit => Ok(junit(runs)),
            Self::Summary => Ok(summary(runs)),
        }
    }
}

/// Writes a report on some runs. Blocks.
pub(crate) fn write_report(
    runs: &[RunFile],
    format: Format,
    path: &Path,
) -> Result<(), WriteError> {
    let text = format.render(runs).map_err(|reason| WriteError::Made {
        path: path.to_owned(),
        reason,
    })?;
    replace(path, text.as_bytes())
}

/// Writes everything that is wanted of a run, and gives the paths that were
/// written. Blocks. One file that cannot be written keeps no other from being
/// written.
///
/// # Errors
/// The first file that could not be written.
pub fn write_reports(run: &RunFile, paths: &ReportPaths) -> Result<Vec<PathBuf>, WriteError> {
    let runs = std::slice::from_ref(run);
    let own = paths
        .run
        .as_deref()
        .map(|path| (path, write_run(run, path)));
    let wanted = [
        (Format::Html, &paths.html),
        (Format::Markdown, &paths.markdown),
        (Format::Json, &paths.json),
        (Format::Junit, &paths.junit),
        (Format::Summary, &paths.summary),
    ];
    let others = wanted.into_iter().filter_map(|(format, path)| {
        let path = path.as_deref()?;
        Some((path, write_report(runs, format, path)))
    });
    // All are tried before the first error is returned.
    let tried: Vec<_> = own.into_iter().chain(others).collect();
    let written = tried.into_iter();
    written
        .map(|(path, written)| written.map(|()| path.to_owned()))
        .collect()
}

/// Writes a run file.
fn write_run(run: &RunFile, path: &Path) -> Result<(), WriteError> {
    let text = run.to_json().map_err(|error| WriteError::Made {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    replace(path, text.as_bytes())
}
