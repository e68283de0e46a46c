//! The changes of a run: those that can be undone, those to be replayed, and those
//! that the scenario still plans.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::model::{BURST_TIME_MAX, Change, Load, TIMELINE_MAX, TimelineEntry};
use crate::run::Author;
use crate::run::events::details::{ChangeEvent, EditLine};

/// The most changes that can be taken back; older ones are forgotten.
const UNDOABLE: usize = 100;
/// The most that are played again: with what a run was begun with, a timeline.
const KEPT: usize = TIMELINE_MAX - 2;
/// The author of the changes that a scenario plans.
pub(crate) const TIMELINE: &str = "the timeline";

/// The changes of a run.
#[derive(Debug, Default)]
pub(crate) struct EditHistory {
    /// Those that can be taken back, the oldest first.
    undoable: VecDeque<Undoable>,
    /// The changes made, to be replayed; none beyond the maximum is kept.
    played: Vec<TimelineEntry>,
    /// The changes that the scenario plans and that are still to come.
    planned: VecDeque<TimelineEntry>,
    /// The place of the latest burst among what is replayed, if it is there.
    burst_at: Option<usize>,
}

#[derive(Debug)]
struct Undoable {
    by: Author,
    /// The changes that undo it, in order.
    back: Vec<Change>,
    /// A burst, by its number, can be taken back while it lasts.
    burst: Option<u64>,
}

/// The result of a change.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// The event to log; `None` for more of what was logged.
    pub(crate) said: Option<ChangeEvent>,
    /// The changes that undo it; none where it cannot be undone.
    pub(crate) back: Vec<Change>,
    /// The load at its height, where that is not the load that was set.
    pub(crate) peak: Option<Load>,
    /// The end of a burst that was started or renewed.
    pub(crate) burst_until_us: Option<u64>,
}

impl Done {
    /// A change that is ended, not undone.
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

impl Undoable {
    /// Whether it can still be undone: a burst only while it lasts.
    fn can_be_undone(&self, burst: Option<u64>) -> bool {
        self.burst.is_none_or(|number| burst == Some(number))
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
    pub(crate) fn played_timeline(&self) -> &[TimelineEntry] {
        &self.played
    }

    /// Drops the changes that the scenario plans and that are still to come.
    pub(crate) fn forget_planned(&mut self) {
        self.planned.clear();
    }

    /// The latest burst has been renewed: it lasts until then.
    pub(crate) fn prolong_burst(&mut self, until_us: u64) {
        if let Some(entry) = self.burst_at.and_then(|at| self.played.get_mut(at)) {
            prolong(entry, until_us);
        }
    }

    /// The time of the next change that the scenario plans.
    pub(crate) fn next_planned(&self) -> Option<Duration> {
        Some(self.planned.front()?.at)
    }

    /// Takes the changes that the scenario plans up to a moment; before the first user
    /// only those of the load.
    pub(crate) fn take_due(&mut self, at: Duration, has_users: bool) -> Vec<TimelineEntry> {
        let is_due = |one: &mut TimelineEntry| {
            one.at <= at && (has_users || matches!(one.change, Change::Load(_)))
        };
        std::iter::from_fn(|| self.planned.pop_front_if(is_due)).collect()
    }

    /// The number of changes that each author can undo now; authors without any are skipped.
    /// `burst` is the one that lasts.
    pub(crate) fn undoable_by_author(&self, burst: Option<u64>) -> BTreeMap<Author, u32> {
        let mut counts = BTreeMap::new();
        for one in &self.undoable {
            if one.can_be_undone(burst) {
                *counts.entry(one.by.clone()).or_default() += 1;
            }
        }
        counts
    }

    /// The place of the latest one of an author that can be undone.
    fn latest_of(&self, by: &Author, burst: Option<u64>) -> Option<usize> {
        let is_theirs = |one: &Undoable| one.by == *by && one.can_be_undone(burst);
        self.undoable.iter().rposition(is_theirs)
    }

    /// Takes the latest change of an author that can be undone: the changes that
    /// undo it.
    pub(crate) fn take_latest(&mut self, by: &Author, burst: Option<u64>) -> Option<Vec<Change>> {
        let at = self.latest_of(by, burst)?;
        Some(self.undoable.remove(at)?.back)
    }

    /// Keeps what undoes a change; a burst with its number.
    pub(crate) fn remember(&mut self, by: &Author, back: Vec<Change>, burst: Option<u64>) {
        if self.undoable.len() >= UNDOABLE {
            self.undoable.pop_front();
        }
        self.undoable.push_back(Undoable {
            by: by.clone(),
            back,
            burst,
        });
    }

    /// Keeps a change to be replayed.
    pub(crate) fn keep(&mut self, at_us: u64, change: &Change) {
        let has_room = self.played.len() < KEPT;
        if matches!(change, Change::Burst(_)) {
            self.burst_at = has_room.then_some(self.played.len());
        }
        if !has_room {
            return;
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

/// Makes a burst that is replayed last as long as all its renewals, an hour at most.
fn prolong(entry: &mut TimelineEntry, until_us: u64) {
    let ends = Duration::from_micros(until_us).saturating_sub(entry.at);
    if let Change::Burst(burst) = &mut entry.change {
        burst.hold = ends.saturating_sub(burst.rise * 2).min(BURST_TIME_MAX);
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
        changes.remember(&one, vec![edit(1.0)], None);
        changes.remember(&other, vec![edit(5.0)], None);
        assert_eq!(changes.latest_of(&one, None), Some(0));
        assert_eq!(changes.latest_of(&other, None), Some(1));
        assert_eq!(changes.take_latest(&Author::new("nobody"), None), None);
        let undoable = BTreeMap::from([(one.clone(), 1), (other.clone(), 1)]);
        assert_eq!(changes.undoable_by_author(None), undoable);
        assert_eq!(changes.take_latest(&one, None), Some(vec![edit(1.0)]));
        assert_eq!(changes.take_latest(&other, None), Some(vec![edit(5.0)]));
        for users in 0..200 {
            changes.remember(&one, vec![edit(f64::from(users))], None);
        }
        assert_eq!(changes.undoable.len(), UNDOABLE);
    }

    #[test]
    fn a_burst_can_be_undone_while_it_lasts() {
        let [one, other] = ["one", "other"].map(Author::new);
        let mut changes = EditHistory::default();
        for (by, number) in [(&one, 1), (&other, 2), (&other, 3)] {
            changes.remember(by, vec![Change::EndBurst], Some(number));
        }
        assert_eq!(changes.latest_of(&one, Some(3)), None, "ended");
        let undoable = BTreeMap::from([(other.clone(), 1)]);
        assert_eq!(changes.undoable_by_author(Some(3)), undoable);
        assert_eq!(changes.undoable_by_author(None), BTreeMap::new());
        let back = vec![Change::EndBurst];
        assert_eq!(changes.latest_of(&other, Some(3)), Some(2));
        assert_eq!(changes.take_latest(&other, Some(3)), Some(back));
    }

    #[test]
    fn what_is_played_again_lasts_as_long_as_its_renewals() {
        let mut changes = EditHistory::default();
        let burst = Burst {
            factor: 2.0,
            rise: Duration::from_millis(100),
            hold: Duration::from_secs(1),
        };
        changes.keep(1_000_000, &Change::Burst(burst));
        changes.keep(1_500_000, &edit(7.0));
        changes.prolong_burst(3_100_000);
        let Change::Burst(kept) = &changes.played_timeline()[0].change else {
            panic!("{changes:?}");
        };
        assert_eq!(kept.hold, Duration::from_millis(1_900));
    }
}
