//! Requests and classes as read, before the host is known.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Connections, Cookies, Method, NameId, Origin, OriginId, Route, micros};
use crate::program::{
    Capture, Expectation, Header, Link, LinkHost, RequestParts, RequestTarget, StatusRule, Template,
};
use crate::scenario::request::target::Goal;

/// A request without its host.
#[derive(Clone, Debug)]
pub(crate) struct RequestIr {
    pub(crate) name: NameId,
    pub(crate) origin: OriginId,
    pub(crate) method: Method,
    pub(crate) target: Goal,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Option<Template>,
    pub(crate) http: Http,
    pub(crate) status: StatusRule,
    pub(crate) expectations: Vec<Expectation>,
    pub(crate) captures: Vec<Capture>,
}

/// An origin that a step names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OtherOrigin {
    pub(crate) origin: Origin,
    /// The value of `Authorization` from `user:password@`.
    pub(crate) authorization: Option<String>,
}

/// The settings of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Http {
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_redirects: u8,
    pub(crate) max_body: usize,
    pub(crate) compression: Compression,
    pub(crate) cookies: Cookies,
    pub(crate) route: RouteAt,
}

/// Whether answers may come compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// `Accept-Encoding` says so.
    Offered,
    /// Nothing is said.
    NotOffered,
}

/// A route among the tables'; the default is the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RouteAt(pub(crate) usize);

impl Default for Http {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            max_redirects: 10,
            max_body: 8 << 20,
            compression: Compression::Offered,
            cookies: Cookies::Kept,
            route: RouteAt::default(),
        }
    }
}

impl RequestIr {
    /// The request for this origin, below this path, by the route of `id`.
    /// `links` is what the links of the program need; none where there are none.
    pub(crate) fn finish(
        &self,
        to: &OtherOrigin,
        base_path: &str,
        (id, route): (OriginId, &Route),
        links: Option<&Arc<[Origin]>>,
    ) -> RequestParts {
        let is_link = matches!(self.target, Goal::Link(_));
        let target = match &self.target {
            Goal::Path(path) => {
                let mut target = Template::default();
                target.push_literal(base_path.as_bytes());
                target.extend(path);
                RequestTarget::Path(target)
            }
            Goal::Link(link) => RequestTarget::Link(Box::new(Link {
                reference: link.reference.clone(),
                query: link.query.clone(),
                unusable: link.unusable,
                host: LinkHost {
                    origin: to.origin.clone(),
                    base_path: base_path.to_owned(),
                    authorization: to.authorization.clone(),
                },
                named: links.cloned().unwrap_or_default(),
            })),
        };
        let mut headers = self.headers.clone();
        let is_authorized = headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case("authorization"));
        if let Some(authorization) = &to.authorization
            && !is_authorized
            && !is_link
        {
            headers.push(crate::scenario::request::headers::fixed(
                "Authorization",
                authorization,
            ));
        }
        if route.connections == Connections::Close {
            headers.push(crate::scenario::request::headers::fixed(
                "Connection",
                "close",
            ));
        }
        RequestParts {
            name: self.name,
            origin: id,
            authority: to.origin.authority(),
            method: self.method,
            target,
            headers,
            body: self.body.clone(),
            timeout_us: micros(self.http.timeout),
            connect_timeout_us: micros(self.http.connect_timeout),
            max_redirects: self.http.max_redirects,
            max_body: self.http.max_body,
            cookies: self.http.cookies,
            status: self.status.clone(),
            expectations: self.expectations.clone(),
            captures: self.captures.clone(),
            keeps_sources: links.is_some(),
        }
    }
}
