//! Steps that hold other steps.

use std::rc::Rc;
use std::time::Duration;

use crate::model::{RequestId, RowKind, duration_literal, micros};
use crate::program::{Branch, Condition, Expression, Instruction, Poll, Rounds, TaskFailure};
use crate::scenario::expr::Clock;
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::limits::MAX_ROUNDS;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::steps::step;
use crate::scenario::steps::step::StepContext;
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
        context: &StepContext<'_>,
    ) -> Option<()> {
        let word = kind.key.text.as_str();
        if let Some(other) = step::other_kind(node, kind) {
            self.report_second_kind(word, other);
            return None;
        }
        let what = format!("a step with `{word}`");
        let map = maps::STEP.map(word)?;
        let at = (what.as_str(), kind.key.span);
        let fields = Fields::read(node, at, map, &mut self.problems)?;
        match word {
            "group" => self.group(&fields, context),
            "repeat" => self.repeat(&fields, kind, context),
            "poll" => self.poll(&fields, kind, context),
            "if" => self.branch(&fields, kind, context),
            "choose" => self.choose(fields.value(word)?, context),
            "parallel" => self.parallel(fields.value(word)?, context),
            "use" => self.block(fields.value(word)?, context),
            _ => self.simple_step(kind, &fields),
        }
    }

    /// The steps of a step, under `key`.
    fn inner(&mut self, fields: &Fields<'_>, key: &str, context: &StepContext<'_>) -> Option<()> {
        let node = fields.value(key)?;
        self.sequence(node, &format!("`{key}`"), context)
    }

    fn group(&mut self, fields: &Fields<'_>, context: &StepContext<'_>) -> Option<()> {
        let name = fields.get::<&str>("group").unwrap_or_default().to_owned();
        let row = self.tables.name(RowKind::Group, name);
        self.tables.emit(Instruction::BeginGroup(row));
        // One that does nothing counts.
        if !fields.value("steps").is_some_and(is_empty_list) {
            self.inner(fields, "steps", context)?;
        }
        self.tables.emit(Instruction::EndGroup);
        Some(())
    }

    fn branch(
        &mut self,
        fields: &Fields<'_>,
        kind: &Entry,
        context: &StepContext<'_>,
    ) -> Option<()> {
        let condition = self.deciding(&kind.value, "`if`");
        let unless = self.tables.emit_later();
        self.inner(fields, "then", context)?;
        let mut otherwise = self.tables.here();
        if fields.value("else").is_some() {
            let end = self.tables.emit_later();
            otherwise = self.tables.here();
            self.inner(fields, "else", context)?;
            let here = self.tables.here();
            self.tables.put(end, Instruction::Jump(here));
        }
        self.tables
            .put(unless, Instruction::Unless(condition?, otherwise));
        Some(())
    }

    fn choose(&mut self, node: &Node, context: &StepContext<'_>) -> Option<()> {
        let items = self.items(node, "`choose`", "branches")?;
        let start = self.tables.emit_later();
        let mut branches = Vec::new();
        let mut ends = Vec::new();
        for item in items {
            let what = "a branch of `choose`";
            let Some(branch) = self.fields(item, what, &maps::BRANCH) else {
                continue;
            };
            let weight = branch.get("weight").unwrap_or(1);
            let to = self.tables.here();
            branches.push(Branch { weight, to });
            match branch.value("steps") {
                // A branch may be to do nothing.
                Some(steps) if is_empty_list(steps) => Some(()),
                Some(steps) => self.sequence(steps, "`steps`", context),
                None => None,
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

    fn repeat(
        &mut self,
        fields: &Fields<'_>,
        kind: &Entry,
        context: &StepContext<'_>,
    ) -> Option<()> {
        let value = &kind.value;
        let NodeKind::Map(_) = value.kind else {
            let times = self.times(value);
            return self.rounds(times, (None, None), |reader| {
                reader.inner(fields, "steps", context)
            });
        };
        let how = self.fields(value, "`repeat`", &maps::ROUNDS)?;
        let max = how.get("max");
        let inner = |reader: &mut Self| reader.inner(fields, "steps", context);
        let Some(only) = how.only() else {
            return inner(self);
        };
        if only.key.text == "each" {
            return self.each(&how, max, inner);
        }
        let words = shorten(text_of(&only.value));
        let Some(condition) = self.deciding(&only.value, "`while`") else {
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
        how: &Fields<'_>,
        max: Option<u32>,
        steps: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<()> {
        let each = how.entry("each")?;
        let name = how.get::<&str>("each");
        let slot = name.and_then(|name| self.variable(name, each.value.span));
        let list = how.value("in").and_then(|node| {
            let list = self.condition(node, "`in`")?;
            Some(self.decided(list, text_of(node), "is not a list"))
        });
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
        let scalar = self.text(node, "`repeat`")?;
        if let Resolved::Int(_) | Resolved::Float(_) | Resolved::Bool(_) = scalar.resolve() {
            let times = scalar.whole();
            let times = times.filter(|times| (1..=MAX_ROUNDS).contains(times));
            if times.is_none() {
                let expected = format!("`repeat` must be a whole number from 1 to {MAX_ROUNDS}");
                self.wrong_type(node, &expected);
            }
            return times.map(Rounds::Fixed);
        }
        let times = if scalar.text.contains("{{") {
            self.value_of(scalar)
        } else {
            self.condition(node, "`repeat`")
        };
        let why = format!("is not a whole number of at most {MAX_ROUNDS}");
        Some(Rounds::Of(self.decided(times?, &scalar.text, &why)))
    }

    /// A condition that decides the next step of the task.
    fn deciding(&mut self, node: &Node, what: &str) -> Option<Condition> {
        let condition = self.condition(node, what)?;
        Some(self.decided(condition, text_of(node), INCOMPARABLE))
    }

    fn poll(&mut self, fields: &Fields<'_>, kind: &Entry, context: &StepContext<'_>) -> Option<()> {
        let how = self.fields_of(kind, "`poll`", &maps::UNTIL)?;
        let every = how.get("every").unwrap_or(Duration::from_secs(1));
        let timeout = how.get("timeout").unwrap_or(Duration::from_secs(30));
        let Some(until) = how.value("until") else {
            return self.inner(fields, "steps", context);
        };
        let condition = self.condition(until, "`until`");
        let timeout_us = micros(timeout);
        self.tables.emit(Instruction::BeginPoll { timeout_us });
        let again = self.tables.here();
        self.inner(fields, "steps", context)?;
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

    fn parallel(&mut self, node: &Node, context: &StepContext<'_>) -> Option<()> {
        let items = self.items(node, "`parallel`", "requests")?;
        let first = RequestId::from(self.tables.requests.len());
        let mut count = 0;
        for item in items {
            if let Some(flow) = step::flow_of(item) {
                let message = format!("`{}` is not allowed in `parallel`", flow.key.text);
                let help = "only requests can run in parallel";
                self.report_with(flow.key.span, message, help);
            } else if self.has_room(item)
                && let Some(request) = self.request(item, context)
            {
                self.tables.push_request(request);
                count += 1;
            }
        }
        self.tables.emit(Instruction::Parallel { first, count });
        Some(())
    }

    /// `use:`: the steps of a block, put here.
    fn block(&mut self, node: &Node, context: &StepContext<'_>) -> Option<()> {
        let name = self.plain_text(node, "`use`")?;
        let Some(block) = self.blocks.steps.get(name).map(Rc::clone) else {
            let message = format!("unknown block `{}`", shorten(name));
            let help = did_you_mean(name, self.blocks.steps.keys().map(String::as_str))
                .unwrap_or_else(|| {
                    "define blocks under `blocks` at the top of the file".to_owned()
                });
            self.report_with(node.span, message, help);
            return None;
        };
        if let Some(at) = self.position.blocks.iter().position(|outer| outer == name) {
            let path = self.position.blocks[at..].join(" → ");
            let message = format!("block `{}` uses itself: {path} → {name}", shorten(name));
            self.report(node.span, message);
            return None;
        }
        self.blocks.used.insert(name.to_owned());
        self.position.blocks.push(name.to_owned());
        let what = format!("block `{}`", shorten(name));
        let read = self.sequence(&block, &what, context);
        self.position.blocks.pop();
        read
    }

    /// An expression that stands alone, without `{{ }}`.
    pub(crate) fn condition(&mut self, node: &Node, what: &str) -> Option<Expression> {
        let scalar = self.text(node, what)?;
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
