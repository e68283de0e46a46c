//! Stopping, pausing, resetting and clearing the run.

use axum::extract::State;

use crate::model::Change;
use crate::run::Why;
use crate::session::Session;
use crate::web::api::author::By;
use crate::web::http::problem::{ChangeResult, Outcome};

/// `POST /api/v1/run/stop`: returns when the final results are ready.
pub(crate) async fn stop_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.stop(Why::operator(author)).await?;
    Ok(Outcome::done("stopped"))
}

/// `POST /api/v1/run/drain`: lets tasks finish; returns when the final
/// results are ready.
pub(crate) async fn drain_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.drain(Why::operator(author)).await?;
    Ok(Outcome::done("drained"))
}

/// `POST /api/v1/run/halt`: aborts all requests; returns when the final
/// results are ready.
pub(crate) async fn halt_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.halt(Why::operator(author)).await?;
    Ok(Outcome::done("halted"))
}

/// `POST /api/v1/run/pause`: users start nothing until the run is resumed.
pub(crate) async fn pause_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.runs().change(Change::Pause, author).await?;
    Ok(Outcome::done("paused"))
}

/// `POST /api/v1/run/resume`: continues a paused run.
pub(crate) async fn resume_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.runs().change(Change::Resume, author).await?;
    Ok(Outcome::done("resumed"))
}

/// `POST /api/v1/run/reset`: zeroes the statistics.
pub(crate) async fn reset_run(State(session): State<Session>, By(author): By) -> ChangeResult {
    session.runs().reset(author).await?;
    Ok(Outcome::done("statistics reset"))
}

/// `DELETE /api/v1/run`: clears a stopped run.
pub(crate) async fn clear_run(State(session): State<Session>) -> ChangeResult {
    let _permit = session.permit()?;
    session.runs().clear().await?;
    Ok(Outcome::done("ready"))
}
