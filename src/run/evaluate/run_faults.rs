//! Faults of a run that no figure shows.

use std::sync::Arc;

use crate::verdict::Finding;

/// The faults before the first user, and internal errors.
#[derive(Debug, Default)]
pub(crate) struct RunFaults {
    /// Why no user was started: the health gate, `setup` or the login check failed.
    not_begun: Option<Arc<str>>,
    /// The findings about the scenario from before the first user.
    found_before: Vec<Finding>,
    /// The internal error, if there was one.
    own: Option<Arc<str>>,
}

impl RunFaults {
    /// Why no user was started, if none was.
    pub(super) fn not_begun(&self) -> Option<&str> {
        self.not_begun.as_deref()
    }

    /// The findings about the scenario from before the first user.
    pub(super) fn found_before(&self) -> &[Finding] {
        &self.found_before
    }

    /// The internal error, if there was one.
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
