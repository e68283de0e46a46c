//! Notices about the users of a run: that all of them were started, and which of
//! them could not do anything.

use std::sync::Arc;

use crate::model::{ClassId, Drive, Workload, plural};
use crate::run::controller::run_view::RunView;
use crate::run::events::details::AskedUsers;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::stats::Row;
use crate::verdict::Remark;

/// The time after the last start by which shards have reported its outcome.
const SETTLED_US: u64 = 25_000;

/// The numbers of users that have been reported.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserNotices {
    failed: u64,
    without_row: u64,
    /// Whether all users were started, and that has not been reported.
    is_spawned_due: bool,
    /// The users of each class when that was reported last.
    spawned: Arc<[(ClassId, u32)]>,
}

impl UserNotices {
    /// The users of each class when all of them were last reported as started.
    pub(crate) fn spawned(&self) -> &Arc<[(ClassId, u32)]> {
        &self.spawned
    }

    /// All users were started: whether that is to be reported.
    pub(super) fn set_spawned(&mut self, is_due: bool) {
        self.is_spawned_due = is_due;
    }

    /// The statistics were zeroed: nothing of them has been reported.
    pub(super) fn reset(&mut self) {
        self.failed = 0;
        self.without_row = 0;
    }

    /// Reports users that could not start, and those that found no row of data: again
    /// when their number has doubled, and at the end.
    #[must_use]
    pub(super) fn report_idle(&self, view: RunView<'_>, log: &Log) -> Self {
        let counts = &view.counting.stats().totals().counts;
        let (failed, without_row) = (counts.users_failed, counts.users_without_row);
        let mut reported = self.clone();
        if failed >= due_after(view, self.failed) {
            let failures = EventData::OnStartFailed {
                users: failed,
                first: first_failure(view),
            };
            log.push_event(Event::new(view.elapsed_us, Level::Error, failures));
            reported.failed = failed;
        }
        if without_row >= due_after(view, self.without_row)
            && let Some(remark) = remark_on_rows(view)
        {
            let remark = EventData::Remark(remark.text);
            log.push_event(Event::warning(view.elapsed_us, remark));
            reported.without_row = without_row;
        }
        reported
    }

    /// Reports that all users were started, once the shards have reported all of them.
    #[must_use]
    pub(super) fn report_spawned(&self, view: RunView<'_>, log: &Log) -> Self {
        let ended_us = view.steering.plan().end_us();
        let stats = view.counting.stats();
        if !self.is_spawned_due || !stats.has_reported(ended_us.saturating_add(SETTLED_US)) {
            return self.clone();
        }
        let asked = if !view.steering.is_steered() {
            AskedUsers::None
        } else if view.steering.workloads().iter().all(is_steered) {
            AskedUsers::All(view.steering.load().users)
        } else {
            AskedUsers::Some(view.steering.load().users)
        };
        let running = stats.users();
        log.push_event(Event::info(ended_us, EventData::Spawned { running, asked }));
        Self {
            is_spawned_due: false,
            spawned: steered_users(view).collect(),
            ..self.clone()
        }
    }
}

fn is_steered(workload: &Workload) -> bool {
    matches!(workload.drive, Drive::Steered(..))
}

/// The users of each class that an operator steers, without those that ended
/// before they did anything.
fn steered_users(view: RunView<'_>) -> impl Iterator<Item = (ClassId, u32)> {
    let workloads = view.steering.workloads().iter().enumerate();
    let workloads = workloads.filter(|(_, one)| is_steered(one));
    let classes = workloads.flat_map(move |(index, _)| view.facts.program().classes_of(index));
    classes.map(move |class| (class, view.counting.stats().users_of(class)))
}

/// The number of users steered by an operator that ended before they did
/// anything. Means something only while their number stays the same.
pub(super) fn idle_users(view: RunView<'_>) -> u32 {
    let users: u32 = steered_users(view).map(|(_, users)| users).sum();
    view.steering.load().users.saturating_sub(users)
}

/// The first request that failed in `on_start`, and how.
fn first_failure(view: RunView<'_>) -> Option<(String, String)> {
    let (id, failure) = view.counting.stats().totals().start_failure?;
    let name = view.facts.name(id).unwrap_or_default().to_owned();
    Some((name, view.facts.program().describe(failure)))
}

/// The remark on users that found no row of data.
pub(crate) fn remark_on_rows(view: RunView<'_>) -> Option<Remark> {
    let totals = view.counting.stats().totals();
    let who = match totals.counts.users_without_row {
        0 => return None,
        users => plural(users, "user", "users"),
    };
    let feed = totals
        .used_up
        .and_then(|id| view.facts.program().feeds.get(id.index()));
    let data = feed.map_or_else(String::new, |feed| {
        let rows = plural(feed.rows.len(), "row", "rows");
        format!(" in data \"{}\" ({rows})", feed.name)
    });
    Some(Remark {
        id: "users.without_row".into(),
        text: format!(
            "{who} ended before their first task: no row left{data}; add rows or use fewer users"
        ),
    })
}

/// The remark on planned users that ended by themselves and were missing
/// when the load ended; nothing where an end of users is planned, or of all
/// of them is reported already.
pub(crate) fn remark_on_left(view: RunView<'_>, rows: &[Row]) -> Option<Remark> {
    let mut classes = view.facts.program().classes.iter();
    let ends_users =
        view.facts.spec().iterations.is_some() || classes.any(|class| class.iterations.is_some());
    if ends_users || view.search.is_some() || view.ending.early().is_some() {
        return None;
    }
    let last = rows.iter().rposition(|row| row.planned_users > 0)?;
    // Those that are only about to start or to leave are not missing.
    let [before, last] = [rows.get(last.checked_sub(1)?)?, &rows[last]];
    let planned = before.planned_users.min(last.planned_users);
    let started = view.counting.stats().totals().counts.users_started;
    (last.users < planned && started >= planned).then(|| Remark {
        id: "users.left".into(),
        text: format!(
            "only {} of {planned} planned users were still running after {} s: the others had ended on their own",
            last.users, last.end_s
        ),
    })
}

/// The number from which on a number of users is reported again: twice what was
/// reported, or one more when all is over.
fn due_after(view: RunView<'_>, reported: u64) -> u64 {
    let due = if view.ending.run_ended_us().is_some() {
        reported + 1
    } else {
        reported * 2
    };
    due.max(1)
}
