//! Limits of scenarios; the table and its readers both
//! go by these.

use std::time::Duration;

use crate::model::{MAX_SPAWN_RATE, MIN_RATE};

/// User classes of all files.
pub(crate) const MAX_CLASSES: usize = 1_000;
/// Feeds of a scenario.
pub(crate) const MAX_FEEDS: usize = 1_000;
/// Probes, and containers of one; each is a task of its own.
pub(crate) const MAX_PROBES: usize = 50;
/// Readings of a probe.
pub(crate) const MAX_READINGS: usize = 50;
/// Characters of a unit.
pub(crate) const MAX_UNIT_CHARS: usize = 16;
/// Criteria of a scenario.
pub(crate) const MAX_CRITERIA: usize = 100;
/// Files of an `include`, or of `scenarios`.
pub(crate) const MAX_FILES: usize = 32;
/// Stages of a load.
pub(crate) const MAX_STAGES: usize = 10_000;
/// Requests at the same time.
pub(crate) const MAX_PARALLEL: usize = 100;
/// Rounds of a loop.
pub(crate) const MAX_ROUNDS: u32 = 1_000_000;
/// The largest weight, share or count of users of a class.
pub(crate) const MAX_WEIGHT: u32 = 1_000_000;
/// Bytes of a body that is looked at.
pub(crate) const MAX_BODY_BYTES: u32 = 1 << 30;
/// The longest duration.
pub(crate) use crate::program::MAX_DURATION as MAX_TIME;
/// The shortest duration above 0.
pub(crate) const MIN_TIME: Duration = Duration::from_micros(1);
/// Names of hosts are looked up no more often.
pub(crate) const MIN_TTL: Duration = Duration::from_secs(1);
/// The longest time for a reading of a probe.
pub(crate) const MAX_PROBE_TIMEOUT: Duration = Duration::from_secs(60);
/// The lowest and the highest rate per second, beside 0.
pub(crate) const RATES: (f64, f64) = (MIN_RATE, MAX_SPAWN_RATE);
