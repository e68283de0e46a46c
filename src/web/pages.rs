use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::web::assets::build_hash;
use crate::web::state::{App, ClassPicker};

/// The dashboard. All of its data arrives over the live socket.
#[derive(Clone, Debug, Template)]
#[template(path = "dashboard.html")]
pub struct DashboardPage {
    /// Relative URL of the assets, without a trailing slash.
    assets: String,
    /// Hash of the front end; the page compares it with the one the live socket sends.
    build: &'static str,
    /// The program's version.
    version: &'static str,
    /// True if the start form shows the user classes unfolded.
    is_picker_open: bool,
    /// True if the full history can be downloaded.
    has_history: bool,
    /// True if the demo is available.
    has_demo: bool,
}

impl DashboardPage {
    /// The page at the root of the routes. Its links are relative, so that it
    /// works below any base path.
    #[must_use]
    pub fn new(picker: ClassPicker, has_history: bool) -> Self {
        Self {
            assets: format!("static/{}", build_hash()),
            build: build_hash(),
            version: env!("CARGO_PKG_VERSION"),
            is_picker_open: picker == ClassPicker::Open,
            has_history,
            has_demo: false,
        }
    }

    /// Offers the demo on the page.
    #[must_use]
    pub fn with_demo(self) -> Self {
        Self {
            has_demo: true,
            ..self
        }
    }
}

/// Shows the dashboard.
#[utoipa::path(
    get, path = "/",
    responses((status = 200, body = String, content_type = "text/html", description = "A page.")),
)]
pub(super) async fn show_dashboard(State(app): State<App>) -> DashboardPage {
    let page = DashboardPage::new(app.class_picker, app.history.is_some());
    if app.session.has_demo() {
        page.with_demo()
    } else {
        page
    }
}

impl IntoResponse for DashboardPage {
    fn into_response(self) -> Response {
        html(StatusCode::OK, &self)
    }
}

/// The page that is shown instead of another: an error and its fix.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    assets: String,
    status: StatusCode,
    title: String,
    message: String,
}

impl ErrorPage {
    /// The page for `path` as the router sees it, at any depth; its links lead
    /// back to the root of the routes. `message` tells the fix.
    #[must_use]
    pub fn new(
        path: &str,
        status: StatusCode,
        title: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let depth = path.matches('/').count().saturating_sub(1);
        Self {
            assets: format!("{}static/{}", "../".repeat(depth), build_hash()),
            status,
            title: title.into(),
            message: message.into(),
        }
    }
}

impl ErrorPage {
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for ErrorPage {
    fn into_response(self) -> Response {
        html(self.status, &self)
    }
}

fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            let message = format!("cannot render this page: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dashboard() -> String {
        let page = DashboardPage::new(ClassPicker::Open, true).with_demo();
        page.render().unwrap()
    }

    #[test]
    fn the_dashboard_names_its_assets_and_build() {
        let text = dashboard();
        assert!(text.contains(&format!("static/{}/main.js", build_hash())));
        assert!(text.contains(&format!("data-build=\"{}\"", build_hash())));
    }

    #[test]
    fn nothing_on_a_page_breaks_the_content_security_policy() {
        let message = "<script>alert(1)</script>";
        let error = ErrorPage::new("/", StatusCode::NOT_FOUND, "Page not found", message);
        for text in [dashboard(), error.render().unwrap()] {
            assert!(!text.contains("<script>"), "inline script");
            assert!(!text.contains("<style"), "inline style");
            assert!(!text.contains(" style="), "style attribute");
            assert!(!text.contains(" onclick="), "event attribute");
        }
    }
}
