//! Lists of steps, and which kind each of them is.

use crate::program::{CodeAt, Instruction, WhenUnset};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::headers::HeaderLine;
use crate::scenario::request::request_ir::Http;
use crate::scenario::request::request_step::is_method;
use crate::scenario::schema::maps;
use crate::scenario::yaml::node::{Entry, Node, NodeKind};

/// The context of steps: headers and options that apply where they stand.
pub(crate) struct StepContext<'c> {
    /// Headers of the scenario and the class.
    pub(crate) headers: &'c [HeaderLine],
    pub(crate) http: Http,
    /// How those headers are sent while a variable in them is not set.
    pub(crate) when_unset: WhenUnset,
}

/// Where in the steps of a task the reader is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Position {
    /// The name of the task, for failures that are no request's.
    pub(crate) task: String,
    /// The lists of steps it is in.
    depth: usize,
    /// The blocks it is in, the outermost first.
    pub(crate) blocks: Vec<String>,
}

/// The most steps of a scenario, those of a block counted wherever it is used.
const MAX_STEPS: usize = 10_000;
/// The most lists of steps inside one another.
const MAX_NESTING: usize = 16;

/// The keys of steps that are not requests.
pub(crate) fn flow_keys() -> impl Iterator<Item = &'static str> {
    let kinds = maps::STEP.maps.iter().map(|map| map.name);
    kinds.filter(|kind| *kind != "request")
}

fn is_flow(key: &str) -> bool {
    flow_keys().any(|known| known == key)
}

impl Reader<'_> {
    /// Reads the steps of a task, `on_start` or `on_stop`, and returns where
    /// their code begins.
    pub(crate) fn steps(
        &mut self,
        node: &Node,
        what: &str,
        context: &StepContext<'_>,
    ) -> Option<CodeAt> {
        let entry = self.tables.here();
        self.sequence(node, what, context)?;
        self.tables.emit(Instruction::End);
        Some(entry)
    }

    /// Reads a list of steps wherever it stands.
    pub(crate) fn sequence(
        &mut self,
        node: &Node,
        what: &str,
        context: &StepContext<'_>,
    ) -> Option<()> {
        let steps = self.items(node, what, "steps")?;
        if steps.is_empty() {
            let help = "for example `- get: /api/v1/health/`";
            let message = format!("{what} must not be empty");
            self.report_with(node.span, message, help);
        }
        if self.position.depth >= MAX_NESTING {
            let message = format!("steps are nested too deeply (at most {MAX_NESTING} levels)");
            self.report(node.span, message);
            return None;
        }
        self.position.depth += 1;
        for step in steps {
            if self.has_room(step) {
                self.step(step, context);
            }
        }
        self.position.depth -= 1;
        Some(())
    }

    fn step(&mut self, node: &Node, context: &StepContext<'_>) -> Option<()> {
        if let Some(kind) = flow_of(node) {
            return self.flow(kind, node, context);
        }
        let request = self.request(node, context)?;
        let id = self.tables.push_request(request);
        self.tables.emit(Instruction::Request(id));
        Some(())
    }

    /// Reports a key that says what a step is beside the first that does.
    pub(crate) fn report_second_kind(&mut self, first: &str, second: &Entry) {
        let message = format!("a step can do only one thing; it already has `{first}`");
        self.report_with(second.key.span, message, "start a new step with `- `");
    }

    /// Counts a step; whether there is room for it. That there is none is said once.
    pub(super) fn has_room(&mut self, step: &Node) -> bool {
        self.tables.steps += 1;
        if self.tables.steps == MAX_STEPS + 1 {
            let message = format!("too many steps (at most {MAX_STEPS}, including blocks)");
            self.report(step.span, message);
        }
        self.tables.steps <= MAX_STEPS
    }
}

/// Another key that says what a step is, beside `kind`.
pub(super) fn other_kind<'n>(node: &'n Node, kind: &Entry) -> Option<&'n Entry> {
    let NodeKind::Map(entries) = &node.kind else {
        return None;
    };
    entries.iter().find(|entry| {
        let key = entry.key.text.as_str();
        key != kind.key.text && (is_flow(key) || is_method(key))
    })
}

/// The key that makes a step something else than a request.
pub(super) fn flow_of(node: &Node) -> Option<&Entry> {
    let NodeKind::Map(entries) = &node.kind else {
        return None;
    };
    entries.iter().find(|entry| is_flow(&entry.key.text))
}
