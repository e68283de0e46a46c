//! The demo: `/api/v1/demo`.

use axum::extract::State;

use crate::session::Session;
use crate::web::http::problem::{ChangeResult, Outcome};

/// `POST /api/v1/demo`: starts the demo, which then runs by itself.
pub(crate) async fn play_demo(State(session): State<Session>) -> ChangeResult {
    let length = session.play().await?;
    Ok(Outcome::done(format!(
        "demo started; it takes {} s",
        length.as_secs()
    )))
}

/// `DELETE /api/v1/demo`: ends the demo; returns when its fault is removed.
pub(crate) async fn leave_demo(State(session): State<Session>) -> ChangeResult {
    let message = if session.leave_demo().await {
        "Demo ended. The run continues."
    } else {
        "no demo is running"
    };
    Ok(Outcome::done(message))
}
