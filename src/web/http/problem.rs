//! The error of all handlers: message, field of the form, status.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection, StringRejection};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::RailError;
use crate::run::{Blame, RunError};
use crate::session::{EntryError, RunOptionsError, SessionError};
use crate::web::live::messages::{RailBody, RailCode, TargetBody};
use crate::web::pages::ErrorPage;

/// Why a request was refused.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) field: Option<&'static str>,
    /// The guard rail that refused it, if one did.
    pub(crate) rail: Option<RailBody>,
}

/// The response to every change: whether it was made, and a message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcome {
    pub(crate) success: bool,
    /// For people.
    pub(crate) message: String,
    /// The field of the request that the error is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) field: Option<&'static str>,
    /// The guard rail that refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) code: Option<RailCode>,
    /// The targets that were refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) targets: Vec<TargetBody>,
}

/// The result of every handler of a change.
pub(crate) type ChangeResult = Result<Json<Outcome>, Problem>;

impl Outcome {
    /// A change that was made.
    pub(crate) fn done(message: impl Into<String>) -> Json<Self> {
        Json(Self {
            success: true,
            message: message.into(),
            field: None,
            code: None,
            targets: Vec::new(),
        })
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text(), None)
    }
}

impl From<StringRejection> for Problem {
    fn from(rejection: StringRejection) -> Self {
        Self::bad_request(rejection.body_text(), None)
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::bad_request(rejection.body_text(), None)
    }
}

impl Problem {
    /// The request itself is wrong.
    pub(crate) fn bad_request(message: impl Into<String>, field: Option<&'static str>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
            field,
            rail: None,
        }
    }

    /// There is no run.
    pub(crate) fn no_run() -> Self {
        SessionError::NoRun.into()
    }

    /// The maximum of live sockets is open.
    pub(crate) fn too_many_pages() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            message: "too many open dashboards; close one".to_owned(),
            field: None,
            rail: None,
        }
    }

    /// A report cannot be rendered.
    pub(crate) fn unrendered(error: &dyn std::fmt::Display) -> Self {
        Self::fault("cannot render the report", error)
    }

    /// An internal error.
    pub(crate) fn fault(what: &str, error: &dyn std::fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: format!("{what}: {error}; please report this"),
            field: None,
            rail: None,
        }
    }
}

/// An error as a page for browsers and as JSON for other clients.
pub(crate) fn in_two_renderings(path: &str, headers: &HeaderMap, page: ErrorPage) -> Response {
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let browser = accepts.is_some_and(|accept| accept.contains("text/html"));
    if browser && !path.starts_with("/api/") {
        return page.into_response();
    }
    Problem {
        status: page.status(),
        message: page.message().to_owned(),
        field: None,
        rail: None,
    }
    .into_response()
}

impl From<RunOptionsError> for Problem {
    fn from(error: RunOptionsError) -> Self {
        match error {
            RunOptionsError::Load(error) => RunError::from(error).into(),
            RunOptionsError::FindLimit(_) => {
                Self::bad_request(error.to_string(), Some("find_limit"))
            }
            RunOptionsError::RunTime | RunOptionsError::WarmUp { .. } => {
                Self::bad_request(error.to_string(), Some("run_time"))
            }
            RunOptionsError::Profile => Self::bad_request(error.to_string(), Some("profile")),
            RunOptionsError::Host(_) => Self::bad_request(error.to_string(), Some("host")),
            RunOptionsError::Criterion { .. } => Self::bad_request(error.to_string(), None),
        }
    }
}

/// The status that tells whose fault an error is.
fn status_of(blame: Blame) -> StatusCode {
    match blame {
        Blame::Asker => StatusCode::BAD_REQUEST,
        Blame::Target => StatusCode::BAD_GATEWAY,
        Blame::Program => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let message = error.to_string();
        let (status, field) = match error {
            SessionError::Run(error) => return error.into(),
            SessionError::Options(error)
            | SessionError::SuiteEntry {
                error: EntryError::Options(error),
                ..
            } => {
                return Self {
                    message,
                    ..error.into()
                };
            }
            SessionError::UnknownScenario { .. } | SessionError::BrokenScenario { .. } => {
                (StatusCode::BAD_REQUEST, Some("scenario"))
            }
            SessionError::SuiteEntry { .. }
            | SessionError::SuiteEmpty
            | SessionError::SuiteTooLong(_) => (StatusCode::BAD_REQUEST, Some("scenarios")),
            SessionError::Classes(_) => (StatusCode::BAD_REQUEST, Some("classes")),
            SessionError::NoRun | SessionError::NoLab => (StatusCode::NOT_FOUND, None),
            SessionError::DemoActive | SessionError::SuiteActive => (StatusCode::CONFLICT, None),
            SessionError::Wait(_) | SessionError::Unreadable(_) | SessionError::NotInLines(_) => {
                (status_of(error.blame()), None)
            }
        };
        Self {
            status,
            message,
            field,
            rail: None,
        }
    }
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        let status = match &error {
            RunError::Rail(RailError::Unconfirmed(_))
            | RunError::NotSteered
            | RunError::Active
            | RunError::NotActive
            | RunError::NotBegun
            | RunError::NothingToUndo
            | RunError::Searching
            | RunError::Stopping => StatusCode::CONFLICT,
            other => status_of(other.blame()),
        };
        Self {
            status,
            message: error.to_string(),
            field: error.field(),
            rail: match &error {
                RunError::Rail(rail) => Some(RailBody::new(rail)),
                _ => None,
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, targets) = self.rail.map(|rail| (rail.code, rail.targets)).unzip();
        let outcome = Outcome {
            success: false,
            message: self.message,
            field: self.field,
            code,
            targets: targets.unwrap_or_default(),
        };
        (self.status, Json(outcome)).into_response()
    }
}
