//! The state of reading a file: its mistakes so far, and the tables of the program.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use crate::model::{FeedId, NameId, OriginId, RequestId, Route, RowKind, SlotId};
use crate::program::{CodeAt, FeedRef, Instruction, Name, Program};
use crate::scenario::Environment;
use crate::scenario::data::files::Files;
use crate::scenario::expr::{Named, Names};
use crate::scenario::lower::selection::Selection;
use crate::scenario::lower::unselected::UnselectedParts;
use crate::scenario::request::request_ir::{OtherOrigin, RequestIr, RouteAt};
use crate::scenario::schema::{Fields, Known};
use crate::scenario::steps::step::Position;
use crate::scenario::yaml::diagnostic::{Mistake, Problems};
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, Scalar};
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::source_map::SourceMap;

/// The mistakes so far, and the tables of the program to be.
pub(crate) struct Reader<'a> {
    pub(crate) problems: Problems<'a>,
    pub(crate) environment: &'a Environment,
    pub(crate) selection: &'a Selection,
    pub(crate) files: Files,
    pub(crate) blocks: Blocks,
    pub(crate) feeds: Feeds,
    pub(crate) mentions: Mentions,
    pub(crate) classes: Classes,
    /// The class that is being read.
    pub(crate) scope: Scope,
    /// Where in its steps.
    pub(crate) position: Position,
    pub(crate) tables: Tables,
}

/// The blocks of all files.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// Lists of steps by name.
    pub(crate) steps: BTreeMap<String, Rc<Node>>,
    pub(crate) used: BTreeSet<String>,
}

/// The data of all files.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    /// Those of rows, by id.
    pub(crate) list: Vec<FeedRef>,
    /// Those whose mistakes are reported already.
    pub(crate) broken: Vec<String>,
}

/// The classes of all files.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    /// Their names, selected or not.
    pub(crate) names: Vec<String>,
    /// The variables that `setup` sets for the users of each.
    pub(crate) setup_variables: BTreeSet<String>,
    /// The parts that are not selected.
    pub(crate) unselected: UnselectedParts,
}

/// Sequences, secrets and feeds that expressions mention.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// Names of sequences, by id.
    pub(crate) sequences: RefCell<Vec<String>>,
    /// Values that are never shown.
    pub(crate) secrets: RefCell<BTreeSet<String>>,
    /// How often a secret was mentioned.
    pub(crate) secret_count: Cell<usize>,
    /// Feeds, in what is [read](Reader::with_feeds).
    feeds: RefCell<BTreeSet<FeedId>>,
}

/// The tables of the program to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) slots: Vec<String>,
    slot_ids: HashMap<String, SlotId>,
    pub(crate) no_values: Vec<String>,
    pub(crate) texts: Vec<String>,
    /// Origins beside the host, from id 1.
    pub(crate) other_origins: Vec<OtherOrigin>,
    usual_route: Arc<Route>,
    /// Routes beside the usual one, from place 1.
    routes: Vec<Arc<Route>>,
    pub(crate) names: Vec<Name>,
    name_ids: HashMap<Name, NameId>,
    pub(crate) requests: Vec<RequestIr>,
    pub(crate) code: Vec<Instruction>,
    /// The steps so far, those of blocks included.
    pub(crate) steps: usize,
}

/// A class and the variables that its steps set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) class: String,
    pub(crate) variables: BTreeMap<String, SlotId>,
}

/// The names that an expression of a class knows.
pub(crate) struct ClassNames<'r> {
    pub(crate) scope: &'r Scope,
    pub(crate) environment: &'r Environment,
    pub(crate) feeds: &'r Feeds,
    pub(crate) mentions: &'r Mentions,
}

impl Names for ClassNames<'_> {
    fn slot(&self, name: &str) -> Option<SlotId> {
        self.scope.variables.get(name).copied()
    }

    fn variables(&self) -> Vec<&str> {
        self.scope.variables.keys().map(String::as_str).collect()
    }

    fn class(&self) -> &str {
        &self.scope.class
    }

    fn environment(&self) -> &Environment {
        self.environment
    }

    fn feed(&self, name: &str) -> Named<FeedRef> {
        if self.feeds.broken.iter().any(|broken| broken == name) {
            return Named::Broken;
        }
        let found = self.feeds.list.iter().find(|feed| feed.feed.name == name);
        found.map_or(Named::Unknown, |feed| Named::Found(feed.clone()))
    }

    fn feeds(&self) -> Vec<&str> {
        let feeds = self.feeds.list.iter();
        feeds.map(|feed| &*feed.feed.name).collect()
    }

    fn need(&self, feed: FeedId) {
        self.mentions.feeds.borrow_mut().insert(feed);
    }

    fn sequence(&self, name: &str) -> Option<u16> {
        const MAX_SEQUENCES: usize = 1_000;
        let mut known = self.mentions.sequences.borrow_mut();
        let at = known.iter().position(|known| known == name);
        let at = at.unwrap_or_else(|| {
            known.push(name.to_owned());
            known.len() - 1
        });
        u16::try_from(at).ok().filter(|_| at < MAX_SEQUENCES)
    }

    fn keep_secret(&self, value: &str) {
        let count = &self.mentions.secret_count;
        count.set(count.get() + 1);
        self.mentions.secrets.borrow_mut().insert(value.to_owned());
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        texts: &'a SourceMap,
        environment: &'a Environment,
        selection: &'a Selection,
    ) -> Self {
        Self {
            problems: Problems::new(texts),
            environment,
            selection,
            files: Files::default(),
            blocks: Blocks::default(),
            feeds: Feeds::default(),
            mentions: Mentions::default(),
            classes: Classes::default(),
            scope: Scope::default(),
            position: Position::default(),
            tables: Tables::default(),
        }
    }

    /// Reads something of a class, or of what is no class and called so, with
    /// these variables.
    pub(crate) fn enter(&mut self, class: &str, variables: impl IntoIterator<Item = String>) {
        let variables = variables.into_iter().map(|variable| {
            let slot = self.tables.slot(&variable);
            (variable, slot)
        });
        self.scope = Scope {
            variables: variables.collect(),
            class: class.to_owned(),
        };
    }

    /// What is read, and the feeds that expressions in it mention.
    pub(crate) fn with_feeds<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> T,
    ) -> (T, BTreeSet<FeedId>) {
        let outer = self.mentions.feeds.take();
        let found = read(self);
        (found, self.mentions.feeds.replace(outer))
    }

    /// What is read for its mistakes alone, and the rows that it would have:
    /// nothing of it is in the program.
    pub(crate) fn aside<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Vec<Name>) {
        let aside = self.tables.aside();
        let tables = mem::replace(&mut self.tables, aside);
        let found = read(self);
        let aside = mem::replace(&mut self.tables, tables);
        (found, aside.names)
    }

    /// The fields of a map that the table knows; reports what is no map.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: impl Into<Known>,
    ) -> Option<Fields<'n>> {
        Fields::read(node, (what, node.span), known, &mut self.problems)
    }

    /// The same of what stands under a key; what is missing is reported there.
    pub(crate) fn fields_of<'n>(
        &mut self,
        entry: &'n Entry,
        what: &str,
        known: impl Into<Known>,
    ) -> Option<Fields<'n>> {
        let at = (what, entry.key.span);
        Fields::read(&entry.value, at, known, &mut self.problems)
    }

    /// The entries of a map; reports what is none.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        fields::entries(node, what, &mut self.problems)
    }

    /// The items of a list of something; reports what is none.
    pub(crate) fn items<'n>(&mut self, node: &'n Node, what: &str, of: &str) -> Option<&'n [Node]> {
        fields::items(node, what, of, &mut self.problems)
    }

    /// A value taken as text; reports what is none.
    pub(crate) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Scalar> {
        fields::text(node, what, &mut self.problems)
    }

    /// A text without templates; reports what is none.
    pub(crate) fn plain_text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        fields::plain_text(node, what, &mut self.problems)
    }

    /// Reports a value of the wrong type or out of range.
    pub(crate) fn wrong_type(&mut self, node: &Node, expected: &str) {
        fields::wrong_type(node, expected, &mut self.problems);
    }

    /// Reports a mistake within a scalar's text where it stands in the file.
    pub(crate) fn report_within(&mut self, scalar: &Scalar, mistake: Mistake) {
        let needle = scalar
            .text
            .get(mistake.span.start..mistake.span.end)
            .unwrap_or("");
        let place = scalar.place(mistake.span, needle, &self.problems.source.text);
        self.report_maybe(place, mistake.message, mistake.help);
    }

    pub(crate) fn report(&mut self, span: Span, message: impl Into<String>) {
        self.problems.report(span, message);
    }

    /// Reports a mistake and its cure.
    pub(crate) fn report_with(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.report_with(span, message, help);
    }

    /// Reports a mistake whose cure may not be known.
    pub(crate) fn report_maybe(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.problems.report_maybe(span, message, help);
    }
}

impl Tables {
    /// Empty ones, for what knows the same variables and routes and counts on.
    fn aside(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            slot_ids: self.slot_ids.clone(),
            usual_route: Arc::clone(&self.usual_route),
            routes: self.routes.clone(),
            steps: self.steps,
            ..Self::default()
        }
    }

    /// The slot of a variable of any class.
    pub(crate) fn slot(&mut self, name: &str) -> SlotId {
        if let Some(slot) = self.slot_ids.get(name) {
            return *slot;
        }
        let slot = SlotId::from(self.slots.len());
        self.slots.push(name.to_owned());
        self.slot_ids.insert(name.to_owned(), slot);
        slot
    }

    /// A failure for an expression that has no value. It is named by a slot
    /// beyond those of the variables, which are all known by then.
    pub(crate) fn no_value(&mut self, text: String) -> SlotId {
        let at = self.no_values.iter().position(|known| *known == text);
        let at = at.unwrap_or_else(|| {
            self.no_values.push(text);
            self.no_values.len() - 1
        });
        SlotId::from(self.slots.len() + at)
    }

    /// The index of the words for an unmet expectation or an empty capture.
    pub(crate) fn text(&mut self, text: String) -> u16 {
        let at = self.texts.iter().position(|known| *known == text);
        let at = at.unwrap_or_else(|| {
            self.texts.push(text);
            self.texts.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// Where the next instruction goes.
    pub(crate) fn here(&self) -> CodeAt {
        CodeAt(u32::try_from(self.code.len()).unwrap_or(u32::MAX))
    }

    /// Appends an instruction.
    pub(crate) fn emit(&mut self, instruction: Instruction) {
        self.code.push(instruction);
    }

    /// Keeps a place for an instruction that jumps to what is not there yet;
    /// [`put`](Self::put) it there later.
    pub(crate) fn emit_later(&mut self) -> CodeAt {
        let at = self.here();
        self.emit(Instruction::End);
        at
    }

    /// Fills a place that was kept.
    pub(crate) fn put(&mut self, at: CodeAt, instruction: Instruction) {
        if let Some(place) = self.code.get_mut(at.index()) {
            *place = instruction;
        }
    }

    /// Adds a request.
    pub(crate) fn push_request(&mut self, request: RequestIr) -> RequestId {
        self.requests.push(request);
        RequestId::from(self.requests.len() - 1)
    }

    /// The row for a kind and name; a shared one when there are too many.
    pub(crate) fn name(&mut self, kind: RowKind, name: String) -> NameId {
        let mut name = Name { kind, name };
        if let Some(id) = self.name_ids.get(&name) {
            return *id;
        }
        // Room is kept for the shared rows, one for each kind.
        if self.names.len() >= Program::MAX_NAMES - RowKind::COUNT {
            Program::OTHER.clone_into(&mut name.name);
            if let Some(id) = self.name_ids.get(&name) {
                return *id;
            }
        }
        let id = NameId::from(self.names.len());
        self.names.push(name.clone());
        self.name_ids.insert(name, id);
        id
    }

    /// The place of a route.
    pub(crate) fn route(&mut self, route: Route) -> RouteAt {
        if route == *self.usual_route {
            return RouteAt::default();
        }
        let at = self.routes.iter().position(|known| **known == route);
        RouteAt(
            1 + at.unwrap_or_else(|| {
                self.routes.push(Arc::new(route));
                self.routes.len() - 1
            }),
        )
    }

    /// The route at a place.
    pub(crate) fn route_at(&self, at: RouteAt) -> Arc<Route> {
        let beside = at.0.checked_sub(1).and_then(|at| self.routes.get(at));
        Arc::clone(beside.unwrap_or(&self.usual_route))
    }

    /// The id of an origin beside the host.
    pub(crate) fn origin(&mut self, origin: OtherOrigin) -> OriginId {
        let at = self.other_origins.iter().position(|known| *known == origin);
        OriginId::from(
            1 + at.unwrap_or_else(|| {
                self.other_origins.push(origin);
                self.other_origins.len() - 1
            }),
        )
    }
}
