//! All routes on one page.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::web::api::{demo, locust, monitoring, run, scenarios, suite, suite_report};
use crate::web::http::guard::{Guard, check};
use crate::web::http::problem::in_two_renderings;
use crate::web::live::socket;
use crate::web::openapi::document;
use crate::web::pages::ErrorPage;
use crate::web::state::App;
use crate::web::{assets, pages};

/// The largest body a request may have.
const BODY_BYTES: usize = 64 * 1024;

/// Nothing from other origins, nothing inline. `data:` is for charts that are
/// saved as images.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// All routes, behind the guard.
pub fn router(app: App, guard: Guard) -> Router {
    let routes = Router::from(routes())
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(guard, check))
        .with_state(app);
    secured(routes)
}

/// All handlers by path. `tests/it/snapshots/routes.snap` shows them with their paths.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(pages::show_dashboard))
        .routes(routes!(assets::serve_asset))
        // Locust's routes. `/stop` and `/stats/reset` were GET before 2.47 and are POST since.
        .routes(routes!(locust::change::swarm))
        .routes(routes!(locust::change::stop_swarm))
        .routes(routes!(locust::change::reset_stats))
        .routes(routes!(locust::read::show_stats))
        .routes(routes!(locust::read::download_requests))
        .routes(routes!(locust::read::download_failures))
        .routes(routes!(locust::history::download_history))
        .routes(routes!(locust::read::show_exceptions))
        .routes(routes!(locust::read::download_exceptions))
        .routes(routes!(locust::read::show_tasks))
        .routes(routes!(locust::read::show_logs))
        .routes(routes!(locust::read::count_workers))
        .routes(routes!(locust::read::change_user_class))
        .routes(routes!(locust::read::login))
        .routes(routes!(locust::report::show_report))
        // Monitoring.
        .routes(routes!(monitoring::show_health))
        .routes(routes!(monitoring::show_metrics))
        // Our own.
        .routes(routes!(
            run::read::show_run,
            run::start::start_run,
            run::edit::edit_run,
            run::control::clear_run
        ))
        .routes(routes!(run::control::stop_run))
        .routes(routes!(run::control::halt_run))
        .routes(routes!(run::control::drain_run))
        .routes(routes!(run::control::pause_run))
        .routes(routes!(run::control::resume_run))
        .routes(routes!(run::control::reset_run))
        .routes(routes!(run::edit::burst_run))
        .routes(routes!(run::edit::change_run))
        .routes(routes!(run::edit::undo_edit))
        .routes(routes!(run::scenario_export::export_scenario))
        .routes(routes!(run::window::show_window))
        .routes(routes!(run::window::show_heatmap))
        .routes(routes!(run::window::show_series))
        .routes(routes!(locust::read::download_response))
        .routes(routes!(demo::play_demo, demo::leave_demo))
        .routes(routes!(
            suite::show_suite,
            suite::start_suite,
            suite::stop_suite
        ))
        .routes(routes!(suite_report::show_suite_page))
        .routes(routes!(suite_report::show_suite_document))
        .routes(routes!(suite_report::show_suite_json))
        .routes(routes!(suite_report::show_suite_junit))
        .routes(routes!(run::read::show_tables))
        .routes(routes!(scenarios::list_scenarios))
        .routes(routes!(monitoring::list_logs))
        .routes(routes!(document::show_openapi))
        .routes(routes!(socket::live))
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
