//! What befalls the generator while it runs.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::cores::{Cores, stay_on};

/// Another program's computing on the generator's core, until it is dropped.
#[derive(Debug)]
pub(crate) struct Hog {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Hog {
    /// Begins to compute.
    pub(crate) fn start(cores: usize) -> io::Result<Self> {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_over);
        let thread = thread::Builder::new()
            .name("hog".to_owned())
            .spawn(move || {
                if stay_on(Cores::Generator, cores).is_err() {
                    return;
                }
                let mut figure = 1_u64;
                while !told.load(Ordering::Relaxed) {
                    for _ in 0..10_000 {
                        figure =
                            std::hint::black_box(figure.wrapping_mul(6_364_136_223_846_793_005));
                    }
                }
            })?;
        let thread = Some(thread);
        Ok(Self { is_over, thread })
    }
}

impl Drop for Hog {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing to hand over.
            let _ = thread.join();
        }
    }
}

/// Stops a process after a while, and lets it go on after another. One that has
/// ended meanwhile is left alone.
pub(crate) async fn stop(pid: u32, after: Duration, length: Duration) {
    sleep(after).await;
    signal(pid, Signal::STOP);
    sleep(length).await;
    signal(pid, Signal::CONT);
}

/// Not waited for yet, so the id is still its own.
fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}
