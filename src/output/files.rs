//! `--csv`: the files of a run.

use std::path::{Path, PathBuf};

use crate::locust::csv;
use crate::output::append_log::AppendLog;
use crate::output::{OutputError, WriteError, ensure_writable, replace};
use crate::run::{Snapshot, Tables};

/// Which files, and what stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CsvPlan {
    /// Prefix of all file names, folders included.
    pub(crate) prefix: PathBuf,
    pub(crate) style: CsvStyle,
    /// Whether the history has a line for each name (`--csv-full-history`), for
    /// which the run keeps its times by name. The guide's style always has.
    pub(crate) by_name: bool,
}

/// Whose columns CSV files have. Response times have a file of their own in
/// both styles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CsvStyle {
    #[default]
    Locust,
    /// The load testing guide's three files.
    Guide,
}

/// The CSV files, created before the first run. Writing blocks.
#[derive(Debug)]
pub(crate) struct CsvFiles {
    style: CsvStyle,
    by_name: bool,
    stats: PathBuf,
    response: PathBuf,
    failures: PathBuf,
    exceptions: PathBuf,
    history: AppendLog,
}

impl CsvFiles {
    /// Creates the folder and truncates all files.
    pub(crate) fn create(plan: &CsvPlan) -> Result<Self, WriteError> {
        let path = |rest: &str| {
            let mut path = plan.prefix.clone().into_os_string();
            path.push(rest);
            PathBuf::from(path)
        };
        let stats = path("_stats.csv");
        ensure_writable(&stats)?;
        let header = match plan.style {
            CsvStyle::Locust => csv::history_header(),
            CsvStyle::Guide => csv::guide_history_header(),
        };
        let files = Self {
            style: plan.style,
            by_name: plan.by_name,
            stats,
            response: path("_response.csv"),
            failures: path("_failures.csv"),
            exceptions: path("_exceptions.csv"),
            history: AppendLog::create(path("_stats_history.csv"), header)?,
        };
        files.write_tables(&Tables::default(), 0)?;
        Ok(files)
    }

    /// The history, where it has a line for each name.
    pub(crate) fn full_history(&self) -> Option<&Path> {
        self.by_name.then(|| self.history.path())
    }

    /// Writes the tables of a snapshot, and a line of history for each moment.
    pub(super) fn write(
        &mut self,
        snapshot: &Snapshot,
        moments: &[csv::Moment],
    ) -> Result<(), WriteError> {
        for moment in moments {
            let lines = match self.style {
                CsvStyle::Locust => csv::history(moment, &snapshot.tables, self.by_name),
                CsvStyle::Guide => csv::guide_history(moment.unix_s, &snapshot.tables),
            };
            self.history.push(&lines);
        }
        let appended = self.history.flush();
        let started_unix_ms = snapshot.run.as_ref().map_or(0, |run| run.started_unix_ms);
        let replaced = self.write_tables(&snapshot.tables, started_unix_ms);
        appended.and(replaced)
    }

    /// The lines that will never be in the files, if any.
    pub(super) fn lost(&self) -> Option<OutputError> {
        self.history.lost()
    }

    fn write_tables(&self, tables: &Tables, started_unix_ms: u64) -> Result<(), WriteError> {
        let stats = match self.style {
            CsvStyle::Locust => csv::stats(tables),
            CsvStyle::Guide => csv::guide_stats(tables),
        };
        let exceptions = match self.style {
            CsvStyle::Locust => Some(csv::exceptions(tables)),
            CsvStyle::Guide => None,
        };
        let failures = csv::failures(tables, started_unix_ms);
        // All are tried before the first error is returned.
        let written = [
            replace(&self.stats, &stats),
            replace(&self.response, &csv::response(tables)),
            replace(&self.failures, &failures),
            exceptions.map_or(Ok(()), |bytes| replace(&self.exceptions, &bytes)),
        ];
        written.into_iter().collect()
    }
}
