//! Request steps.

use crate::model::{Method, RowKind};
use crate::scenario::connection::http::Level;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::headers;
use crate::scenario::request::request_ir::RequestIr;
use crate::scenario::schema::{Fields, Known, maps};
use crate::scenario::steps::step::{StepContext, flow_keys};
use crate::scenario::yaml::node::Node;

pub(crate) const METHODS: [(&str, Method); 8] = [
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
    pub(crate) fn request(&mut self, node: &Node, context: &StepContext<'_>) -> Option<RequestIr> {
        let step = self.request_fields(node)?;
        // Everything is read even where the method is missing, to find all mistakes.
        let method = step.only();
        let mut target = method.and_then(|entry| self.target(&entry.value));
        if let Some(query) = step.value("query") {
            match &mut target {
                Some(target) => self.query(query, target),
                None => {
                    self.entries(query, "`query`");
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
        let mut http = self.http(step.value("http"), context.http, Level::Step);
        http.timeout = step.get("timeout").unwrap_or(http.timeout);
        let mut methods = METHODS.into_iter();
        let (_, method) =
            methods.find(|(key, _)| method.is_some_and(|one| one.key.text == *key))?;
        let target = target?;
        let name = step.get::<&str>("name").unwrap_or(&target.name).to_owned();
        let content_type = body.as_ref().map(|body| &body.content_type);
        Some(RequestIr {
            name: self.tables.name(RowKind::Request(method), name),
            origin: target.origin,
            method,
            target: target.goal,
            headers: headers::merge(
                context.headers,
                &own,
                context.when_unset,
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
        let entries = self.entries(node, "a step")?;
        let mut methods = entries.iter().filter(|entry| is_method(&entry.key.text));
        match (methods.next(), methods.next()) {
            (Some(first), Some(second)) => {
                self.report_second_kind(&first.key.text, second);
                None
            }
            (Some(_), None) => self.fields(node, "a request", &maps::REQUEST),
            (None, _) => {
                let known = Known::from(&maps::REQUEST).and(flow_keys());
                self.fields(node, "a step", known)
            }
        }
    }
}
