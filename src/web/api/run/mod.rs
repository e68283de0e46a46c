//! The run: `/api/v1/run` and below.

pub(in crate::web) mod control;
pub(in crate::web) mod edit;
pub(in crate::web) mod read;
pub(in crate::web) mod scenario_export;
pub(in crate::web) mod start;
pub(in crate::web) mod window;
