use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::assets::build_hash;
use super::state::ClassPicker;

/// The dashboard. All that moves on it arrives over the live socket.
#[derive(Clone, Debug, Template)]
#[template(path = "dashboard.html")]
pub struct DashboardPage {
    /// Where the assets are, seen from the page; without a slash at the end.
    assets: String,
    /// Names the front end, to be compared with what the live socket says.
    build: &'static str,
    /// The program's version.
    version: &'static str,
    /// Whether user classes are chosen in sight.
    is_picker_open: bool,
    /// Whether there is a history of every name to be downloaded.
    has_history: bool,
    /// Whether there is a target to play the demo on.
    has_demo: bool,
}

impl DashboardPage {
    /// The page for the address at which the routes begin: its links are
    /// relative, so any base path will do.
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

    /// The same with a demo to be played.
    #[must_use]
    pub fn with_demo(self) -> Self {
        Self {
            has_demo: true,
            ..self
        }
    }
}

impl IntoResponse for DashboardPage {
    fn into_response(self) -> Response {
        html(StatusCode::OK, &self)
    }
}

/// A page that says one thing: why there is no other page here.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    assets: String,
    status: StatusCode,
    title: String,
    message: String,
}

impl ErrorPage {
    /// The page for `path`, as the router sees it: it may stand at any depth,
    /// and its links lead back to where the routes begin. `title` in a few
    /// words, `message` with what to do about it.
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
    /// The status it is sent with.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// What it says.
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
            let message = format!("this page could not be rendered: {error}");
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
        let error = ErrorPage::new("/", StatusCode::NOT_FOUND, "Nothing here", message);
        for text in [dashboard(), error.render().unwrap()] {
            assert!(!text.contains("<script>"), "inline script");
            assert!(!text.contains("<style"), "inline style");
            assert!(!text.contains(" style="), "style attribute");
            assert!(!text.contains(" onclick="), "event attribute");
        }
    }
}
