//! Locust's routes that change something. `/swarm` returns 200 even when it did nothing; see `success`.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::header;
use axum::{Form, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Change, Edit, Load};
use crate::run::{Author, Consent, RunError, Snapshot, Why};
use crate::session::{
    Initiator, RunOptions, RunTime, Session, SessionError, Start, parse_duration,
};
use crate::web::http::problem::Problem;
use crate::web::openapi::references;
use crate::web::state::{App, ClassPicker};

/// The response of Locust's changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SwarmResponse {
    success: bool,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    host: Option<String>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    run_time: Option<f64>,
    /// The names of the running classes, where they can be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user_classes: Option<Vec<String>>,
}

impl SwarmResponse {
    fn done(message: impl Into<String>) -> Self {
        Self {
            success: true,
            ..Self::refused(message)
        }
    }

    fn refused(message: impl Into<String>) -> Self {
        Self {
            success: false,
            message: message.into(),
            host: None,
            run_time: None,
            user_classes: None,
        }
    }
}

/// Locust's route: starts a run, or changes the load of an active one.
///
/// The status is always 200, even without a body. Unknown fields are ignored.
#[utoipa::path(
    post, path = "/swarm",
    request_body(content(
        (references::SwarmForm = "application/x-www-form-urlencoded"),
        (references::SwarmForm = "multipart/form-data"),
    )),
    responses((status = 200, body = SwarmResponse, description = "Done, or not; see `success`.")),
)]
pub(crate) async fn swarm(
    State(app): State<App>,
    initiator: Initiator,
    request: Request,
) -> Json<SwarmResponse> {
    let outcome = match Fields::of(request).await {
        Ok(fields) => start_or_edit(&app, initiator, &fields).await,
        Err(problem) => Err(problem),
    };
    Json(outcome.unwrap_or_else(|problem| SwarmResponse::refused(problem.message)))
}

/// Locust's route: stops the run; returns when all users have stopped.
#[utoipa::path(
    method(get, post), path = "/stop",
    responses((status = 200, body = SwarmResponse, description = "All users have stopped.")),
)]
pub(crate) async fn stop_swarm(
    State(session): State<Session>,
) -> Result<Json<SwarmResponse>, Problem> {
    session.stop(Why::operator(author())).await?;
    Ok(Json(SwarmResponse::done("Test stopped")))
}

/// Locust's route: resets the statistics.
#[utoipa::path(
    method(get, post), path = "/stats/reset",
    responses((status = 200, body = String, content_type = "text/plain", description = "The word `ok`.")),
)]
pub(crate) async fn reset_stats(State(session): State<Session>) -> Result<&'static str, Problem> {
    session.runs().reset(author()).await?;
    Ok("ok")
}

/// The fields of a form. Of a repeated field the last one counts, except in
/// lists; empty fields are ignored.
#[derive(Debug)]
struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form that is URL-encoded or multipart.
    async fn of(request: Request) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let in_parts = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let bad = |text: String| Problem::bad_request(text, None);
        if !in_parts {
            let form = Form::from_request(request, &()).await;
            return form
                .map(|Form(fields)| Self(fields))
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
        Ok(Self(fields))
    }

    fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let given = self.0.iter().filter(move |(key, _)| key == name);
        given.map(|(_, value)| value.trim())
    }

    fn last(&self, name: &str) -> Option<&str> {
        let last = self.all(name).next_back();
        last.filter(|value| !value.is_empty())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.last(name).map(str::to_owned)
    }

    fn number(&self, name: &str, kind: &str) -> Result<f64, Problem> {
        let missing = "Missing or invalid user_count or spawn_rate from /swarm request";
        let value = self.last(name);
        let value = value.ok_or_else(|| Problem::bad_request(missing, None))?;
        let number = value.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| {
            let why = format!("Invalid {name} value: '{value}' (must be {kind})");
            Problem::bad_request(why, None)
        })
    }

    fn run_time(&self) -> Result<Option<Duration>, Problem> {
        let message = "Valid run_time formats are : 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.";
        let time = self.last("run_time").map(parse_duration);
        let time = time.transpose();
        time.map_err(|_| Problem::bad_request(message, None))
    }

    /// The chosen user classes; `None` where the form has none.
    fn classes(&self) -> Option<Vec<String>> {
        let classes = self.all("user_classes").filter(|name| !name.is_empty());
        let classes: Vec<_> = classes.map(str::to_owned).collect();
        (!classes.is_empty()).then_some(classes)
    }
}

/// Locust's routes carry no name.
fn author() -> Author {
    Author::new("Locust's routes")
}

async fn start_or_edit(
    app: &App,
    initiator: Initiator,
    fields: &Fields,
) -> Result<SwarmResponse, Problem> {
    let session = &app.session;
    let users = Some(fields.number("user_count", "an integer")?);
    let spawn_rate = Some(fields.number("spawn_rate", "a number")?);
    let classes = fields.classes();
    // A start must not change the load of a suite's run.
    if session.suites().is_active() {
        return Err(SessionError::SuiteActive.into());
    }
    if session.runs().snapshot().state.is_active() {
        if let Some(classes) = &classes {
            require_running(&session.runs().snapshot(), classes)?;
        }
        // The form always has users: it must not suspend the load of the scenario.
        if session.runs().snapshot().load == Load::NOBODY {
            return Err(RunError::NotSteered.into());
        }
        let edit = Edit {
            users,
            spawn_rate,
            rate: None,
        };
        session.runs().change(Change::Load(edit), author()).await?;
        let host = session
            .runs()
            .snapshot()
            .run
            .as_ref()
            .map(|run| run.host.clone());
        return Ok(SwarmResponse {
            host,
            ..SwarmResponse::done("Swarming started")
        });
    }
    let run_time = fields.run_time()?;
    let lists_classes = classes.is_some() || app.class_picker == ClassPicker::Open;
    let start = Start {
        scenario: fields.text("scenario"),
        classes,
        options: RunOptions {
            users,
            spawn_rate,
            host: fields.last("host").map(|host| host.replace(['<', '>'], "")),
            run_time: run_time.map_or(RunTime::Preset, RunTime::Limited),
            profile: fields.text("profile"),
            ..RunOptions::default()
        },
        by: Some(author()),
        consent: Consent::Hosts(fields.all("confirm").map(str::to_owned).collect()),
        initiator,
    };
    let started = session.start(start).await?;
    let mut classes = started.class_names();
    classes.sort_unstable();
    Ok(SwarmResponse {
        host: Some(started.spec.host.clone()),
        run_time: run_time.map(|time| time.as_secs_f64()),
        user_classes: lists_classes.then_some(classes),
        ..SwarmResponse::done("Swarming started")
    })
}

/// Refuses other classes than those of the active run.
fn require_running(snapshot: &Snapshot, wanted: &[String]) -> Result<(), Problem> {
    let running = &snapshot.tables.classes;
    let is_same = running.len() == wanted.iter().collect::<BTreeSet<_>>().len()
        && running
            .iter()
            .all(|class| wanted.iter().any(|name| **name == *class.name));
    if is_same {
        return Ok(());
    }
    let running: Vec<_> = running.iter().map(|class| &*class.name).collect();
    let message = format!(
        "user classes can only be chosen at the start; stop this run first (running: {})",
        running.join(", ")
    );
    Err(Problem::bad_request(message, Some("classes")))
}
