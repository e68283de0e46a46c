//! Signals that ask the program to end.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens from when it is made, so that none is missed in between.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    each: Vec<(&'static str, Signal)>,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        #[cfg(unix)]
        {
            let hangup = ("SIGHUP", SignalKind::hangup());
            let kinds = [
                Some(("SIGINT", SignalKind::interrupt())),
                Some(("SIGTERM", SignalKind::terminate())),
                Some(("SIGQUIT", SignalKind::quit())),
                // With `nohup` the program outlives its terminal.
                (!is_hangup_ignored()).then_some(hangup),
            ];
            let kinds = kinds.into_iter().flatten();
            // Where one cannot be listened to, it does what it always does.
            let listen = |(name, kind)| Some((name, signal(kind).ok()?));
            Self {
                each: kinds.filter_map(listen).collect(),
            }
        }
        #[cfg(not(unix))]
        Self {}
    }

    /// The name of the next one. Safe to cancel.
    pub(super) async fn next(&mut self) -> &'static str {
        #[cfg(unix)]
        return std::future::poll_fn(|context| {
            for (name, signal) in &mut self.each {
                if signal.poll_recv(context).is_ready() {
                    return std::task::Poll::Ready(*name);
                }
            }
            std::task::Poll::Pending
        })
        .await;
        #[cfg(not(unix))]
        match tokio::signal::ctrl_c().await {
            Ok(()) => "SIGINT",
            Err(_) => std::future::pending().await,
        }
    }
}

/// Whether SIGHUP is ignored, as Linux tells.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Signal 1 is the lowest bit.
    ignored.is_some_and(|mask| mask & 1 == 1)
}
