//! User classes and tasks.

use std::collections::BTreeSet;

use crate::model::{FeedId, Population, Task as TaskModel, TaskOrder, UserClass, Wait, Workload};
use crate::program::{Class, ClassRows, CodeAt, Instruction, Order, RowPer, Task, WhenUnset};
use crate::scenario::connection::http::Level;
use crate::scenario::expr::Clock;
use crate::scenario::lower::reader::{Reader, Scope};
use crate::scenario::request::headers::HeaderLine;
use crate::scenario::request::request_ir::Http;
use crate::scenario::schema::fields::Fields;
use crate::scenario::steps::flow;
use crate::scenario::steps::step::Surroundings;
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, shorten};

impl Reader<'_> {
    /// Reads a class. `headers` are those of the scenario.
    pub(crate) fn class(
        &mut self,
        entry: &Entry,
        headers: Option<&Node>,
        http: Http,
    ) -> Option<(Class, Option<Workload>)> {
        self.class_name(entry);
        let name = entry.key.text.clone();
        let own = self.variables_of(&entry.value);
        let variables = self.setup_variables.union(&own).cloned();
        let variables: Vec<_> = variables.collect();
        self.scope = Scope {
            class: name.clone(),
            variables: variables
                .into_iter()
                .map(|variable| {
                    let slot = self.tables.slot(&variable);
                    (variable, slot)
                })
                .collect(),
        };
        let what = "a user class";
        let fields = Fields::read(&entry.value, what, "user_class", &mut self.problems)?;
        let http = self.http(fields.value("http"), http, Level::Outer);
        let mut inherited = self.headers(headers);
        inherited.extend(self.headers(fields.value("headers")));
        let part = |reader: &mut Self, key: &str, when_unset| {
            let around = Surroundings {
                headers: &inherited,
                http,
                when_unset,
            };
            let what = format!("`{key}`");
            key.clone_into(&mut reader.stretch.task);
            reader.steps(fields.value(key)?, &what, &around)
        };
        // What the headers mention, every request of the class needs.
        let shared = self.mentions.take_feeds();
        let begin = self.beginning(&fields);
        // The token in a class's headers is what `on_start` goes to fetch.
        let on_start = match part(self, "on_start", WhenUnset::Omit) {
            None if begin.is_some() => {
                self.tables.emit(Instruction::End);
                begin
            }
            on_start => begin.or(on_start),
        };
        let of_start = self.mentions.take_feeds();
        let on_stop = part(self, "on_stop", WhenUnset::Fail);
        let of_stop = self.mentions.take_feeds();
        let (tasks, left_out) = self.tasks(entry, &fields, &inherited, http);
        let mut class = Class {
            name,
            workload: 0,
            population: self.population(&fields),
            wait: fields
                .value("wait")
                .map_or(Wait::NONE, |node| self.wait(node)),
            on_start,
            is_rehearsed: self.rehearse(&fields),
            on_stop,
            order: self.order(&fields, &tasks),
            iterations: self.iterations(&fields),
            tasks: tasks.into(),
            rows: ClassRows::default(),
        };
        if !left_out.is_empty() {
            let tasks = left_out.into();
            let class = class.clone();
            self.left_out.classes.push(Class { tasks, ..class });
        }
        self.weigh(&mut class);
        self.rows(&mut class, &shared, &of_start, &of_stop);
        let load = fields.value("load");
        let run_time = self.tables.run_time;
        let load = load.and_then(|node| self.class_load(node, run_time));
        Some((class, load))
    }

    /// Sets the variables of the file and the class, in front of `on_start`.
    fn beginning(&mut self, fields: &Fields<'_>) -> Option<CodeAt> {
        let of_file = self.variables.clone();
        let of_class = fields.value("variables");
        let mut set = Vec::new();
        "on_start".clone_into(&mut self.stretch.task);
        for node in of_file.as_deref().into_iter().chain(of_class) {
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
            let is_per = |id: &FeedId| self.feeds[id.index()].feed.per == per;
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

    /// Whether `on_start` is tried before the ramp.
    fn rehearse(&mut self, fields: &Fields<'_>) -> bool {
        let Some(entry) = fields.entry("rehearse") else {
            return false;
        };
        if fields.entry("on_start").is_none() {
            let message = "`rehearse` tries `on_start`, and there is none";
            self.report(entry.key.span, message);
        }
        let is_rehearsed = fields.switch(
            "rehearse",
            [(true, true), (false, false)],
            &mut self.problems,
        );
        is_rehearsed.unwrap_or(false)
    }

    fn class_name(&mut self, entry: &Entry) {
        let name = entry.key.text.as_str();
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let is_plain = name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if self.environment.is_command(name) {
            let message = format!("`{name}` is a command of swarmdeck; choose another class name");
            let help = "on a command line the two could not be told apart".to_owned();
            self.problems
                .report_with(entry.key.span, message, Some(help));
        } else if !(starts_well && is_plain && name.len() <= 100) {
            let message = format!("`{}` cannot name a user class", shorten(name));
            let help = "letters, digits, `_` and `-`, beginning with a letter".to_owned();
            self.problems
                .report_with(entry.key.span, message, Some(help));
        }
    }

    fn population(&mut self, fields: &Fields<'_>) -> Population {
        if let (Some(_), Some(count)) = (fields.entry("weight"), fields.entry("count")) {
            let message = "a class has a `weight` or a fixed `count`, not both";
            self.report(count.key.span, message);
        }
        let weight = fields.whole("weight", &mut self.problems);
        match fields.whole("count", &mut self.problems) {
            Some(count) => Population::Fixed(count),
            None => Population::Weight(weight.unwrap_or(1)),
        }
    }

    fn tasks(
        &mut self,
        class: &Entry,
        fields: &Fields<'_>,
        headers: &[HeaderLine],
        http: Http,
    ) -> (Vec<Task>, Vec<Task>) {
        let help = "a user class does something: `tasks: {read: [{get: /}]}`";
        let Some(node) = fields.value("tasks") else {
            let what = format!("`tasks` of `{}`", shorten(&class.key.text));
            fields::missing(class.key.span, &what, help, &mut self.problems);
            return (Vec::new(), Vec::new());
        };
        let Some(entries) = fields::entries(node, "`tasks`", &mut self.problems) else {
            return (Vec::new(), Vec::new());
        };
        if entries.is_empty() {
            fields::missing(node.span, "a task", help, &mut self.problems);
        }
        let around = Surroundings {
            headers,
            http,
            when_unset: WhenUnset::Fail,
        };
        let mut left = Vec::new();
        let mut out = Vec::new();
        let mut tags = Vec::new();
        for entry in entries {
            let before = self.selection.chooses_tasks().then(|| self.tables.clone());
            let task = self.task(entry, &around);
            let rows = self.mentions.take_feeds().into_iter().collect();
            let Some(task) = task else { continue };
            match before {
                Some(before) if !self.selection.has_task(&task.tags) => {
                    // Read for its mistakes; nothing of it is in the program.
                    self.take_back(before);
                    tags.extend(task.tags.iter().cloned());
                    out.push(task);
                }
                _ => left.push(Task { rows, ..task }),
            }
        }
        self.require_tasks(class, &left, tags);
        (left, out)
    }

    /// A list of steps, or a map that has one.
    fn task(&mut self, entry: &Entry, around: &Surroundings<'_>) -> Option<Task> {
        let name = entry.key.text.clone();
        let what = format!("task `{}`", shorten(&name));
        if name.trim().is_empty() {
            self.report(entry.key.span, "a task needs a name");
        }
        name.clone_into(&mut self.stretch.task);
        let mut task = Task {
            name,
            weight: 1,
            tags: Vec::new(),
            when: None,
            entry: CodeAt(0),
            rows: Vec::new(),
        };
        if let NodeKind::List(_) = entry.value.kind {
            task.entry = self.steps(&entry.value, &what, around)?;
            return Some(task);
        }
        if let NodeKind::Scalar(_) = entry.value.kind {
            let expected = format!("{what} is a list of steps, or a map with `steps`");
            fields::wrong_type(&entry.value, &expected, &mut self.problems);
            return None;
        }
        let fields = Fields::read(&entry.value, &what, "task", &mut self.problems)?;
        let weight = fields.whole("weight", &mut self.problems);
        task.weight = weight.unwrap_or(1);
        if let Some(node) = fields.value("tags") {
            task.tags = self.tags(node);
        }
        let mut required = None;
        if let Some(node) = fields.value("when")
            && let Some(scalar) = fields::text(node, "`when`", &mut self.problems)
        {
            task.when = self.expression(scalar, &scalar.text, 0, Clock::Absent);
            let when = task.when.clone();
            required = when.map(|when| self.decided(when, &scalar.text, flow::INCOMPARABLE));
        }
        let Some(steps) = fields.value("steps") else {
            let help = "for example `steps: [{get: /api/v1/health/}]`";
            let what = format!("`steps` of {what}");
            fields::missing(entry.key.span, &what, help, &mut self.problems);
            return None;
        };
        task.entry = self.tables.here();
        if let Some(condition) = required {
            self.tables.emit(Instruction::Require(condition));
        }
        self.steps(steps, &what, around)?;
        Some(task)
    }

    fn tags(&mut self, node: &Node) -> Vec<String> {
        let Some(items) = fields::items(node, "`tags`", &mut self.problems) else {
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| fields::plain_text(item, "a tag", &mut self.problems))
            .map(str::to_owned)
            .collect()
    }
}

/// What people are shown of a class.
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
