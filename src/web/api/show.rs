//! What there is to see: the dashboard, and `GET` under `/api/v1/`.

use axum::Json;
use axum::extract::State;

use crate::session::Session;
use crate::web::live::messages::{FrameBody, RunBody, ScenarioBody, TablesBody};
use crate::web::pages::DashboardPage;
use crate::web::state::App;

/// `GET /`: the dashboard.
pub(crate) async fn show_dashboard(State(app): State<App>) -> DashboardPage {
    let page = DashboardPage::new(app.class_picker, app.history.is_some());
    if app.session.has_demo() {
        page.with_demo()
    } else {
        page
    }
}

/// `GET /api/v1/run`: the run and its latest frame.
pub(crate) async fn show_run(State(session): State<Session>) -> Json<RunAndFrame> {
    let snapshot = session.runs().snapshot();
    Json(RunAndFrame {
        run: snapshot.run.as_deref().map(RunBody::new),
        frame: FrameBody::new(&snapshot, &[]),
    })
}

/// `GET /api/v1/stats`: the latest tables.
pub(crate) async fn show_tables(State(session): State<Session>) -> Json<TablesBody> {
    let snapshot = session.runs().snapshot();
    Json(TablesBody::new(&snapshot.tables, &snapshot.deliveries))
}

/// `GET /api/v1/scenarios`: the scenarios on offer.
pub(crate) async fn list_scenarios(State(session): State<Session>) -> Json<Vec<ScenarioBody>> {
    Json(session.catalog().iter().map(ScenarioBody::new).collect())
}

/// The answer of [`show_run`].
#[derive(Debug, serde::Serialize)]
pub(crate) struct RunAndFrame {
    /// The run on show, if there is one.
    run: Option<RunBody>,
    /// Its latest frame.
    frame: FrameBody,
}
