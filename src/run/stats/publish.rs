//! A run as it is shown: snapshots and tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::run::Author;
use crate::run::controller::run_view::RunView;
use crate::run::controller::user_notices::UserNotices;
use crate::run::stats::published::Published;
use crate::run::stats::snapshot::{GeneratorHealth, Snapshot};
use crate::run::stats::stat_row::Rates;
use crate::run::stats::tables::{Sources, Tables, seconds};
use crate::run::stats::window_query::WindowQuery;

/// The run as it stands now.
pub(crate) fn snapshot(
    view: RunView<'_>,
    published: &Published,
    notices: &UserNotices,
    generation: u64,
) -> Snapshot {
    let elapsed_us = view.measured_us();
    let over = view.phase.has_ended();
    let aggregator = view.counting.stats();
    let totals = aggregator.totals();
    let counted_s = seconds(elapsed_us.saturating_sub(view.counting.start_us()));
    let total_rates = Rates::of(&totals.all, counted_s);
    let over_all = over || !aggregator.knows_a_second();
    let recent = aggregator.recent_all();
    let total = aggregator.total();
    Snapshot {
        generation,
        state: view.phase.state(),
        run: Some(Arc::clone(view.facts.info())),
        elapsed_s: seconds(elapsed_us),
        users: if over { 0 } else { aggregator.users() },
        peak_users: aggregator.peak_users(),
        spawned: Arc::clone(notices.spawned()),
        planned_users: view.steering.plan().users_at(elapsed_us),
        planned_starts: planned_starts(view, elapsed_us),
        load: view.steering.load(),
        run_time: view.steering.run_time(),
        is_suspended: view.steering.is_suspended(),
        overrides: Arc::clone(view.steering.overrides()),
        undoable: undoable(view),
        counts: totals.counts,
        rates: if over_all { total_rates } else { recent },
        now: if over { total } else { aggregator.now() },
        total,
        generator: match over {
            // At the end the criteria show its effect.
            true => GeneratorHealth {
                cpu_share: aggregator.busiest_shard_of_run(),
                ..aggregator.generator()
            },
            false => GeneratorHealth {
                disturbed: aggregator.disturbed(),
                ..aggregator.generator()
            },
        },
        judgement: published.judgement().cloned(),
        deliveries: Arc::clone(published.plan_lines()),
        capacity: published.capacity().cloned(),
        tables: Arc::clone(published.tables()),
    }
}

/// All that was counted so far, slice by slice.
pub(crate) fn past(view: RunView<'_>) -> WindowQuery {
    let stats = view.counting.stats();
    let program = Arc::clone(view.facts.program());
    let ended_s = view.ending.load_ended_us().map_or(f64::INFINITY, seconds);
    WindowQuery::new(program, stats.slices(), stats.samples().clone(), ended_s)
}

/// The changes that each author can undo; none once the load ends or a search steers it.
fn undoable(view: RunView<'_>) -> Arc<BTreeMap<Author, u32>> {
    if !view.phase.is_open() || view.is_searching() {
        return Arc::default();
    }
    let burst = view.steering.active_burst(view.elapsed_us);
    Arc::new(view.history.undoable_by_author(burst))
}

/// While it is paused, nothing is planned to start.
fn planned_starts(view: RunView<'_>, at_us: u64) -> Option<f64> {
    let planned = view.steering.plan().starts_at(at_us)?;
    Some(if view.phase.paused_since_us().is_some() {
        0.0
    } else {
        planned
    })
}

/// The tables as they are now.
pub(crate) fn tables(view: RunView<'_>) -> Tables {
    let ended = view.phase.has_ended();
    let aggregator = view.counting.stats();
    let now = || (aggregator.recent(), aggregator.recent_all());
    Tables::new(&Sources {
        program: view.facts.program(),
        totals: aggregator.totals(),
        samples: aggregator.samples(),
        recent: (!ended && aggregator.knows_a_second()).then(now),
        counted_s: seconds(view.measured_us().saturating_sub(view.counting.start_us())),
        last_s: seconds(
            aggregator
                .totals()
                .last_us
                .saturating_sub(view.counting.start_us()),
        ),
        now: aggregator.now_percentiles_us(),
        now_by_name: aggregator.now_by_name(),
        ended,
        classes: &view.steering.classes(),
        users: if ended {
            Vec::new()
        } else {
            let users = aggregator.users();
            view.steering
                .plan()
                .users_by_workload(view.elapsed_us, users)
        },
    })
}
