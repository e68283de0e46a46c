//! Finding the highest load that keeps what is asked for.

use crate::model::{LevelOutcome, SearchEnd};

/// A search for the limit among whole numbers of something: users, or tenths
/// of a task start per second.
///
/// It doubles the load until a level is broken, halves the interval between
/// the highest level kept and the lowest one broken, and tries what it found
/// once more. Whoever runs the levels says what came of each; the search says
/// which is next. It keeps no time and ends after [`Search::LEVELS_MAX`]
/// levels at the latest, whatever it is told.
#[derive(Clone, Debug)]
pub struct Search {
    max: u32,
    level: u32,
    /// Levels that were kept, rising; all below [`broken`](Self::broken).
    kept: Vec<u32>,
    /// The highest level about which nothing could be said, while none is kept.
    undecided: Option<u32>,
    /// The lowest level that was not kept.
    broken: Option<u32>,
    /// Levels that could not be judged; their neighbours decide.
    not_judged: Vec<u32>,
    tried: usize,
    is_retest: bool,
}

impl Search {
    /// The most levels that are tried.
    pub const LEVELS_MAX: usize = 40;
    /// The search ends when the interval is this part of the limit, or one.
    pub const RESOLUTION: f64 = 0.02;

    /// A search from one level up to another at most, both above 0.
    pub(crate) fn new(start: u32, max: u32) -> Self {
        let max = max.max(1);
        Self {
            max,
            level: start.clamp(1, max),
            kept: Vec::new(),
            undecided: None,
            broken: None,
            not_judged: Vec::new(),
            tried: 0,
            is_retest: false,
        }
    }

    /// The level to be tried now.
    pub(crate) fn level(&self) -> u32 {
        self.level
    }

    /// Whether that is one that was kept already.
    pub(crate) fn is_retest(&self) -> bool {
        self.is_retest
    }

    /// The highest level kept, if one was.
    pub(crate) fn kept(&self) -> Option<u32> {
        self.kept.last().copied()
    }

    /// The lowest level that was not kept, if there was one.
    pub(crate) fn broken(&self) -> Option<u32> {
        self.broken
    }

    /// Takes in what came of the level. `None` if there is another one to be
    /// tried: [`level`](Self::level).
    pub(crate) fn record(&mut self, outcome: LevelOutcome) -> Option<SearchEnd> {
        self.tried += 1;
        match outcome {
            LevelOutcome::GeneratorLimited => return Some(SearchEnd::GeneratorLimited),
            // That it was kept once is all that can be known.
            LevelOutcome::Kept | LevelOutcome::NotJudged if self.is_retest => {
                return Some(SearchEnd::Found);
            }
            LevelOutcome::NotJudged => self.not_judged.push(self.level),
            LevelOutcome::Kept => self.kept.push(self.level),
            // Where less load was enough to decide, it is the target that
            // gives too few answers.
            LevelOutcome::Undecided if self.kept.is_empty() => {
                self.undecided = self.undecided.max(Some(self.level));
            }
            LevelOutcome::Undecided | LevelOutcome::Broken => {
                self.broken = Some(self.level);
                self.kept.retain(|kept| *kept < self.level);
                self.undecided = self.undecided.filter(|one| *one < self.level);
            }
        }
        let ended = self.advance();
        let is_over = ended.is_none() && self.tried >= Self::LEVELS_MAX;
        ended.or_else(|| is_over.then_some(SearchEnd::Unstable))
    }

    /// Chooses the next level.
    fn advance(&mut self) -> Option<SearchEnd> {
        self.is_retest = false;
        let low = self.kept().or(self.undecided);
        let is_kept = self.kept().is_some();
        self.level = match (low, self.broken) {
            (_, None) => {
                let highest = low.max(self.not_judged.iter().copied().max());
                match highest.unwrap_or(self.level) {
                    highest if highest < self.max => highest.saturating_mul(2).min(self.max),
                    highest if is_kept && low == Some(highest) => {
                        return Some(SearchEnd::AtMaximum);
                    }
                    _ => return Some(SearchEnd::Undecided),
                }
            }
            (None, Some(broken)) => {
                let below = self.not_judged.iter().copied().filter(|one| *one < broken);
                match below.min().unwrap_or(broken) {
                    1 if broken == 1 => return Some(SearchEnd::NothingKept),
                    1 => return Some(SearchEnd::Undecided),
                    lowest => lowest / 2,
                }
            }
            (Some(low), Some(broken)) if self.can_halve(low, broken) => low.midpoint(broken),
            (Some(_), Some(_)) if !is_kept => return Some(SearchEnd::Undecided),
            (Some(low), Some(_)) => {
                self.is_retest = true;
                low
            }
        };
        None
    }

    /// Whether the interval between two levels is still to be halved, and can be.
    fn can_halve(&self, low: u32, broken: u32) -> bool {
        broken - low > width(low) && !self.not_judged.contains(&low.midpoint(broken))
    }
}

/// How wide the interval above a level may be in the end.
fn width(level: u32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a level"
    )]
    let part = (f64::from(level) * Search::RESOLUTION) as u32;
    part.max(1)
}

/// The highest level up to `max` that is allowed; all up to it are.
#[must_use]
pub fn highest_allowed(start: u32, max: u32, is_allowed: impl Fn(u32) -> bool) -> u32 {
    if is_allowed(max) {
        return max;
    }
    let (mut allowed, mut refused) = (start, max);
    while refused - allowed > 1 {
        let middle = allowed.midpoint(refused);
        if is_allowed(middle) {
            allowed = middle;
        } else {
            refused = middle;
        }
    }
    allowed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_allowed_bounds_a_search() {
        assert_eq!(highest_allowed(1, 100, |_| true), 100);
        assert_eq!(highest_allowed(1, 100, |users| users <= 37), 37);
        assert_eq!(highest_allowed(7, 8, |users| users <= 7), 7);
    }

    /// Searches a target that keeps everything up to `capacity`. How it ended,
    /// what it knows, and how many levels it took.
    fn search(start: u32, max: u32, capacity: u32) -> (SearchEnd, Search, usize) {
        let mut search = Search::new(start, max);
        for levels in 1.. {
            let outcome = if search.level() <= capacity {
                LevelOutcome::Kept
            } else {
                LevelOutcome::Broken
            };
            if let Some(ended) = search.record(outcome) {
                return (ended, search, levels);
            }
        }
        unreachable!("a search ends");
    }

    #[test]
    fn it_doubles_bisects_and_tries_again() {
        let mut search = Search::new(10, 1_000);
        let mut levels = vec![search.level()];
        let keeps = |level: u32| level <= 33;
        let ended = loop {
            let outcome = match keeps(search.level()) {
                true => LevelOutcome::Kept,
                false => LevelOutcome::Broken,
            };
            if let Some(ended) = search.record(outcome) {
                break ended;
            }
            levels.push(search.level());
        };
        assert_eq!(levels, [10, 20, 40, 30, 35, 32, 33, 34, 33]);
        assert_eq!(ended, SearchEnd::Found);
        assert!(search.is_retest());
        assert_eq!((search.kept(), search.broken()), (Some(33), Some(34)));
    }

    #[test]
    fn what_breaks_when_tried_again_is_searched_below() {
        let mut search = Search::new(100, 1_000);
        for outcome in [LevelOutcome::Kept, LevelOutcome::Broken] {
            assert_eq!(search.record(outcome), None);
        }
        while !search.is_retest() {
            assert_eq!(search.record(LevelOutcome::Broken), None);
        }
        assert_eq!(search.level(), 100);
        assert_eq!(search.record(LevelOutcome::Broken), None);
        assert_eq!((search.kept(), search.broken()), (None, Some(100)));
        assert_eq!((search.level(), search.is_retest()), (50, false));
    }

    #[test]
    fn the_ends_of_the_scale_are_ends() {
        assert_eq!(search(10, 40, 100).0, SearchEnd::AtMaximum);
        assert_eq!(search(10, 40, 0).0, SearchEnd::NothingKept);
        assert_eq!(search(1, 1, 0).0, SearchEnd::NothingKept);
        let mut own = Search::new(10, 100);
        assert_eq!(own.record(LevelOutcome::Kept), None);
        let ended = own.record(LevelOutcome::GeneratorLimited);
        assert_eq!(ended, Some(SearchEnd::GeneratorLimited));
        assert_eq!(own.kept(), Some(10));
    }

    #[test]
    fn too_little_load_is_raised_until_it_says_something() {
        let mut search = Search::new(1, 100);
        for level in [1, 2, 4, 8] {
            assert_eq!(search.level(), level);
            assert_eq!(search.record(LevelOutcome::Undecided), None);
        }
        assert_eq!(search.record(LevelOutcome::Kept), None);
        assert_eq!(search.level(), 32);
        // Where 16 were enough to decide, 32 that are not are too many.
        assert_eq!(search.record(LevelOutcome::Undecided), None);
        assert_eq!(search.broken(), Some(32));
        let mut never = Search::new(1, 4);
        let ends: Vec<_> = (0..3)
            .map(|_| never.record(LevelOutcome::Undecided))
            .collect();
        assert_eq!(ends, [None, None, Some(SearchEnd::Undecided)]);
    }

    #[test]
    fn the_neighbours_of_a_level_that_cannot_be_judged_decide() {
        use LevelOutcome::{Broken, Kept, NotJudged};
        let mut search = Search::new(20, 1_000);
        let told = [
            (20, Kept),
            (40, Kept),
            (80, Broken),
            (60, Broken),
            (50, Broken),
            (45, Broken),
            (42, NotJudged),
        ];
        for (level, outcome) in told {
            assert_eq!(search.level(), level);
            assert_eq!(search.record(outcome), None);
        }
        assert_eq!((search.level(), search.is_retest()), (40, true));
        assert_eq!(search.record(Kept), Some(SearchEnd::Found));
        assert_eq!((search.kept(), search.broken()), (Some(40), Some(45)));

        let mut upwards = Search::new(10, 80);
        for (level, outcome) in [(10, NotJudged), (20, Kept), (40, NotJudged)] {
            assert_eq!(upwards.level(), level);
            assert_eq!(upwards.record(outcome), None);
        }
        assert_eq!(upwards.level(), 80);
        assert_eq!(upwards.record(NotJudged), Some(SearchEnd::Undecided));
        assert_eq!(upwards.kept(), Some(20));

        let mut downwards = Search::new(8, 80);
        for (level, outcome) in [(8, Broken), (4, NotJudged), (2, NotJudged)] {
            assert_eq!(downwards.level(), level);
            assert_eq!(downwards.record(outcome), None);
        }
        assert_eq!(downwards.record(NotJudged), Some(SearchEnd::Undecided));
    }

    proptest! {
        #[test]
        fn any_capacity_is_within_the_interval(start in 1u32..100_000, max in 1u32..1_000_000, capacity in 0u32..2_000_000) {
            let (ended, search, levels) = search(start, max, capacity);
            prop_assert!(levels <= 30, "{} levels", levels);
            match ended {
                SearchEnd::Found => {
                    let (kept, broken) = (search.kept().unwrap(), search.broken().unwrap());
                    prop_assert!(kept <= capacity && capacity < broken);
                    prop_assert!(broken - kept <= width(kept));
                }
                SearchEnd::AtMaximum => prop_assert!(capacity >= max && search.kept() == Some(max)),
                SearchEnd::NothingKept => prop_assert_eq!(capacity, 0),
                other => prop_assert!(false, "{:?}", other),
            }
        }

        #[test]
        fn whatever_it_is_told_it_ends_and_stays_in_range(
            start in 0u32..2_000_000,
            max in 0u32..1_000_000,
            told in proptest::collection::vec(0u8..4, Search::LEVELS_MAX),
        ) {
            let mut search = Search::new(start, max);
            let mut ended = None;
            for told in told {
                prop_assert!((1..=max.max(1)).contains(&search.level()));
                let outcome = [
                    LevelOutcome::Kept, LevelOutcome::Broken, LevelOutcome::Undecided, LevelOutcome::NotJudged,
                ][usize::from(told)];
                ended = search.record(outcome);
                let (kept, broken) = (search.kept(), search.broken());
                prop_assert!(kept.zip(broken).is_none_or(|(kept, broken)| kept < broken));
                if ended.is_some() {
                    break;
                }
            }
            prop_assert!(ended.is_some());
        }
    }
}
