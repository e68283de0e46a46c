//! Locust's routes that change something. `/swarm` answers 200 also when nothing was done; `success` tells.

use axum::Form;
use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::header;
use serde::Serialize;

use crate::run::Edit;
use crate::scenario::{RunTime, Wish, parse_duration};
use crate::web::problem::Problem;
use crate::web::state::App;

/// What Locust's changes answer.
#[derive(Debug, Serialize)]
pub(in crate::web) struct SwarmAnswer {
    success: bool,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_time: Option<f64>,
}

/// `POST /swarm`: starts a run, or changes the load of a running one. Form
/// fields: `user_count`, `spawn_rate`, `host`, `run_time`, and our `scenario`.
/// Fields that Locust knows and this does not are ignored, as Locust does.
pub(in crate::web) async fn swarm(State(app): State<App>, request: Request) -> Json<SwarmAnswer> {
    let outcome = match fields(request).await {
        Ok(fields) => start_or_edit(&app, &fields).await,
        Err(problem) => Err(problem),
    };
    Json(outcome.unwrap_or_else(|problem| SwarmAnswer {
        success: false,
        message: problem.message,
        host: None,
        run_time: None,
    }))
}

/// `GET|POST /stop`: comes back when every user has stopped.
pub(in crate::web) async fn stop_swarm(
    State(app): State<App>,
) -> Result<Json<SwarmAnswer>, Problem> {
    app.stop("by the operator").await?;
    Ok(Json(SwarmAnswer {
        success: true,
        message: "Test stopped".to_owned(),
        host: None,
        run_time: None,
    }))
}

/// `GET|POST /stats/reset`.
pub(in crate::web) async fn reset_stats(State(app): State<App>) -> Result<&'static str, Problem> {
    app.runs.reset().await?;
    Ok("ok")
}

/// The fields of a form, in either of the two ways that forms are sent.
async fn fields(request: Request) -> Result<Vec<(String, String)>, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let in_parts = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let bad = |text: String| Problem::bad_request(text, None);
    if !in_parts {
        let form = Form::from_request(request, &()).await;
        return form
            .map(|Form(fields)| fields)
            .map_err(|rejection: FormRejection| bad(rejection.body_text()));
    }
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|rejection| bad(rejection.body_text()))?;
    let mut fields = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|e| bad(e.body_text()))? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.text().await.map_err(|e| bad(e.body_text()))?;
        fields.push((name, value));
    }
    Ok(fields)
}

async fn start_or_edit(app: &App, fields: &[(String, String)]) -> Result<SwarmAnswer, Problem> {
    let field = |name: &str| {
        let value = fields
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    };
    let number = |name: &'static str, kind: &str| {
        let value = field(name).ok_or_else(|| {
            Problem::bad_request(
                "Missing or invalid user_count or spawn_rate from /swarm request",
                None,
            )
        })?;
        let number = value
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite());
        number.ok_or_else(|| {
            Problem::bad_request(
                format!("Invalid {name} value: '{value}' (must be {kind})"),
                None,
            )
        })
    };
    let users = Some(number("user_count", "an integer")?);
    let spawn_rate = Some(number("spawn_rate", "a number")?);
    // What is meant as a start must not change the load of another's run.
    if app.suites.is_active() {
        return Err(Problem::suite_active());
    }
    let state = app.runs.snapshot().state;
    if state.is_active() {
        app.runs.edit(Edit { users, spawn_rate }).await?;
        let host = app.runs.snapshot().run.as_ref().map(|run| run.host.clone());
        return Ok(SwarmAnswer {
            success: true,
            message: "Swarming started".to_owned(),
            host,
            run_time: None,
        });
    }
    let run_time = field("run_time").map(|text| {
        let message = "Valid run_time formats are : 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.";
        parse_duration(text).map_err(|_| Problem::bad_request(message, None))
    });
    let run_time = run_time.transpose()?;
    let wish = Wish {
        users,
        spawn_rate,
        host: field("host").map(|host| host.replace(['<', '>'], "")),
        run_time: run_time.map_or(RunTime::Preset, RunTime::Limited),
        stop_timeout: None,
    };
    let spec = app.start(field("scenario"), wish).await?;
    Ok(SwarmAnswer {
        success: true,
        message: "Swarming started".to_owned(),
        host: Some(spec.host),
        run_time: run_time.map(|time| time.as_secs_f64()),
    })
}
