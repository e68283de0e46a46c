use std::sync::Arc;
use std::time::Duration;

use crate::report::RunFile;
use crate::session::suite::entry::SuiteEntry;
use crate::session::suite::sequence::SuiteEvent;
use crate::verdict::Verdict;

/// How far a suite has come, and what its runs came to.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Where it is.
    pub stage: SuiteStage,
    /// Its scenarios, in their order.
    pub legs: Vec<SuiteStep>,
}

/// Where a suite is. Legs are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuiteStage {
    /// This leg is run.
    Running(usize),
    /// The target recovers.
    CoolingDown {
        /// The leg that is run after it.
        next: usize,
        /// How long it still takes.
        left: Duration,
    },
    /// All is done, or left out.
    Over,
}

/// A scenario of a suite.
#[derive(Clone, Debug)]
pub struct SuiteStep {
    /// The id of the scenario.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How far it has come.
    pub state: StepState,
}

/// How far a scenario of a suite has come.
#[derive(Clone, Debug)]
pub enum StepState {
    /// It has not begun.
    Waiting,
    /// It goes on.
    Running,
    /// It has ended, or could not start.
    Ended(Arc<RunFile>),
    /// The suite was stopped before it, as its file says.
    LeftOut(Arc<RunFile>),
}

impl Progress {
    /// Of a suite that begins.
    pub(super) fn new(entries: &[SuiteEntry]) -> Self {
        let legs = entries.iter().map(|entry| SuiteStep {
            id: entry.id.clone(),
            name: entry.name().to_owned(),
            state: StepState::Waiting,
        });
        Self {
            stage: SuiteStage::Running(0),
            legs: legs.collect(),
        }
    }

    /// Takes in what has come to pass.
    pub(super) fn take(&mut self, event: &SuiteEvent) {
        match *event {
            SuiteEvent::Begun(at) => {
                self.stage = SuiteStage::Running(at);
                self.set(at, StepState::Running);
            }
            SuiteEvent::Ended(at, ref file) => self.set(at, StepState::Ended(Arc::clone(file))),
            SuiteEvent::CoolingDown { next, left } => {
                self.stage = SuiteStage::CoolingDown { next, left }
            }
            SuiteEvent::Stopped { ref left_out } => {
                let first = self.legs.len().saturating_sub(left_out.len());
                for (at, file) in (first..).zip(left_out) {
                    self.set(at, StepState::LeftOut(Arc::clone(file)));
                }
                self.end();
            }
        }
    }

    /// Ends it, after its last step.
    pub(super) fn end(&mut self) {
        self.stage = SuiteStage::Over;
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.stage != SuiteStage::Over
    }

    /// The files of the runs that have ended or were left out, in their order.
    pub fn files(&self) -> impl Iterator<Item = &Arc<RunFile>> {
        self.legs.iter().filter_map(SuiteStep::file)
    }

    /// The same as values.
    #[must_use]
    pub fn into_files(self) -> Vec<RunFile> {
        let files = self.legs.into_iter().filter_map(|leg| match leg.state {
            StepState::Ended(file) | StepState::LeftOut(file) => Some(file),
            StepState::Waiting | StepState::Running => None,
        });
        files.map(Arc::unwrap_or_clone).collect()
    }

    /// How many scenarios were left out.
    #[must_use]
    pub fn left_out(&self) -> usize {
        let legs = self.legs.iter();
        legs.filter(|leg| matches!(leg.state, StepState::LeftOut(_)))
            .count()
    }

    /// The weightiest verdict so far; `None` where no run has ended. What was
    /// left out is undecided.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        Verdict::weightiest(self.files().filter_map(|file| file.verdict()))
    }

    fn set(&mut self, at: usize, state: StepState) {
        if let Some(leg) = self.legs.get_mut(at) {
            leg.state = state;
        }
    }
}

impl SuiteStep {
    /// The file of its run, once that has ended or was left out.
    #[must_use]
    pub fn file(&self) -> Option<&Arc<RunFile>> {
        match &self.state {
            StepState::Ended(file) | StepState::LeftOut(file) => Some(file),
            StepState::Waiting | StepState::Running => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::About;

    fn course(legs: usize) -> Progress {
        let leg = |at: usize| SuiteStep {
            id: at.to_string(),
            name: at.to_string(),
            state: StepState::Waiting,
        };
        Progress {
            stage: SuiteStage::Running(0),
            legs: (0..legs).map(leg).collect(),
        }
    }

    #[test]
    fn what_was_not_run_is_left_out_and_the_weightiest_verdict_stands() {
        let mut course = course(3);
        course.take(&SuiteEvent::Begun(0));
        assert!(matches!(course.legs[0].state, StepState::Running));
        let file =
            |verdict, why: &str| RunFile::unstarted(&About::default(), 0, verdict, why.to_owned());
        let passed = file(Verdict::Pass, "all is well");
        course.take(&SuiteEvent::Ended(0, Arc::new(passed)));
        assert_eq!(course.verdict(), Some(Verdict::Pass));
        let left = Duration::from_secs(2);
        course.take(&SuiteEvent::CoolingDown { next: 1, left });
        assert_eq!(course.stage, SuiteStage::CoolingDown { next: 1, left });
        assert!(course.is_active());
        let left_out = (0..2).map(|_| Arc::new(file(Verdict::Undecided, "left out")));
        let left_out = left_out.collect();
        course.take(&SuiteEvent::Stopped { left_out });
        assert_eq!((course.is_active(), course.left_out()), (false, 2));
        assert_eq!(course.verdict(), Some(Verdict::Undecided));
        assert_eq!(course.files().count(), 3);
    }
}
