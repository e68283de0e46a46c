//! Every route on one page.

use std::future::Future;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::web::api;
use crate::web::assets::serve_asset;
use crate::web::guard::{Guard, check};
use crate::web::live::live;
use crate::web::pages::{DashboardPage, ErrorPage};
use crate::web::problem::in_two_renderings;
use crate::web::state::App;

/// The largest body a request may have.
const BODY_BYTES: usize = 64 * 1024;

/// Nothing from anywhere else, nothing inline. Images are our own and the
/// ones that charts are saved as; the live socket is ours.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The whole web, guarded.
pub fn router(app: App, guard: Guard) -> Router {
    Router::new()
        .route("/", get(async || DashboardPage::new()))
        .route("/static/{build}/{*path}", get(serve_asset))
        // Locust's routes. `/stop` and `/stats/reset` were GET before 2.47 and are POST since.
        .route("/swarm", post(api::swarm))
        .route("/stop", get(api::stop_swarm).post(api::stop_swarm))
        .route("/stats/reset", get(api::reset_stats).post(api::reset_stats))
        .route("/stats/requests", get(api::show_stats))
        // Our own.
        .route(
            "/api/v1/run",
            get(api::show_run)
                .post(api::start_run)
                .patch(api::edit_run)
                .delete(api::clear_run),
        )
        .route("/api/v1/run/stop", post(api::stop_run))
        .route("/api/v1/run/reset", post(api::reset_run))
        .route("/api/v1/stats", get(api::show_tables))
        .route("/api/v1/scenarios", get(api::list_scenarios))
        .route("/api/v1/live", get(live))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(guard, check))
        .layer(always(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
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
        .with_state(app)
}

/// Serves until `shutdown`. The caller binds; connections that are open then
/// are dropped with the runtime.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        served = axum::serve(listener, service) => served,
        () = shutdown => Ok(()),
    }
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let message = "There is nothing at this address. The dashboard is at the root.";
    let page = ErrorPage::new(StatusCode::NOT_FOUND, "Nothing here", message);
    in_two_renderings(uri.path(), &headers, page)
}
