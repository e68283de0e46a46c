//! A search for the limit as a part of a run: it steers the load.

use crate::model::{Edit, FindLimit, LoadKind, SearchEnd};
use crate::run::controller::run_task::RunTask;
use crate::run::controller::stop_reason::StopReason;
use crate::run::events::details::LevelEvent;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::run::limit::search::{LimitSearch, Sight, Step};
use crate::stats::Row;

impl RunTask {
    /// Whether a search controls the load.
    pub(crate) fn is_searching(&self) -> bool {
        self.search.as_ref().is_some_and(LimitSearch::goes_on)
    }

    /// Says by what the levels are judged.
    pub(crate) fn announce_search(&self, log: &Log) {
        let Some(search) = &self.search else { return };
        for remark in search.remarks() {
            log.push_event(Event::info(0, EventData::Remark(remark.text.clone())));
        }
    }

    /// Takes in closed seconds.
    pub(crate) fn see_level(&mut self, rows: &[Row]) {
        if let Some(gauge) = &mut self.counting.stats_mut().level {
            gauge.see(rows);
        }
    }

    /// Goes on with the search, if there is one and a level has been measured.
    pub(crate) async fn seek(&mut self, log: &Log) {
        if !self.phase.is_open() || !self.is_searching() {
            return;
        }
        let reached_s = self.steering.plan().end_us().div_ceil(1_000_000);
        let idle_users = self.idle_users();
        let aggregator = self.counting.stats_mut();
        let Some(search) = &mut self.search else {
            return;
        };
        let counts = aggregator.totals.counts;
        if search.is_due() {
            let reached_s = reached_s.max(aggregator.open_s());
            aggregator.level = Some(search.begin(reached_s, &counts));
            return;
        }
        let Some(gauge) = &aggregator.level else {
            return;
        };
        let sight = Sight {
            names: self.facts.names(),
            counts: &counts,
            idle_users,
            busiest_shard: aggregator.health.busiest(),
            delays: &aggregator.delays,
        };
        match search.look(gauge, sight) {
            Step::Wait => {}
            Step::Again(why) => {
                let from_s = aggregator.open_s();
                aggregator.level = Some(search.begin_again(from_s));
                if let Some(repeated) = why {
                    self.say_level(repeated, log);
                }
            }
            Step::Next(level, measured) => {
                self.say_level(measured, log);
                self.raise(level, log).await;
            }
            Step::End(measured) => {
                self.say_level(measured, log);
                self.stop(StopReason::SearchEnded, log).await;
            }
        }
    }

    /// Goes to the load of the next level.
    async fn raise(&mut self, level: u32, log: &Log) {
        let Some(search) = &self.search else { return };
        let edit = match search.spec.of {
            LoadKind::Users => {
                let load = FindLimit::load(self.steering.load().users, level, search.spawn_rate);
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
        };
        if let Err(error) = self.edit(edit).await {
            self.stop(StopReason::Failed(error.to_string()), log).await;
        }
    }

    fn say_level(&self, level: LevelEvent, log: &Log) {
        log.push_event(Event::info(self.elapsed_us(), EventData::Level(level)));
    }

    /// The run ends: what the search has found stands.
    pub(crate) fn end_search(&mut self, log: &Log) {
        let why = self.ending.reason().to_string();
        let at_us = self.elapsed_us();
        let Some(search) = &mut self.search else {
            return;
        };
        if search.goes_on() {
            search.end(SearchEnd::Stopped, &why);
        }
        let line = search.line();
        let level = match line.end {
            Some(SearchEnd::Found | SearchEnd::AtMaximum) => Level::Info,
            _ => Level::Warning,
        };
        let found = EventData::Limit(line.text.clone());
        log.push_event(Event::new(at_us, level, found));
        // What it was measured with is not needed any more.
        self.counting.stats_mut().level = None;
    }
}
