//! The machine and this process on it.

use std::num::NonZero;

/// The cores that this process may use: affinity and, on Linux, the cgroup's
/// quota counted. At least 1.
#[must_use]
pub fn usable_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// The operating system, its release and the processor's architecture, like
/// `Linux 6.1.0 x86_64`.
#[must_use]
pub fn system() -> String {
    system::describe()
}

/// The CPU time of the calling thread in microseconds. Cost: a system call.
#[must_use]
pub fn thread_cpu_us() -> Option<u64> {
    cpu::read_us(cpu::Of::Thread)
}

/// The CPU time of this process, user and system, in microseconds.
#[must_use]
pub fn process_cpu_us() -> Option<u64> {
    cpu::read_us(cpu::Of::Process)
}

/// The memory of this process that is resident, in bytes (Linux only).
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    let kibibytes: u64 = status("VmRSS")?.strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Whether this process ignores SIGHUP, as `nohup` makes it (Linux only).
#[must_use]
pub fn ignores_hangup() -> bool {
    let ignored = status("SigIgn").and_then(|mask| u64::from_str_radix(&mask, 16).ok());
    // Signal 1 is the lowest bit.
    ignored.is_some_and(|mask| mask & 1 == 1)
}

/// A field of `/proc/self/status`.
fn status(name: &str) -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

/// The network name of this machine, if known.
#[must_use]
pub fn host_name() -> Option<String> {
    name::read()
}

/// The files, sockets and pipes that this process has open (Linux only).
/// Cost: a system call; from before Linux 6.2 on, one for every hundred of them.
#[must_use]
pub fn open_descriptors() -> Option<u64> {
    const FOLDER: &str = "/proc/self/fd";
    // Newer kernels tell their number as the size of the folder.
    let told = std::fs::metadata(FOLDER).ok()?.len();
    if told > 0 {
        return Some(told);
    }
    let count = std::fs::read_dir(FOLDER).ok()?.count();
    // The folder that is being read is open itself.
    u64::try_from(count)
        .ok()
        .map(|count| count.saturating_sub(1))
}

/// Raises the soft limit of open files to the hard one and gives the limit
/// that holds now; `None` where there is none or it is not told.
pub fn raise_descriptor_limit() -> Option<u64> {
    descriptors::raise()
}

/// The soft limit of open files; `None` where there is none or it is not told.
#[must_use]
pub fn descriptor_limit() -> Option<u64> {
    descriptors::limit()
}

/// How many local ports there are for connections to one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalPorts {
    /// In all.
    pub all: u64,
    /// Before each further one is searched for among all of them: half as many
    /// where Linux before 6.8 takes those of one parity first.
    pub quick: u64,
}

/// The local ports of this machine (Linux only).
#[must_use]
pub fn local_ports() -> Option<LocalPorts> {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut ends = range.split_whitespace().map(str::parse::<u64>);
    let (first, last) = (ends.next()?.ok()?, ends.next()?.ok()?);
    let all = (last + 1).saturating_sub(first);
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    let quick = if takes_any_port(&release) {
        all
    } else {
        all / 2
    };
    Some(LocalPorts { all, quick })
}

/// Whether connections on this Linux release quickly find any free local port,
/// not only half of them.
fn takes_any_port(release: &str) -> bool {
    let mut parts = release.split(|letter: char| !letter.is_ascii_digit());
    let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok());
    (number(), number()) >= (Some(6), Some(8))
}

#[cfg(unix)]
mod system {
    pub(super) fn describe() -> String {
        let told = rustix::system::uname();
        let parts = [told.sysname(), told.release(), told.machine()];
        parts.map(|part| part.to_string_lossy()).join(" ")
    }
}

#[cfg(not(unix))]
mod system {
    pub(super) fn describe() -> String {
        if cfg!(windows) { "Windows" } else { "unknown" }.to_owned()
    }
}

#[cfg(unix)]
mod cpu {
    use rustix::time::{ClockId, clock_gettime};

    #[derive(Clone, Copy)]
    pub(super) enum Of {
        Thread,
        Process,
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same shape as where it is not available"
    )]
    pub(super) fn read_us(of: Of) -> Option<u64> {
        let time = clock_gettime(match of {
            Of::Thread => ClockId::ThreadCPUTime,
            Of::Process => ClockId::ProcessCPUTime,
        });
        Some(time.tv_sec.unsigned_abs() * 1_000_000 + time.tv_nsec.unsigned_abs() / 1_000)
    }
}

#[cfg(not(unix))]
mod cpu {
    #[derive(Clone, Copy)]
    pub(super) enum Of {
        Thread,
        Process,
    }

    pub(super) fn read_us(_of: Of) -> Option<u64> {
        None
    }
}

#[cfg(unix)]
mod name {
    pub(super) fn read() -> Option<String> {
        let uname = rustix::system::uname();
        uname.nodename().to_str().ok().map(str::to_owned)
    }
}

#[cfg(not(unix))]
mod name {
    pub(super) fn read() -> Option<String> {
        None
    }
}

#[cfg(unix)]
mod descriptors {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    pub(super) fn limit() -> Option<u64> {
        getrlimit(Resource::Nofile).current
    }

    pub(super) fn raise() -> Option<u64> {
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit.maximum
        } else {
            limit.current
        }
    }
}

#[cfg(not(unix))]
mod descriptors {
    pub(super) fn limit() -> Option<u64> {
        None
    }

    pub(super) fn raise() -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_port_is_taken_since_6_8() {
        assert!(takes_any_port("6.18.44-fc"));
        assert!(takes_any_port("6.8.0-45-generic\n"));
        assert!(takes_any_port("7.0.1"));
        assert!(!takes_any_port("6.1.0-28-amd64"));
        assert!(!takes_any_port("5.15.0-125-generic"));
    }

    #[test]
    fn readings_are_plausible() {
        assert!(usable_cores() >= 1);
        assert!(!system().is_empty());
        if cfg!(target_os = "linux") {
            assert!(resident_bytes().expect("on Linux") > 100_000);
            assert!(open_descriptors().expect("on Linux") >= 3);
            assert!(process_cpu_us().expect("on Linux") >= thread_cpu_us().expect("on Linux") / 2);
        }
    }
}
