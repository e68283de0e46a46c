//! One alarm in the shard's own poll: a `timerfd` on Linux, tokio's timer elsewhere.

#[cfg(target_os = "linux")]
pub(crate) use linux::Alarm;
#[cfg(not(target_os = "linux"))]
pub(crate) use portable::Alarm;

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::OwnedFd;

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// Goes off once per [`set`](Self::set), to the microsecond.
    #[derive(Debug)]
    pub(crate) struct Alarm(AsyncFd<OwnedFd>);

    impl Alarm {
        /// # Errors
        /// Out of descriptors.
        pub(crate) fn new() -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            // SAFETY: the descriptor is owned by the value that is registered,
            // stays the same for its life, and is closed only with it.
            #[expect(
                unsafe_code,
                reason = "tokio asks for this promise; an owned descriptor keeps it"
            )]
            let registered = unsafe { AsyncFd::register_with_interest(timer, Interest::READABLE)? };
            Ok(Self(registered))
        }

        /// Goes off after this long instead of whenever it would have.
        pub(crate) fn set(&self, delay_us: u64) {
            // Zero would disarm it.
            let delay_us = i64::try_from(delay_us.max(1)).unwrap_or(i64::MAX);
            let value = Timespec {
                tv_sec: delay_us / 1_000_000,
                tv_nsec: delay_us % 1_000_000 * 1_000,
            };
            let once = Itimerspec {
                it_interval: Timespec {
                    tv_sec: 0,
                    tv_nsec: 0,
                },
                it_value: value,
            };
            // Cannot fail with a valid descriptor and a valid time.
            let _ = timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once);
        }

        /// Until it goes off. Setting it again clears what had expired, so the
        /// descriptor is never read: each expiry is a new edge for the poll.
        pub(crate) async fn wait(&self) {
            if let Ok(mut ready) = self.0.readable().await {
                ready.clear_ready();
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::cell::Cell;
    use std::io;
    use std::time::Duration;

    use tokio::sync::Notify;
    use tokio::time::{Instant, sleep_until};

    /// Goes off once per [`set`](Self::set), to about a millisecond.
    #[derive(Debug)]
    pub(crate) struct Alarm {
        due: Cell<Instant>,
        changed: Notify,
    }

    impl Alarm {
        /// # Errors
        /// None here.
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self {
                due: Cell::new(far()),
                changed: Notify::new(),
            })
        }

        /// Goes off after this long instead of whenever it would have.
        pub(crate) fn set(&self, delay_us: u64) {
            self.due
                .set(Instant::now() + Duration::from_micros(delay_us));
            self.changed.notify_one();
        }

        /// Until it goes off.
        pub(crate) async fn wait(&self) {
            loop {
                tokio::select! {
                    () = sleep_until(self.due.get()) => break,
                    () = self.changed.notified() => {}
                }
            }
            self.due.set(far());
        }
    }

    fn far() -> Instant {
        Instant::now() + Duration::from_secs(86_400)
    }
}
