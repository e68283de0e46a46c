//! What is wrong with a run whatever its figures say.

use std::sync::Arc;

use crate::verdict::Finding;

/// What went wrong before the first user, and what of our own did.
#[derive(Debug, Default)]
pub(crate) struct RunFaults {
    /// Why no user was started: the health gate, `setup` or the login check failed.
    not_begun: Option<Arc<str>>,
    /// What was found wrong with the scenario before the first user.
    found_before: Vec<Finding>,
    /// What of our own went wrong.
    own: Option<Arc<str>>,
}

impl RunFaults {
    /// Why no user was started, if none was.
    pub(super) fn not_begun(&self) -> Option<&str> {
        self.not_begun.as_deref()
    }

    /// What was found wrong with the scenario before the first user.
    pub(super) fn found_before(&self) -> &[Finding] {
        &self.found_before
    }

    /// What of our own went wrong.
    pub(super) fn own(&self) -> Option<&str> {
        self.own.as_deref()
    }

    /// No user is started, for this reason.
    pub(crate) fn set_not_begun(&mut self, why: &str) {
        self.not_begun = Some(why.into());
    }

    /// This was found before the first user.
    pub(crate) fn set_found_before(&mut self, found: Vec<Finding>) {
        self.found_before = found;
    }

    /// This of our own went wrong.
    pub(crate) fn set_own(&mut self, fault: &str) {
        self.own = Some(fault.into());
    }
}
