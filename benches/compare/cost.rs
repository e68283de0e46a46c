//! What a run of a generator came to.

use std::time::Duration;

use serde::Serialize;

/// Processor time, as the operating system counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cpu {
    /// In the program itself.
    pub(crate) user: Duration,
    /// In the kernel on its behalf.
    pub(crate) system: Duration,
}

impl Cpu {
    /// What was used since an earlier reading.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            user: self.user.saturating_sub(before.user),
            system: self.system.saturating_sub(before.system),
        }
    }
}

/// What a generator says of its run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RunTotals {
    /// Requests that were answered.
    pub(crate) requests: f64,
    /// How long it sent.
    pub(crate) seconds: f64,
}

/// What a run of a generator came to.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Cost {
    /// User and system time of its process per request, in microseconds.
    pub(crate) cpu_us: f64,
    /// Of that, user time.
    pub(crate) user_us: f64,
    /// Requests per second.
    pub(crate) rps: f64,
    /// Its memory, where that is looked at.
    pub(crate) memory: Option<Memory>,
}

/// The memory of a process, in KB.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Memory {
    /// The most that was resident at any time.
    pub(crate) peak_kb: f64,
    /// How much more that is than what was resident before the run.
    pub(crate) grown_kb: f64,
}

impl Cost {
    /// Puts together what the system and the generator say; `None` if it did nothing.
    pub(crate) fn new(totals: RunTotals, cpu: Cpu) -> Option<Self> {
        let has_worked = totals.requests >= 1.0 && totals.seconds > 0.0;
        has_worked.then(|| Self {
            cpu_us: (cpu.user + cpu.system).as_secs_f64() * 1e6 / totals.requests,
            user_us: cpu.user.as_secs_f64() * 1e6 / totals.requests,
            rps: totals.requests / totals.seconds,
            memory: None,
        })
    }
}
