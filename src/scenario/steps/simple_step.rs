//! Steps that do one thing and send nothing.

use crate::model::{NameId, RowKind, SlotId, Wait};
use crate::program::{
    Assigned, Assignment, Condition, Encoding, Expression, Instruction, TaskFailure, Template,
};
use crate::scenario::expr::Clock;
use crate::scenario::expr::template::TemplatePart;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::capture::is_variable;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Resolved, Scalar, shorten};
use crate::scenario::yaml::source::Span;

impl Reader<'_> {
    /// Reads `think`, `set`, `log`, `fail` or `stop_user`.
    pub(crate) fn simple_step(&mut self, kind: &Entry, fields: &Fields<'_>) -> Option<()> {
        let value = fields.value(&kind.key.text)?;
        let instruction = match kind.key.text.as_str() {
            "think" => Instruction::Think(self.think(value)?),
            "set" => {
                let set = self.assignments(value, "`set`");
                set.into_iter().for_each(|one| {
                    self.tables.emit(Instruction::Set(one));
                });
                return Some(());
            }
            "log" => {
                let text = self.text(value, "`log`")?;
                Instruction::Log(self.template(text, Encoding::Shown)?)
            }
            "fail" => {
                let text: &str = fields.get("fail")?;
                Instruction::Fail(self.task_failure(text.to_owned()))
            }
            _ => Instruction::StopUser,
        };
        self.tables.emit(instruction);
        Some(())
    }

    /// The row of the task that is being read, for failures that are no request's.
    pub(super) fn task_row(&mut self) -> NameId {
        let name = self.position.task.clone();
        self.tables.name(RowKind::Task, name)
    }

    /// A failure of the task that is being read.
    pub(super) fn task_failure(&mut self, text: String) -> TaskFailure {
        TaskFailure {
            task: self.task_row(),
            text: self.tables.text(text),
        }
    }

    /// An expression that decides something, and why its task fails where it
    /// does not.
    pub(crate) fn decided(&mut self, expression: Expression, source: &str, why: &str) -> Condition {
        Condition {
            expression,
            undecided: self.task_failure(format!("`{}` {why}", shorten(source))),
        }
    }

    /// The slot of a variable that a step sets.
    pub(crate) fn variable(&mut self, name: &str, span: Span) -> Option<SlotId> {
        if !is_variable(name) {
            let message = format!("invalid variable name `{}`", shorten(name));
            let help = "use letters, digits and `_`; reserved words are not allowed";
            self.report_with(span, message, help);
            return None;
        }
        self.scope.variables.get(name).copied()
    }

    /// A map of variables to what they are set to, in order.
    pub(super) fn assignments(&mut self, node: &Node, what: &str) -> Vec<Assignment> {
        let entries = self.entries(node, what);
        let mut found = Vec::new();
        for entry in entries.unwrap_or_default() {
            // Each counts as a step: a block of them may be used thousands of times.
            if !self.has_room(&entry.value) {
                break;
            }
            let slot = self.variable(&entry.key.text, entry.key.span);
            let value = self.assigned(&entry.value);
            if let (Some(slot), Some(value)) = (slot, value) {
                let from = value.first_variable();
                found.push(Assignment {
                    slot,
                    from,
                    task: from.map(|_| self.task_row()),
                    value,
                });
            }
        }
        found
    }

    /// A value that is one hole alone keeps its type; so does what is no text.
    fn assigned(&mut self, node: &Node) -> Option<Assigned> {
        if let NodeKind::Scalar(scalar) = &node.kind
            && let Resolved::Text(_) = scalar.resolve()
        {
            if let [TemplatePart::Hole { .. }] = self.parts(scalar)?.as_slice() {
                return self.value_of(scalar).map(Assigned::Value);
            }
            return self.template(scalar, Encoding::Raw).map(Assigned::Text);
        }
        let mut json = Template::default();
        self.json(node, &mut json);
        Some(Assigned::Json(json))
    }

    /// The expression of a text that is one hole alone.
    pub(crate) fn value_of(&mut self, scalar: &Scalar) -> Option<Expression> {
        match self.parts(scalar)?.as_slice() {
            [TemplatePart::Hole { source, start }] => {
                self.expression(scalar, source, *start, Clock::Available)
            }
            _ => {
                let message = "this must be a single expression, with or without `{{ }}`";
                self.report(scalar.span, message);
                None
            }
        }
    }

    fn think(&mut self, node: &Node) -> Option<Wait> {
        if let NodeKind::Scalar(_) = node.kind {
            return Some(self.wait(node));
        }
        let fields = self.fields(node, "`think`", &maps::PAUSE)?;
        self.wait_of(&fields)
    }
}
