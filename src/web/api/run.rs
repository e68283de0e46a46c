//! Changes of the run: `/api/v1/run`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::StringRejection;
use serde::Deserialize;

use crate::model::{
    BURST_FACTOR_MAX, BURST_HOLD, BURST_TIME_MAX, Burst, Change, Edit, FindLimitWish, Load,
    LoadKind,
};
use crate::run::Why;
use crate::scenario::{DurationError, RunOptions, RunTime, parse_change, parse_duration};
use crate::session::{Initiator, Session, Start};
use crate::web::api::author::By;
use crate::web::api::confirm::Confirm;
use crate::web::api::object::{Body, Object};
use crate::web::http::problem::{Outcome, Problem};

/// What every change answers.
pub(super) type Answer = Result<Json<Outcome>, Problem>;

/// The body of `POST /api/v1/run`; every field may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartBody {
    /// The id or name of a scenario.
    scenario: Option<String>,
    /// The names of the user classes to run; all when it is left out.
    classes: Option<Vec<String>>,
    /// Users to reach.
    users: Option<f64>,
    /// Users per second.
    spawn_rate: Option<f64>,
    /// The target's base address.
    host: Option<String>,
    /// When to stop by itself: `90`, `90s`, `1m30s`; empty for never; the
    /// preset or the scenario's own when it is left out.
    run_time: Option<String>,
    /// A label that groups runs; empty for none; the preset one when it is left out.
    profile: Option<String>,
    /// The hosts of public targets that may have load.
    confirm: Option<Confirm>,
    /// That the highest load is to be found that keeps the criteria.
    find_limit: Option<Object<FindLimitBody>>,
}

/// How the limit is to be found; every field may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindLimitBody {
    /// What is raised.
    #[serde(default)]
    of: LoadKind,
    /// The first level; a tenth of the load when it is left out.
    start: Option<f64>,
    /// The highest level that may be tried.
    max: Option<f64>,
    /// How long each level is measured: `10s`.
    level_time: Option<String>,
}

/// The body of `PATCH /api/v1/run`; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditBody {
    /// Users to reach.
    users: Option<f64>,
    /// Users per second.
    spawn_rate: Option<f64>,
    /// Task starts per second of what is driven by arrivals.
    rate: Option<f64>,
}

/// The body of `POST /api/v1/run/burst`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BurstBody {
    /// How many times the users that were asked for.
    factor: f64,
    /// How long they take to come, and to go: `2s`; at once if it is left out.
    rise: Option<String>,
    /// How long they stay: `10s`.
    hold: Option<String>,
}

/// `POST /api/v1/run`: starts a run.
pub(crate) async fn start_run(
    State(session): State<Session>,
    By(author): By,
    asker: Initiator,
    body: Body<StartBody>,
) -> Answer {
    let body = read(body)?;
    let wish = RunOptions {
        users: body.users,
        spawn_rate: body.spawn_rate,
        host: body.host,
        run_time: run_time(body.run_time.as_deref())?,
        profile: body.profile,
        find_limit: body.find_limit.as_ref().map(find_limit).transpose()?,
        ..RunOptions::default()
    };
    let started = session.start(Start {
        scenario: body.scenario,
        classes: body.classes,
        wish,
        by: Some(author),
        consent: body.confirm.into(),
        asker,
    });
    Ok(Outcome::done(format!(
        "swarming {}",
        started.await?.spec.host
    )))
}

fn find_limit(Object(body): &Object<FindLimitBody>) -> Result<FindLimitWish, Problem> {
    let level = body.level_time.as_deref();
    Ok(FindLimitWish {
        of: body.of,
        start: body.start,
        max: body.max,
        level: level.map(|text| time(text, "find_limit")).transpose()?,
    })
}

/// `PATCH /api/v1/run`: changes the load while it runs.
pub(crate) async fn edit_run(
    State(session): State<Session>,
    By(author): By,
    body: Body<EditBody>,
) -> Answer {
    let body = read(body)?;
    let edit = Edit {
        users: body.users,
        spawn_rate: body.spawn_rate,
        rate: body.rate,
    };
    Ok(now_is(
        session.runs().change(Change::Load(edit), author).await?,
    ))
}

/// `POST /api/v1/run/undo`: takes the author's last change of the load back.
pub(crate) async fn undo_edit(State(session): State<Session>, By(author): By) -> Answer {
    Ok(now_is(session.runs().change(Change::Undo, author).await?))
}

/// `POST /api/v1/run/change`: any change that a timeline can plan, worded as an
/// entry of one.
pub(crate) async fn change_run(
    State(session): State<Session>,
    By(author): By,
    body: Result<String, StringRejection>,
) -> Answer {
    let change = parse_change(&body?).map_err(|mistakes| {
        let texts: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        Problem::bad_request(texts.join("; "), None)
    })?;
    session.runs().change(change, author).await?;
    Ok(Outcome::done("changed"))
}

/// `POST /api/v1/run/burst`: more users for a while.
pub(crate) async fn burst_run(
    State(session): State<Session>,
    By(author): By,
    body: Body<BurstBody>,
) -> Answer {
    let body = read(body)?;
    let factor = body.factor;
    if !(factor > 1.0 && factor <= BURST_FACTOR_MAX) {
        let message = format!(
            "a burst has more than once the users, {BURST_FACTOR_MAX} times at most, not {factor}"
        );
        return Err(Problem::bad_request(message, Some("factor")));
    }
    let within = |text: Option<&str>, field, preset| match text {
        None => Ok(preset),
        Some(text) => match time(text, field)? {
            long if long > BURST_TIME_MAX => {
                let message = format!("a burst lasts an hour at most, not {text}");
                Err(Problem::bad_request(message, Some(field)))
            }
            time => Ok(time),
        },
    };
    let burst = Burst {
        factor,
        rise: within(body.rise.as_deref(), "rise", Duration::ZERO)?,
        hold: within(body.hold.as_deref(), "hold", BURST_HOLD)?,
    };
    Ok(now_is(
        session.runs().change(Change::Burst(burst), author).await?,
    ))
}

fn now_is(load: Load) -> Json<Outcome> {
    Outcome::done(format!(
        "{} users at {} users/s",
        load.users, load.spawn_rate
    ))
}

/// `POST /api/v1/run/stop`: comes back when the final figures stand.
pub(crate) async fn stop_run(State(session): State<Session>, By(author): By) -> Answer {
    session.stop(Why::operator(author)).await?;
    Ok(Outcome::done("stopped"))
}

/// `POST /api/v1/run/drain`: lets tasks go on to their end; comes back when the
/// final figures stand.
pub(crate) async fn drain_run(State(session): State<Session>, By(author): By) -> Answer {
    session.drain(Why::operator(author)).await?;
    Ok(Outcome::done("drained"))
}

/// `POST /api/v1/run/halt`: cuts everything off; comes back when the final
/// figures stand.
pub(crate) async fn halt_run(State(session): State<Session>, By(author): By) -> Answer {
    session.halt(Why::operator(author)).await?;
    Ok(Outcome::done("halted"))
}

/// `POST /api/v1/run/pause`: users begin nothing until the run goes on.
pub(crate) async fn pause_run(State(session): State<Session>, By(author): By) -> Answer {
    session.runs().change(Change::Pause, author).await?;
    Ok(Outcome::done("paused"))
}

/// `POST /api/v1/run/resume`: a paused run goes on.
pub(crate) async fn resume_run(State(session): State<Session>, By(author): By) -> Answer {
    session.runs().change(Change::Resume, author).await?;
    Ok(Outcome::done("resumed"))
}

/// `POST /api/v1/run/reset`: zeroes the statistics.
pub(crate) async fn reset_run(State(session): State<Session>, By(author): By) -> Answer {
    session.runs().reset(author).await?;
    Ok(Outcome::done("statistics reset"))
}

/// `DELETE /api/v1/run`: puts a stopped run away.
pub(crate) async fn clear_run(State(session): State<Session>) -> Answer {
    let _permit = session.permit()?;
    session.runs().clear().await?;
    Ok(Outcome::done("ready"))
}

/// A run time as a body says it: left out, empty, or a time.
pub(super) fn run_time(text: Option<&str>) -> Result<RunTime, Problem> {
    match text.map(str::trim) {
        None => Ok(RunTime::Preset),
        Some("") => Ok(RunTime::UntilStopped),
        Some(text) => time(text, "run_time").map(RunTime::Limited),
    }
}

/// A time in the field of a body.
pub(super) fn time(text: &str, field: &'static str) -> Result<Duration, Problem> {
    let problem = |error: DurationError| Problem::bad_request(error.to_string(), Some(field));
    parse_duration(text).map_err(problem)
}

/// A body that is what it should be.
pub(super) fn read<T>(body: Body<T>) -> Result<T, Problem> {
    let Json(Object(body)) = body?;
    Ok(body)
}
