//! Changes of the load and of users' behaviour: `PATCH /api/v1/run`, burst, change, undo.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::StringRejection;
use serde::Deserialize;

use crate::model::{BURST_FACTOR_MAX, BURST_HOLD, BURST_TIME_MAX, Burst, Change, Edit, Load};
use crate::session::{Session, parse_change};
use crate::web::api::author::By;
use crate::web::api::body::{Body, read, time};
use crate::web::http::problem::{ChangeResult, Outcome, Problem};

/// The body of `PATCH /api/v1/run`; what is missing stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditBody {
    /// Users to reach.
    users: Option<f64>,
    /// Users per second.
    spawn_rate: Option<f64>,
    /// Task starts per second of open loads.
    rate: Option<f64>,
}

/// The body of `POST /api/v1/run/burst`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BurstBody {
    /// How many times the target users.
    factor: f64,
    /// How long the extra users take to start, and to stop: `2s`; at once by default.
    rise: Option<String>,
    /// How long they stay; 10s by default.
    hold: Option<String>,
}

/// `PATCH /api/v1/run`: changes the load while it runs.
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

/// `POST /api/v1/run/undo`: undoes the author's last change of the load.
pub(crate) async fn undo_edit(State(session): State<Session>, By(author): By) -> ChangeResult {
    Ok(new_load(session.runs().change(Change::Undo, author).await?))
}

/// `POST /api/v1/run/change`: any change that a timeline can make, written as
/// an entry of one.
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

/// `POST /api/v1/run/burst`: adds users for a while.
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
