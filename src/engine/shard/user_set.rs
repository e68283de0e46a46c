//! A workload's users, as their shard sees them.

use std::rc::Rc;

use crate::engine::shard::user_handle::UserHandle;
use crate::engine::timer::Timer;
use crate::model::ClassId;

/// Under a closed load positions are filled from the bottom and emptied from
/// the top, as the plan goes; users that leave stay listed until they are gone.
#[derive(Debug, Default)]
pub(crate) struct UserSet {
    present: Vec<Rc<UserHandle>>,
    leaving: Vec<Rc<UserHandle>>,
    /// Users in a position, by class, without those that never ran.
    by_class: Vec<u32>,
}

impl UserSet {
    /// How many positions are filled.
    pub(crate) fn len(&self) -> usize {
        self.present.len()
    }

    /// All users that are not known to be gone, those that leave included.
    pub(crate) fn handles(&self) -> impl Iterator<Item = &Rc<UserHandle>> {
        self.present.iter().chain(&self.leaving)
    }

    /// The class of the user in a position.
    pub(super) fn class_at(&self, position: usize) -> Option<ClassId> {
        self.present.get(position).map(|handle| handle.class)
    }

    /// Adds the users in a position, by class, without those that never ran.
    pub(super) fn add_to(&self, by_class: &mut [u32]) {
        for (sum, count) in by_class.iter_mut().zip(&self.by_class) {
            *sum += count;
        }
    }

    /// A user is about to be marked as ended. Leaves it out of the users of its
    /// class if it never did anything.
    pub(crate) fn see_end(&mut self, handle: &UserHandle) {
        if !handle.has_acted() && !handle.is_leaving() {
            uncount(&mut self.by_class, handle.class);
        }
    }

    fn count(&mut self, class: ClassId) {
        if self.by_class.len() <= class.index() {
            self.by_class.resize(class.index() + 1, 0);
        }
        self.by_class[class.index()] += 1;
    }

    /// Fills the next position.
    pub(crate) fn push(&mut self, handle: Rc<UserHandle>) {
        self.count(handle.class);
        self.present.push(handle);
    }

    /// Ends what has taken too long, forgets who has left and is gone.
    pub(crate) fn sweep(&mut self, now_us: u64) {
        self.present.iter().for_each(|handle| handle.sweep(now_us));
        self.leaving.retain(|handle| {
            handle.sweep(now_us);
            !handle.is_gone()
        });
    }

    /// Frees the positions of users that ended by themselves. For an open
    /// load only, where positions mean nothing.
    pub(super) fn forget_gone(&mut self) {
        let by_class = &mut self.by_class;
        self.present.retain(|handle| {
            if handle.is_gone() && !handle.never_ran() {
                uncount(by_class, handle.class);
            }
            !handle.is_gone()
        });
    }

    /// Lets the user in the last position finish its task, until `cut_at_us`.
    pub(super) fn dismiss_last(&mut self, timer: &Timer, cut_at_us: u64) -> Option<&UserHandle> {
        let handle = self.present.pop()?;
        if !handle.never_ran() {
            uncount(&mut self.by_class, handle.class);
        }
        handle.dismiss(cut_at_us, timer);
        self.leaving.push(handle);
        self.leaving.last().map(Rc::as_ref)
    }

    /// Lets the user in a position finish its task, until `cut_at_us`; another
    /// one takes its place.
    pub(crate) fn replace(
        &mut self,
        position: usize,
        handle: Rc<UserHandle>,
        timer: &Timer,
        cut_at_us: u64,
    ) -> Option<&UserHandle> {
        let present = self.present.get_mut(position)?;
        let class = handle.class;
        let before = std::mem::replace(present, handle);
        self.count(class);
        if !before.never_ran() {
            uncount(&mut self.by_class, before.class);
        }
        before.dismiss(cut_at_us, timer);
        self.leaving.push(before);
        self.leaving.last().map(Rc::as_ref)
    }

    /// Dismisses everybody.
    pub(super) fn dismiss_all(&mut self, timer: &Timer, cut_at_us: u64) {
        // Those that were leaving already may have had more time before the stop.
        self.leaving
            .iter()
            .for_each(|handle| handle.dismiss(cut_at_us, timer));
        while !self.present.is_empty() {
            self.dismiss_last(timer, cut_at_us);
        }
    }
}

fn uncount(by_class: &mut [u32], class: ClassId) {
    if let Some(count) = by_class.get_mut(class.index()) {
        *count = count.saturating_sub(1);
    }
}
