//! The steps of a limit search from level to level.

use crate::model::{Edit, FindLimit, Load, LoadKind, SearchEnd};
use crate::run::controller::counting::Counting;
use crate::run::events::details::LevelEvent;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::limit::search::LimitSearch;
use crate::stats::{Counts, Delays};

/// The next step of a search.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing yet.
    Wait,
    /// The level is measured again from now on; why, if the generator was
    /// disturbed.
    Again(Option<LevelEvent>),
    /// Another level, and what was measured at the last one.
    Next(u32, LevelEvent),
    /// Nothing more; what was measured at last.
    End(LevelEvent),
}

/// The circumstances of a level when it is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LevelView<'a> {
    pub(crate) names: &'a [String],
    pub(crate) counts: &'a Counts,
    /// The number of users of the level that found nothing to do and have ended.
    pub(crate) idle_users: u32,
    /// The share of its time that the busiest shard computes, 0 to 1.
    pub(crate) busiest_shard: Option<f64>,
    /// The delays of the generator itself.
    pub(crate) delays: &'a Delays,
}

/// The load of the current level, as far as the run knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LevelLoad<'a> {
    pub(crate) names: &'a [String],
    /// When all users of the level are there.
    pub(crate) reached_us: u64,
    /// The number of them that found nothing to do and have ended.
    pub(crate) idle_users: u32,
}

impl LimitSearch {
    /// Starts the next level, or judges the current one once it has been measured.
    pub(crate) fn advance(&mut self, counting: &mut Counting, load: LevelLoad<'_>) -> Step {
        let stats = counting.stats();
        let counts = stats.totals().counts;
        if self.is_due() {
            let reached_s = load.reached_us.div_ceil(1_000_000).max(stats.open_s());
            counting.measure_level(self.start_level(reached_s, &counts));
            return Step::Wait;
        }
        let Some(level) = stats.level() else {
            return Step::Wait;
        };
        let view = LevelView {
            names: load.names,
            counts: &counts,
            idle_users: load.idle_users,
            busiest_shard: stats.busiest_shard(),
            delays: stats.delays(),
        };
        let step = self.judge(level, view);
        if let Step::Again(_) = step {
            let from_s = stats.open_s();
            counting.measure_level(self.repeat_level(from_s));
        }
        step
    }

    /// The edit that brings the load to a level.
    pub(crate) fn edit_to(&self, level: u32, now: Load) -> Edit {
        match self.spec.of {
            LoadKind::Users => {
                let load = FindLimit::load(now.users, level, self.spawn_rate);
                Edit {
                    users: Some(f64::from(load.users)),
                    spawn_rate: Some(load.spawn_rate),
                    rate: None,
                }
            }
            LoadKind::Rate => Edit {
                rate: Some(f64::from(level)),
                ..Edit::default()
            },
        }
    }

    /// The run ends: what was found stands. The event that reports it.
    pub(crate) fn conclude(&mut self, why: &str, at_us: u64) -> Event {
        if self.is_active() {
            self.end(SearchEnd::Stopped, why);
        }
        let line = self.line();
        let level = match line.end {
            Some(SearchEnd::Found | SearchEnd::AtMaximum) => Level::Info,
            _ => Level::Warning,
        };
        Event::new(at_us, level, EventData::Limit(line.text.clone()))
    }
}
