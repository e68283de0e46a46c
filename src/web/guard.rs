//! Who may come in.
//!
//! A dashboard on loopback can be reached by any page that the operator's
//! browser has open, so every route checks `Host` (against DNS rebinding) and
//! every change checks that the browser says it comes from our own page.
//! Clients that are not browsers send none of these headers and are served.
//! Beyond loopback a token is needed as well.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::web::pages::ErrorPage;
use crate::web::problem::{Problem, in_two_renderings};
use crate::web::tls::OverTls;
use crate::web::token::Token;

const COOKIE: &str = "swarmdeck_token";

/// The rules of the door. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Guard(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    token: Option<Token>,
    /// Names by which this machine may be called, beside loopback.
    hosts: Vec<String>,
    reach: Reach,
}

/// From where the dashboard can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Loopback,
    Anywhere,
}

impl Guard {
    /// The rules for a dashboard that listens on this address. `hosts` are
    /// further names that it may be called by.
    #[must_use]
    pub fn new(address: IpAddr, token: Option<Token>, hosts: Vec<String>) -> Self {
        let reach = if address.is_loopback() {
            Reach::Loopback
        } else {
            Reach::Anywhere
        };
        let hosts = hosts
            .into_iter()
            .map(|host| host.to_ascii_lowercase())
            .collect();
        Self(Arc::new(Rules {
            token,
            hosts,
            reach,
        }))
    }
}

/// Lets a request through or answers it.
pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let rules = &guard.0;
    if let Err(host) = rules.host_is_ours(&request) {
        return refuse(
            &request,
            "Unknown host name",
            format!(
                "This dashboard is not called {host:?}. Use its address, or start it with --allow-host {}.",
                host_name(&host)
            ),
        );
    }
    if is_change(&request) && !comes_from_us(request.headers()) {
        return Problem {
            status: StatusCode::FORBIDDEN,
            message: "refused: this comes from a page of another origin".to_owned(),
            field: None,
            held: None,
        }
        .into_response();
    }
    match rules.admits(&request) {
        Admission::Admitted => next.run(request).await,
        Admission::WithToken(token) => leave_cookie(&request, &token),
        Admission::Refused => refuse(
            &request,
            "A token is needed",
            "Open the address that the terminal shows: it ends in ?token=… and is remembered from then on.".to_owned(),
        ),
    }
}

/// How a request stands towards the token.
enum Admission {
    Admitted,
    /// It brings the token in its address: from now on a cookie does.
    WithToken(String),
    Refused,
}

impl Rules {
    /// The `Host` that is not ours, if so.
    fn host_is_ours(&self, request: &Request) -> Result<(), String> {
        let header = request
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let host = header.or_else(|| request.uri().host()).unwrap_or_default();
        let name = host_name(host).to_ascii_lowercase();
        let address = name
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        let ours = match address {
            Ok(address) => address.is_loopback() || self.reach == Reach::Anywhere,
            Err(_) => {
                name == "localhost" || name.ends_with(".localhost") || self.hosts.contains(&name)
            }
        };
        if ours { Ok(()) } else { Err(host.to_owned()) }
    }

    fn admits(&self, request: &Request) -> Admission {
        let Some(token) = &self.token else {
            return Admission::Admitted;
        };
        if is_open(request) {
            return Admission::Admitted;
        }
        if bearer(request.headers()).is_some_and(|given| token.is(given))
            || cookies(request.headers()).any(|given| token.is(given))
        {
            return Admission::Admitted;
        }
        match query_token(request.uri()).filter(|given| token.is(given)) {
            Some(given) if request.method() == Method::GET => {
                Admission::WithToken(given.to_owned())
            }
            Some(_) => Admission::Admitted,
            None => Admission::Refused,
        }
    }
}

/// Whether a request changes something. Locust's GET routes do too, and the
/// live socket is let in only for our own page.
fn is_change(request: &Request) -> bool {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    !safe
        || matches!(
            request.uri().path(),
            "/stop" | "/stats/reset" | "/api/v1/live"
        )
}

/// Whether a request needs no token. The front end's files hold no secret,
/// and the page that asks for the token is made of them; whoever watches over
/// processes has no token.
fn is_open(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/static/") || path == "/health"
}

/// Whether a browser, if it is one, says that our own page or its address bar sent this.
fn comes_from_us(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site_is_ours = text(header::HeaderName::from_static("sec-fetch-site"))
        .is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin_is_ours = text(header::ORIGIN).is_none_or(|origin| {
        let authority = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        authority.is_some() && authority == text(header::HOST)
    });
    site_is_ours && origin_is_ours
}

fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

fn query_token(uri: &Uri) -> Option<&str> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("token="))
}

fn leave_cookie(request: &Request, token: &str) -> Response {
    let over_tls = request.extensions().get::<OverTls>().is_some();
    let secure = if over_tls { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}");
    // Relative: what lies before our paths, a proxy or a base path, is not ours to know.
    let path = request.uri().path();
    let last = path.rsplit('/').next().unwrap_or_default();
    let there = Redirect::to(&format!("./{last}"));
    ([(header::SET_COOKIE, cookie)], there).into_response()
}

fn refuse(request: &Request, title: &str, message: String) -> Response {
    let path = request.uri().path();
    let page = ErrorPage::new(path, StatusCode::FORBIDDEN, title, message);
    in_two_renderings(path, request.headers(), page)
}
