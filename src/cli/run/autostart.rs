//! `--autostart` and `--autoquit`.

use std::time::Duration;

use tokio::time::sleep;

use crate::cli::config::{options::Settings, settings::Mode};
use crate::cli::exit::Exit;
use crate::cli::run::reporter_task::report_problem;
use crate::cli::terminal::summary;
use crate::run::Runs;
use crate::session::Session;

/// Starts the run if that is requested. Returns when the program should exit,
/// which may be never.
pub(crate) async fn autostart(session: &Session, settings: &Settings) -> Exit {
    let Mode::Autostart { quit_after } = settings.mode() else {
        return std::future::pending().await;
    };
    if let Err(error) = session.autostart(settings.find_limit()).await {
        report_problem(session, &format!("cannot start the run: {error}"));
        return match quit_after {
            Some(_) => Exit::from(error.blame()),
            // It can still be fixed in the dashboard.
            None => std::future::pending().await,
        };
    }
    match quit_after {
        Some(time) => ended(session.runs(), time, settings.verdict.exit_code_on_error).await,
        None => std::future::pending().await,
    }
}

/// The exit code is that of the verdict.
async fn ended(runs: &Runs, quit_after: Duration, on_error: u8) -> Exit {
    let mut snapshots = runs.snapshots();
    let ended = snapshots.wait_for(|snapshot| !snapshot.state.is_active());
    let Ok(verdict) = ended
        .await
        .map(|snapshot| snapshot.judgement.as_ref().map(|said| said.verdict))
    else {
        // The publisher is gone; the dashboard reports that.
        return Exit::Fault;
    };
    sleep(quit_after).await;
    verdict.map_or(Exit::Fault, |verdict| summary::exit(verdict, on_error))
}
