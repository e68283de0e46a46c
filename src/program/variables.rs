//! A user's variables.

use std::borrow::Cow;

use crate::model::{FeedId, SlotId};
use crate::program::extract;
use crate::program::value::Value;

/// The variables of one user: one slot each, unset at first. Setting one again
/// reuses its buffer.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    slots: Vec<Slot>,
    /// The rows that the user holds, by feed; none without feeds.
    rows: Vec<Option<u32>>,
    /// The addresses that variables were captured from, by slot; empty where
    /// there is none, and as a whole where the program follows no links.
    sources: Vec<String>,
    who: Who,
}

/// Who the user is.
#[derive(Clone, Debug, Default)]
struct Who {
    number: u64,
    iteration: u64,
    class: String,
}

/// What an expression may ask of the user itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserFact {
    /// Its number in the run, from 1.
    Number,
    /// The name of its class.
    Class,
    /// The number of its task, from 1; 0 in `on_start`.
    Iteration,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    kind: Kind,
    /// The text or JSON of the kinds that have one.
    text: String,
}

#[derive(Clone, Copy, Debug, Default)]
enum Kind {
    #[default]
    Unset,
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Number,
    Text,
    Json,
}

impl Variables {
    /// Slots for a user of a program with this [`slot_count`](crate::program::Program::slot_count).
    #[must_use]
    pub fn new(slot_count: usize) -> Self {
        Self {
            slots: vec![Slot::default(); slot_count],
            ..Self::default()
        }
    }

    /// Says whose variables these are: number (from 1) and class of the user.
    pub fn begin(&mut self, number: u64, class: &str) {
        self.who.number = number;
        self.who.iteration = 0;
        class.clone_into(&mut self.who.class);
    }

    /// Says which task of the user comes now, from 1.
    pub fn begin_task(&mut self, iteration: u64) {
        self.who.iteration = iteration;
    }

    /// Gives the user a row of a feed.
    pub fn hold(&mut self, feed: FeedId, row: u32) {
        if self.rows.len() <= feed.index() {
            self.rows.resize(feed.index() + 1, None);
        }
        self.rows[feed.index()] = Some(row);
    }

    /// Takes the row of a feed away from the user.
    pub fn let_go(&mut self, feed: FeedId) -> Option<u32> {
        self.rows.get_mut(feed.index())?.take()
    }

    /// The row of a feed that the user holds.
    #[must_use]
    pub fn row(&self, feed: FeedId) -> Option<u32> {
        self.rows.get(feed.index()).copied().flatten()
    }

    pub(super) fn fact(&self, fact: UserFact) -> Value<'_> {
        match fact {
            UserFact::Number => Value::Int(i64::try_from(self.who.number).unwrap_or(i64::MAX)),
            UserFact::Iteration => {
                Value::Int(i64::try_from(self.who.iteration).unwrap_or(i64::MAX))
            }
            UserFact::Class => Value::Text(Cow::Borrowed(&self.who.class)),
        }
    }

    /// Whether the variable has a value.
    #[must_use]
    pub fn is_set(&self, slot: SlotId) -> bool {
        self.value(slot).is_some()
    }

    /// The variable as text for people: the content of a string, else its JSON.
    #[must_use]
    pub fn text(&self, slot: SlotId) -> Option<Cow<'_, str>> {
        Some(match self.value(slot)? {
            Value::Text(text) | Value::Json(text) | Value::Number(text) => text,
            Value::Bool(value) => value.to_string().into(),
            Value::Int(int) => int.to_string().into(),
            Value::Float(float) => float.to_string().into(),
            Value::None | Value::Small(_) | Value::List(_) => "null".into(),
        })
    }

    /// Sets the variable to a text.
    pub fn set_text(&mut self, slot: SlotId, text: &str) {
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.kind = Kind::Text;
            slot.text.clear();
            slot.text.push_str(text);
        }
    }

    /// Sets the variable to a whole number.
    pub fn set_int(&mut self, slot: SlotId, int: i64) {
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.kind = Kind::Int(int);
        }
    }

    /// Sets the variable to a JSON value, which keeps its type. Text that is
    /// not JSON leaves the variable unset.
    pub fn set_json(&mut self, slot: SlotId, json: &str) {
        let Some(slot) = self.slots.get_mut(slot.index()) else {
            return;
        };
        slot.text.clear();
        slot.kind = match extract::decode(json) {
            None => Kind::Unset,
            Some(Value::Bool(value)) => Kind::Bool(value),
            Some(Value::Int(int)) => Kind::Int(int),
            Some(Value::Float(float)) => Kind::Float(float),
            Some(Value::Text(text)) => {
                slot.text.push_str(&text);
                Kind::Text
            }
            Some(Value::Number(number)) => {
                slot.text.push_str(&number);
                Kind::Number
            }
            Some(Value::Json(json)) => {
                slot.text.push_str(&json);
                Kind::Json
            }
            Some(Value::None | Value::Small(_) | Value::List(_)) => Kind::None,
        };
    }

    /// Says which address the variable was captured from.
    pub(super) fn set_source(&mut self, slot: SlotId, url: &str) {
        if self.sources.len() < self.slots.len() {
            self.sources.resize(self.slots.len(), String::new());
        }
        if let Some(source) = self.sources.get_mut(slot.index()) {
            source.clear();
            source.push_str(url);
        }
    }

    /// Says that the variable was made of another, or of none: it comes from
    /// the same address.
    pub(super) fn copy_source(&mut self, slot: SlotId, from: Option<SlotId>) {
        // Nearly always: no link is followed.
        if self.sources.is_empty() || from == Some(slot) {
            return;
        }
        let url = from.and_then(|from| self.source(from)).map(str::to_owned);
        self.set_source(slot, url.as_deref().unwrap_or_default());
    }

    /// The address that the variable was captured from, if that is known.
    pub(super) fn source(&self, slot: SlotId) -> Option<&str> {
        let source = self.sources.get(slot.index())?.as_str();
        (!source.is_empty()).then_some(source)
    }

    /// Makes the variable unset again.
    pub fn unset(&mut self, slot: SlotId) {
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.kind = Kind::Unset;
        }
    }

    /// Makes every variable unset again, for a slot array that is given to a new user.
    pub fn clear(&mut self) {
        self.rows.fill(None);
        self.sources.iter_mut().for_each(String::clear);
        for slot in &mut self.slots {
            slot.kind = Kind::Unset;
        }
    }

    /// Whether the slot is one of a variable: those beyond name other failures.
    pub(super) fn has(&self, slot: SlotId) -> bool {
        slot.index() < self.slots.len()
    }

    pub(super) fn value(&self, slot: SlotId) -> Option<Value<'_>> {
        let slot = self.slots.get(slot.index())?;
        Some(match slot.kind {
            Kind::Unset => return None,
            Kind::None => Value::None,
            Kind::Bool(value) => Value::Bool(value),
            Kind::Int(int) => Value::Int(int),
            Kind::Float(float) => Value::Float(float),
            Kind::Number => Value::Number(Cow::Borrowed(&slot.text)),
            Kind::Text => Value::Text(Cow::Borrowed(&slot.text)),
            Kind::Json => Value::Json(Cow::Borrowed(&slot.text)),
        })
    }
}
