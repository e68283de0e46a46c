//! Processor time that others took.

/// For how long in all the calling thread could run and was not let, in
/// microseconds (Linux only). Cost: a system call; the first time a few more,
/// and a descriptor for as long as the thread lives.
#[must_use]
pub fn thread_run_delay_us() -> Option<u64> {
    linux::run_delay_us()
}

/// Time that a hypervisor kept from the processors of this machine, all
/// together, in microseconds (Linux only). Cost: a small file is read.
#[must_use]
pub fn stolen_us() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    stolen_in(&text)
}

/// The eighth figure of the first line, in hundredths of a second.
/// Format: <https://man7.org/linux/man-pages/man5/proc_stat.5.html>
fn stolen_in(text: &str) -> Option<u64> {
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let hundredths: u64 = line.split_whitespace().nth(7)?.parse().ok()?;
    hundredths.checked_mul(10_000)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    thread_local! {
        static SCHEDSTAT: Option<File> = File::open("/proc/thread-self/schedstat").ok();
    }

    pub(super) fn run_delay_us() -> Option<u64> {
        SCHEDSTAT.with(|file| {
            let mut text = [0; 96];
            let length = file.as_ref()?.read_at(&mut text, 0).ok()?;
            super::run_delay_in(text.get(..length)?)
        })
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    pub(super) fn run_delay_us() -> Option<u64> {
        None
    }
}

/// The second figure, in nanoseconds, in microseconds.
/// Format: <https://docs.kernel.org/scheduler/sched-stats.html>
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "read on Linux"))]
fn run_delay_in(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let nanoseconds: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(nanoseconds / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_read() {
        assert_eq!(run_delay_in(b"482910 1234567 12\n"), Some(1_234));
        assert_eq!(run_delay_in(b"482910\n"), None);
        let stat = "cpu  10 20 30 40 50 60 70 85 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n";
        assert_eq!(stolen_in(stat), Some(850_000));
        assert_eq!(stolen_in("cpu 1 2 3\n"), None);
        assert_eq!(stolen_in(""), None);
    }

    #[test]
    fn readings_rise() {
        let Some(before_us) = thread_run_delay_us() else {
            return;
        };
        let turns: u64 = (0..1_000_000).map(std::hint::black_box).sum();
        assert!(turns > 0);
        assert!(thread_run_delay_us().is_some_and(|us| us >= before_us));
    }
}
