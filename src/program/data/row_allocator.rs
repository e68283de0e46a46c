//! Which user gets which row.

use std::hint;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::model::FeedId;
use crate::program::data::feed::{AtEnd, Feed, RowPick};

/// Hands out the rows of all feeds to the users of a run.
///
/// All shards of a process take from the same one, so that rows come in the
/// order of the data whatever the number of shards and however users are
/// spread over them. Only atomic counters change, and only those of the feed
/// that is asked for: no shard waits for another, and a run whose scenario has
/// no data touches none of them.
#[derive(Debug)]
pub struct RowAllocator {
    feeds: Vec<Arc<Feed>>,
    orders: Vec<RowOrder>,
}

/// What is known of the rows of a feed.
#[derive(Debug)]
enum RowOrder {
    /// Any row comes at any time: nothing has to be known.
    Random,
    /// Rows come one after the other, round and round: how many have come.
    Cyclic(AtomicU64),
    /// Rows come one after the other, each once: how many have come.
    Once(AtomicU64),
    /// A row comes again only after it was given back.
    Unique(UniqueRows),
}

impl RowAllocator {
    /// Nothing is taken.
    pub(crate) fn new(feeds: &[Arc<Feed>]) -> Self {
        let order = |feed: &Arc<Feed>| match (feed.pick, feed.at_end) {
            (RowPick::Random, _) => RowOrder::Random,
            (RowPick::Sequential, AtEnd::Again) => RowOrder::Cyclic(AtomicU64::new(0)),
            (RowPick::Sequential, AtEnd::Stop | AtEnd::Fail) => RowOrder::Once(AtomicU64::new(0)),
            (RowPick::Unique, _) => RowOrder::Unique(UniqueRows::new(feed.rows.len())),
        };
        Self {
            feeds: feeds.to_vec(),
            orders: feeds.iter().map(order).collect(),
        }
    }

    pub(crate) fn feed(&self, feed: FeedId) -> Option<&Arc<Feed>> {
        self.feeds.get(feed.index())
    }

    /// A row for a user; `None` when there is none left.
    ///
    /// Cost: one atomic operation; of unique rows three, and a look at the rows
    /// between the last one taken and the next free one, 64 at a time. No allocation.
    pub(crate) fn take(&self, feed: FeedId, rng: &mut fastrand::Rng) -> Option<u32> {
        let rows = self.feed(feed)?.rows.len();
        if rows == 0 {
            return None;
        }
        let row = match self.orders.get(feed.index())? {
            RowOrder::Random => rng.usize(..rows),
            RowOrder::Cyclic(taken) => {
                let taken = taken.fetch_add(1, Ordering::Relaxed);
                usize::try_from(taken % rows as u64).ok()?
            }
            RowOrder::Once(taken) => take_once(taken, rows)?,
            RowOrder::Unique(unique) => unique.take()?,
        };
        u32::try_from(row).ok()
    }

    /// Takes back what [`take`](Self::take) gave; matters for unique rows only.
    pub(crate) fn give_back(&self, feed: FeedId, row: u32) {
        if let Some(RowOrder::Unique(unique)) = self.orders.get(feed.index()) {
            unique.give_back(row as usize);
        }
    }
}

/// The next of so many rows, if any is left.
fn take_once(taken: &AtomicU64, rows: usize) -> Option<usize> {
    // Looked at first: users that find nothing, again and again, must not
    // take the counter away from each other.
    let is_left = |taken: u64| usize::try_from(taken).ok().filter(|&taken| taken < rows);
    is_left(taken.load(Ordering::Relaxed))?;
    is_left(taken.fetch_add(1, Ordering::Relaxed))
}

/// Rows that are held by one user at a time.
///
/// Rows that were given back come again when all behind them have had their
/// turn, so every row is used about as often as any other.
#[derive(Debug)]
struct UniqueRows {
    /// How many rows may be taken: who lowers it finds a row.
    free: AtomicUsize,
    /// A bit for each row, set while it is held; bits beyond the last are set.
    held: Box<[AtomicU64]>,
    /// The row after the one that was taken last: where the next look begins.
    next: AtomicUsize,
}

impl UniqueRows {
    fn new(rows: usize) -> Self {
        let bits = |word: usize| match rows - word * 64 {
            left @ 0..64 => u64::MAX << left,
            _ => 0,
        };
        let words = 0..rows.div_ceil(64);
        Self {
            free: AtomicUsize::new(rows),
            held: words.map(|word| AtomicU64::new(bits(word))).collect(),
            next: AtomicUsize::new(0),
        }
    }

    fn take(&self) -> Option<usize> {
        let take_one = |free: usize| free.checked_sub(1);
        // Acquires what `give_back` releases: the bit that it cleared.
        self.free
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, take_one)
            .ok()?;
        loop {
            if let Some(row) = self.find() {
                self.next.store(row + 1, Ordering::Relaxed);
                return Some(row);
            }
            // Others took what lay ahead, and gave back what lay behind.
            hint::spin_loop();
        }
    }

    /// Takes the first free row from the next one on, once around.
    fn find(&self) -> Option<usize> {
        let words = self.held.len();
        let next = self.next.load(Ordering::Relaxed);
        let (first, bit) = match next / 64 {
            word if word < words => (word, next % 64),
            _ => (0, 0),
        };
        let ahead = u64::MAX << bit;
        let behind = (first + 1..words)
            .chain(0..first)
            .map(|word| (word, u64::MAX));
        std::iter::once((first, ahead))
            .chain(behind)
            .chain(std::iter::once((first, !ahead)))
            .find_map(|(word, among)| Some(word * 64 + self.claim(word, among)?))
    }

    /// Takes the lowest free row of a word among those with these bits.
    fn claim(&self, word: usize, among: u64) -> Option<usize> {
        let held = self.held.get(word)?;
        loop {
            let free = !held.load(Ordering::Relaxed) & among;
            if free == 0 {
                return None;
            }
            let lowest = free & free.wrapping_neg();
            if held.fetch_or(lowest, Ordering::Relaxed) & lowest == 0 {
                return usize::try_from(lowest.trailing_zeros()).ok();
            }
        }
    }

    fn give_back(&self, row: usize) {
        let Some(held) = self.held.get(row / 64) else {
            return;
        };
        let bit = 1_u64 << (row % 64);
        if held.fetch_and(!bit, Ordering::Relaxed) & bit != 0 {
            self.free.fetch_add(1, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests;
