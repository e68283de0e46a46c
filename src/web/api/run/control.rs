//! Stopping, pausing, resetting and clearing the run.

use axum::extract::State;

use crate::model::Change;
use crate::run::Why;
use crate::session::Session;
use crate::web::api::author::By;
use crate::web::http::problem::{ChangeResult, Outcome};

/// Stops the run; returns when the final results are ready.
#[utoipa::path(
    post, path = "/api/v1/run/stop", params(By),
    responses((status = 200, body = Outcome, description = "The run has stopped.")),
)]
pub(crate) async fn stop_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.stop(Why::operator(author)).await?;
    Ok(Outcome::done("stopped"))
}

/// Starts no further tasks and lets those that run finish, then stops the run.
///
/// Returns when the final results are ready.
#[utoipa::path(
    post, path = "/api/v1/run/drain", params(By),
    responses((status = 200, body = Outcome, description = "All tasks have ended.")),
)]
pub(crate) async fn drain_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.drain(Why::operator(author)).await?;
    Ok(Outcome::done("drained"))
}

/// Ends the run at once: aborts all requests, closes all connections.
///
/// Returns when the final results are ready.
#[utoipa::path(
    post, path = "/api/v1/run/halt", params(By),
    responses((status = 200, body = Outcome, description = "The run has ended.")),
)]
pub(crate) async fn halt_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.halt(Why::operator(author)).await?;
    Ok(Outcome::done("halted"))
}

/// Lets users finish their tasks, and start nothing until the run is resumed.
#[utoipa::path(
    post, path = "/api/v1/run/pause", params(By),
    responses(
        (status = 200, body = Outcome, description = "The run is paused."),
        (status = 409, body = Outcome, description = "No run is active, it is stopping, or no user has started yet."),
    ),
)]
pub(crate) async fn pause_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.runs().change(Change::Pause, author).await?;
    Ok(Outcome::done("paused"))
}

/// Continues a paused run.
#[utoipa::path(
    post, path = "/api/v1/run/resume", params(By),
    responses(
        (status = 200, body = Outcome, description = "The run continues."),
        (status = 409, body = Outcome, description = "No run is active, or it is stopping."),
    ),
)]
pub(crate) async fn resume_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.runs().change(Change::Resume, author).await?;
    Ok(Outcome::done("resumed"))
}

/// Resets the statistics.
#[utoipa::path(
    post, path = "/api/v1/run/reset", params(By),
    responses((status = 200, body = Outcome, description = "All counts start again at 0.")),
)]
pub(crate) async fn reset_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.runs().reset(author).await?;
    Ok(Outcome::done("statistics reset"))
}

/// Clears a stopped run.
#[utoipa::path(
    delete, path = "/api/v1/run",
    responses(
        (status = 200, body = Outcome, description = "Ready for the next run."),
        (status = 409, body = Outcome, description = "A run is active."),
    ),
)]
pub(crate) async fn clear_run(State(session): State<Session>) -> ChangeResult {
    let _permit = session.permit()?;
    session.runs().clear().await?;
    Ok(Outcome::done("ready"))
}
