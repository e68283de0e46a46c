//! The available scenarios: `/api/v1/scenarios`.

use axum::Json;
use axum::extract::State;

use crate::session::Session;
use crate::web::live::messages::ScenarioBody;

/// Lists the available scenarios.
#[utoipa::path(
    get, path = "/api/v1/scenarios",
    responses((status = 200, body = Vec<ScenarioBody>, description = "The scenarios.")),
)]
pub(crate) async fn list_scenarios(State(session): State<Session>) -> Json<Vec<ScenarioBody>> {
    Json(session.catalog().iter().map(ScenarioBody::new).collect())
}
