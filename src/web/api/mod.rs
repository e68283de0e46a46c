//! Handlers: Locust's routes, and our own under `/api/v1/`.

mod author;
mod body;
mod confirm;
pub(super) mod demo;
mod initiator;
pub(super) mod locust;
pub(super) mod monitoring;
pub(super) mod run;
pub(super) mod scenarios;
pub(super) mod suite;
pub(super) mod suite_report;
