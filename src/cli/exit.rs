use std::process::ExitCode;

use crate::run::Blame;
use crate::verdict::Verdict;

/// The exit codes of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Success,
    /// 1: something that was tried failed, or a run failed.
    Failed,
    /// 2: a bad option, scenario, file or port, found before anything ran.
    Usage,
    /// 3: a run that shows nothing about its target, or not enough.
    Unsound,
    /// 4: an internal error; the message says what to report.
    Fault,
    /// 5: everything else succeeded, but a requested output is lost.
    OutputLost,
    /// 130: interrupted twice, or before anything ran.
    Interrupted,
    /// The code of `--exit-code-on-error`, instead of 1.
    Code(u8),
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unsound => 3,
            Self::Fault => 4,
            Self::OutputLost => 5,
            Self::Interrupted => 130,
            Self::Code(code) => code,
        }
    }

    /// Replaces success by `OutputLost`: a caller that sees success relies on
    /// the output.
    #[must_use]
    pub(super) fn with_output_lost(self) -> Self {
        if self.code() == 0 {
            Self::OutputLost
        } else {
            self
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// As the table of verdicts in `docs/metrics.md` says.
impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Success,
            Verdict::Fail => Self::Failed,
            Verdict::Invalid | Verdict::Undecided => Self::Unsound,
            Verdict::Error => Self::Fault,
        }
    }
}

/// Of a run that has not started.
impl From<Blame> for Exit {
    fn from(blame: Blame) -> Self {
        match blame {
            Blame::Asker => Self::Usage,
            Blame::Target => Self::Unsound,
            Blame::Program => Self::Fault,
        }
    }
}
