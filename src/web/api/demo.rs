//! The demo: `/api/v1/demo`.

use axum::extract::State;

use crate::session::Session;
use crate::web::api::run::Answer;
use crate::web::http::problem::Outcome;

/// `POST /api/v1/demo`: starts the demo, which then goes on by itself.
pub(crate) async fn play_demo(State(session): State<Session>) -> Answer {
    let takes = session.play().await?;
    Ok(Outcome::done(format!(
        "the demo is played; it takes {} s",
        takes.as_secs()
    )))
}

/// `DELETE /api/v1/demo`: leaves the demo; comes back when its target is sound.
pub(crate) async fn leave_demo(State(session): State<Session>) -> Answer {
    let said = if session.leave_demo().await {
        "the demo is left; its run goes on"
    } else {
        "no demo is being played"
    };
    Ok(Outcome::done(said))
}
