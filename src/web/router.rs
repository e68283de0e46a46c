//! Every route on one page.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::web::api;
use crate::web::assets::serve_asset;
use crate::web::http::guard::{Guard, check};
use crate::web::http::problem::in_two_renderings;
use crate::web::live::socket::live;
use crate::web::pages::{ErrorPage, show_dashboard};
use crate::web::state::App;

/// The largest body a request may have.
const BODY_BYTES: usize = 64 * 1024;

/// Nothing from other origins, nothing inline. `data:` is for charts that are
/// saved as images.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// All routes, behind the guard.
pub fn router(app: App, guard: Guard) -> Router {
    let routes = Router::new()
        .route("/", get(show_dashboard))
        .route("/static/{build}/{*path}", get(serve_asset))
        // Locust's routes. `/stop` and `/stats/reset` were GET before 2.47 and are POST since.
        .route("/swarm", post(api::swarm))
        .route("/stop", get(api::stop_swarm).post(api::stop_swarm))
        .route("/stats/reset", get(api::reset_stats).post(api::reset_stats))
        .route("/stats/requests", get(api::show_stats))
        .route("/stats/requests/csv", get(api::download_requests))
        .route("/stats/failures/csv", get(api::download_failures))
        .route(
            "/stats/requests_full_history/csv",
            get(api::download_history),
        )
        .route("/exceptions", get(api::show_exceptions))
        .route("/exceptions/csv", get(api::download_exceptions))
        .route("/tasks", get(api::show_tasks))
        .route("/logs", get(api::show_logs))
        .route("/worker-count", get(api::count_workers))
        .route("/user", post(api::change_user_class))
        .route("/login", get(api::login))
        // Monitoring.
        .route("/health", get(api::show_health))
        .route("/metrics", get(api::show_metrics))
        .route("/stats/report", get(api::show_report))
        // Our own.
        .route(
            "/api/v1/run",
            get(api::show_run)
                .post(api::start_run)
                .patch(api::edit_run)
                .delete(api::clear_run),
        )
        .route("/api/v1/run/stop", post(api::stop_run))
        .route("/api/v1/run/halt", post(api::halt_run))
        .route("/api/v1/run/pause", post(api::pause_run))
        .route("/api/v1/run/resume", post(api::resume_run))
        .route("/api/v1/run/burst", post(api::burst_run))
        .route("/api/v1/run/change", post(api::change_run))
        .route("/api/v1/run/drain", post(api::drain_run))
        .route("/api/v1/run/scenario", get(api::export_scenario))
        .route("/api/v1/run/undo", post(api::undo_edit))
        .route("/api/v1/run/reset", post(api::reset_run))
        .route("/api/v1/run/window", get(api::show_window))
        .route("/api/v1/run/heatmap", get(api::show_heatmap))
        .route("/api/v1/run/series", get(api::show_series))
        .route("/api/v1/run/response.csv", get(api::download_response))
        .route("/api/v1/demo", post(api::play_demo).delete(api::leave_demo))
        .route(
            "/api/v1/suite",
            get(api::show_suite)
                .post(api::start_suite)
                .delete(api::stop_suite),
        )
        .route("/api/v1/suite/report.html", get(api::show_suite_page))
        .route("/api/v1/suite/report.md", get(api::show_suite_document))
        .route("/api/v1/suite/report.json", get(api::show_suite_json))
        .route("/api/v1/suite/report.xml", get(api::show_suite_junit))
        .route("/api/v1/stats", get(api::show_tables))
        .route("/api/v1/scenarios", get(api::list_scenarios))
        .route("/api/v1/logs", get(api::list_logs))
        .route("/api/v1/openapi.json", get(api::show_openapi))
        .route("/api/v1/live", get(live))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(guard, check))
        .with_state(app);
    secured(routes)
}

/// Adds the headers that restrict what a browser does with a response.
pub(super) fn secured(router: Router) -> Router {
    router
        // A report inlines everything and brings its own policy.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::X_FRAME_OPTIONS, "DENY"))
        .layer(always(header::REFERRER_POLICY, "no-referrer"))
        .layer(always(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(always(
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ))
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let message = "Page not found. The dashboard is at /.";
    let page = ErrorPage::new(uri.path(), StatusCode::NOT_FOUND, "Page not found", message);
    in_two_renderings(uri.path(), &headers, page)
}
