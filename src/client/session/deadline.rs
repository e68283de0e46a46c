use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What ended a wait from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// The deadline passed.
    TimedOut,
    /// The run is being stopped and does not wait for this user any longer.
    CutOff,
}

/// What can end a user's wait on the network from outside: one per user,
/// polled by its session, fired by the shard.
///
/// A deadline costs nothing but a number while it does not pass: no timer is
/// registered, the shard sweeps all deadlines a few dozen times a second. A
/// deadline is therefore noticed late by up to one sweep.
pub struct Deadline {
    deadline_us: Cell<u64>,
    fired: Cell<Option<Interrupt>>,
    waker: Cell<Option<Waker>>,
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline")
            .field("deadline_us", &self.deadline_us)
            .field("fired", &self.fired)
            .finish_non_exhaustive()
    }
}

impl Default for Deadline {
    fn default() -> Self {
        Self::new()
    }
}

impl Deadline {
    /// A deadline that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self {
            deadline_us: Cell::new(u64::MAX),
            fired: Cell::new(None),
            waker: Cell::new(None),
        }
    }

    /// Sets the deadline and forgets one that passed. A cut-off stays.
    pub(crate) fn arm(&self, deadline_us: u64) {
        self.deadline_us.set(deadline_us);
        if self.fired.get() == Some(Interrupt::TimedOut) {
            self.fired.set(None);
        }
    }

    /// Takes the deadline away.
    pub(crate) fn disarm(&self) {
        self.arm(u64::MAX);
    }

    /// Fires [`Interrupt::TimedOut`] if the deadline has passed.
    pub fn sweep(&self, now_us: u64) {
        if now_us >= self.deadline_us.get() {
            self.deadline_us.set(u64::MAX);
            if self.fired.get().is_none() {
                self.fire(Interrupt::TimedOut);
            }
        }
    }

    /// Ends this and every later wait until [`Deadline::reset`].
    pub fn cut_off(&self) {
        self.fire(Interrupt::CutOff);
    }

    /// Whether the user was cut off.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.fired.get() == Some(Interrupt::CutOff)
    }

    /// Makes it as new, for the next user.
    pub fn reset(&self) {
        self.deadline_us.set(u64::MAX);
        self.fired.set(None);
        self.waker.set(None);
    }

    /// Ready with what fired. Otherwise the task is woken when something does;
    /// the waker is cloned only when the task has changed.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Interrupt> {
        if let Some(interrupt) = self.fired.get() {
            return Poll::Ready(interrupt);
        }
        let waker = match self.waker.take() {
            Some(waker) if waker.will_wake(cx.waker()) => waker,
            _ => cx.waker().clone(),
        };
        self.waker.set(Some(waker));
        Poll::Pending
    }

    /// Awaits `future` unless something fires first.
    pub(crate) async fn guard<F: Future>(&self, future: F) -> Result<F::Output, Interrupt> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            self.poll(cx).map(Err)
        })
        .await
    }

    fn fire(&self, interrupt: Interrupt) {
        self.fired.set(Some(interrupt));
        if let Some(waker) = self.waker.take() {
            waker.wake_by_ref();
            self.waker.set(Some(waker));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(deadline: &Deadline) -> Poll<Interrupt> {
        deadline.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_deadline_fires_once_and_is_forgotten_when_armed_again() {
        let deadline = Deadline::new();
        deadline.arm(100);
        deadline.sweep(99);
        assert_eq!(look(&deadline), Poll::Pending);
        deadline.sweep(100);
        assert_eq!(look(&deadline), Poll::Ready(Interrupt::TimedOut));
        deadline.arm(200);
        assert_eq!(look(&deadline), Poll::Pending);
    }

    #[test]
    fn a_cut_off_outlives_deadlines_until_reset() {
        let deadline = Deadline::new();
        deadline.arm(100);
        deadline.cut_off();
        deadline.sweep(100);
        deadline.arm(300);
        deadline.disarm();
        assert_eq!(look(&deadline), Poll::Ready(Interrupt::CutOff));
        deadline.reset();
        assert_eq!(look(&deadline), Poll::Pending);
    }
}
