//! Changes of the load and of users' behaviour: `PATCH /api/v1/run`, burst, change, undo.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::StringRejection;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::model::{BURST_FACTOR_MAX, BURST_HOLD, BURST_TIME_MAX, Burst, Change, Edit, Load};
use crate::session::{Session, parse_change};
use crate::web::api::author::By;
use crate::web::api::body::{Body, read, time};
use crate::web::http::problem::{ChangeResult, Outcome, Problem};
use crate::web::openapi::formats;
use crate::web::openapi::references;

/// The body of `PATCH /api/v1/run`; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditBody {
    /// Users to reach.
    #[schema(value_type = Option<u32>, maximum = 1_000_000)]
    users: Option<f64>,
    /// Users started, and stopped, per second.
    #[schema(exclusive_minimum = 0, maximum = 1_000_000)]
    spawn_rate: Option<f64>,
    /// Task starts per second of open loads.
    #[schema(minimum = 0, maximum = 1_000_000)]
    rate: Option<f64>,
}

/// The body of `POST /api/v1/run/burst`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BurstBody {
    /// How many times the target users.
    #[schema(exclusive_minimum = 1, maximum = 100)]
    factor: f64,
    /// How long the extra users take to start, and to stop: `2s`; at once by default.
    #[schema(value_type = Option<formats::Duration>)]
    rise: Option<String>,
    /// How long they stay; 10s by default.
    #[schema(value_type = Option<formats::Duration>)]
    hold: Option<String>,
}

/// Changes the load of the active run.
#[utoipa::path(
    patch, path = "/api/v1/run", params(By), request_body = EditBody,
    responses(
        (status = 200, body = Outcome, description = "The load has changed."),
        (status = 400, body = Outcome, description = "A value is not allowed."),
        (status = 409, body = Outcome, description = "No run is active, or its load cannot be changed."),
    ),
)]
pub(crate) async fn edit_run(
    State(session): State<Session>,
    By(author): By,
    body: Body<EditBody>,
) -> ChangeResult {
    let body = read(body)?;
    let edit = Edit {
        users: body.users,
        spawn_rate: body.spawn_rate,
        rate: body.rate,
    };
    Ok(new_load(
        session.runs().change(Change::Load(edit), author).await?,
    ))
}

/// Undoes the author's last change of the load.
#[utoipa::path(
    post, path = "/api/v1/run/undo", params(By),
    responses(
        (status = 200, body = Outcome, description = "The change is undone."),
        (status = 409, body = Outcome, description = "No run is active, it is stopping, or there is nothing to undo."),
    ),
)]
pub(crate) async fn undo_edit(State(session): State<Session>, By(author): By) -> ChangeResult {
    Ok(new_load(session.runs().change(Change::Undo, author).await?))
}

/// Makes one change to the active run, written as an entry of a timeline without `at`.
#[utoipa::path(
    post, path = "/api/v1/run/change", params(By),
    request_body = references::Change,
    responses(
        (status = 200, body = Outcome, description = "The run has changed."),
        (status = 400, body = Outcome, description = "The change is malformed, or names something unknown."),
        (status = 409, body = Outcome, description = "No run is active, it is stopping, or the change is not possible now."),
    ),
)]
pub(crate) async fn change_run(
    State(session): State<Session>,
    By(author): By,
    body: Result<String, StringRejection>,
) -> ChangeResult {
    let change = parse_change(&body?).map_err(|mistakes| {
        let texts: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        Problem::bad_request(texts.join("; "), None)
    })?;
    session.runs().change(change, author).await?;
    Ok(Outcome::done("changed"))
}

/// Adds users for a while.
#[utoipa::path(
    post, path = "/api/v1/run/burst", params(By), request_body = BurstBody,
    responses(
        (status = 200, body = Outcome, description = "The burst has started, or is extended."),
        (status = 400, body = Outcome, description = "A value is not allowed, or there would be too many users."),
        (status = 409, body = Outcome, description = "No run is active, it is stopping, its load cannot be changed, or no user has started yet."),
    ),
)]
pub(crate) async fn burst_run(
    State(session): State<Session>,
    By(author): By,
    body: Body<BurstBody>,
) -> ChangeResult {
    let body = read(body)?;
    let factor = body.factor;
    if !(factor > 1.0 && factor <= BURST_FACTOR_MAX) {
        let message = format!(
            "the burst factor must be above 1 and at most {BURST_FACTOR_MAX}, not {factor}"
        );
        return Err(Problem::bad_request(message, Some("factor")));
    }
    let limited_time = |text: Option<&str>, field, preset| match text {
        None => Ok(preset),
        Some(text) => match time(text, field)? {
            long if long > BURST_TIME_MAX => {
                let message = format!("a burst can last at most 1h, not {text}");
                Err(Problem::bad_request(message, Some(field)))
            }
            time => Ok(time),
        },
    };
    let burst = Burst {
        factor,
        rise: limited_time(body.rise.as_deref(), "rise", Duration::ZERO)?,
        hold: limited_time(body.hold.as_deref(), "hold", BURST_HOLD)?,
    };
    Ok(new_load(
        session.runs().change(Change::Burst(burst), author).await?,
    ))
}

fn new_load(load: Load) -> Json<Outcome> {
    Outcome::done(format!(
        "{} users at {} users/s",
        load.users, load.spawn_rate
    ))
}
