//! Which user gets which row.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::FeedId;
use crate::program::feed::{AtEnd, Feed, RowPick};

/// Hands out the rows of all feeds to the users of one shard.
///
/// Row *i* belongs to shard *i* mod *n*. Where every row may be handed out
/// only once, a shard whose own rows are gone takes what is left of the others:
/// users of a class can be spread unevenly over the shards. For that, and only
/// for such feeds, the shards keep account in common [`Claims`].
#[derive(Debug)]
pub struct Dealer {
    shard: usize,
    shards: usize,
    feeds: Vec<Arc<Feed>>,
    piles: Vec<Pile>,
    claims: Arc<Claims>,
}

/// What a shard knows of a feed.
#[derive(Clone, Debug, Default)]
struct Pile {
    /// How many rows it has taken in order.
    turn: usize,
    /// Rows that its users gave back, in order.
    returned: VecDeque<u32>,
    /// Where the next look at the rows of others begins.
    look_at: usize,
}

/// Which rows are taken, a bit for each; for feeds that hand out each row once.
///
/// A row is claimed and given back by single atomic operations on its bit, so
/// two shards never hold the same one; nobody waits. The order of other memory
/// does not depend on it: rows never change.
#[derive(Debug, Default)]
pub struct Claims(Vec<Box<[AtomicU64]>>);

impl Claims {
    /// Nothing is taken.
    #[must_use]
    pub fn new(feeds: &[Arc<Feed>]) -> Self {
        let words = |feed: &Arc<Feed>| {
            let rows = if feed.is_counted() {
                feed.rows.len()
            } else {
                0
            };
            (0..rows.div_ceil(64)).map(|_| AtomicU64::new(0)).collect()
        };
        Self(feeds.iter().map(words).collect())
    }

    /// Takes a row, unless somebody has it.
    fn claim(&self, feed: FeedId, row: u32) -> bool {
        let (word, bit) = (row as usize / 64, 1_u64 << (row % 64));
        let word = self.0.get(feed.index()).and_then(|words| words.get(word));
        word.is_some_and(|word| word.fetch_or(bit, Ordering::Relaxed) & bit == 0)
    }

    fn release(&self, feed: FeedId, row: u32) {
        let (word, bit) = (row as usize / 64, 1_u64 << (row % 64));
        if let Some(word) = self.0.get(feed.index()).and_then(|words| words.get(word)) {
            word.fetch_and(!bit, Ordering::Relaxed);
        }
    }

    /// The first word with a free row, from a word on and around.
    fn free_word(&self, feed: FeedId, from: usize) -> Option<usize> {
        let words = self.0.get(feed.index())?;
        (from..words.len())
            .chain(0..from.min(words.len()))
            .find(|&at| words[at].load(Ordering::Relaxed) != u64::MAX)
    }
}

impl Dealer {
    /// Of shard `shard` of `shards`; the claims are those of the whole run.
    #[must_use]
    pub fn new(feeds: &[Arc<Feed>], shard: usize, shards: usize, claims: Arc<Claims>) -> Self {
        Self {
            shard,
            shards: shards.max(1),
            feeds: feeds.to_vec(),
            piles: vec![Pile::default(); feeds.len()],
            claims,
        }
    }

    /// The feed itself.
    #[must_use]
    pub fn feed(&self, feed: FeedId) -> Option<&Arc<Feed>> {
        self.feeds.get(feed.index())
    }

    /// A row for a user; `None` when there is none left.
    ///
    /// Cost: constant, and no allocation, while the shard has rows of its own;
    /// beyond that a look at a bit for each row.
    pub fn take(&mut self, feed: FeedId, rng: &mut fastrand::Rng) -> Option<u32> {
        let table = self.feeds.get(feed.index())?;
        let rows = table.rows.len();
        let pile = self.piles.get_mut(feed.index())?;
        match (table.pick, table.at_end) {
            _ if rows == 0 => None,
            (RowPick::Random, _) => u32::try_from(rng.usize(..rows)).ok(),
            (RowPick::Sequential, AtEnd::Again) => {
                let row = (self.shard + pile.turn * self.shards) % rows;
                pile.turn += 1;
                u32::try_from(row).ok()
            }
            (RowPick::Sequential | RowPick::Unique, _) => self.claim(feed, rows),
        }
    }

    /// Takes back what [`take`](Self::take) gave; matters for unique rows only.
    pub fn give_back(&mut self, feed: FeedId, row: u32) {
        let is_unique = |feed: &Arc<Feed>| feed.pick == RowPick::Unique;
        if self.feed(feed).is_some_and(is_unique)
            && let Some(pile) = self.piles.get_mut(feed.index())
        {
            self.claims.release(feed, row);
            pile.returned.push_back(row);
        }
    }

    fn claim(&mut self, feed: FeedId, rows: usize) -> Option<u32> {
        let pile = self.piles.get_mut(feed.index())?;
        loop {
            let row = self.shard + pile.turn * self.shards;
            if row >= rows {
                break;
            }
            pile.turn += 1;
            let row = u32::try_from(row).ok()?;
            if self.claims.claim(feed, row) {
                return Some(row);
            }
        }
        while let Some(row) = pile.returned.pop_front() {
            // Another shard may have taken it meanwhile.
            if self.claims.claim(feed, row) {
                return Some(row);
            }
        }
        let words = rows.div_ceil(64);
        for _ in 0..words {
            let word = self.claims.free_word(feed, pile.look_at)?;
            let from = word * 64;
            for row in from..(from + 64).min(rows) {
                let row = u32::try_from(row).ok()?;
                if self.claims.claim(feed, row) {
                    pile.look_at = word;
                    return Some(row);
                }
            }
            // The last word has bits beyond the last row, or others were faster.
            pile.look_at = (word + 1) % words;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::feed::{Cell, RowPer, Rows};
    use proptest::prelude::*;

    const FEED: FeedId = FeedId(0);

    fn shards(rows: usize, shards: usize, pick: RowPick, at_end: AtEnd) -> Vec<Dealer> {
        let mut table = Rows::new(vec!["a".into()]);
        for _ in 0..rows {
            table.push([Cell::Text("")]).unwrap();
        }
        let feeds = [Arc::new(Feed {
            name: "f".to_owned(),
            pick,
            per: RowPer::User,
            at_end,
            rows: table,
        })];
        let claims = Arc::new(Claims::new(&feeds));
        (0..shards)
            .map(|shard| Dealer::new(&feeds, shard, shards, Arc::clone(&claims)))
            .collect()
    }

    fn take(dealer: &mut Dealer) -> Option<u32> {
        dealer.take(FEED, &mut fastrand::Rng::with_seed(1))
    }

    #[test]
    fn sequential_rows_go_round() {
        let mut two = shards(3, 2, RowPick::Sequential, AtEnd::Again);
        let found: Vec<_> = (0..9).filter_map(|turn| take(&mut two[turn % 2])).collect();
        assert_eq!(found, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
        let mut one = shards(1, 3, RowPick::Sequential, AtEnd::Again);
        assert_eq!(take(&mut one[2]), Some(0));
    }

    #[test]
    fn a_dry_shard_takes_what_others_have_left() {
        for pick in [RowPick::Sequential, RowPick::Unique] {
            let mut two = shards(130, 2, pick, AtEnd::Fail);
            let mut found: Vec<_> = (0..130).filter_map(|_| take(&mut two[1])).collect();
            assert_eq!(found.len(), 130);
            assert_eq!(take(&mut two[1]), None);
            assert_eq!(take(&mut two[0]), None);
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.len(), 130);
            two[1].give_back(FEED, 77);
            let again = (pick == RowPick::Unique).then_some(77);
            assert_eq!(take(&mut two[0]), again);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is taken and given back where: no row is held twice, and
        /// one is refused only when all are held.
        #[test]
        fn unique_rows_are_unique(
            rows in 1_usize..200,
            turns in prop::collection::vec((0_usize..3, any::<bool>()), 1..600),
        ) {
            let mut dealers = shards(rows, 3, RowPick::Unique, AtEnd::Fail);
            let mut held: Vec<VecDeque<u32>> = vec![VecDeque::new(); 3];
            for (shard, takes) in turns {
                let all: usize = held.iter().map(VecDeque::len).sum();
                if takes {
                    match take(&mut dealers[shard]) {
                        Some(row) => {
                            prop_assert!((row as usize) < rows);
                            prop_assert!(!held.iter().any(|held| held.contains(&row)));
                            held[shard].push_back(row);
                        }
                        None => prop_assert_eq!(all, rows),
                    }
                } else if let Some(row) = held[shard].pop_front() {
                    dealers[shard].give_back(FEED, row);
                }
            }
            let waiting: usize = dealers.iter().map(|dealer| dealer.piles[0].returned.len()).sum();
            prop_assert!(waiting <= rows * 3, "what is remembered is bounded");
        }
    }
}
