//! Rows of data in the hands of a user.

use std::rc::Rc;

use crate::engine::shard::thread::Shard;
use crate::engine::user::User;
use crate::model::FeedId;
use crate::program::{AtEnd, RowPick};

/// Whether a user has the rows that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It has them, or it goes on without: what needs them is not sent.
    GoOn,
    /// There are none in this data, and for that the user ends.
    EndUser(FeedId),
}

/// The unique rows that a user holds. They go back when it is gone, however it
/// goes.
#[derive(Debug)]
pub(crate) struct HeldRows {
    shard: Rc<Shard>,
    held: Vec<(FeedId, u32)>,
}

impl HeldRows {
    pub(crate) fn new(shard: Rc<Shard>) -> Self {
        Self {
            shard,
            held: Vec::new(),
        }
    }

    fn give_back(&mut self, feed: FeedId) {
        if let Some(at) = self.held.iter().position(|(held, _)| *held == feed) {
            let (feed, row) = self.held.swap_remove(at);
            self.shard.rows.give_back(feed, row);
        }
    }
}

impl Drop for HeldRows {
    fn drop(&mut self) {
        for (feed, row) in self.held.drain(..) {
            self.shard.rows.give_back(feed, row);
        }
    }
}

impl User {
    /// Takes a row of each of these feeds, unless the user holds one.
    pub(crate) fn take_rows(&mut self, feeds: &[FeedId]) -> Taken {
        for &feed in feeds {
            if self.variables.row(feed).is_some() {
                continue;
            }
            let row = self.shard.rows.take(feed, &mut self.rng);
            let rules = self.shard.rows.feed(feed);
            let rules = rules.map(|feed| (feed.pick, feed.at_end));
            match (row, rules) {
                (Some(row), rules) => {
                    self.variables.hold(feed, row);
                    if let Some((RowPick::Unique, _)) = rules {
                        self.rows.held.push((feed, row));
                    }
                }
                (None, Some((_, AtEnd::Stop))) => return Taken::EndUser(feed),
                (None, _) => {}
            }
        }
        Taken::GoOn
    }

    /// Takes a row of each of these feeds; `false` if the user ends for want of
    /// one, which is counted if it has done nothing yet.
    pub(super) fn find_rows(&mut self, feeds: &[FeedId]) -> bool {
        match self.take_rows(feeds) {
            Taken::GoOn => true,
            Taken::EndUser(feed) => {
                if !self.handle.has_acted() {
                    self.shard.user_without_row(feed);
                }
                false
            }
        }
    }

    /// Gives the rows of these feeds back.
    pub(crate) fn return_rows(&mut self, feeds: &[FeedId]) {
        for &feed in feeds {
            if self.variables.release(feed).is_some() {
                self.rows.give_back(feed);
            }
        }
    }
}
