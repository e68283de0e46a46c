//! The controller: the one task that owns the run, and the handle by which the
//! rest of the program talks to it.

pub(crate) mod author;
pub(crate) mod command_loop;
pub(crate) mod counting;
pub(crate) mod error;
pub(crate) mod handle;
pub(crate) mod host_load;
pub(crate) mod load_end;
pub(crate) mod run_end;
pub(crate) mod run_facts;
pub(crate) mod run_task;
pub(crate) mod run_view;
pub(crate) mod stop_reason;
pub(crate) mod user_notices;
