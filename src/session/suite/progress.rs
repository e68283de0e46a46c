use std::sync::Arc;
use std::time::Duration;

use crate::report::RunFile;
use crate::session::suite::entry::SuiteEntry;
use crate::session::suite::sequence::SuiteEvent;
use crate::verdict::Verdict;

/// The steps of a suite and their results.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) stage: SuiteStage,
    /// Its scenarios, in their order.
    pub(crate) steps: Vec<SuiteStep>,
}

/// Where a suite is. Steps are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SuiteStage {
    Running(usize),
    CoolingDown {
        /// The step that is run after it.
        next: usize,
        /// How long it still takes.
        left: Duration,
    },
    /// All steps have ended or were skipped.
    Over,
}

/// A scenario of a suite.
#[derive(Clone, Debug)]
pub(crate) struct SuiteStep {
    /// The id of the scenario.
    pub(crate) id: String,
    pub(crate) name: String,
    /// How far it has come.
    pub(crate) state: StepState,
}

#[derive(Clone, Debug)]
pub(crate) enum StepState {
    Waiting,
    Running,
    /// Ended, or could not start.
    Ended(Arc<RunFile>),
    /// The suite was stopped before it; its file says so.
    Skipped(Arc<RunFile>),
}

impl Progress {
    pub(super) fn new(entries: &[SuiteEntry]) -> Self {
        let steps = entries.iter().map(|entry| SuiteStep {
            id: entry.id.clone(),
            name: entry.name().to_owned(),
            state: StepState::Waiting,
        });
        Self {
            stage: SuiteStage::Running(0),
            steps: steps.collect(),
        }
    }

    /// Applies an event.
    pub(super) fn take(&mut self, event: &SuiteEvent) {
        match *event {
            SuiteEvent::Started(at) => {
                self.stage = SuiteStage::Running(at);
                self.set(at, StepState::Running);
            }
            SuiteEvent::Ended(at, ref file) => self.set(at, StepState::Ended(Arc::clone(file))),
            SuiteEvent::CoolingDown { next, left } => {
                self.stage = SuiteStage::CoolingDown { next, left }
            }
            SuiteEvent::Stopped { ref skipped } => {
                let first = self.steps.len().saturating_sub(skipped.len());
                for (at, file) in (first..).zip(skipped) {
                    self.set(at, StepState::Skipped(Arc::clone(file)));
                }
                self.end();
            }
        }
    }

    /// Ends it, after its last step.
    pub(super) fn end(&mut self) {
        self.stage = SuiteStage::Over;
    }

    pub(crate) fn is_active(&self) -> bool {
        self.stage != SuiteStage::Over
    }

    /// The files of the runs that have ended or were left out, in their order.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Arc<RunFile>> {
        self.steps.iter().filter_map(SuiteStep::file)
    }

    pub(crate) fn into_files(self) -> Vec<RunFile> {
        let files = self.steps.into_iter().filter_map(|step| match step.state {
            StepState::Ended(file) | StepState::Skipped(file) => Some(file),
            StepState::Waiting | StepState::Running => None,
        });
        files.map(Arc::unwrap_or_clone).collect()
    }

    /// How many scenarios were left out.
    pub(crate) fn skipped(&self) -> usize {
        let steps = self.steps.iter();
        steps
            .filter(|step| matches!(step.state, StepState::Skipped(_)))
            .count()
    }

    /// The most severe verdict so far; `None` if no run has ended. Skipped runs
    /// are undecided.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        Verdict::weightiest(self.files().filter_map(|file| file.verdict()))
    }

    fn set(&mut self, at: usize, state: StepState) {
        if let Some(step) = self.steps.get_mut(at) {
            step.state = state;
        }
    }
}

impl SuiteStep {
    /// The file of its run, once that has ended or was left out.
    pub(crate) fn file(&self) -> Option<&Arc<RunFile>> {
        match &self.state {
            StepState::Ended(file) | StepState::Skipped(file) => Some(file),
            StepState::Waiting | StepState::Running => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::About;

    fn progress(steps: usize) -> Progress {
        let step = |at: usize| SuiteStep {
            id: at.to_string(),
            name: at.to_string(),
            state: StepState::Waiting,
        };
        Progress {
            stage: SuiteStage::Running(0),
            steps: (0..steps).map(step).collect(),
        }
    }

    #[test]
    fn what_was_not_run_is_left_out_and_the_weightiest_verdict_stands() {
        let mut progress = progress(3);
        progress.take(&SuiteEvent::Started(0));
        assert!(matches!(progress.steps[0].state, StepState::Running));
        let file =
            |verdict, why: &str| RunFile::unstarted(&About::default(), 0, verdict, why.to_owned());
        let passed = file(Verdict::Pass, "all is well");
        progress.take(&SuiteEvent::Ended(0, Arc::new(passed)));
        assert_eq!(progress.verdict(), Some(Verdict::Pass));
        let left = Duration::from_secs(2);
        progress.take(&SuiteEvent::CoolingDown { next: 1, left });
        assert_eq!(progress.stage, SuiteStage::CoolingDown { next: 1, left });
        assert!(progress.is_active());
        let skipped = (0..2).map(|_| Arc::new(file(Verdict::Undecided, "left out")));
        let skipped = skipped.collect();
        progress.take(&SuiteEvent::Stopped { skipped });
        assert_eq!((progress.is_active(), progress.skipped()), (false, 2));
        assert_eq!(progress.verdict(), Some(Verdict::Undecided));
        assert_eq!(progress.files().count(), 3);
    }
}
