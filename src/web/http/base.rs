//! A dashboard below a base path, behind a proxy that it shares with others.

use std::str::FromStr;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_layer::Layer;

use crate::web::http::problem::Problem;
use crate::web::router::secured;

/// A path below which the dashboard lives, like `/load` or `/team/load`;
/// without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(String);

/// Why a text is not a base path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasePathError {
    /// It does not start with a slash.
    #[error("must start with /, like /load")]
    NoSlash,
    /// It is the root, or contains an empty or relative segment.
    #[error("must be names between single slashes, like /load or /team/load")]
    Segments,
    /// A character that would have to be escaped.
    #[error("may contain letters, digits and . - _ ~ between slashes, not {0:?}")]
    Character(char),
}

/// Where a path lies, seen from the base path.
#[derive(Debug, PartialEq, Eq)]
enum PathPosition<'p> {
    /// It is the base path itself.
    Itself,
    /// Below it, at this path.
    Below(&'p str),
    Elsewhere,
}

impl BasePath {
    /// The path, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All of `router` below this path; the path itself leads there, and
    /// elsewhere there is nothing. `router` sees paths as if it were at the
    /// root, so its guard holds as ever.
    pub fn mount(self, router: Router) -> Router {
        let below = from_fn_with_state(self, take_off).layer(router);
        secured(Router::new().fallback_service(below))
    }

    fn place<'p>(&self, path: &'p str) -> PathPosition<'p> {
        match path.strip_prefix(&self.0) {
            Some("") => PathPosition::Itself,
            Some(rest) if rest.starts_with('/') => PathPosition::Below(rest),
            _ => PathPosition::Elsewhere,
        }
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    fn from_str(text: &str) -> Result<Self, BasePathError> {
        let names = text.strip_prefix('/').ok_or(BasePathError::NoSlash)?;
        let names = names.strip_suffix('/').unwrap_or(names);
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || "/.-_~".contains(*c);
        if let Some(odd) = names.chars().find(|c| !is_plain(c)) {
            return Err(BasePathError::Character(odd));
        }
        if names.split('/').any(|name| matches!(name, "" | "." | "..")) {
            return Err(BasePathError::Segments);
        }
        Ok(Self(format!("/{names}")))
    }
}

async fn take_off(State(base): State<BasePath>, mut request: Request, next: Next) -> Response {
    let uri = request.uri();
    let query = uri.query().map(|query| format!("?{query}"));
    let query = query.unwrap_or_default();
    let rest = match base.place(uri.path()) {
        PathPosition::Itself => {
            let target = format!("{}/{query}", base.0);
            return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)]).into_response();
        }
        PathPosition::Below(rest) => format!("{rest}{query}").parse::<PathAndQuery>().ok(),
        PathPosition::Elsewhere => None,
    };
    let mut parts = uri.clone().into_parts();
    match rest {
        Some(rest) => parts.path_and_query = Some(rest),
        None => return not_found(&base),
    }
    match Uri::from_parts(parts) {
        Ok(uri) => *request.uri_mut() = uri,
        Err(_) => return not_found(&base),
    }
    next.run(request).await
}

fn not_found(base: &BasePath) -> Response {
    Problem {
        status: StatusCode::NOT_FOUND,
        message: format!("not found; the dashboard is at {}/", base.0),
        field: None,
        rail: None,
    }
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_base_path_is() {
        for (text, path) in [
            ("/load", "/load"),
            ("/load/", "/load"),
            ("/a/b-c.d_e~1", "/a/b-c.d_e~1"),
        ] {
            assert_eq!(text.parse(), Ok(BasePath(path.to_owned())), "{text}");
        }
        for (text, error) in [
            ("", BasePathError::NoSlash),
            ("load", BasePathError::NoSlash),
            ("/", BasePathError::Segments),
            ("//evil", BasePathError::Segments),
            ("/a/../b", BasePathError::Segments),
            ("/a?b", BasePathError::Character('?')),
            ("/a%2fb", BasePathError::Character('%')),
        ] {
            assert_eq!(text.parse::<BasePath>(), Err(error), "{text}");
        }
    }

    #[test]
    fn only_whole_names_count() {
        let base: BasePath = "/load".parse().unwrap();
        assert_eq!(base.place("/load"), PathPosition::Itself);
        assert_eq!(base.place("/load/"), PathPosition::Below("/"));
        assert_eq!(base.place("/load/stop"), PathPosition::Below("/stop"));
        for elsewhere in ["/", "/loads", "/loadstop", "/x/load/", "*"] {
            assert_eq!(
                base.place(elsewhere),
                PathPosition::Elsewhere,
                "{elsewhere}"
            );
        }
    }
}
