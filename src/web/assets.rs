use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The front end's own files. A debug build reads them from disk.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static"]
struct Own;

/// Third-party files that `build.rs` fetched: the chart library and its licence.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/vendor"]
#[prefix = "vendor/"]
struct Vendor;

/// A release build never changes under its address; a debug build reads
/// files from disk, so the browser has to ask again.
const CACHE_CONTROL: &str = if cfg!(debug_assertions) {
    "no-cache"
} else {
    "public, max-age=31536000, immutable"
};

/// Names the content of the front end: changes whenever a page, a style, a
/// script or the chart library does.
#[must_use]
pub fn build_hash() -> &'static str {
    env!("SWARMDECK_BUILD")
}

/// Serves the files of the dashboard.
///
/// Modules import each other by relative path, so the build in the URL reaches all of them.
#[utoipa::path(
    get, path = "/static/{build}/{*path}",
    params(("build" = String, Path), ("path" = String, Path)),
    responses(
        (status = 200, description = "A file."),
        (status = 304, description = "The client's copy is current."),
        (status = 404, description = "No such file, or one of another build."),
    ),
)]
pub(super) async fn serve_asset(
    Path((build, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if build != build_hash() {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Own::get(&path).or_else(|| Vendor::get(&path)) {
        Some(file) => respond(&path, file, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = entity_tag(&file);
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().trim_start_matches("W/"))
        .any(|value| value == "*" || value == tag);
    let status = if known {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let body = if known {
        Body::empty()
    } else {
        Body::from(file.data)
    };
    let fields = [
        (header::CACHE_CONTROL, CACHE_CONTROL.to_owned()),
        (header::CONTENT_TYPE, content_type(path).to_owned()),
        (header::ETAG, tag),
    ];
    (status, fields, body).into_response()
}

fn entity_tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let half = hash.iter().take(16);
    let digits: String = half.map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, headers: HeaderMap) -> Response {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let parts = Path((build_hash().to_owned(), path.to_owned()));
        runtime.block_on(serve_asset(parts, headers))
    }

    #[test]
    fn modules_styles_and_the_chart_library_are_there() {
        for (path, kind) in [
            ("main.js", "text/javascript; charset=utf-8"),
            ("css/style.css", "text/css; charset=utf-8"),
            ("charts/axes.js", "text/javascript; charset=utf-8"),
            ("favicon.svg", "image/svg+xml"),
            ("vendor/uPlot.esm.js", "text/javascript; charset=utf-8"),
            ("vendor/uPlot.min.css", "text/css; charset=utf-8"),
            ("vendor/uPlot.LICENSE.txt", "text/plain; charset=utf-8"),
        ] {
            let response = get(path, HeaderMap::new());
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], kind, "{path}");
        }
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let first = get("main.js", HeaderMap::new());
        let tag = first.headers()[header::ETAG].clone();
        let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        assert_eq!(get("main.js", headers).status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn nothing_else_is_served() {
        for path in ["../Cargo.toml", "nothing.js", "", "/etc/passwd"] {
            let response = get(path, HeaderMap::new());
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
