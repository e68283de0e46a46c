//! The demo: `/api/v1/demo`.

use axum::extract::State;

use crate::web::api::run::Answer;
use crate::web::http::problem::Outcome;
use crate::web::state::App;

/// `POST /api/v1/demo`: starts the demo, which then goes on by itself.
pub(crate) async fn play_demo(State(app): State<App>) -> Answer {
    let takes = app.play().await?;
    Ok(Outcome::done(format!(
        "the demo is played; it takes {} s",
        takes.as_secs()
    )))
}

/// `DELETE /api/v1/demo`: leaves the demo; comes back when its target is sound.
pub(crate) async fn leave_demo(State(app): State<App>) -> Answer {
    let said = if app.leave_demo().await {
        "the demo is left; its run goes on"
    } else {
        "no demo is being played"
    };
    Ok(Outcome::done(said))
}
