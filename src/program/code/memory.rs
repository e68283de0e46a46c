//! The memory of variables, bounded: of one, of all of a user, of all users.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of one variable: as many as of a body that is captured from.
pub(crate) const MOST_OF_VARIABLE: usize = 8 << 20;
/// The most bytes of all variables of a user.
pub(super) const MOST_OF_USER: usize = 16 << 20;
/// The most bytes of the large variables of all users.
const MOST_OF_ALL: usize = 1 << 30;
/// Variables up to this size are not counted: keys, tokens, ids. Only what is
/// larger costs something more than a comparison, when its buffer grows.
pub(super) const SMALL: usize = 4 << 10;
/// The most bytes of a message that is put together from a template.
pub(crate) const MOST_OF_MESSAGE: usize = 64 << 20;

/// Bytes that many owners take from together.
#[derive(Debug)]
struct Budget {
    used: AtomicUsize,
    most: usize,
}

/// What the large variables of all users take. No memory is handed over through
/// it, hence relaxed ordering.
static ALL: Budget = Budget {
    used: AtomicUsize::new(0),
    most: MOST_OF_ALL,
};

impl Budget {
    fn take(&self, bytes: usize) -> bool {
        let add = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.most);
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
            .is_ok()
    }

    fn give(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// What the large variables of one user take; given back with it.
#[derive(Debug, Default)]
pub(crate) struct Held(usize);

impl Held {
    /// Takes so many bytes more; `false`, and nothing is taken, where that is more
    /// than the user or all users may have.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let is_granted = self.0.saturating_add(bytes) <= MOST_OF_USER && ALL.take(bytes);
        if is_granted {
            self.0 += bytes;
        }
        is_granted
    }

    /// Gives so many bytes back.
    pub(crate) fn give(&mut self, bytes: usize) {
        let bytes = bytes.min(self.0);
        self.0 -= bytes;
        ALL.give(bytes);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        ALL.give(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept() {
        let budget = Budget {
            used: AtomicUsize::new(0),
            most: 10,
        };
        assert!(budget.take(6) && budget.take(4) && !budget.take(1));
        budget.give(4);
        assert!(!budget.take(5) && budget.take(4));
        assert!(!budget.take(usize::MAX));
    }

    #[test]
    fn what_a_user_holds_is_bounded_and_given_back() {
        let mut held = Held::default();
        assert!(held.take(MOST_OF_USER));
        assert!(!held.take(1));
        held.give(1);
        assert!(held.take(1));
    }
}
