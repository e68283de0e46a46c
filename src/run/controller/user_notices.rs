//! What is said of the users of a run: that all of them were started, and which
//! of them could not do anything.

use std::sync::Arc;

use crate::model::{ClassId, Drive, Workload, plural};
use crate::run::controller::run_task::RunTask;
use crate::run::events::details::AskedUsers;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::stats::Row;
use crate::verdict::Remark;

/// How long after the last user was started shards have told what became of it.
const SETTLED_US: u64 = 25_000;

/// What has been said of the users of a run.
#[derive(Debug, Default)]
pub(crate) struct UserNotices {
    failed_said: u64,
    without_row_said: u64,
    /// Whether all users were started, and that is to be said.
    is_spawned_due: bool,
    /// The users of each class when that was said last.
    spawned: Arc<[(ClassId, u32)]>,
}

impl UserNotices {
    /// The users of each class when it was last said that all of them were started.
    pub(crate) fn spawned(&self) -> &Arc<[(ClassId, u32)]> {
        &self.spawned
    }

    /// All users were started: whether that is to be said.
    pub(super) fn set_spawned(&mut self, is_to_be_said: bool) {
        self.is_spawned_due = is_to_be_said;
    }

    /// The statistics were zeroed: nothing has been said of them.
    pub(super) fn reset(&mut self) {
        self.failed_said = 0;
        self.without_row_said = 0;
    }
}

fn is_steered(workload: &Workload) -> bool {
    matches!(workload.drive, Drive::Steered(..))
}

impl RunTask {
    /// Says that all users were started, once the shards have told of all of them.
    pub(super) fn say_spawned(&mut self, log: &Log) {
        let ended_us = self.steering.plan().end_us();
        let is_known = self
            .counting
            .stats()
            .has_reported(ended_us.saturating_add(SETTLED_US));
        if !self.user_notices.is_spawned_due || !is_known {
            return;
        }
        self.user_notices.is_spawned_due = false;
        self.user_notices.spawned = self.steered_users().collect();
        let running = self.counting.stats().users();
        let asked = if !self.steering.is_steered() {
            AskedUsers::None
        } else if self.steering.workloads().iter().all(is_steered) {
            AskedUsers::All(self.steering.load().users)
        } else {
            AskedUsers::Some(self.steering.load().users)
        };
        log.push_event(Event::info(ended_us, EventData::Spawned { running, asked }));
    }

    /// The users of each class that an operator steers, without those that ended
    /// before they did anything.
    fn steered_users(&self) -> impl Iterator<Item = (ClassId, u32)> {
        let workloads = self.steering.workloads().iter().enumerate();
        let workloads = workloads.filter(|(_, one)| is_steered(one));
        let classes = workloads.flat_map(|(index, _)| self.program.classes_of(index));
        classes.map(|class| (class, self.counting.stats().users_of(class)))
    }

    /// How many of the users that an operator steers ended before they did
    /// anything. Means something only while their number stays the same.
    pub(crate) fn idle_users(&self) -> u32 {
        let users: u32 = self.steered_users().map(|(_, users)| users).sum();
        self.steering.load().users.saturating_sub(users)
    }

    /// The first thing anyone should see: users that could not start. Said
    /// again when their number has doubled, and at the end.
    pub(super) fn say_failed_users(&mut self, log: &Log) {
        let totals = &self.counting.stats().totals;
        let failed = totals.counts.users_failed;
        if failed < self.due_after(self.user_notices.failed_said) {
            return;
        }
        let first = totals.start_failure.map(|(id, failure)| {
            let name = self.facts.name(id).unwrap_or_default().to_owned();
            (name, self.program.describe(failure))
        });
        let users = failed;
        let failures = EventData::OnStartFailed { users, first };
        log.push_event(Event::new(self.elapsed_us(), Level::Error, failures));
        self.user_notices.failed_said = failed;
    }

    /// Users that found no row of data. Said as those that could not start.
    pub(super) fn say_users_without_row(&mut self, log: &Log) {
        let without = self.counting.stats().totals.counts.users_without_row;
        if without < self.due_after(self.user_notices.without_row_said) {
            return;
        }
        if let Some(remark) = self.remark_on_rows() {
            let at_us = self.elapsed_us();
            log.push_event(Event::warning(at_us, EventData::Remark(remark.text)));
            self.user_notices.without_row_said = without;
        }
    }

    /// What there is to say of users that found no row.
    pub(crate) fn remark_on_rows(&self) -> Option<Remark> {
        let totals = &self.counting.stats().totals;
        let who = match totals.counts.users_without_row {
            0 => return None,
            users => plural(users, "user", "users"),
        };
        let feed = totals
            .used_up
            .and_then(|id| self.program.feeds.get(id.index()));
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

    /// What there is to say of planned users that ended by themselves and were missing
    /// when the load ended; nothing where an end of users is planned, or of all
    /// of them is told already.
    pub(crate) fn remark_on_left(&self, rows: &[Row]) -> Option<Remark> {
        let mut classes = self.program.classes.iter();
        let ends_users =
            self.spec.iterations.is_some() || classes.any(|class| class.iterations.is_some());
        if ends_users || self.search.is_some() || self.ending.early().is_some() {
            return None;
        }
        let last = rows.iter().rposition(|row| row.planned_users > 0)?;
        // Those that are only about to start or to leave are not missing.
        let [before, last] = [rows.get(last.checked_sub(1)?)?, &rows[last]];
        let planned = before.planned_users.min(last.planned_users);
        let started = self.counting.stats().totals.counts.users_started;
        (last.users < planned && started >= planned).then(|| Remark {
            id: "users.left".into(),
            text: format!(
                "only {} of {planned} planned users were still running after {} s: the others had ended on their own",
                last.users, last.end_s
            ),
        })
    }

    /// From how many on something is said again that was said of so many: twice
    /// as many, or one more when all is over.
    fn due_after(&self, said: u64) -> u64 {
        let due = if self.ending.run_ended_us().is_some() {
            said + 1
        } else {
            said * 2
        };
        due.max(1)
    }
}
