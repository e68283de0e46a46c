//! What somebody does to a run: done, said, kept to be taken back and to be
//! played again.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{Change, Load, RunState, TIMELINE_MAX, TimelineEntry, micros};
use crate::run::active::Active;
use crate::run::log::{Event, EventKind, Level, Log};
use crate::run::{Author, RunError};

/// The most changes that can be taken back; older ones are forgotten.
const UNDOABLE: usize = 100;
/// Who makes the changes that a scenario plans.
const TIMELINE: &str = "the timeline";

/// The changes of a run.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Those that can be taken back, the oldest first.
    undoable: VecDeque<Undoable>,
    /// What was done, to be played again; what is beyond the most is not kept.
    played: Vec<TimelineEntry>,
    /// What the scenario plans and has not been done.
    planned: VecDeque<TimelineEntry>,
}

#[derive(Debug)]
struct Undoable {
    by: Author,
    back: Change,
    /// A burst can be taken back while it lasts.
    lease: Option<Lease>,
}

/// How long a burst goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lease {
    pub(super) factor: f64,
    pub(super) until_us: u64,
}

/// What a change came to.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// What to say of it; `None` for more of what was said.
    pub(super) said: Option<(EventKind, String)>,
    /// What takes it back; `None` for what is not taken back.
    pub(super) back: Option<Change>,
    /// Of a burst.
    pub(super) lease: Option<Lease>,
    /// The load at its height, where that is not what was asked for.
    pub(super) peak: Option<Load>,
}

impl Done {
    /// What is not taken back but ended.
    pub(super) fn held(kind: EventKind, text: String) -> Self {
        Self {
            said: Some((kind, text)),
            ..Self::default()
        }
    }

    /// An edit of the run, and what takes it back.
    pub(super) fn edited(text: String, back: Change) -> Self {
        Self {
            said: Some((EventKind::Edited, text)),
            back: Some(back),
            ..Self::default()
        }
    }
}

impl Changes {
    pub(super) fn new(planned: &[TimelineEntry]) -> Self {
        Self {
            planned: planned.iter().cloned().collect(),
            ..Self::default()
        }
    }

    /// Everything that was done, in order, to be played again.
    pub(super) fn played(&self) -> &[TimelineEntry] {
        &self.played
    }

    /// A burst has been begun or renewed; whether it is a renewal.
    pub(super) fn renew_burst(&mut self, by: &Author, now_us: u64, lease: Lease) -> bool {
        let lasting = |one: &&mut Undoable| {
            let lasts = |lease: Lease| lease.until_us >= now_us;
            one.by == *by && one.lease.is_some_and(lasts)
        };
        let latest = self.undoable.iter_mut().rev().find(lasting);
        let latest = latest.and_then(|one| one.lease.as_mut());
        match latest.filter(|kept| kept.factor.to_bits() == lease.factor.to_bits()) {
            Some(kept) => {
                *kept = lease;
                self.prolong_played(lease.until_us);
                true
            }
            None => {
                self.end_bursts(now_us);
                false
            }
        }
    }

    /// What is played again lasts as long as all its renewals.
    fn prolong_played(&mut self, until_us: u64) {
        if let Some(TimelineEntry {
            at,
            change: Change::Burst(burst),
        }) = self.played.last_mut()
        {
            let ends = Duration::from_micros(until_us).saturating_sub(*at);
            burst.hold = ends.saturating_sub(burst.rise * 2);
        }
    }

    /// Whether a burst goes on.
    pub(super) fn has_burst(&self, now_us: u64) -> bool {
        let mut leases = self.undoable.iter().filter_map(|one| one.lease);
        leases.any(|lease| lease.until_us > now_us)
    }

    /// Another plan has taken over.
    pub(super) fn end_bursts(&mut self, now_us: u64) {
        for lease in self
            .undoable
            .iter_mut()
            .filter_map(|one| one.lease.as_mut())
        {
            lease.until_us = now_us.min(lease.until_us);
        }
    }

    /// Where the latest one of an author is that lasts, and what takes it back.
    fn latest_of(&self, by: &Author, now_us: u64) -> Option<(usize, Change)> {
        let lasts = |one: &Undoable| one.lease.is_none_or(|lease| lease.until_us > now_us);
        let at = (self.undoable.iter()).rposition(|one| one.by == *by && lasts(one))?;
        Some((at, self.undoable.get(at)?.back.clone()))
    }

    fn remember(&mut self, by: &Author, back: Change, lease: Option<Lease>) {
        if self.undoable.len() >= UNDOABLE {
            self.undoable.pop_front();
        }
        let by = by.clone();
        self.undoable.push_back(Undoable { by, back, lease });
    }

    /// A run with this run time ends now: it ends then when it is played again.
    pub(super) fn keep_end(&mut self, at_us: u64, run_time: Option<Duration>) {
        let at_us = at_us / 1_000 * 1_000;
        let end = Duration::from_micros(at_us);
        if run_time.is_none_or(|time| time > end) {
            self.keep(at_us, &Change::RunTime(Some(end)));
        }
    }

    fn keep(&mut self, at_us: u64, change: &Change) {
        if self.played.len() < TIMELINE_MAX {
            self.played.push(TimelineEntry {
                at: Duration::from_micros(at_us),
                change: change.clone(),
            });
        }
    }
}

impl Active {
    /// What somebody does to it, at once.
    ///
    /// # Errors
    /// It is being stopped, or the change makes no sense now.
    pub(super) async fn change(
        &mut self,
        change: Change,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        if self.state == RunState::Stopping {
            return Err(RunError::Stopping);
        }
        if self.is_searching() && !matches!(change, Change::RunTime(_) | Change::Resume) {
            return Err(RunError::Searching);
        }
        // Whole milliseconds, which a file says without loss.
        let at_us = self.elapsed_us() / 1_000 * 1_000;
        if change == Change::Undo {
            let latest = self.changes.latest_of(&by, at_us);
            let (index, back) = latest.ok_or(RunError::NothingToUndo)?;
            let done = self.apply(at_us, &back, &by, log).await?;
            self.changes.undoable.remove(index);
            self.changes.keep(at_us, &back);
            let what = done.and_then(|done| done.said);
            let what = what.map_or_else(|| "nothing was left of it".to_owned(), |(_, text)| text);
            let kind = EventKind::Edited;
            self.say(at_us, kind, format!("undone: {what}"), by, log);
            return Ok(self.load);
        }
        self.change_at(at_us, change, by, log).await
    }

    async fn change_at(
        &mut self,
        at_us: u64,
        change: Change,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        let Some(done) = self.apply(at_us, &change, &by, log).await? else {
            return Ok(self.load);
        };
        if let Some((kind, text)) = done.said {
            self.changes.keep(at_us, &change);
            if let Some(back) = done.back {
                self.changes.remember(&by, back, done.lease);
            }
            self.say(at_us, kind, text, by, log);
        }
        Ok(done.peak.unwrap_or(self.load))
    }

    /// Does it; `None` if it changes nothing.
    async fn apply(
        &mut self,
        at_us: u64,
        change: &Change,
        by: &Author,
        log: &Log,
    ) -> Result<Option<Done>, RunError> {
        match change {
            Change::Load(edit) => self.edit(at_us, *edit).await,
            Change::Burst(burst) => self.burst(at_us, *burst, by, log).await.map(Some),
            Change::EndBurst => Ok(self.end_burst(at_us).await),
            Change::BackToPlan => Ok(self.back_to_plan(at_us).await),
            Change::Behaviour(behaviour) => self.behave(behaviour).await,
            Change::RunTime(run_time) => self.limit(at_us, *run_time),
            Change::Pause => self.pause(at_us).await,
            Change::Resume => Ok(self.resume(at_us).await),
            Change::Undo => Ok(None),
        }
    }

    fn say(&self, at_us: u64, kind: EventKind, text: String, by: Author, log: &Log) {
        log.push_event(Event::new(at_us, kind, Level::Info, text).by(by));
    }

    /// How long until the next change that the scenario plans is due.
    pub(super) fn until_planned(&self) -> Option<Duration> {
        let next = self.changes.planned.front()?;
        let is_going = self.swarm.is_some() && self.state != RunState::Stopping;
        is_going.then(|| {
            next.at
                .saturating_sub(Duration::from_micros(self.elapsed_us()))
        })
    }

    /// Does what the scenario plans up to now, each as if it was its time. Before
    /// the first user only another load is.
    pub(super) async fn play_planned(&mut self, log: &Log) {
        let elapsed = Duration::from_micros(self.elapsed_us());
        let is_due = |one: &mut TimelineEntry| {
            let can_be = self.swarm.is_some() || matches!(one.change, Change::Load(_));
            one.at <= elapsed && can_be
        };
        let mut due = Vec::new();
        while let Some(entry) = self.changes.planned.pop_front_if(is_due) {
            due.push(entry);
        }
        for TimelineEntry { at, change } in due {
            let by = Author::new(TIMELINE);
            if let Err(why) = self.change_at(micros(at), change, by, log).await {
                let text = format!("planned for {} s and not done: {why}", at.as_secs_f64());
                let (kind, level) = (EventKind::Edited, Level::Warning);
                log.push_event(Event::new(micros(at), kind, level, text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Edit;

    fn edit(users: f64) -> Change {
        Change::Load(Edit {
            users: Some(users),
            ..Edit::default()
        })
    }

    #[test]
    fn an_undo_gives_back_what_its_author_changed() {
        let [one, other] = ["one", "other"].map(Author::new);
        let mut changes = Changes::default();
        changes.remember(&one, edit(1.0), None);
        changes.remember(&other, edit(5.0), None);
        assert_eq!(changes.latest_of(&one, 0), Some((0, edit(1.0))));
        assert_eq!(changes.latest_of(&other, 0), Some((1, edit(5.0))));
        assert_eq!(changes.latest_of(&Author::new("nobody"), 0), None);
        for users in 0..200 {
            changes.remember(&one, edit(f64::from(users)), None);
        }
        assert_eq!(changes.undoable.len(), UNDOABLE);
    }

    #[test]
    fn a_burst_is_renewed_by_its_author_alone() {
        let [one, other] = ["one", "other"].map(Author::new);
        let mut changes = Changes::default();
        let lease = |factor, until_us| Lease { factor, until_us };
        let mut begin = |by: &Author, now_us, lease| {
            let is_renewed = changes.renew_burst(by, now_us, lease);
            if !is_renewed {
                changes.remember(by, Change::EndBurst, Some(lease));
            }
            is_renewed
        };
        assert!(!begin(&one, 10, lease(2.0, 20)));
        assert!(begin(&one, 15, lease(2.0, 30)));
        // Another one takes over: that of the first has ended.
        assert!(!begin(&other, 16, lease(2.0, 30)));
        assert!(!begin(&other, 17, lease(5.0, 40)), "another factor");
        assert!(changes.has_burst(39) && !changes.has_burst(40));
        assert_eq!(changes.latest_of(&one, 17), None, "ended");
        assert_eq!(changes.latest_of(&other, 18), Some((2, Change::EndBurst)));
        changes.end_bursts(18);
        assert!(!changes.has_burst(18));
    }
}
