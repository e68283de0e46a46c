//! What the tests of runs, of the web and of the program share.

mod authority;
#[cfg(unix)]
mod axe;
mod bench;
#[cfg(unix)]
mod browser;
#[cfg(target_os = "linux")]
mod counters;
#[cfg(unix)]
mod dashboard_page;
#[cfg(unix)]
mod docker;
mod page_text;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod process;
mod proxy;
#[cfg(unix)]
mod python;
#[cfg(unix)]
mod server;
mod shapes;
mod snapshot;
mod target;
mod test_app;
mod time;
mod viewer;

pub(crate) use authority::{Authority, pem};
#[cfg(unix)]
pub(crate) use axe::{serious_findings, serious_findings_of_colours};
pub(crate) use bench::{Bench, assert_conserved, assert_sound, http_failures};
#[cfg(unix)]
pub(crate) use browser::{Browser, number};
#[cfg(target_os = "linux")]
pub(crate) use counters::{allocations, reads, waits, writes};
#[cfg(unix)]
pub(crate) use docker::Docker;
pub(crate) use page_text::page_text;
#[cfg(unix)]
pub(crate) use postgres::{PASSWORD, Postgres};
#[cfg(unix)]
pub(crate) use process::{Captured, Folder, Program};
pub(crate) use proxy::{Proxy, Says};
#[cfg(unix)]
pub(crate) use python::python;
#[cfg(unix)]
pub(crate) use server::Server;
pub(crate) use shapes::Shapes;
pub(crate) use snapshot::assert_snapshot;
pub(crate) use target::{Manner, lab, lab_stats, misbehaving_target, refused_port, serve_app};
pub(crate) use test_app::{NOWHERE, TestApp, answer};
pub(crate) use time::{PATIENCE, eventually, soon};
pub(crate) use viewer::Viewer;
