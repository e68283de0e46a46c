//! Steps that hold other steps.

use std::rc::Rc;
use std::time::Duration;

use crate::model::{RequestId, RowKind, duration_literal, micros};
use crate::program::{Branch, Condition, Expression, Instruction, Poll, Rounds, TaskFailure};
use crate::scenario::expr::Clock;
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::limits::{MAX_PARALLEL, MAX_ROUNDS, MAX_WEIGHT};
use crate::scenario::schema::{Fields, maps};
use crate::scenario::steps::step;
use crate::scenario::steps::step::Surroundings;
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Resolved, shorten};
use crate::scenario::yaml::suggest::did_you_mean;

/// Why a task fails whose condition is neither true nor false.
pub(super) const INCOMPARABLE: &str = "compares a number with something else";

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::List(steps) if steps.is_empty())
}

impl Reader<'_> {
    /// Reads a step that is not a request; `kind` is the key that says so.
    pub(super) fn flow(
        &mut self,
        kind: &Entry,
        node: &Node,
        around: &Surroundings<'_>,
    ) -> Option<()> {
        let word = kind.key.text.as_str();
        if let Some(other) = step::other_kind(node, kind) {
            let message = format!("a step can do only one thing; it already has `{word}`");
            let help = "start a new step with `- `";
            self.report_with(other.key.span, message, help);
            return None;
        }
        let what = format!("a step with `{word}`");
        let fields = self.fields(node, &what, maps::STEP.map(word)?)?;
        match word {
            "group" => self.group(&fields, kind, around),
            "repeat" => self.repeat(&fields, kind, around),
            "poll" => self.poll(&fields, kind, around),
            "if" => self.branch(&fields, kind, around),
            "choose" => self.choose(&kind.value, around),
            "parallel" => self.parallel(&kind.value, around),
            "use" => self.block(&kind.value, around),
            _ => self.deed(kind),
        }
    }

    /// The steps of a step, under `key`.
    fn inner(
        &mut self,
        fields: &Fields<'_>,
        kind: &Entry,
        key: &str,
        around: &Surroundings<'_>,
    ) -> Option<()> {
        let Some(node) = fields.value(key) else {
            let what = format!("`{key}` of this `{}`", kind.key.text);
            let help = format!("for example `{key}: [{{get: /api/v1/health/}}]`");
            fields::missing(kind.key.span, &what, &help, &mut self.problems);
            return None;
        };
        self.sequence(node, &format!("`{key}`"), around)
    }

    fn group(
        &mut self,
        fields: &Fields<'_>,
        kind: &Entry,
        around: &Surroundings<'_>,
    ) -> Option<()> {
        let name = self.named(&kind.value, "`group`");
        let name = name.map(str::to_owned).unwrap_or_default();
        let row = self.tables.name(RowKind::Group, name);
        self.tables.emit(Instruction::BeginGroup(row));
        // One that does nothing counts.
        if !fields.value("steps").is_some_and(is_empty_list) {
            self.inner(fields, kind, "steps", around)?;
        }
        self.tables.emit(Instruction::EndGroup);
        Some(())
    }

    fn branch(
        &mut self,
        fields: &Fields<'_>,
        kind: &Entry,
        around: &Surroundings<'_>,
    ) -> Option<()> {
        let condition = self.deciding(&kind.value, "`if`");
        let unless = self.tables.emit_later();
        self.inner(fields, kind, "then", around)?;
        let mut otherwise = self.tables.here();
        if fields.value("else").is_some() {
            let end = self.tables.emit_later();
            otherwise = self.tables.here();
            self.inner(fields, kind, "else", around)?;
            let here = self.tables.here();
            self.tables.put(end, Instruction::Jump(here));
        }
        self.tables
            .put(unless, Instruction::Unless(condition?, otherwise));
        Some(())
    }

    fn choose(&mut self, node: &Node, around: &Surroundings<'_>) -> Option<()> {
        let items = fields::items(node, "`choose`", "branches", &mut self.problems)?;
        if items.is_empty() {
            let help = "for example `choose: [{weight: 3, steps: [...]}, {steps: [...]}]`";
            fields::missing(node.span, "a branch of `choose`", help, &mut self.problems);
        }
        let start = self.tables.emit_later();
        let mut branches = Vec::new();
        let mut ends = Vec::new();
        for item in items {
            let what = "a branch of `choose`";
            let Some(branch) = self.fields(item, what, &maps::BRANCH) else {
                continue;
            };
            let weight = branch.whole_called("weight", "a weight", &mut self.problems);
            let weight = weight.unwrap_or(1);
            let to = self.tables.here();
            branches.push(Branch { weight, to });
            match branch.value("steps") {
                // A branch may be to do nothing.
                Some(steps) if is_empty_list(steps) => Some(()),
                Some(steps) => self.sequence(steps, "`steps`", around),
                None => {
                    let help = "for example `{weight: 3, steps: [{get: /}]}`";
                    let what = "`steps` of this branch";
                    fields::missing(item.span, what, help, &mut self.problems);
                    None
                }
            };
            ends.push(self.tables.emit_later());
        }
        let here = self.tables.here();
        for end in ends {
            self.tables.put(end, Instruction::Jump(here));
        }
        self.tables.put(start, Instruction::Choose(branches.into()));
        Some(())
    }

    pub(crate) fn weight(&mut self, node: &Node) -> Option<u32> {
        fields::whole(node, "a weight", 1..=MAX_WEIGHT, &mut self.problems)
    }

    fn repeat(
        &mut self,
        fields: &Fields<'_>,
        kind: &Entry,
        around: &Surroundings<'_>,
    ) -> Option<()> {
        let value = &kind.value;
        let NodeKind::Map(_) = value.kind else {
            let times = self.times(value);
            return self.rounds(times, (None, None), |reader| {
                reader.inner(fields, kind, "steps", around)
            });
        };
        let how = self.fields(value, "`repeat`", &maps::ROUNDS)?;
        let max = how.whole("max", &mut self.problems);
        let inner = |reader: &mut Self| reader.inner(fields, kind, "steps", around);
        match (how.entry("while"), how.entry("each")) {
            (Some(condition), None) if how.entry("in").is_none() => {
                let words = shorten(text_of(&condition.value));
                let Some(condition) = self.deciding(&condition.value, "`while`") else {
                    return inner(self);
                };
                let exhausted = max.is_none().then(|| {
                    self.task_failure(format!(
                        "`while: {words}` is still true after {MAX_ROUNDS} rounds"
                    ))
                });
                let times = Rounds::Fixed(max.unwrap_or(MAX_ROUNDS));
                self.rounds(Some(times), (Some(condition), exhausted), inner)
            }
            (None, Some(each)) => self.each(each, &how, max, inner),
            _ => {
                let message = "`repeat` needs a number, `while`, or `each` with `in`";
                let help = "for example `repeat: {each: item, in: items}`";
                self.report_with(value.span, message, help);
                inner(self)
            }
        }
    }

    /// A number of rounds, which may end early.
    fn rounds(
        &mut self,
        times: Option<Rounds>,
        (condition, exhausted): (Option<Condition>, Option<TaskFailure>),
        steps: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<()> {
        let open = self.tables.emit_later();
        let again = self.tables.here();
        let check = condition.map(|condition| (condition, self.tables.emit_later()));
        let round = self.tables.emit_later();
        steps(self)?;
        self.tables.emit(Instruction::Jump(again));
        let exit = self.tables.here();
        self.tables.put(open, Instruction::Repeat(times?));
        let round_begins = Instruction::Round { exit, exhausted };
        self.tables.put(round, round_begins);
        if let Some((condition, at)) = check {
            self.tables.put(at, Instruction::While(condition, exit));
        }
        Some(())
    }

    fn each(
        &mut self,
        each: &Entry,
        how: &Fields<'_>,
        max: Option<u32>,
        steps: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<()> {
        let name = fields::plain_text(&each.value, "`each`", &mut self.problems);
        let slot = name.and_then(|name| self.variable(name, each.value.span));
        let list = match how.value("in") {
            Some(node) => self
                .condition(node, "`in`")
                .map(|list| self.decided(list, text_of(node), "is not a list")),
            None => {
                let help = "for example `repeat: {each: item, in: items}`";
                let what = "`in` of this `each`";
                fields::missing(each.key.span, what, help, &mut self.problems);
                None
            }
        };
        let open = self.tables.emit_later();
        let again = self.tables.emit_later();
        steps(self)?;
        self.tables.emit(Instruction::Jump(again));
        let exit = self.tables.here();
        let list = list?;
        let element = Instruction::Element {
            slot: slot?,
            from: list.expression.first_variable(),
            task: list.undecided.task,
            exit,
        };
        self.tables.put(open, Instruction::Each { list, max });
        self.tables.put(again, element);
        Some(())
    }

    /// How often: a number, an expression, or one alone between `{{` and `}}`.
    fn times(&mut self, node: &Node) -> Option<Rounds> {
        let scalar = fields::text(node, "`repeat`", &mut self.problems)?;
        if let Resolved::Int(_) | Resolved::Float(_) | Resolved::Bool(_) = scalar.resolve() {
            let bounds = 1..=MAX_ROUNDS;
            let times = fields::whole(node, "`repeat`", bounds, &mut self.problems)?;
            return Some(Rounds::Fixed(times));
        }
        let times = if scalar.text.contains("{{") {
            self.value_of(scalar)
        } else {
            self.condition(node, "`repeat`")
        };
        let why = format!("is not a whole number of at most {MAX_ROUNDS}");
        Some(Rounds::Of(self.decided(times?, &scalar.text, &why)))
    }

    /// A condition that decides how the task goes on.
    fn deciding(&mut self, node: &Node, what: &str) -> Option<Condition> {
        let condition = self.condition(node, what)?;
        Some(self.decided(condition, text_of(node), INCOMPARABLE))
    }

    fn poll(&mut self, fields: &Fields<'_>, kind: &Entry, around: &Surroundings<'_>) -> Option<()> {
        let how = self.fields(&kind.value, "`poll`", &maps::UNTIL)?;
        let every = how.time("every", &mut self.problems);
        let every = every.unwrap_or(Duration::from_secs(1));
        let timeout = how.time("timeout", &mut self.problems);
        let timeout = timeout.unwrap_or(Duration::from_secs(30));
        let Some(until) = how.value("until") else {
            let help = "for example `poll: {until: \"state == 'done'\", every: 1s, timeout: 30s}`";
            fields::missing(
                kind.key.span,
                "`until` of this `poll`",
                help,
                &mut self.problems,
            );
            return self.inner(fields, kind, "steps", around);
        };
        let condition = self.condition(until, "`until`");
        let timeout_us = micros(timeout);
        self.tables.emit(Instruction::BeginPoll { timeout_us });
        let again = self.tables.here();
        self.inner(fields, kind, "steps", around)?;
        let words = until.as_scalar().map_or("", |scalar| &scalar.text);
        let words = format!(
            "timed out after {}: {}",
            duration_literal(timeout),
            shorten(words)
        );
        let poll = Poll {
            until: condition?,
            every_us: micros(every),
            again,
            task: self.task_row(),
            text: self.tables.text(words),
        };
        self.tables.emit(Instruction::EndPoll(Box::new(poll)));
        Some(())
    }

    fn parallel(&mut self, node: &Node, around: &Surroundings<'_>) -> Option<()> {
        let items = fields::items(node, "`parallel`", "requests", &mut self.problems)?;
        if items.is_empty() || items.len() > MAX_PARALLEL {
            let message = format!("`parallel` must be a list of 1 to {MAX_PARALLEL} requests");
            self.report(node.span, message);
            return None;
        }
        let first = RequestId::from(self.tables.requests.len());
        let mut count = 0;
        for item in items {
            if let Some(flow) = step::flow_of(item) {
                let message = format!("`{}` is not allowed in `parallel`", flow.key.text);
                let help = "only requests can run in parallel";
                self.report_with(flow.key.span, message, help);
            } else if self.has_room(item)
                && let Some(draft) = self.request(item, around)
            {
                self.tables.push_request(draft);
                count += 1;
            }
        }
        self.tables.emit(Instruction::Parallel { first, count });
        Some(())
    }

    /// `use:`: the steps of a block, put here.
    fn block(&mut self, node: &Node, around: &Surroundings<'_>) -> Option<()> {
        let name = fields::plain_text(node, "`use`", &mut self.problems)?;
        let Some(block) = self.blocks.steps.get(name).map(Rc::clone) else {
            let message = format!("unknown block `{}`", shorten(name));
            let help = did_you_mean(name, self.blocks.steps.keys().map(String::as_str))
                .unwrap_or_else(|| {
                    "define blocks under `blocks` at the top of the file".to_owned()
                });
            self.report_with(node.span, message, help);
            return None;
        };
        if let Some(at) = self.stretch.blocks.iter().position(|outer| outer == name) {
            let path = self.stretch.blocks[at..].join(" → ");
            let message = format!("block `{}` uses itself: {path} → {name}", shorten(name));
            self.report(node.span, message);
            return None;
        }
        self.blocks.used.insert(name.to_owned());
        self.stretch.blocks.push(name.to_owned());
        let what = format!("block `{}`", shorten(name));
        let read = self.sequence(&block, &what, around);
        self.stretch.blocks.pop();
        read
    }

    /// An expression that stands alone, without `{{ }}`.
    pub(crate) fn condition(&mut self, node: &Node, what: &str) -> Option<Expression> {
        let scalar = fields::text(node, what, &mut self.problems)?;
        if scalar.text.trim_start().starts_with("{{") {
            let message = format!("write {what} without `{{{{ }}}}`");
            self.report(scalar.span, message);
            return None;
        }
        self.expression(scalar, &scalar.text, 0, Clock::Available)
    }
}

/// The text of a scalar, for messages.
fn text_of(node: &Node) -> &str {
    node.as_scalar().map_or("", |scalar| &scalar.text)
}
