//! `swarmdeck report FILE... --out X.html`

use std::path::Path;

use crate::cli::config::args::ReportArgs;
use crate::cli::exit::Exit;
use crate::cli::terminal::console::{print, refuse, say};
use crate::output::{ReadError, StoredRun, find_runs, read_run, write_report};
use crate::report::{RunFile, aggregate, summary};

/// Reports on runs that lie on disk. The verdicts are the report's matter: the
/// exit code says whether it was made.
pub(crate) fn run(args: &ReportArgs) -> Result<Exit, Exit> {
    if let Some(folder) = &args.summary {
        print(aggregated(folder).map_err(refuse)?);
    }
    if args.files.is_empty() {
        return Ok(Exit::Success);
    }
    let found = find_runs(&args.files).map_err(refuse)?;
    let runs = read(&found).map_err(refuse)?;
    if args.github {
        print(summary(&runs));
    }
    for out in &args.out {
        write_report(&runs, out.format, &out.path).map_err(refuse)?;
        // Only the summary may go to standard output when it is piped.
        if !args.github && args.summary.is_none() {
            say(format!("Report     {}", out.path.display()));
        }
    }
    Ok(Exit::Success)
}

fn aggregated(folder: &Path) -> Result<String, ReadError> {
    let found = find_runs(&[folder.to_owned()])?;
    let runs = read(&found)?;
    let prefixes = found.iter().map(|run| &*run.prefix);
    Ok(aggregate(prefixes.zip(&runs)))
}

fn read(found: &[StoredRun]) -> Result<Vec<RunFile>, ReadError> {
    found.iter().map(read_run).collect()
}
