//! The available scenarios: `/api/v1/scenarios`.

use axum::Json;
use axum::extract::State;

use crate::session::Session;
use crate::web::live::messages::ScenarioBody;

/// `GET /api/v1/scenarios`: the available scenarios.
pub(crate) async fn list_scenarios(State(session): State<Session>) -> Json<Vec<ScenarioBody>> {
    Json(session.catalog().iter().map(ScenarioBody::new).collect())
}
