//! A lane's users, as their shard sees them.

use std::rc::Rc;

use crate::engine::member::Member;
use crate::engine::timer::Timer;
use crate::model::ClassId;

/// Under a closed load positions are filled from the bottom and emptied from
/// the top, as the plan goes; users that leave stay listed until they are gone.
#[derive(Debug, Default)]
pub(super) struct Roster {
    present: Vec<Rc<Member>>,
    leaving: Vec<Rc<Member>>,
}

impl Roster {
    /// How many positions are filled.
    pub(super) fn len(&self) -> usize {
        self.present.len()
    }

    /// All users that are not known to be gone, those that leave included.
    pub(super) fn members(&self) -> impl Iterator<Item = &Rc<Member>> {
        self.present.iter().chain(&self.leaving)
    }

    /// The class of the user in a position.
    pub(super) fn class_at(&self, position: usize) -> Option<ClassId> {
        self.present.get(position).map(|member| member.class)
    }

    /// Fills the next position.
    pub(super) fn push(&mut self, member: Rc<Member>) {
        self.present.push(member);
    }

    /// Ends what has taken too long, forgets who has left and is gone.
    pub(super) fn sweep(&mut self, now_us: u64) {
        self.present.iter().for_each(|member| member.sweep(now_us));
        self.leaving.retain(|member| {
            member.sweep(now_us);
            !member.is_gone()
        });
    }

    /// Frees the positions of users that ended by themselves. For an open
    /// load only, where positions mean nothing.
    pub(super) fn forget_gone(&mut self) {
        self.present.retain(|member| !member.is_gone());
    }

    /// Lets the user in the last position finish its task, until `cut_at_us`.
    pub(super) fn dismiss_last(&mut self, timer: &Timer, cut_at_us: u64) -> Option<&Member> {
        let member = self.present.pop()?;
        member.dismiss(cut_at_us, timer);
        self.leaving.push(member);
        self.leaving.last().map(Rc::as_ref)
    }

    /// Lets the user in a position finish its task, until `cut_at_us`; another
    /// one takes its place.
    pub(super) fn replace(
        &mut self,
        position: usize,
        member: Rc<Member>,
        timer: &Timer,
        cut_at_us: u64,
    ) -> Option<&Member> {
        let present = self.present.get_mut(position)?;
        let before = std::mem::replace(present, member);
        before.dismiss(cut_at_us, timer);
        self.leaving.push(before);
        self.leaving.last().map(Rc::as_ref)
    }

    /// Dismisses everybody.
    pub(super) fn dismiss_all(&mut self, timer: &Timer, cut_at_us: u64) {
        // Those that were leaving already may have had more time before the stop.
        self.leaving
            .iter()
            .for_each(|member| member.dismiss(cut_at_us, timer));
        while !self.present.is_empty() {
            self.dismiss_last(timer, cut_at_us);
        }
    }
}
