//! One kind of error for all of the web: what to say, where it belongs in the
//! form, and with which status.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection, StringRejection};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::model::RailError;
use crate::run::{Blame, RunError};
use crate::scenario::RunOptionsError;
use crate::session::{EntryError, SessionError};
use crate::web::live::messages::HeldBody;
use crate::web::pages::ErrorPage;

/// Why a request was not carried out.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) field: Option<&'static str>,
    /// The guard rail that stands in the way, if one does.
    pub(crate) held: Option<HeldBody>,
}

/// The answer to every change: whether it was made, and what to say.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) success: bool,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<&'static str>,
    #[serde(flatten)]
    pub(crate) held: Option<HeldBody>,
}

impl Outcome {
    /// A change that was made.
    pub(crate) fn done(message: impl Into<String>) -> Json<Self> {
        Json(Self {
            success: true,
            message: message.into(),
            field: None,
            held: None,
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
    /// Something about the request itself.
    pub(crate) fn bad_request(message: impl Into<String>, field: Option<&'static str>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
            field,
            held: None,
        }
    }

    /// There is no run to say anything of.
    pub(crate) fn no_run() -> Self {
        SessionError::NoRun.into()
    }

    /// There are as many live sockets as the dashboard has places for.
    pub(crate) fn too_many_pages() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            message: "too many dashboards are open: close one first".to_owned(),
            field: None,
            held: None,
        }
    }

    /// Something of our own could not be made.
    pub(crate) fn unmade(error: &dyn std::fmt::Display) -> Self {
        Self::fault("the report could not be made", error)
    }

    /// A fault of our own: what came of it, and why.
    pub(crate) fn fault(what: &str, error: &dyn std::fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: format!("{what}: {error}; please report this"),
            field: None,
            held: None,
        }
    }
}

/// What stands in the way, as a page for a browser and as JSON for everybody else.
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
        held: None,
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

/// The status of an answer that blames somebody.
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
            held: None,
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
            held: match &error {
                RunError::Rail(rail) => Some(HeldBody::new(rail)),
                _ => None,
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let outcome = Outcome {
            success: false,
            message: self.message,
            field: self.field,
            held: self.held,
        };
        (self.status, Json(outcome)).into_response()
    }
}
