//! User classes and tasks.

use std::collections::BTreeSet;

use crate::model::{FeedId, Population, Task as TaskModel, TaskOrder, UserClass, Wait, Workload};
use crate::program::{Class, ClassRows, CodeAt, Instruction, Order, RowPer, Task, WhenUnset};
use crate::scenario::connection::http::Level;
use crate::scenario::expr::Clock;
use crate::scenario::file::file_section::FileSection;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::headers::HeaderLine;
use crate::scenario::request::request_ir::Http;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::steps::flow;
use crate::scenario::steps::step::StepContext;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, shorten};

/// A task without its steps, by which it is known whether it is selected.
struct TaskHead<'n> {
    key: &'n Scalar,
    weight: u32,
    tags: Vec<String>,
    when: Option<&'n Node>,
    steps: Option<&'n Node>,
}

impl Reader<'_> {
    /// Reads a class of a file.
    pub(crate) fn class(
        &mut self,
        entry: &Entry,
        file: &FileSection<'_>,
    ) -> Option<(Class, Option<Workload>)> {
        self.class_name(entry);
        let name = entry.key.text.clone();
        let mut variables = self.blocks.variables_of(file.variables(), &entry.value);
        variables.extend(self.classes.setup_variables.iter().cloned());
        self.enter(&name, variables);
        let what = format!("user class `{}`", shorten(&name));
        let fields = self.fields_of(entry, &what, &maps::USER_CLASS)?;
        // What the headers mention, every request of the class needs.
        let ((http, inherited), shared) = self.with_feeds(|reader| {
            let http = reader.http(fields.value("http"), file.http, Level::Outer);
            let mut headers = reader.headers(file.fields.value("headers"));
            headers.extend(reader.headers(fields.value("headers")));
            (http, headers)
        });
        let part = |reader: &mut Self, key: &str, when_unset| {
            let context = StepContext {
                headers: &inherited,
                http,
                when_unset,
            };
            let what = format!("`{key}`");
            key.clone_into(&mut reader.position.task);
            reader.steps(fields.value(key)?, &what, &context)
        };
        let (on_start, of_start) = self.with_feeds(|reader| {
            let begin = reader.beginning(file, &fields);
            // The token in a class's headers is what `on_start` goes to fetch.
            match part(reader, "on_start", WhenUnset::Omit) {
                None if begin.is_some() => {
                    reader.tables.emit(Instruction::End);
                    begin
                }
                on_start => begin.or(on_start),
            }
        });
        let (on_stop, of_stop) = self.with_feeds(|reader| part(reader, "on_stop", WhenUnset::Fail));
        let (tasks, unselected) = self.tasks(entry, &fields, &inherited, http);
        let mut class = Class {
            name,
            workload: 0,
            population: population(&fields),
            wait: fields
                .value("wait")
                .map_or(Wait::NONE, |node| self.wait(node)),
            on_start,
            is_rehearsed: fields.get("rehearse").unwrap_or(false),
            on_stop,
            order: self.order(&fields, &tasks),
            iterations: fields.get("iterations"),
            tasks: tasks.into(),
            rows: ClassRows::default(),
        };
        if !unselected.is_empty() {
            let tasks = unselected.into();
            let class = class.clone();
            let unselected = &mut self.classes.unselected;
            unselected.classes.push(Class { tasks, ..class });
        }
        self.weigh(&mut class);
        self.rows(&mut class, &shared, &of_start, &of_stop);
        let load = fields.value("load");
        let load = load.and_then(|node| self.class_load(node, file.run_time));
        Some((class, load))
    }

    /// Sets the variables of the file and the class, in front of `on_start`.
    fn beginning(&mut self, file: &FileSection<'_>, fields: &Fields<'_>) -> Option<CodeAt> {
        let of_class = fields.value("variables");
        let mut set = Vec::new();
        "on_start".clone_into(&mut self.position.task);
        for node in file.variables().into_iter().chain(of_class) {
            set.extend(self.assignments(node, "`variables`"));
        }
        let entry = (!set.is_empty()).then(|| self.tables.here());
        set.into_iter()
            .for_each(|one| self.tables.emit(Instruction::Set(one)));
        entry
    }

    /// Which rows the users of a class take, and when.
    fn rows(
        &self,
        class: &mut Class,
        shared: &BTreeSet<FeedId>,
        of_start: &BTreeSet<FeedId>,
        of_stop: &BTreeSet<FeedId>,
    ) {
        let all = |own: &mut dyn Iterator<Item = FeedId>| {
            let mut all = shared.clone();
            all.extend(own);
            all
        };
        let per = |feeds: BTreeSet<FeedId>, per: RowPer| -> Vec<FeedId> {
            let is_per = |id: &FeedId| self.feeds.list[id.index()].feed.per == per;
            feeds.into_iter().filter(is_per).collect()
        };
        let tasks = class.tasks.iter().flat_map(|task| task.rows.iter());
        let both = of_start.iter().chain(of_stop);
        let user = all(&mut tasks.chain(both).copied());
        class.rows = ClassRows {
            user: per(user, RowPer::User),
            on_start: per(all(&mut of_start.iter().copied()), RowPer::Task),
            on_stop: per(all(&mut of_stop.iter().copied()), RowPer::Task),
        };
        class.tasks.edit(|task| {
            let own = std::mem::take(&mut task.rows);
            task.rows = per(all(&mut own.into_iter()), RowPer::Task);
        });
    }

    fn class_name(&mut self, entry: &Entry) {
        let name = entry.key.text.as_str();
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let is_plain = name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if self.environment.is_command(name) {
            let message = format!("`{name}` is a command of swarmdeck; choose another class name");
            let help = "the command line could not tell them apart";
            self.report_with(entry.key.span, message, help);
        } else if !(starts_well && is_plain && name.len() <= 100) {
            let message = format!("invalid user class name `{}`", shorten(name));
            let help = "use letters, digits, `_` and `-`, starting with a letter";
            self.report_with(entry.key.span, message, help);
        }
    }

    fn tasks(
        &mut self,
        class: &Entry,
        fields: &Fields<'_>,
        headers: &[HeaderLine],
        http: Http,
    ) -> (Vec<Task>, Vec<Task>) {
        let tasks = fields.value("tasks");
        let entries = tasks.and_then(|node| self.entries(node, "`tasks`"));
        let context = StepContext {
            headers,
            http,
            when_unset: WhenUnset::Fail,
        };
        let mut left = Vec::new();
        let mut out = Vec::new();
        let mut tags = Vec::new();
        for entry in entries.unwrap_or_default() {
            let Some(head) = self.task_head(entry) else {
                continue;
            };
            if self.selection.has_task(&head.tags) {
                let (task, feeds) = self.with_feeds(|reader| reader.task(head, &context));
                let rows = feeds.into_iter().collect();
                left.extend(task.map(|task| Task { rows, ..task }));
            } else {
                tags.extend(head.tags.iter().cloned());
                let (task, names) = self.aside(|reader| reader.task(head, &context));
                self.classes.unselected.add(names, []);
                out.extend(task);
            }
        }
        self.require_tasks(class, &left, tags);
        (left, out)
    }

    /// A task before its steps, which are a list, or in a map.
    fn task_head<'n>(&mut self, entry: &'n Entry) -> Option<TaskHead<'n>> {
        let name = entry.key.text.as_str();
        let what = format!("task `{}`", shorten(name));
        if name.trim().is_empty() {
            self.report(entry.key.span, "a task needs a name");
        }
        let mut head = TaskHead {
            key: &entry.key,
            weight: 1,
            tags: Vec::new(),
            when: None,
            steps: Some(&entry.value),
        };
        if let NodeKind::List(_) = entry.value.kind {
            return Some(head);
        }
        if let NodeKind::Scalar(_) = entry.value.kind {
            let expected = format!("{what} must be a list of steps or a map with `steps`");
            self.wrong_type(&entry.value, &expected);
            return None;
        }
        let fields = self.fields_of(entry, &what, &maps::TASK)?;
        head.weight = fields.get("weight").unwrap_or(1);
        if let Some(node) = fields.value("tags") {
            head.tags = self.tags(node);
        }
        head.when = fields.value("when");
        head.steps = fields.value("steps");
        Some(head)
    }

    fn task(&mut self, head: TaskHead<'_>, context: &StepContext<'_>) -> Option<Task> {
        let name = head.key.text.clone();
        let what = format!("task `{}`", shorten(&name));
        name.clone_into(&mut self.position.task);
        let mut task = Task {
            name,
            weight: head.weight,
            tags: head.tags,
            when: None,
            entry: CodeAt(0),
            rows: Vec::new(),
        };
        let mut required = None;
        if let Some(node) = head.when
            && let Some(scalar) = self.text(node, "`when`")
        {
            task.when = self.expression(scalar, &scalar.text, 0, Clock::Absent);
            let when = task.when.clone();
            required = when.map(|when| self.decided(when, &scalar.text, flow::INCOMPARABLE));
        }
        let steps = head.steps?;
        task.entry = self.tables.here();
        if let Some(condition) = required {
            self.tables.emit(Instruction::Require(condition));
        }
        self.steps(steps, &what, context)?;
        Some(task)
    }

    fn tags(&mut self, node: &Node) -> Vec<String> {
        let items = self.items(node, "`tags`", "tags");
        let tags = items.unwrap_or_default().iter().filter_map(Node::as_scalar);
        tags.map(|tag| tag.text.clone()).collect()
    }
}

fn population(fields: &Fields<'_>) -> Population {
    match fields.get("count") {
        Some(count) => Population::Fixed(count),
        None => Population::Weight(fields.get("weight").unwrap_or(1)),
    }
}

/// The class as people see it.
pub(crate) fn model(class: &Class) -> UserClass {
    UserClass {
        name: class.name.clone(),
        workload: class.workload,
        population: class.population,
        wait: class.wait,
        order: match class.order {
            Order::Weighted => TaskOrder::Random,
            Order::Sequential => TaskOrder::Sequential,
            Order::Transitions(_) => TaskOrder::Transitions,
        },
        iterations: class.iterations,
        tasks: class
            .tasks
            .iter()
            .map(|task| TaskModel {
                name: task.name.clone(),
                weight: task.weight,
                tags: task.tags.clone(),
            })
            .collect(),
    }
}
