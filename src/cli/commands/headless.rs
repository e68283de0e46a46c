//! `swarmdeck --headless`: which scenario runs, against what.

use crate::cli::commands::dashboard::defaults;
use crate::cli::commands::demo::LabProcess;
use crate::cli::commands::discovery;
use crate::cli::config::criteria;
use crate::cli::config::options::Settings;
use crate::cli::exit::Exit;
use crate::cli::run::headless_run;
use crate::cli::runtime::block_on;
use crate::cli::terminal::console::refuse;
use crate::scenario::{Loaded, RunOptions};
use crate::session::Catalog;

/// Runs the one scenario that was named.
pub(crate) fn run(settings: &Settings) -> Result<Exit, Exit> {
    block_on(go(settings)).flatten()
}

async fn go(settings: &Settings) -> Result<Exit, Exit> {
    let is_demo = settings.common.demo;
    let (catalog, _) = discovery::open(settings)?;
    let loaded = only(&catalog, is_demo)?;
    let lab = if is_demo {
        Some(LabProcess::start().await.map_err(refuse)?)
    } else {
        None
    };
    let criteria = criteria::read(&settings.verdict.criteria).map_err(refuse)?;
    let defaults = defaults(settings, &catalog, lab.as_ref(), criteria);
    let options = RunOptions {
        find_limit: settings.find_limit(),
        ..defaults.options()
    };
    headless_run::run(&loaded, &options, settings).await
}

/// The only available scenario, or the demo's own in a demo.
fn only(catalog: &Catalog, demo: bool) -> Result<Loaded, Exit> {
    let ids: Vec<_> = catalog.iter().map(|entry| entry.id.as_str()).collect();
    if ids.len() > 1 && !demo {
        return Err(refuse(format!(
            "--headless runs one scenario; choose one with -f FILE or by its user classes (available: {})",
            ids.join(", ")
        )));
    }
    // Errors have been reported.
    let entry = discovery::first_offered(catalog, demo);
    entry
        .and_then(|entry| entry.loaded().ok())
        .cloned()
        .ok_or(Exit::Usage)
}
