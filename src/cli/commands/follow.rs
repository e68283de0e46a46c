//! The scenario files of a dashboard, followed as they change on disk.

use std::path::Path;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::cli::terminal::console::{Tell, show_mistake};
use crate::model::within_line;
use crate::run::Level;
use crate::scenario::Reading;
use crate::session::WatchedFiles;
use crate::web::App;

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// A file that has changed may still be written on for a moment.
const SETTLE: Duration = Duration::from_millis(50);

/// Offers the library's files as they are saved, for as long as it is polled.
/// What was read is told by `tell`.
pub(crate) async fn follow(mut library: WatchedFiles, app: App, tell: Tell) {
    // Disks may be slow; the control plane does not wait for them.
    while let Ok((stale, same)) = spawn_blocking(move || (library.is_stale(), library)).await {
        library = same;
        if stale {
            sleep(SETTLE).await;
            let refreshed = spawn_blocking(move || (library.refresh(), library)).await;
            let Ok((anew, same)) = refreshed else {
                return;
            };
            library = same;
            app.offer(library.catalog());
            for (path, reading) in anew {
                if library.offers(&reading) {
                    report(&app, (&path, &reading), tell);
                }
            }
        }
        sleep(LOOK).await;
    }
}

fn report(app: &App, (path, reading): (&Path, &Reading), tell: Tell) {
    match &reading.loaded {
        Ok(_) => {
            let path = path.display().to_string();
            let path = within_line(&path);
            tell(&format!("Read       {path}"));
            app.note(Level::Info, format!("read {path}"));
        }
        Err(mistakes) => {
            for mistake in mistakes {
                show_mistake(mistake);
                app.note(Level::Error, mistake.to_string());
            }
        }
    }
}
