//! `http:`, at the top, in a class and in a step: the nearest wins, key by key.

use crate::model::{Cookies, Route};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::request_ir::{Compression, Http};
use crate::scenario::schema::{Known, maps};
use crate::scenario::yaml::node::Node;

/// Where an `http:` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// At the top or in a class.
    Outer,
    /// In a step.
    Step,
}

/// Where keys are that a step does not have.
const OF_CONNECTIONS: &str =
    "steps share connections: set it in the `http` of the class or at the top of the file";

impl Reader<'_> {
    /// What holds where this `http:` stands: what it says, else what holds
    /// around it.
    pub(crate) fn http(&mut self, node: Option<&Node>, outer: Http, level: Level) -> Http {
        let mut http = outer;
        let known = match level {
            Level::Outer => Known::from(&maps::HTTP),
            Level::Step => Known::from(&maps::STEP_HTTP).unlike(&maps::HTTP, OF_CONNECTIONS),
        };
        let Some(fields) = node.and_then(|node| self.fields(node, "`http`", known)) else {
            return http;
        };
        http.timeout = fields.get("timeout").unwrap_or(http.timeout);
        http.connect_timeout = fields
            .get("connect_timeout")
            .unwrap_or(http.connect_timeout);
        let redirects = fields.get::<u32>("max_redirects").map(u8::try_from);
        http.max_redirects = redirects.and_then(Result::ok).unwrap_or(http.max_redirects);
        let body = fields.get::<u32>("max_body").map(usize::try_from);
        http.max_body = body.and_then(Result::ok).unwrap_or(http.max_body);
        match fields.get("compression") {
            Some(true) => http.compression = Compression::Offered,
            Some(false) => http.compression = Compression::NotOffered,
            None => {}
        }
        match fields.get("cookies") {
            Some(true) => http.cookies = Cookies::Kept,
            Some(false) => http.cookies = Cookies::Ignored,
            None => {}
        }
        if level == Level::Outer {
            let mut route = Route::clone(&self.tables.route_at(http.route));
            self.route(&fields, &mut route);
            http.route = self.tables.route(route);
        }
        http
    }
}
