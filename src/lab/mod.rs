//! The lab: a built-in target for trying and testing everything without another
//! system.
//!
//! It answers the deployment API that the built-in scenarios drive: health,
//! login, deployments, approvals, connectors. It is lean, because it shares its
//! machine with the generator: one thread, one runtime, state without locks.
//! Its counters at `GET /lab/stats` are the other side's view of a run.
//!
//! Everything it keeps is bounded. Tokens and approval ids are recognised by
//! recomputing them and cost no memory; the newest 100,000 deployments are
//! kept.
//!
//! On request it misbehaves, from the start or [later](set_faults): see
//! [`Fault`].

mod body;
mod config;
mod connection;
mod counters;
mod error;
mod faults;
mod handler;
mod ids;
mod remote;
mod reply;
mod route;
mod routes;
mod server;

pub use config::LabConfig;
pub use error::LabError;
pub use faults::fault::{Fault, FaultError, Leak, PoolFault, RetryStorm};
pub use faults::latency::{Latency, LatencyError};
pub use remote::{RemoteError, set_faults};
pub use server::{Lab, bind, listen, serve};
