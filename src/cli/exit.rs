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
    /// 4: our own fault; the message says what to report.
    Fault,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Fault => 4,
        })
    }
}
