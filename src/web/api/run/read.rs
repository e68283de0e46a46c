//! The run and its tables as they are now.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::session::Session;
use crate::web::live::messages::{FrameBody, RunBody, TablesBody};
use crate::web::openapi::references;

/// The response of [`show_run`].
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunAndFrame {
    /// The displayed run, if there is one.
    run: Option<RunBody>,
    /// Its latest frame.
    #[schema(value_type = references::Frame)]
    frame: FrameBody,
}

/// Returns the displayed run and its latest frame.
#[utoipa::path(
    get, path = "/api/v1/run",
    responses((status = 200, body = RunAndFrame, description = "The run.")),
)]
pub(crate) async fn show_run(State(session): State<Session>) -> Json<RunAndFrame> {
    let snapshot = session.runs().snapshot();
    Json(RunAndFrame {
        run: snapshot.run.as_deref().map(RunBody::new),
        frame: FrameBody::new(&snapshot, &[]),
    })
}

/// Returns the latest tables.
#[utoipa::path(
    get, path = "/api/v1/stats",
    responses((status = 200, body = references::Tables, description = "The tables.")),
)]
pub(crate) async fn show_tables(State(session): State<Session>) -> Json<TablesBody> {
    let snapshot = session.runs().snapshot();
    Json(TablesBody::new(&snapshot.tables, &snapshot.deliveries))
}
