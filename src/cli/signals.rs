//! Signals that ask the program to end.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

#[cfg(unix)]
use crate::probes::host;

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
                (!host::ignores_hangup()).then_some(hangup),
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
