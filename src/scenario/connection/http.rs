//! `http:`, at the top, in a class and in a step: the nearest wins, key by key.

use crate::model::{Cookies, Route};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::request_ir::{Compression, Http};
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::Node;

/// Where an `http:` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// At the top or in a class.
    Outer,
    /// In a step.
    Step,
}

impl Reader<'_> {
    /// What holds where this `http:` stands: what it says, else what holds
    /// around it.
    pub(crate) fn http(&mut self, node: Option<&Node>, outer: Http, level: Level) -> Http {
        let mut http = outer;
        let Some(fields) = node.and_then(|node| self.fields(node, "`http`", &maps::HTTP)) else {
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
        match level {
            Level::Outer => {
                let mut route = Route::clone(&self.tables.route_at(http.route));
                self.route(&fields, &mut route);
                http.route = self.tables.route(route);
            }
            Level::Step => self.refuse_connection_keys(&fields),
        }
        http
    }

    fn refuse_connection_keys(&mut self, fields: &Fields<'_>) {
        for entry in fields.beyond(&maps::STEP_HTTP) {
            let key = &entry.key.text;
            let message = format!("`{key}` concerns connections, which a step shares with others");
            let help = "give it in the `http` of the class or at the top";
            self.report_with(entry.key.span, message, help);
        }
    }
}
