//! Request steps.

use crate::model::{Method, RowKind};
use crate::scenario::connection::http::Level;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::headers;
use crate::scenario::request::request_ir::RequestDraft;
use crate::scenario::schema::{Fields, Known, maps};
use crate::scenario::steps::step::{Surroundings, flow_keys};
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node};
use crate::scenario::yaml::suggest::did_you_mean;

const METHODS: [(&str, Method); 8] = [
    ("get", Method::Get),
    ("head", Method::Head),
    ("post", Method::Post),
    ("put", Method::Put),
    ("patch", Method::Patch),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("trace", Method::Trace),
];

/// Whether a key is that of a request.
pub(crate) fn is_method(key: &str) -> bool {
    METHODS.iter().any(|(method, _)| *method == key)
}

impl Reader<'_> {
    /// Reads a request step.
    pub(crate) fn request(
        &mut self,
        node: &Node,
        around: &Surroundings<'_>,
    ) -> Option<RequestDraft> {
        let step = self.request_fields(node)?;
        let method = self.method(&step, node);
        // Everything is read even where the method is missing, to find all mistakes.
        let target = method.and_then(|(_, entry)| self.target(&entry.value));
        let mut target = target;
        if let Some(query) = step.value("query") {
            match &mut target {
                Some(target) => self.query(query, target),
                None => {
                    fields::entries(query, "`query`", &mut self.problems);
                }
            }
        }
        let body = self.body(&step);
        let mut own = self.headers(step.value("headers"));
        if let Some(body) = &body {
            self.type_of_parts(step.value("headers"), &body.content_type, &mut own);
        }
        let expect = self.expect(step.value("expect"));
        let captures = self.captures(step.value("capture"));
        let mut http = self.http(step.value("http"), around.http, Level::Step);
        if let Some(timeout) = step.time("timeout", &mut self.problems) {
            http.timeout = timeout;
        }
        let name = step.value("name");
        let name = name.and_then(|node| self.named(node, "`name`"));
        let (method, _) = method?;
        let target = target?;
        let name = name.map_or_else(|| target.name.clone(), str::to_owned);
        let content_type = body.as_ref().map(|body| &body.content_type);
        Some(RequestDraft {
            name: self.tables.name(RowKind::Request(method), name),
            origin: target.origin,
            method,
            target: target.goal,
            headers: headers::merge(
                around.headers,
                &own,
                around.when_unset,
                content_type,
                http.compression,
            ),
            body: body.map(|body| body.template),
            http,
            status: expect.status,
            expectations: expect.rest,
            captures,
        })
    }

    /// The keys of a request. Where no method is among them it may have been
    /// meant to be another kind of step, so that those are suggested as well.
    fn request_fields<'n>(&mut self, node: &'n Node) -> Option<Fields<'n>> {
        let entries = fields::entries(node, "a step", &mut self.problems)?;
        if entries.iter().any(|entry| is_method(&entry.key.text)) {
            return self.fields(node, "a request", &maps::REQUEST);
        }
        let known = Known::from(&maps::REQUEST).and(flow_keys());
        self.fields(node, "a step", known)
    }

    /// The one method of a step, and where it stands.
    fn method<'n>(&mut self, step: &Fields<'n>, node: &Node) -> Option<(Method, &'n Entry)> {
        let given = METHODS
            .iter()
            .filter_map(|(key, method)| Some((*method, step.entry(key)?)));
        let mut given: Vec<_> = given.collect();
        given.sort_by_key(|(_, entry)| entry.key.span.start);
        if let Some((_, second)) = given.get(1) {
            let message = "a step can have only one request; start a new step with `- `";
            self.report(second.key.span, message);
        }
        if given.is_empty() {
            let mut entries = step.all().iter();
            let unknown = entries.find(|entry| !maps::REQUEST.has(&entry.key.text));
            // A misspelled method is reported already, as an unknown key.
            let is_misspelled = unknown.is_some_and(|entry| {
                let methods = METHODS.iter().map(|(key, _)| *key).chain(flow_keys());
                did_you_mean(&entry.key.text, methods).is_some()
            });
            if !is_misspelled {
                let help = "add a method and a path, such as `get: /api/v1/health/`";
                fields::missing(
                    node.span,
                    "the request of this step",
                    help,
                    &mut self.problems,
                );
            }
        }
        given.first().copied()
    }
}
