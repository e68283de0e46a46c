use std::process::ExitCode;

/// How the program ends, as its exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Success,
    /// 1: something that was tried failed.
    Failed,
    /// 2: a bad option, scenario, file or port, found before anything ran.
    Usage,
    /// 3: a run that says nothing about its target, or not enough.
    Unsound,
    /// 4: our own fault; the message says what to report.
    Fault,
    /// 130: interrupted twice, or before anything ran.
    Interrupted,
    /// What `--exit-code-on-error` puts in the place of 1.
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
            Self::Interrupted => 130,
            Self::Code(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
