//! A user's variables.

use std::borrow::Cow;

use crate::model::{FeedId, SlotId, is_latin1, latin1_text};
use crate::program::code::memory::{Held, MOST_OF_VARIABLE, SMALL};
use crate::program::expr::value::Value;
use crate::program::json::extract;

/// The variables of one user: one slot each, unset at first. Setting one again
/// reuses its buffer.
///
/// A variable that would take more memory than it may has no value, and what uses
/// it says why.
#[derive(Debug, Default)]
pub struct Variables {
    slots: Vec<Slot>,
    /// The rows that the user holds, by feed; none without feeds.
    rows: Vec<Option<u32>>,
    /// The addresses that variables were captured from, by slot; empty where
    /// there is none, and as a whole where the program follows no links.
    sources: Vec<String>,
    identity: Identity,
    held: Held,
}

/// Who the user is.
#[derive(Clone, Debug, Default)]
struct Identity {
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

#[derive(Debug, Default)]
struct Slot {
    kind: SlotKind,
    /// The text or JSON of the kinds that have one.
    text: String,
    /// What of it is counted: nothing while it is small.
    counted: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum SlotKind {
    #[default]
    Unset,
    /// It would be too large.
    TooLarge,
    None,
    Bool(bool),
    Int(i64),
    Number,
    Text,
    /// As [`Value::Latin1`].
    Latin1,
    Json,
}

impl Slot {
    /// Writes a text or JSON, as far as that may take memory.
    fn write(&mut self, kind: SlotKind, text: &str, held: &mut Held) {
        if text.len() > self.text.capacity().max(SMALL) && !self.grow(text.len(), held) {
            return self.put(SlotKind::TooLarge, held);
        }
        // A user that had a large value once does not keep its memory.
        if self.counted > 0 && text.len() <= SMALL {
            self.shrink(held);
        }
        self.kind = kind;
        self.text.clear();
        self.text.push_str(text);
    }

    /// Puts a value there that has no text.
    fn put(&mut self, kind: SlotKind, held: &mut Held) {
        self.kind = kind;
        self.shrink(held);
    }

    /// Makes room for a large text.
    fn grow(&mut self, len: usize, held: &mut Held) -> bool {
        if len > MOST_OF_VARIABLE {
            return false;
        }
        self.shrink(held);
        if !held.take(len) {
            return false;
        }
        self.counted = len;
        self.text.reserve_exact(len);
        true
    }

    /// Frees the memory of a large text.
    fn shrink(&mut self, held: &mut Held) {
        if self.counted > 0 {
            held.give(std::mem::take(&mut self.counted));
            self.text = String::new();
        }
    }
}

/// Its large values are counted once more; those that are too much have none.
impl Clone for Variables {
    fn clone(&self) -> Self {
        let mut held = Held::default();
        let slots = self.slots.iter().map(|slot| {
            let mut copy = Slot {
                kind: slot.kind,
                ..Slot::default()
            };
            if let SlotKind::Text | SlotKind::Latin1 | SlotKind::Json | SlotKind::Number = slot.kind
            {
                copy.write(slot.kind, &slot.text, &mut held);
            }
            copy
        });
        Self {
            slots: slots.collect(),
            rows: self.rows.clone(),
            sources: self.sources.clone(),
            identity: self.identity.clone(),
            held,
        }
    }
}

impl Variables {
    /// Slots for a user of a program with this [`slot_count`](crate::program::Program::slot_count).
    #[must_use]
    pub fn new(slot_count: usize) -> Self {
        Self {
            slots: std::iter::repeat_with(Slot::default)
                .take(slot_count)
                .collect(),
            ..Self::default()
        }
    }

    /// Says whose variables these are: number (from 1) and class of the user.
    pub fn begin(&mut self, number: u64, class: &str) {
        self.identity.number = number;
        self.identity.iteration = 0;
        class.clone_into(&mut self.identity.class);
    }

    /// Says which task of the user comes now, from 1.
    pub fn begin_task(&mut self, iteration: u64) {
        self.identity.iteration = iteration;
    }

    /// Gives the user a row of a feed.
    pub fn hold(&mut self, feed: FeedId, row: u32) {
        if self.rows.len() <= feed.index() {
            self.rows.resize(feed.index() + 1, None);
        }
        self.rows[feed.index()] = Some(row);
    }

    /// Takes the row of a feed away from the user.
    pub(crate) fn release(&mut self, feed: FeedId) -> Option<u32> {
        self.rows.get_mut(feed.index())?.take()
    }

    /// The row of a feed that the user holds.
    pub(crate) fn row(&self, feed: FeedId) -> Option<u32> {
        self.rows.get(feed.index()).copied().flatten()
    }

    pub(crate) fn fact(&self, fact: UserFact) -> Value<'_> {
        match fact {
            UserFact::Number => Value::Int(i64::try_from(self.identity.number).unwrap_or(i64::MAX)),
            UserFact::Iteration => {
                Value::Int(i64::try_from(self.identity.iteration).unwrap_or(i64::MAX))
            }
            UserFact::Class => Value::Text(Cow::Borrowed(&self.identity.class)),
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
            Value::Text(text) | Value::Latin1(text) | Value::Json(text) | Value::Number(text) => {
                text
            }
            Value::Bool(value) => value.to_string().into(),
            Value::Int(int) => int.to_string().into(),
            Value::Float(float) => float.to_string().into(),
            Value::None | Value::Small(_) | Value::List(_) => "null".into(),
        })
    }

    /// Sets the variable to a text.
    pub fn set_text(&mut self, slot: SlotId, text: &str) {
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.write(SlotKind::Text, text, &mut self.held);
        }
    }

    /// Sets the variable to the text that these bytes are: UTF-8, else
    /// ISO-8859-1, which keeps them.
    pub(crate) fn set_bytes(&mut self, slot: SlotId, bytes: &[u8]) {
        if let Ok(text) = str::from_utf8(bytes) {
            self.set_text(slot, text);
        } else {
            self.set_guessed(slot, &latin1_text(bytes));
        }
    }

    /// Sets the variable to a text that was read as ISO-8859-1.
    pub(crate) fn set_guessed(&mut self, slot: SlotId, text: &str) {
        let kind = if is_latin1(text) {
            SlotKind::Latin1
        } else {
            SlotKind::Text
        };
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.write(kind, text, &mut self.held);
        }
    }

    /// Sets the variable to a whole number.
    pub(crate) fn set_int(&mut self, slot: SlotId, int: i64) {
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.put(SlotKind::Int(int), &mut self.held);
        }
    }

    /// Sets the variable to a JSON value, which keeps its type. Text that is
    /// not JSON leaves the variable unset.
    pub fn set_json(&mut self, slot: SlotId, json: &str) {
        let Some(slot) = self.slots.get_mut(slot.index()) else {
            return;
        };
        let kind = match extract::decode(json) {
            None => SlotKind::Unset,
            Some(Value::Bool(value)) => SlotKind::Bool(value),
            Some(Value::Int(int)) => SlotKind::Int(int),
            Some(Value::Text(text) | Value::Latin1(text)) => {
                return slot.write(SlotKind::Text, &text, &mut self.held);
            }
            Some(Value::Number(number)) => {
                return slot.write(SlotKind::Number, &number, &mut self.held);
            }
            Some(Value::Json(json)) => return slot.write(SlotKind::Json, &json, &mut self.held),
            Some(Value::None | Value::Float(_) | Value::Small(_) | Value::List(_)) => {
                SlotKind::None
            }
        };
        slot.put(kind, &mut self.held);
    }

    /// Says that the variable would be too large.
    pub(crate) fn refuse(&mut self, slot: SlotId) {
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.put(SlotKind::TooLarge, &mut self.held);
        }
    }

    /// Whether the variable has no value because it would be too large.
    pub(crate) fn is_too_large(&self, slot: SlotId) -> bool {
        let slot = self.slots.get(slot.index());
        slot.is_some_and(|slot| matches!(slot.kind, SlotKind::TooLarge))
    }

    /// Says which address the variable was captured from.
    pub(crate) fn set_source(&mut self, slot: SlotId, url: &str) {
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
    pub(crate) fn source(&self, slot: SlotId) -> Option<&str> {
        let source = self.sources.get(slot.index())?.as_str();
        (!source.is_empty()).then_some(source)
    }

    /// Makes the variable unset again.
    pub(crate) fn unset(&mut self, slot: SlotId) {
        if let Some(slot) = self.slots.get_mut(slot.index()) {
            slot.put(SlotKind::Unset, &mut self.held);
        }
    }

    /// Whether the slot is one of a variable: those beyond name other failures.
    pub(crate) fn has(&self, slot: SlotId) -> bool {
        slot.index() < self.slots.len()
    }

    pub(crate) fn value(&self, slot: SlotId) -> Option<Value<'_>> {
        let slot = self.slots.get(slot.index())?;
        Some(match slot.kind {
            SlotKind::Unset | SlotKind::TooLarge => return None,
            SlotKind::None => Value::None,
            SlotKind::Bool(value) => Value::Bool(value),
            SlotKind::Int(int) => Value::Int(int),
            SlotKind::Number => Value::Number(Cow::Borrowed(&slot.text)),
            SlotKind::Text => Value::Text(Cow::Borrowed(&slot.text)),
            SlotKind::Latin1 => Value::Latin1(Cow::Borrowed(&slot.text)),
            SlotKind::Json => Value::Json(Cow::Borrowed(&slot.text)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: SlotId = SlotId(0);
    const Y: SlotId = SlotId(1);

    #[test]
    fn a_variable_is_bounded_and_so_are_all_of_a_user() {
        let mut variables = Variables::new(3);
        let text = "x".repeat(MOST_OF_VARIABLE);
        variables.set_text(X, &text);
        variables.set_json(Y, &format!("\"{text}\""));
        assert!(variables.is_set(X) && variables.is_set(Y));
        let z = SlotId(2);
        variables.set_text(z, &"x".repeat(SMALL + 1));
        assert!(variables.is_too_large(z) && !variables.is_set(z));
        variables.set_text(X, "small");
        variables.set_text(z, &"x".repeat(SMALL + 1));
        assert!(variables.is_set(z) && variables.is_set(X));
        variables.set_text(X, &format!("{text}x"));
        assert!(variables.is_too_large(X));
        let copy = variables.clone();
        assert!(copy.is_set(Y) && copy.is_set(z));
        for slot in [X, Y, z] {
            variables.unset(slot);
        }
        variables.set_text(X, &text);
        variables.set_text(Y, &text);
        assert!(variables.is_set(X) && variables.is_set(Y), "given back");
    }
}
