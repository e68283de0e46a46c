//! The run and its tables as they are now.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::session::Session;
use crate::web::live::messages::{FrameBody, RunBody, TablesBody};

/// The response of [`show_run`].
#[derive(Debug, Serialize)]
pub(crate) struct RunAndFrame {
    /// The displayed run, if there is one.
    run: Option<RunBody>,
    /// Its latest frame.
    frame: FrameBody,
}

/// `GET /api/v1/run`: the run and its latest frame.
pub(crate) async fn show_run(State(session): State<Session>) -> Json<RunAndFrame> {
    let snapshot = session.runs().snapshot();
    Json(RunAndFrame {
        run: snapshot.run.as_deref().map(RunBody::new),
        frame: FrameBody::new(&snapshot, &[]),
    })
}

/// `GET /api/v1/stats`: the latest tables.
pub(crate) async fn show_tables(State(session): State<Session>) -> Json<TablesBody> {
    let snapshot = session.runs().snapshot();
    Json(TablesBody::new(&snapshot.tables, &snapshot.deliveries))
}
