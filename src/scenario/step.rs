//! Steps: one request each.

use crate::model::{Method, RequestId};
use crate::program::{CodeAt, Instruction, WhenUnset};
use crate::scenario::draft::{Http, RequestDraft};
use crate::scenario::fields::{self, Fields};
use crate::scenario::headers::{self, HeaderLine};
use crate::scenario::http::Level;
use crate::scenario::node::{Entry, Node};
use crate::scenario::reader::Reader;
use crate::scenario::suggest::did_you_mean_or_list;

/// What steps take over from where they stand.
pub(super) struct Surroundings<'c> {
    /// Headers of the scenario and the class.
    pub(super) headers: &'c [HeaderLine],
    pub(super) http: Http,
    /// What becomes of those headers while a variable in them is not set.
    pub(super) when_unset: WhenUnset,
}

/// The most request steps of a scenario.
const MAX_REQUESTS: usize = 10_000;

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

const KEYS: [&str; 18] = [
    "get", "head", "post", "put", "patch", "delete", "options", "trace", "name", "headers",
    "query", "json", "form", "body", "expect", "capture", "timeout", "http",
];

impl Reader<'_> {
    /// Reads a list of steps and returns where their code begins.
    pub(super) fn steps(
        &mut self,
        node: &Node,
        what: &str,
        around: &Surroundings<'_>,
    ) -> Option<CodeAt> {
        let steps = fields::items(
            node,
            &format!("{what}, a list of steps,"),
            &mut self.problems,
        )?;
        if steps.is_empty() {
            let help = "for example `- get: /api/v1/health/`";
            fields::missing(
                node.span,
                &format!("a step of {what}"),
                help,
                &mut self.problems,
            );
        }
        let entry = CodeAt(u32::try_from(self.tables.code.len()).unwrap_or(u32::MAX));
        for step in steps {
            if let Some(draft) = self.step(step, around) {
                let id = RequestId::from(self.tables.requests.len());
                self.tables.requests.push(draft);
                self.tables.code.push(Instruction::Request(id));
            }
        }
        self.tables.code.push(Instruction::End);
        Some(entry)
    }

    fn step(&mut self, node: &Node, around: &Surroundings<'_>) -> Option<RequestDraft> {
        let step = Fields::read(node, "a step", &KEYS, &mut self.problems)?;
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
        let own = self.headers(step.value("headers"));
        let expect = self.expect(step.value("expect"));
        let captures = self.captures(step.value("capture"));
        let mut http = self.http(step.value("http"), around.http, Level::Step);
        if let Some(node) = step.value("timeout")
            && let Some(timeout) = fields::period(node, "`timeout`", &mut self.problems)
        {
            http.timeout = timeout;
        }
        let name = step.value("name");
        let name = name.and_then(|node| fields::plain_text(node, "`name`", &mut self.problems));
        let (method, entry) = method?;
        let target = target?;
        let name = name.map_or_else(|| target.name.clone(), str::to_owned);
        if self.tables.requests.len() >= MAX_REQUESTS {
            let message = format!("more than {MAX_REQUESTS} request steps, the limit");
            self.report(entry.key.span, message);
            return None;
        }
        let (origin, target) = target.finish();
        let content_type = body.as_ref().map(|body| body.content_type);
        Some(RequestDraft {
            name: self.tables.name(method, name),
            origin,
            method,
            target,
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

    /// The one method of a step, and where it stands.
    fn method<'n>(&mut self, step: &Fields<'n>, node: &Node) -> Option<(Method, &'n Entry)> {
        let given = METHODS
            .iter()
            .filter_map(|(key, method)| Some((*method, step.entry(key)?)));
        let mut given: Vec<_> = given.collect();
        given.sort_by_key(|(_, entry)| entry.key.span.start);
        if let Some((_, second)) = given.get(1) {
            let message = "a step is one request; a second one begins with `- ` on its own line";
            self.report(second.key.span, message);
        }
        if given.is_empty() {
            let unknown = step
                .all()
                .iter()
                .find(|entry| !KEYS.contains(&entry.key.text.as_str()));
            // A misspelled method is reported already, as an unknown key.
            let is_misspelled = unknown.is_some_and(|entry| {
                let methods: Vec<_> = METHODS.iter().map(|(key, _)| *key).collect();
                did_you_mean_or_list(&entry.key.text, &methods).starts_with("did you mean")
            });
            if !is_misspelled {
                let help = "name a method and a path: `get: /api/v1/health/`";
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
