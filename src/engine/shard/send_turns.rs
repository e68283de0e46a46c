//! Turns to send, where the requests per second of a run are limited.

use std::future::Future;
use std::pin::Pin;

use crate::client::Turns;
use crate::engine::shard::limits::Turn;
use crate::engine::shard::thread::Shard;
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::timer::SleepHandle;

/// Where a user waits for its turns on one of its connections.
#[derive(Debug)]
pub(crate) struct SendTurns<'u> {
    shard: &'u Shard,
    handle: &'u UserHandle,
    sleep: &'u SleepHandle,
}

impl<'u> SendTurns<'u> {
    /// `None` where requests are not limited.
    pub(crate) fn new(
        shard: &'u Shard,
        handle: &'u UserHandle,
        sleep: &'u SleepHandle,
    ) -> Option<Self> {
        let is_limited = shard.setup.limits.has_turns();
        is_limited.then_some(Self {
            shard,
            handle,
            sleep,
        })
    }

    /// Waits for the next turn to send; the moment at which it has come, or `None`
    /// if the user is cut off before.
    pub(crate) async fn wait(&self, mut now_us: u64) -> Option<u64> {
        loop {
            let (until_us, is_booked) = match self.shard.setup.limits.take_turn(now_us) {
                Turn::At(turn_us) => (turn_us, true),
                Turn::AskAgain(again_us) => (again_us, false),
            };
            if now_us < until_us {
                now_us = self.hold_back_until(until_us, now_us).await;
            }
            if now_us < until_us || self.handle.deadline.is_cut_off() {
                return None;
            }
            if is_booked {
                return Some(now_us);
            }
        }
    }

    /// When it has waited; earlier than asked if it is cut off before that.
    async fn hold_back_until(&self, until_us: u64, mut now_us: u64) -> u64 {
        let Self {
            shard,
            handle,
            sleep,
        } = self;
        shard.hold_back(handle, true);
        while now_us < until_us.min(handle.cut_at_us()) {
            let due_us = until_us.min(handle.cut_at_us());
            shard.timer.sleep_until(due_us, sleep).await;
            now_us = shard.clock.now_us();
        }
        shard.hold_back(handle, false);
        now_us
    }
}

impl Turns for SendTurns<'_> {
    fn next_turn<'t>(&'t self, now_us: u64) -> Pin<Box<dyn Future<Output = Option<u64>> + 't>> {
        Box::pin(self.wait(now_us))
    }
}
