//! Sleeping on a shard: the wheel, and the alarm that turns it.

pub(crate) mod alarm;
pub(crate) mod wheel;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::client::Clock;
use crate::engine::timer::alarm::Alarm;
use crate::engine::timer::wheel::{Key, Wheel};

/// A shard's timer.
#[derive(Debug)]
pub(super) struct Timer {
    clock: Clock,
    wheel: RefCell<Wheel>,
    alarm: Alarm,
    armed_us: Cell<u64>,
    woken: RefCell<Vec<Waker>>,
}

/// Somebody's sleep, as others see it: what to end to wake them early.
#[derive(Debug, Default)]
pub(super) struct SleepHandle(Cell<Option<Key>>);

impl Timer {
    /// # Errors
    /// Out of descriptors.
    pub(super) fn new(clock: Clock) -> io::Result<Self> {
        Ok(Self {
            clock,
            wheel: RefCell::new(Wheel::new(clock.now_us())),
            alarm: Alarm::new()?,
            armed_us: Cell::new(u64::MAX),
            woken: RefCell::default(),
        })
    }

    /// Turns the wheel, for ever. Runs as a task of the shard.
    pub(super) async fn run(&self) {
        loop {
            self.alarm.wait().await;
            self.turn(self.clock.now_us());
        }
    }

    /// Turns the wheel if something is due. A busy runtime looks at the alarm
    /// only once in dozens of turns: whoever knows the time anyway tells it
    /// here. Cost: a comparison, if nothing is due.
    pub(super) fn keep_up(&self, now_us: u64) {
        if now_us >= self.armed_us.get() {
            self.turn(now_us);
        }
    }

    /// Sleeps until `due_us` (up to one slot longer) or until somebody
    /// [wakes](Self::wake) the nap. Cost: nothing but pointer writes, unless
    /// the alarm has to be set to an earlier time.
    pub(super) fn sleep_until<'a>(&'a self, due_us: u64, sleep: &'a SleepHandle) -> Sleep<'a> {
        Sleep {
            timer: self,
            sleep,
            due_us,
            key: None,
        }
    }

    /// Ends a nap early; nothing happens if nobody sleeps in it.
    pub(super) fn wake(&self, sleep: &SleepHandle) {
        let waker = sleep
            .0
            .get()
            .and_then(|key| self.wheel.borrow_mut().fire(key));
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn turn(&self, now_us: u64) {
        let mut woken = self.woken.take();
        self.armed_us.set(u64::MAX);
        self.wheel.borrow_mut().expire(now_us, &mut woken);
        woken.drain(..).for_each(Waker::wake);
        self.woken.replace(woken);
        self.arm(now_us);
    }

    fn arm(&self, now_us: u64) {
        let next_us = self.wheel.borrow().next_expiry_us();
        if let Some(next_us) = next_us.filter(|&next_us| next_us < self.armed_us.get()) {
            self.armed_us.set(next_us);
            self.alarm.set(next_us.saturating_sub(now_us));
        }
    }

    fn insert(&self, due_us: u64, waker: Waker) -> Key {
        let key = self.wheel.borrow_mut().insert(due_us, waker);
        if due_us < self.armed_us.get() {
            self.arm(self.clock.now_us());
        }
        key
    }
}

/// See [`Timer::sleep_until`].
#[derive(Debug)]
pub(super) struct Sleep<'a> {
    timer: &'a Timer,
    sleep: &'a SleepHandle,
    due_us: u64,
    key: Option<Key>,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(key) = self.key else {
            let key = self.timer.insert(self.due_us, cx.waker().clone());
            self.key = Some(key);
            self.sleep.0.set(Some(key));
            return Poll::Pending;
        };
        let mut wheel = self.timer.wheel.borrow_mut();
        if wheel.has_fired(key) {
            return Poll::Ready(());
        }
        wheel.set_waker(key, cx.waker());
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.sleep.0.set(None);
            self.timer.wheel.borrow_mut().remove(key);
        }
    }
}
