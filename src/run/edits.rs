//! Changing the load of a run, and taking changes back.

use std::collections::VecDeque;

use crate::model::{Load, RunState, Workload};
use crate::run::active::Active;
use crate::run::handle::Edit;
use crate::run::log::{Event, EventKind, Level, Log};
use crate::run::plan::Plan;
use crate::run::preflight::check_capacity;
use crate::run::{Author, RunError};

/// The most changes that can be taken back; older ones are forgotten.
const CHANGES: usize = 100;

/// The changes that can be taken back, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Changes(VecDeque<Remembered>);

#[derive(Debug)]
struct Remembered {
    by: Author,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// Users or spawn rate.
    Load { from: Load, to: Load },
    /// A burst of this factor that goes on until then.
    Burst { factor: f64, until_us: u64 },
}

/// What takes a change back.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Back {
    Edit(Edit),
    /// To the load that was asked for.
    EndOfBurst,
}

impl Changes {
    fn push(&mut self, by: &Author, what: What) {
        if self.0.len() >= CHANGES {
            self.0.pop_front();
        }
        let by = by.clone();
        self.0.push_back(Remembered { by, what });
    }

    /// A burst has been begun or renewed; whether it is a renewal.
    pub(super) fn renew_burst(&mut self, by: &Author, factor: f64, lasts: (u64, u64)) -> bool {
        let (now_us, until_us) = lasts;
        let of_author = self.0.iter_mut().filter(|one| one.by == *by);
        let lasting = of_author.filter_map(|one| match &mut one.what {
            What::Burst {
                factor: of,
                until_us,
            } if *until_us >= now_us => Some((of, until_us)),
            What::Burst { .. } | What::Load { .. } => None,
        });
        if let Some((_, until)) = lasting
            .last()
            .filter(|(of, _)| of.to_bits() == factor.to_bits())
        {
            *until = until_us;
            return true;
        }
        self.end_bursts(now_us);
        self.push(by, What::Burst { factor, until_us });
        false
    }

    /// Whether a burst goes on.
    fn has_burst(&self, now_us: u64) -> bool {
        let lasts = |one: &Remembered| matches!(one.what, What::Burst { until_us, .. } if until_us > now_us);
        self.0.iter().any(lasts)
    }

    /// Another plan has taken over.
    fn end_bursts(&mut self, now_us: u64) {
        for one in &mut self.0 {
            if let What::Burst { until_us, .. } = &mut one.what {
                *until_us = now_us.min(*until_us);
            }
        }
    }

    /// Where the latest one of an author is that lasts, and what takes it
    /// back: what it changed is as before, the rest as it is.
    fn latest_of(&self, by: &Author, now_us: u64) -> Option<(usize, Back)> {
        let lasts = |change: &Remembered| match change.what {
            What::Load { .. } => true,
            What::Burst { until_us, .. } => until_us > now_us,
        };
        let at = (self.0.iter()).rposition(|change| change.by == *by && lasts(change))?;
        let What::Load { from, to } = self.0.get(at)?.what else {
            return Some((at, Back::EndOfBurst));
        };
        let users = (from.users != to.users).then_some(f64::from(from.users));
        let is_other_rate = from.spawn_rate.to_bits() != to.spawn_rate.to_bits();
        let spawn_rate = is_other_rate.then_some(from.spawn_rate);
        Some((at, Back::Edit(Edit { users, spawn_rate })))
    }
}

impl Active {
    /// Changes the load from now on.
    pub(super) async fn edit(
        &mut self,
        edit: Edit,
        by: Author,
        log: &Log,
    ) -> Result<Load, RunError> {
        let from = self.load;
        let to = self.steer(edit).await?;
        if from != to {
            self.changes.push(&by, What::Load { from, to });
            self.say_edited(&words(from, to), by, log);
        }
        Ok(to)
    }

    /// Takes the latest change of an author back.
    pub(super) async fn undo(&mut self, by: Author, log: &Log) -> Result<Load, RunError> {
        let latest = self.changes.latest_of(&by, self.elapsed_us());
        let (at, back) = latest.ok_or(RunError::NothingToUndo)?;
        let from = self.load;
        let undone = match back {
            Back::Edit(edit) => words(from, self.steer(edit).await?),
            Back::EndOfBurst => {
                self.end_burst().await;
                "the burst".to_owned()
            }
        };
        self.changes.0.remove(at);
        self.say_edited(&format!("undone: {undone}"), by, log);
        Ok(self.load)
    }

    fn say_edited(&self, text: &str, by: Author, log: &Log) {
        let at_us = self.elapsed_us();
        let event = Event::new(at_us, EventKind::Edited, Level::Info, text.to_owned());
        log.push_event(event.by(by));
    }

    async fn steer(&mut self, edit: Edit) -> Result<Load, RunError> {
        self.spec.steered().ok_or(RunError::NotSteered)?;
        let users = edit.users.unwrap_or_else(|| f64::from(self.load.users));
        let load = Load::new(users, edit.spawn_rate.unwrap_or(self.load.spawn_rate))?;
        self.spec.workloads = self.workloads_with(load)?;
        if self.swarm.is_none() {
            self.plan_anew(load);
        } else if load != self.load || self.changes.has_burst(self.elapsed_us()) {
            self.follow(load).await;
            // What was before a burst is no measure any more.
            self.recovery = None;
        }
        Ok(load)
    }

    /// The workloads under another load of what is steered.
    ///
    /// # Errors
    /// The classes do not allow so many users.
    pub(super) fn workloads_with(&self, load: Load) -> Result<Vec<Workload>, RunError> {
        let mut workloads = self.spec.workloads.clone();
        Workload::steer(&mut workloads, load);
        check_capacity(&self.program, &workloads)?;
        Ok(workloads)
    }

    /// Lets the shards go to this load from where they are.
    pub(super) async fn follow(&mut self, load: Load) {
        let Some(swarm) = &self.swarm else { return };
        let now_us = self.clock.now_us().saturating_sub(self.setup.origin_us);
        swarm.follow(&self.plan.redirect(now_us, load)).await;
        self.load = load;
        self.changes.end_bursts(now_us);
        if self.state != RunState::Paused {
            self.state = RunState::Spawning;
        }
    }

    /// Changes the load of a run whose users have not begun to come.
    fn plan_anew(&mut self, load: Load) {
        self.setup.workloads = self.spec.workloads.as_slice().into();
        self.plan = Plan::new(&self.spec.workloads);
        self.load = load;
    }
}

/// A change for people; where nothing is changed, so it says.
fn words(from: Load, to: Load) -> String {
    let users = (from.users != to.users).then(|| format!("users {} → {}", from.users, to.users));
    let (was, is) = (from.spawn_rate, to.spawn_rate);
    let rate = (from.spawn_rate.to_bits() != to.spawn_rate.to_bits())
        .then(|| format!("rate {was} → {is}/s"));
    let changed: Vec<_> = users.into_iter().chain(rate).collect();
    if changed.is_empty() {
        return "no change".to_owned();
    }
    changed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(users: u32, spawn_rate: f64) -> Load {
        Load { users, spawn_rate }
    }

    #[test]
    fn an_undo_gives_back_what_its_author_changed() {
        let [one, other] = ["one", "other"].map(Author::new);
        let mut changes = Changes::default();
        for (by, from, to) in [
            (&one, load(1, 1.0), load(5, 1.0)),
            (&other, load(5, 1.0), load(5, 9.0)),
        ] {
            changes.push(by, What::Load { from, to });
        }
        let back = |users, spawn_rate| Back::Edit(Edit { users, spawn_rate });
        assert_eq!(changes.latest_of(&one, 0), Some((0, back(Some(1.0), None))));
        assert_eq!(
            changes.latest_of(&other, 0),
            Some((1, back(None, Some(1.0))))
        );
        assert_eq!(changes.latest_of(&Author::new("nobody"), 0), None);
        assert!(!changes.renew_burst(&one, 2.0, (10, 20)));
        assert!(changes.renew_burst(&one, 2.0, (15, 30)));
        assert_eq!(changes.latest_of(&one, 29), Some((2, Back::EndOfBurst)));
        let first = Some((0, back(Some(1.0), None)));
        assert_eq!(changes.latest_of(&one, 30), first);
        // Another one takes over: that of the first has ended.
        assert!(!changes.renew_burst(&other, 2.0, (16, 30)));
        assert!(!changes.has_burst(30) && changes.has_burst(29));
        assert_eq!(changes.latest_of(&one, 17), first);
        assert!(
            !changes.renew_burst(&other, 5.0, (17, 40)),
            "another factor"
        );
        changes.end_bursts(18);
        assert!(!changes.has_burst(18));
        for users in 0..200 {
            let (from, to) = (load(users, 1.0), load(users + 1, 1.0));
            changes.push(&one, What::Load { from, to });
        }
        assert_eq!(changes.0.len(), CHANGES);
    }
}
