//! `swarmdeck --headless`: which scenario runs, against what.

use crate::cli::commands::demo::LabProcess;
use crate::cli::commands::discovery;
use crate::cli::config::criteria;
use crate::cli::config::options::Settings;
use crate::cli::exit::Exit;
use crate::cli::run::{headless_run, results};
use crate::cli::runtime::block_on;
use crate::cli::terminal::console::complain;
use crate::scenario::{Loaded, RunOptions, RunTime};
use crate::session::Catalog;

/// Runs the one scenario that was named.
pub(crate) fn run(settings: &Settings) -> Exit {
    block_on(go(settings)).unwrap_or_else(|exit| exit)
}

async fn go(settings: &Settings) -> Exit {
    let offered = discovery::open(settings);
    let loaded = match offered.and_then(|(catalog, _)| only(&catalog, settings.common.demo)) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let lab = if settings.common.demo {
        match LabProcess::start().await {
            Ok(lab) => Some(lab),
            Err(error) => {
                complain(error);
                return Exit::Usage;
            }
        }
    } else {
        None
    };
    let criteria = match criteria::read(&settings.verdict.criteria) {
        Ok(criteria) => criteria,
        Err(mistake) => {
            complain(mistake);
            return Exit::Usage;
        }
    };
    let load = &settings.common;
    let options = RunOptions {
        users: load.users.map(f64::from),
        spawn_rate: load.spawn_rate,
        host: load
            .host
            .clone()
            .or_else(|| lab.as_ref().map(|lab| lab.url.clone())),
        run_time: load.run_time.map_or(RunTime::Preset, RunTime::Limited),
        stop_timeout: load.stop_timeout,
        profile: load.profile.clone(),
        criteria,
        recent: results::recent(&settings.outputs),
        samples: load.samples.into(),
        find_limit: settings.find_limit(),
    };
    headless_run::run(&loaded, &options, settings).await
}

/// The only available scenario, or the demo's own in a demo.
fn only(catalog: &Catalog, demo: bool) -> Result<Loaded, Exit> {
    let ids: Vec<_> = catalog.iter().map(|entry| entry.id.as_str()).collect();
    if ids.len() > 1 && !demo {
        complain(format!(
            "--headless runs one scenario; choose one with -f FILE or by its user classes (available: {})",
            ids.join(", ")
        ));
        return Err(Exit::Usage);
    }
    // Errors have been reported.
    let entry = discovery::first_offered(catalog, demo);
    entry
        .and_then(|entry| entry.loaded().ok())
        .cloned()
        .ok_or(Exit::Usage)
}
