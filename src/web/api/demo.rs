//! The demo: `/api/v1/demo`.

use axum::extract::State;

use crate::session::Session;
use crate::web::http::problem::{ChangeResult, Outcome};

/// Starts the demo: a run on the lab of `swarmdeck --demo`, with a burst and a fault.
#[utoipa::path(
    post, path = "/api/v1/demo",
    responses(
        (status = 200, body = Outcome, description = "The demo has started and runs by itself."),
        (status = 400, body = Outcome, description = "The preset scenario cannot be run."),
        (status = 404, body = Outcome, description = "The program has no lab of its own."),
        (status = 409, body = Outcome, description = "The demo, a run or a suite is active."),
        (status = 502, body = Outcome, description = "The lab does not respond."),
    ),
)]
pub(crate) async fn play_demo(State(session): State<Session>) -> ChangeResult {
    let length = session.play().await?;
    Ok(Outcome::done(format!(
        "demo started; it takes {} s",
        length.as_secs()
    )))
}

/// Ends the demo: its fault is removed, its run continues.
#[utoipa::path(
    delete, path = "/api/v1/demo",
    responses((status = 200, body = Outcome, description = "The demo has ended, or none was running.")),
)]
pub(crate) async fn leave_demo(State(session): State<Session>) -> ChangeResult {
    let message = if session.leave_demo().await {
        "Demo ended. The run continues."
    } else {
        "no demo is running"
    };
    Ok(Outcome::done(message))
}
