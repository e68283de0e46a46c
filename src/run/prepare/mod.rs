//! Preparation of a run before its first user starts: addresses, TLS, permission,
//! `setup`, and a login that works.

pub(crate) mod connectivity;
pub(crate) mod guardrails;
pub(crate) mod lifecycle_hooks;
pub(crate) mod login_check;
pub(crate) mod lookups;
pub(crate) mod preflight;
pub(crate) mod preparation;
pub(crate) mod resolver;
pub(crate) mod target_policy;
pub(crate) mod trial;
pub(crate) mod watching;
