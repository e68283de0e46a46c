use std::process::ExitCode;

/// How the program ends, as its exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Success,
    /// 2: a bad option, scenario, file or port, found before anything ran.
    Usage,
    /// 4: our own fault; the message says what to report.
    Fault,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Usage => 2,
            Exit::Fault => 4,
        })
    }
}
