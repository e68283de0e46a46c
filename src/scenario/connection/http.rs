//! `http:`, at the top, in a class and in a step: the nearest wins, key by key.

use crate::model::{Cookies, Route};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::request_ir::{Compression, Http};
use crate::scenario::yaml::fields;
use crate::scenario::yaml::fields::Fields;
use crate::scenario::yaml::node::{Node, Resolved};
use crate::scenario::yaml::suggest::did_you_mean;
use crate::scenario::yaml::units;

pub(crate) const KEYS: [&str; 14] = [
    "timeout",
    "connect_timeout",
    "max_redirects",
    "max_body",
    "version",
    "tls",
    "proxy",
    "connections",
    "max_connection_age",
    "source_addresses",
    "dns",
    "resolve",
    "compression",
    "cookies",
];
/// What concerns connections, which the requests of a class share.
const CONNECTION_KEYS: [&str; 8] = [
    "version",
    "tls",
    "proxy",
    "connections",
    "max_connection_age",
    "source_addresses",
    "dns",
    "resolve",
];

/// The highest limit of a body that is looked at.
const MOST_BODY_BYTES: usize = 1 << 30;

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
        let Some(fields) =
            node.and_then(|node| Fields::read(node, "`http`", &KEYS, &mut self.problems))
        else {
            return http;
        };
        for (key, limit) in [
            ("timeout", &mut http.timeout),
            ("connect_timeout", &mut http.connect_timeout),
        ] {
            if let Some(node) = fields.value(key)
                && let Some(given) = fields::period(node, &format!("`{key}`"), &mut self.problems)
            {
                *limit = given;
            }
        }
        if let Some(node) = fields.value("max_redirects") {
            let given = fields::whole(node, "`max_redirects`", 0..=100, &mut self.problems);
            let given = given.and_then(|given| u8::try_from(given).ok());
            http.max_redirects = given.unwrap_or(http.max_redirects);
        }
        if let Some(node) = fields.value("max_body") {
            http.max_body = self.max_body(node).unwrap_or(http.max_body);
        }
        let compression = [
            (true, Compression::Offered),
            (false, Compression::NotOffered),
        ];
        if let Some(given) = self.switch(&fields, "compression", compression) {
            http.compression = given;
        }
        let cookies = [(true, Cookies::Kept), (false, Cookies::Ignored)];
        if let Some(given) = self.switch(&fields, "cookies", cookies) {
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
        let found = found.filter(|size| (1..=MOST_BODY_BYTES).contains(size));
        if found.is_none() {
            let expected = "`max_body` is a size from 1 to 1GiB: 512KiB, 64MiB";
            fields::wrong_type(node, expected, &mut self.problems);
        }
        found
    }

    fn refuse_connection_keys(&mut self, fields: &Fields<'_>) {
        for key in CONNECTION_KEYS {
            if let Some(entry) = fields.entry(key) {
                let message =
                    format!("`{key}` concerns connections, which a step shares with others");
                let help = "give it in the `http` of the class or at the top".to_owned();
                self.problems
                    .report_with(entry.key.span, message, Some(help));
            }
        }
    }

    /// The value of a key that is `true` or `false`.
    pub(crate) fn switch<T: Copy>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        meanings: [(bool, T); 2],
    ) -> Option<T> {
        let node = fields.value(key)?;
        if let Some(Resolved::Bool(given)) = node.as_scalar().map(|scalar| scalar.resolve()) {
            let meaning = meanings.iter().find(|(value, _)| *value == given);
            return meaning.map(|(_, meaning)| *meaning);
        }
        let expected = format!("`{key}` is true or false");
        fields::wrong_type(node, &expected, &mut self.problems);
        None
    }

    /// The value of a key that is one of a few words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let node = fields.value(key)?;
        let given = node.as_scalar();
        let found = given.and_then(|given| words.iter().find(|(word, _)| *word == given.text));
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let similar = given.and_then(|given| did_you_mean(&given.text, known.clone()));
            let message = format!("`{key}` is one of {}", known.join(", "));
            let message = format!("{message}, not {}", node.describe());
            self.problems.report_with(node.span, message, similar);
        }
        found.map(|(_, meaning)| *meaning)
    }
}
