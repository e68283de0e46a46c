//! How users behave now, where that is not as the program says.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::model::{ClassId, NameId};
use crate::program::Class;

/// A shard's changes of behaviour.
///
/// Cost: a look into a short table for each task, a flag for each request.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    /// By class; `None` as in the program.
    classes: RefCell<Vec<Option<Arc<Class>>>>,
    /// By name; beyond its end nothing is passed over.
    passed_over: RefCell<Vec<bool>>,
    passes_over: Cell<bool>,
}

impl Overrides {
    /// The weights and the wait of a class are those of this one.
    pub(crate) fn set_class(&self, id: ClassId, class: Arc<Class>) {
        let mut classes = self.classes.borrow_mut();
        if classes.len() <= id.index() {
            classes.resize(id.index() + 1, None);
        }
        classes[id.index()] = Some(class);
    }

    /// Requests of this name are sent, or passed over.
    pub(crate) fn set_request(&self, name: NameId, is_sent: bool) {
        let mut passed_over = self.passed_over.borrow_mut();
        if passed_over.len() <= name.index() {
            passed_over.resize(name.index() + 1, false);
        }
        passed_over[name.index()] = !is_sent;
        self.passes_over.set(passed_over.contains(&true));
    }

    /// Asks a class as it is now.
    pub(crate) fn of<T>(&self, id: ClassId, class: &Class, ask: impl FnOnce(&Class) -> T) -> T {
        let classes = self.classes.borrow();
        let changed = classes.get(id.index()).and_then(Option::as_deref);
        ask(changed.unwrap_or(class))
    }

    /// Whether requests of this name are passed over.
    pub(super) fn passes_over(&self, name: NameId) -> bool {
        self.passes_over.get() && self.passed_over.borrow().get(name.index()) == Some(&true)
    }
}
