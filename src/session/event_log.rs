//! Writes the events of runs into the program's log.

use std::sync::Arc;

use crate::format::event_lines;
use crate::output::{LogSource, Logbook};
use crate::run::{EventKind, Runs};

/// Starts writing on the current runtime; ends with the controller.
pub(super) fn follow_events(runs: &Runs, book: Arc<Logbook>) {
    let log = runs.log();
    let mut snapshots = runs.snapshots();
    tokio::spawn(async move {
        let mut seen = 0;
        while snapshots.changed().await.is_ok() {
            let run = snapshots.borrow_and_update().run.clone();
            let started_ms = run.map_or(0, |run| run.started_unix_ms);
            let (events, appended) = event_lines(&log, seen);
            seen = appended;
            for event in events {
                let source = match event.kind {
                    EventKind::Log => LogSource::Scenario,
                    _ => LogSource::Run,
                };
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "milliseconds of a run; saturates"
                )]
                let after_ms = (event.t_s * 1e3) as u64;
                let at_ms = started_ms.saturating_add(after_ms);
                book.write_at(at_ms, event.level, source, event.text);
            }
        }
    });
}
