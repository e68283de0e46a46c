//! `http:`, at the top, in a class and in a step: the nearest wins, key by key.

use crate::model::{Cookies, Route};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::request_ir::{Compression, Http};
use crate::scenario::schema::limits::MAX_BODY_BYTES;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::Node;
use crate::scenario::yaml::{fields, units};

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
    pub(crate) fn http(&mut self, node: Option<&Node>, around: Http, level: Level) -> Http {
        let mut http = around;
        let Some(fields) = node.and_then(|node| self.fields(node, "`http`", &maps::HTTP)) else {
            return http;
        };
        for (key, limit) in [
            ("timeout", &mut http.timeout),
            ("connect_timeout", &mut http.connect_timeout),
        ] {
            *limit = fields.time(key, &mut self.problems).unwrap_or(*limit);
        }
        let given = fields.whole("max_redirects", &mut self.problems);
        let given = given.and_then(|given| u8::try_from(given).ok());
        http.max_redirects = given.unwrap_or(http.max_redirects);
        if let Some(node) = fields.value("max_body") {
            http.max_body = self.max_body(node).unwrap_or(http.max_body);
        }
        let compression = [
            (true, Compression::Offered),
            (false, Compression::NotOffered),
        ];
        if let Some(given) = fields.switch("compression", compression, &mut self.problems) {
            http.compression = given;
        }
        let cookies = [(true, Cookies::Kept), (false, Cookies::Ignored)];
        if let Some(given) = fields.switch("cookies", cookies, &mut self.problems) {
            http.cookies = given;
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

    fn max_body(&mut self, node: &Node) -> Option<usize> {
        let given = node.as_scalar();
        let given = given.and_then(|given| units::bytes(&given.text));
        let found = given.and_then(|given| usize::try_from(given).ok());
        let found = found.filter(|size| (1..=MAX_BODY_BYTES).contains(size));
        if found.is_none() {
            let expected = "`max_body` must be a size from 1 to 1GiB, such as 512KiB or 64MiB";
            fields::wrong_type(node, expected, &mut self.problems);
        }
        found
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
