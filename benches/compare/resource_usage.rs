//! The processor time and the memory that a process has used, as the system
//! tells it.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;

use super::cost::Cpu;

/// What `/proc/PID/stat` says of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// What it, and the children that it has waited for, have used so far. In
    /// ticks of the system, usually of 10 ms.
    pub(crate) cpu: Cpu,
    /// Whether it has ended, and only waits to be waited for.
    pub(crate) has_ended: bool,
}

impl Stat {
    /// Of a process that nobody has waited for yet, by its id.
    pub(crate) fn of(pid: u32) -> io::Result<Self> {
        let path = format!("/proc/{pid}/stat");
        let stat = fs::read_to_string(&path)?;
        Self::parse(&stat, clock_ticks_per_second())
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("{path}: {stat}")))
    }

    /// Reads the text (`proc_pid_stat(5)`): field 3 is the state, 14 to 17 are user
    /// and system time, its own and of its children.
    pub(crate) fn parse(stat: &str, ticks_per_second: u64) -> Option<Self> {
        // The name of the program, field 2, may hold blanks and brackets.
        let (_, rest) = stat.rsplit_once(')')?;
        let mut fields = rest.split_whitespace();
        let has_ended = fields.next()? == "Z";
        let mut fields = fields.skip(10);
        let mut next = || -> Option<Duration> {
            let ticks: u64 = fields.next()?.parse().ok()?;
            let us = ticks.saturating_mul(1_000_000);
            Some(Duration::from_micros(us.checked_div(ticks_per_second)?))
        };
        let (user, system) = (next()?, next()?);
        let cpu = Cpu {
            user: user + next()?,
            system: system + next()?,
        };
        Some(Self { cpu, has_ended })
    }
}

/// A line of `/proc/PID/status` about memory, such as `VmRSS`, in KB.
pub(crate) fn memory_kb(pid: u32, line: &str) -> io::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path)?;
    let value = status.lines().find_map(|text| text.strip_prefix(line));
    let digits = value.and_then(|rest| rest.trim_start_matches(':').split_whitespace().next());
    let kb = digits.and_then(|digits| digits.parse().ok());
    kb.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("{path}: no {line}")))
}
