//! What somebody does to a run: done, said, kept to be taken back and to be
//! played again.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::model::{BURST_TIME_MAX, Change, Load, TIMELINE_MAX, TimelineEntry, micros};
use crate::run::controller::run_task::RunTask;
use crate::run::events::details::{ChangeEvent, EditLine};
use crate::run::events::event::{Event, EventData};
use crate::run::events::log::Log;
use crate::run::{Author, RunError};

/// The most changes that can be taken back; older ones are forgotten.
const UNDOABLE: usize = 100;
/// The most that are played again: with what a run was begun with, a timeline.
const KEPT: usize = TIMELINE_MAX - 2;
/// Who makes the changes that a scenario plans.
const TIMELINE: &str = "the timeline";

/// The changes of a run.
#[derive(Debug, Default)]
pub(crate) struct EditHistory {
    /// Those that can be taken back, the oldest first.
    undoable: VecDeque<Undoable>,
    /// What was done, to be played again; what is beyond the most is not kept.
    played: Vec<TimelineEntry>,
    /// What the scenario plans and has not been done.
    planned: VecDeque<TimelineEntry>,
    /// The burst that was begun last.
    burst: Option<Lease>,
    /// How many bursts were begun.
    bursts: u64,
}

#[derive(Debug)]
struct Undoable {
    by: Author,
    /// What takes it back, one after the other.
    back: Vec<Change>,
    /// A burst, by its number, can be taken back while it lasts.
    burst: Option<u64>,
}

/// How long a burst goes on.
#[derive(Clone, Debug, PartialEq)]
struct Lease {
    by: Author,
    factor: f64,
    until_us: u64,
    number: u64,
    /// Where it is kept to be played again, if it is.
    played: Option<usize>,
}

/// What a change came to.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// What to say of it; `None` for more of what was said.
    pub(crate) said: Option<ChangeEvent>,
    /// What takes it back; nothing for what is not taken back.
    pub(crate) back: Vec<Change>,
    /// The load at its height, where that is not what was asked for.
    pub(crate) peak: Option<Load>,
}

impl Done {
    /// What is not taken back but ended.
    pub(crate) fn held(said: ChangeEvent) -> Self {
        Self {
            said: Some(said),
            ..Self::default()
        }
    }

    /// An edit of the run, and what takes it back.
    pub(crate) fn edited(edits: Vec<EditLine>, back: Vec<Change>) -> Self {
        Self {
            said: Some(ChangeEvent::Edited(edits)),
            back,
            ..Self::default()
        }
    }
}

impl EditHistory {
    pub(crate) fn new(planned: &[TimelineEntry]) -> Self {
        Self {
            planned: planned.iter().cloned().collect(),
            ..Self::default()
        }
    }

    /// Whether the scenario plans changes that have not been made.
    pub(crate) fn has_planned(&self) -> bool {
        !self.planned.is_empty()
    }

    /// Everything that was done, in order, to be played again.
    pub(crate) fn played(&self) -> &[TimelineEntry] {
        &self.played
    }

    /// What the scenario plans and has not been done is left out.
    pub(crate) fn forget_planned(&mut self) {
        self.planned.clear();
    }

    /// A burst of this factor that ends then has been begun or renewed; whether
    /// it is a renewal.
    pub(super) fn renew_burst(
        &mut self,
        by: &Author,
        factor: f64,
        (now_us, until_us): (u64, u64),
    ) -> bool {
        let is_same = |lease: &&mut Lease| {
            let lasts = lease.until_us >= now_us;
            lasts && lease.by == *by && lease.factor.to_bits() == factor.to_bits()
        };
        if let Some(lease) = self.burst.as_mut().filter(is_same) {
            lease.until_us = until_us;
            let played = lease.played.and_then(|at| self.played.get_mut(at));
            if let Some(entry) = played {
                prolong(entry, until_us);
            }
            return true;
        }
        self.bursts += 1;
        self.burst = Some(Lease {
            by: by.clone(),
            factor,
            until_us,
            number: self.bursts,
            played: None,
        });
        false
    }

    /// Whether a burst goes on.
    pub(crate) fn has_burst(&self, now_us: u64) -> bool {
        let lasts = |lease: &Lease| lease.until_us > now_us;
        self.burst.as_ref().is_some_and(lasts)
    }

    /// Another plan has taken over.
    pub(super) fn end_bursts(&mut self, now_us: u64) {
        if let Some(lease) = &mut self.burst {
            lease.until_us = now_us.min(lease.until_us);
        }
    }

    /// How many changes each author can undo now; authors without any are left out.
    pub(crate) fn undoable_by_author(&self, now_us: u64) -> BTreeMap<Author, u32> {
        let mut counts = BTreeMap::new();
        for one in &self.undoable {
            if self.can_undo(one, now_us) {
                *counts.entry(one.by.clone()).or_default() += 1;
            }
        }
        counts
    }

    /// Whether a change can still be undone: a burst only while it lasts.
    fn can_undo(&self, one: &Undoable, now_us: u64) -> bool {
        let going = self.burst.as_ref().filter(|_| self.has_burst(now_us));
        let is_going = |number: u64| going.is_some_and(|lease| lease.number == number);
        one.burst.is_none_or(is_going)
    }

    /// Where the latest one of an author is that lasts, and what takes it back.
    fn latest_of(&self, by: &Author, now_us: u64) -> Option<(usize, Vec<Change>)> {
        let is_theirs = |one: &Undoable| one.by == *by && self.can_undo(one, now_us);
        let at = self.undoable.iter().rposition(is_theirs)?;
        Some((at, self.undoable.get(at)?.back.clone()))
    }

    fn remember(&mut self, by: &Author, back: Vec<Change>, is_burst: bool) {
        if self.undoable.len() >= UNDOABLE {
            self.undoable.pop_front();
        }
        self.undoable.push_back(Undoable {
            by: by.clone(),
            back,
            burst: is_burst.then_some(self.bursts),
        });
    }

    fn keep(&mut self, at_us: u64, change: &Change) {
        if self.played.len() >= KEPT {
            return;
        }
        if let (Change::Burst(_), Some(lease)) = (change, &mut self.burst) {
            lease.played = Some(self.played.len());
        }
        self.played.push(TimelineEntry {
            at: Duration::from_micros(at_us),
            change: change.clone(),
        });
    }

    /// When the load or what users do was changed, in seconds since the start:
    /// what was measured before and after is not the same load.
    pub(crate) fn moments_s(&self) -> Vec<f64> {
        let of_load = |entry: &&TimelineEntry| !matches!(entry.change, Change::RunTime(_));
        let entries = self.played.iter().filter(of_load);
        entries.map(|entry| entry.at.as_secs_f64()).collect()
    }

    /// A run with this run time ends now: it ends then when it is played again.
    pub(crate) fn keep_end(&mut self, at_us: u64, run_time: Option<Duration>) {
        let at_us = at_us / 1_000 * 1_000;
        let end = Duration::from_micros(at_us);
        if at_us > 0 && run_time.is_none_or(|time| time > end) {
            self.keep(at_us, &Change::RunTime(Some(end)));
        }
    }
}

/// What is played again lasts as long as all its renewals, an hour at most.
fn prolong(entry: &mut TimelineEntry, until_us: u64) {
    let ends = Duration::from_micros(until_us).saturating_sub(entry.at);
    if let Change::Burst(burst) = &mut entry.change {
        burst.hold = ends.saturating_sub(burst.rise * 2).min(BURST_TIME_MAX);
    }
}

impl RunTask {
    /// What somebody does to it, at once.
    ///
    /// # Errors
    /// It is being stopped, or the change makes no sense now.
    pub(crate) async fn change(
        &mut self,
        change: Change,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        // Its shards may have ended by themselves a moment ago.
        self.end_by_itself(log).await;
        if !self.phase.is_open() {
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
            // Also what cannot be taken back any more: it must not stand in the
            // way of those before it.
            self.changes.undoable.remove(index);
            let mut undone = Vec::new();
            for change in &back {
                let done = self.apply(at_us, change, &by, log).await?;
                if let Some(said) = done.and_then(|done| done.said) {
                    self.changes.keep(at_us, change);
                    undone.push(said);
                }
            }
            self.see_load(at_us);
            let undone = EventData::Change(ChangeEvent::Undone(undone));
            log.push_event(Event::info(at_us, undone).by(by));
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
        let applied = self.apply(at_us, &change, &by, log).await;
        if by == Author::new(TIMELINE) && !matches!(change, Change::Burst(_)) {
            self.planned
                .play(&self.spec.workloads, self.overrides.told());
        }
        self.see_load(at_us);
        let Some(done) = applied? else {
            return Ok(self.load);
        };
        if let Some(said) = done.said {
            self.changes.keep(at_us, &change);
            if !done.back.is_empty() {
                let is_burst = matches!(change, Change::Burst(_));
                self.changes.remember(&by, done.back, is_burst);
            }
            log.push_event(Event::info(at_us, EventData::Change(said)).by(by));
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
            Change::BackToPlan(of) => Ok(self.back_to_plan(at_us, *of).await),
            Change::Behaviour(behaviour) => self.behave(behaviour).await,
            Change::RunTime(run_time) => self.limit(at_us, *run_time).await,
            Change::Pause => self.pause(at_us).await,
            Change::Resume => Ok(self.resume(at_us).await),
            Change::Undo => Ok(None),
        }
    }

    /// How long until the next change that the scenario plans is due.
    pub(crate) fn until_planned(&self) -> Option<Duration> {
        let next = self.changes.planned.front()?;
        self.phase.loaded().is_some().then(|| {
            next.at
                .saturating_sub(Duration::from_micros(self.elapsed_us()))
        })
    }

    /// Does what the scenario plans up to now, each as if it was its time. Before
    /// the first user only another load is.
    pub(crate) async fn play_planned(&mut self, log: &Log) {
        let elapsed = Duration::from_micros(self.elapsed_us());
        let is_due = |one: &mut TimelineEntry| {
            let can_be = self.phase.swarm().is_some() || matches!(one.change, Change::Load(_));
            one.at <= elapsed && can_be
        };
        let mut due = Vec::new();
        while let Some(entry) = self.changes.planned.pop_front_if(is_due) {
            due.push(entry);
        }
        for TimelineEntry { at, change } in due {
            let by = Author::new(TIMELINE);
            if let Err(why) = self.change_at(micros(at), change, by, log).await {
                let error = why.to_string();
                let missed = EventData::Change(ChangeEvent::NotPlayed { at, error });
                log.push_event(Event::warning(micros(at), missed));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Burst, Edit};

    fn edit(users: f64) -> Change {
        Change::Load(Edit {
            users: Some(users),
            ..Edit::default()
        })
    }

    #[test]
    fn an_undo_gives_back_what_its_author_changed() {
        let [one, other] = ["one", "other"].map(Author::new);
        let mut changes = EditHistory::default();
        changes.remember(&one, vec![edit(1.0)], false);
        changes.remember(&other, vec![edit(5.0)], false);
        assert_eq!(changes.latest_of(&one, 0), Some((0, vec![edit(1.0)])));
        assert_eq!(changes.latest_of(&other, 0), Some((1, vec![edit(5.0)])));
        assert_eq!(changes.latest_of(&Author::new("nobody"), 0), None);
        let undoable = BTreeMap::from([(one.clone(), 1), (other.clone(), 1)]);
        assert_eq!(changes.undoable_by_author(0), undoable);
        for users in 0..200 {
            changes.remember(&one, vec![edit(f64::from(users))], false);
        }
        assert_eq!(changes.undoable.len(), UNDOABLE);
    }

    #[test]
    fn a_burst_is_renewed_by_its_author_alone() {
        let [one, other] = ["one", "other"].map(Author::new);
        let mut changes = EditHistory::default();
        let mut begin = |by: &Author, factor, times: (u64, u64)| {
            let is_renewed = changes.renew_burst(by, factor, times);
            if !is_renewed {
                changes.remember(by, vec![Change::EndBurst], true);
            }
            is_renewed
        };
        assert!(!begin(&one, 2.0, (10, 20)));
        assert!(begin(&one, 2.0, (15, 30)));
        // Another one takes over: that of the first has ended.
        assert!(!begin(&other, 2.0, (16, 30)));
        assert!(!begin(&other, 5.0, (17, 40)), "another factor");
        assert!(changes.has_burst(39) && !changes.has_burst(40));
        assert_eq!(changes.latest_of(&one, 17), None, "ended");
        let undoable = BTreeMap::from([(other.clone(), 1)]);
        assert_eq!(changes.undoable_by_author(17), undoable);
        let back = vec![Change::EndBurst];
        assert_eq!(changes.latest_of(&other, 18), Some((2, back)));
        changes.end_bursts(18);
        assert!(!changes.has_burst(18));
    }

    #[test]
    fn what_is_played_again_lasts_as_long_as_its_renewals() {
        let me = Author::new("me");
        let mut changes = EditHistory::default();
        let burst = Burst {
            factor: 2.0,
            rise: Duration::from_millis(100),
            hold: Duration::from_secs(1),
        };
        changes.renew_burst(&me, 2.0, (1_000_000, 2_200_000));
        changes.keep(1_000_000, &Change::Burst(burst));
        changes.keep(1_500_000, &edit(7.0));
        changes.renew_burst(&me, 2.0, (2_000_000, 3_100_000));
        let Change::Burst(kept) = &changes.played()[0].change else {
            panic!("{changes:?}");
        };
        assert_eq!(kept.hold, Duration::from_millis(1_900));
    }
}
