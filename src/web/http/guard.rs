//! Who may come in.
//!
//! A dashboard on loopback can be reached by any page that the operator's
//! browser has open, so every route checks `Host` (against DNS rebinding) and
//! every change checks that the browser says it comes from our own page.
//! Clients that are not browsers send none of these headers and are served.
//! Beyond loopback a token is needed as well.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::web::http::connections::Connection;
use crate::web::http::credentials::{
    CookieName, InAddress, address_brings, bearer_brings, query_without_token,
};
use crate::web::http::problem::{Problem, in_two_renderings};
use crate::web::http::token::Token;
use crate::web::pages::ErrorPage;

/// The rules of the door. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Guard(Arc<Rules>);

#[derive(Clone, Debug)]
struct Rules {
    token: Option<Token>,
    cookie: CookieName,
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
            cookie: CookieName::of(""),
            hosts,
            reach,
        }))
    }

    /// The same for one of several dashboards on a host. `instance` tells it
    /// from the others, and stays the same when it is started again.
    #[must_use]
    pub fn of_instance(self, instance: &str) -> Self {
        let mut rules = Arc::unwrap_or_clone(self.0);
        rules.cookie = CookieName::of(instance);
        Self(Arc::new(rules))
    }
}

/// Passes a request on, or refuses it.
pub(crate) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let rules = &guard.0;
    let Some(authority) = authority(&request) else {
        return Problem::bad_request("exactly one valid Host header is required", None)
            .into_response();
    };
    if !rules.is_our_name(authority.host()) {
        return refuse(
            &request,
            "Unknown host name",
            format!(
                "Host name {:?} is not allowed. Use the printed address, or start with --allow-host {}.",
                authority.as_str(),
                authority.host(),
            ),
        );
    }
    if is_change(&request) && !comes_from_us(request.headers(), authority.as_str()) {
        return Problem {
            status: StatusCode::FORBIDDEN,
            message: "rejected: cross-origin request".to_owned(),
            field: None,
            rail: None,
        }
        .into_response();
    }
    match rules.admits(&request) {
        Admission::Known => {
            if let Some(connection) = request.extensions().get::<Connection>() {
                connection.is_let_in();
            }
            next.run(request).await
        }
        Admission::Open => next.run(request).await,
        Admission::Exchange(token) => exchange(&request, &rules.cookie, token),
        Admission::Refused(refusal) => refuse(&request, "Token required", refusal.to_owned()),
    }
}

const NO_TOKEN: &str =
    "Open the URL printed in the terminal (it ends in ?token=…). The browser remembers it.";
const TOKEN_IN_URL: &str =
    "A token in the URL works for pages only; send `Authorization: Bearer TOKEN`.";

/// The relation of a request to the token.
enum Admission<'g> {
    /// It has the token, or none is required.
    Known,
    /// It needs none.
    Open,
    /// Its address carries a token, which is to disappear from there; a cookie
    /// carries this one from now on.
    Exchange(Option<&'g Token>),
    Refused(&'static str),
}

impl Rules {
    /// True if this is a name or address of the dashboard.
    fn is_our_name(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        let bare = bare.unwrap_or(&name);
        let is_by_itself = match bare.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback() || self.reach == Reach::Anywhere,
            Err(_) => name == "localhost" || name.ends_with(".localhost"),
        };
        is_by_itself || self.hosts.iter().any(|host| host == bare)
    }

    fn admits(&self, request: &Request) -> Admission<'_> {
        let Some(token) = &self.token else {
            return Admission::Known;
        };
        let has_bearer = bearer_brings(request.headers(), token);
        let has_cookie = self.cookie.brings(request.headers(), token);
        let in_address = address_brings(request.uri(), token);
        let is_look = matches!(*request.method(), Method::GET | Method::HEAD);
        match in_address {
            _ if has_bearer => Admission::Known,
            InAddress::Token if is_look => Admission::Exchange(Some(token)),
            InAddress::Wrong if is_look && has_cookie => Admission::Exchange(None),
            _ if has_cookie => Admission::Known,
            _ if is_open(request) => Admission::Open,
            InAddress::Token => Admission::Refused(TOKEN_IN_URL),
            InAddress::Nothing | InAddress::Wrong => Admission::Refused(NO_TOKEN),
        }
    }
}

/// Whom a request is for: the authority of its target, or else its `Host`
/// (RFC 9112, 3.2). `None` where there are several, or none that can be read.
fn authority(request: &Request) -> Option<Authority> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return None;
    }
    let authority = match (request.uri().authority(), host) {
        (Some(target), Some(_)) => target.clone(),
        (None, Some(host)) => Authority::from_str(host.to_str().ok()?).ok()?,
        (target, None) if request.version() < Version::HTTP_11 => target?.clone(),
        (_, None) => return None,
    };
    (!authority.as_str().contains('@')).then_some(authority)
}

/// True if a request changes something. Locust's GET routes do too, and the
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

/// True if a request needs no token. The front end's files hold no secret,
/// and the page that asks for the token is made of them; whoever watches over
/// processes has no token.
fn is_open(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/static/") || path == "/health"
}

/// Whether a browser, if it is one, says that our own page or its address bar sent this.
fn comes_from_us(headers: &HeaderMap, authority: &str) -> bool {
    let all = |name: HeaderName, is_ours: &dyn Fn(&str) -> bool| {
        let mut values = headers.get_all(name).iter();
        values.all(|value| value.to_str().is_ok_and(is_ours))
    };
    let is_our_site = |site: &str| matches!(site, "same-origin" | "none");
    let is_our_origin = |origin: &str| {
        let named = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        named.is_some_and(|named| named.eq_ignore_ascii_case(authority))
    };
    all(HeaderName::from_static("sec-fetch-site"), &is_our_site)
        && all(header::ORIGIN, &is_our_origin)
}

/// Sends a browser to the same address without the token.
fn exchange(request: &Request, name: &CookieName, token: Option<&Token>) -> Response {
    // Relative: what lies before our paths, a proxy or a base path, is not ours to know.
    let path = request.uri().path();
    let last = path.rsplit('/').next().unwrap_or_default();
    let query = query_without_token(request.uri());
    let there = Redirect::to(&format!("./{last}{query}"));
    let mut response = ([(header::CACHE_CONTROL, "no-store")], there).into_response();
    let Some(token) = token else {
        return response;
    };
    let connection = request.extensions().get::<Connection>();
    let over_tls = connection.is_some_and(Connection::is_over_tls);
    let secure = if over_tls { "; Secure" } else { "" };
    // Without a path it is for what lies below the address that the browser
    // sees (RFC 6265, 5.1.4), and for nothing else behind the same proxy.
    let cookie = format!(
        "{}={}; HttpOnly; SameSite=Strict{secure}",
        name.as_str(),
        token.as_str()
    );
    if let Ok(cookie) = cookie.parse() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn refuse(request: &Request, title: &str, message: String) -> Response {
    let path = request.uri().path();
    let page = ErrorPage::new(path, StatusCode::FORBIDDEN, title, message);
    in_two_renderings(path, request.headers(), page)
}
