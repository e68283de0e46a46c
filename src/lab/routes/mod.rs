//! The routes of the lab.

pub(crate) mod accounts;
pub(crate) mod approvals;
pub(crate) mod connectors;
pub(crate) mod deployments;
pub(crate) mod fields;
pub(crate) mod page;
