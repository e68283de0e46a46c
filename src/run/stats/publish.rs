//! A run as it is shown: snapshots and tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::run::Author;
use crate::run::controller::run_task::RunTask;
use crate::run::events::log::Log;
use crate::run::stats::aggregator::Aggregator;
use crate::run::stats::snapshot::{GeneratorHealth, Snapshot};
use crate::run::stats::stat_row::Rates;
use crate::run::stats::tables::{Sources, Tables, seconds};
use crate::run::stats::window_query::WindowQuery;
use crate::verdict::capacity_curve;

impl RunTask {
    /// The run as it stands now.
    pub(crate) fn snapshot(&mut self, generation: u64, log: &Log) -> Snapshot {
        self.make_tables(log);
        let elapsed_us = self.measured_us();
        let over = self.phase.has_ended();
        let aggregator = self.counting.stats();
        let counts = aggregator.totals.counts;
        let counted_s = seconds(elapsed_us.saturating_sub(self.counting.start_us()));
        let total_rates = Rates::of(&aggregator.totals.all, counted_s);
        let over_all = over || !aggregator.knows_a_second();
        let recent = aggregator.recent_all();
        let total = aggregator.total();
        Snapshot {
            generation,
            state: self.phase.state(),
            run: Some(Arc::clone(self.facts.info())),
            elapsed_s: seconds(elapsed_us),
            users: if over { 0 } else { aggregator.users() },
            peak_users: aggregator.peak_users(),
            spawned: Arc::clone(self.user_notices.spawned()),
            planned_users: self.steering.plan().users_at(elapsed_us),
            planned_starts: self.planned_starts(elapsed_us),
            load: self.steering.load(),
            run_time: self.steering.run_time(),
            is_suspended: self.steering.is_suspended(),
            overrides: Arc::clone(self.steering.overrides()),
            undoable: self.undoable(),
            counts,
            rates: if over_all { total_rates } else { recent },
            now: if over { total } else { aggregator.now() },
            total,
            generator: match over {
                // At the end the criteria tell what it did to them.
                true => GeneratorHealth {
                    cpu_share: aggregator.health.busiest_of_run(),
                    ..aggregator.generator()
                },
                false => GeneratorHealth {
                    disturbed: aggregator.disturbed(),
                    ..aggregator.generator()
                },
            },
            judgement: self.published.judgement().cloned(),
            deliveries: Arc::clone(self.published.plan_lines()),
            capacity: self.published.capacity().cloned(),
            tables: Arc::clone(self.published.tables()),
        }
    }

    /// All that was counted so far, slice by slice.
    pub(crate) fn past(&self) -> WindowQuery {
        let Aggregator {
            archive, samples, ..
        } = self.counting.stats();
        let program = Arc::clone(&self.program);
        let ended_s = self.ending.load_ended_us().map_or(f64::INFINITY, seconds);
        WindowQuery::new(program, archive.slices(), samples.clone(), ended_s)
    }

    /// What each author can undo; nothing once the load ends or a search steers it.
    fn undoable(&self) -> Arc<BTreeMap<Author, u32>> {
        if !self.phase.is_open() || self.is_searching() {
            return Arc::default();
        }
        let burst = self.steering.active_burst(self.elapsed_us());
        Arc::new(self.history.undoable_by_author(burst))
    }

    /// While it is paused, nothing is planned to start.
    fn planned_starts(&self, at_us: u64) -> Option<f64> {
        let planned = self.steering.plan().starts_at(at_us)?;
        Some(if self.phase.paused_since_us().is_some() {
            0.0
        } else {
            planned
        })
    }

    fn make_tables(&mut self, log: &Log) {
        if !self.published.take_due() {
            return;
        }
        let ended = self.phase.has_ended();
        let aggregator = self.counting.stats();
        let now = || (aggregator.recent(), aggregator.recent_all());
        let tables = Tables::new(&Sources {
            program: &self.program,
            totals: &aggregator.totals,
            samples: &aggregator.samples,
            recent: (!ended && aggregator.knows_a_second()).then(now),
            counted_s: seconds(self.measured_us().saturating_sub(self.counting.start_us())),
            last_s: seconds(
                aggregator
                    .totals
                    .last_us
                    .saturating_sub(self.counting.start_us()),
            ),
            now: aggregator.now_percentiles_us(),
            now_by_name: aggregator.now_by_name(),
            ended,
            classes: &self.steering.classes(),
            users: if ended {
                Vec::new()
            } else {
                let users = aggregator.users();
                self.steering
                    .plan()
                    .users_by_workload(self.elapsed_us(), users)
            },
        });
        self.published.show_tables(tables);
        self.judge(log);
        self.draw_capacity(log);
    }

    /// The capacity curve: what a search measured, else the levels of the load.
    fn draw_capacity(&mut self, log: &Log) {
        let drawn = match &mut self.search {
            Some(search) => Some(search.capacity()),
            None => capacity_curve(&log.rows()).map(Arc::new),
        };
        self.published.show_capacity(drawn);
    }
}
