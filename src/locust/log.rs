//! Lines of Locust's log.

use std::fmt;

use jiff::civil::DateTime;

use crate::run::Level;

/// How much a line matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For whoever looks into the program.
    Debug,
    /// For the record.
    #[default]
    Info,
    /// Worth a look.
    Warning,
    /// Something is wrong.
    Error,
    /// Everything is wrong.
    Critical,
}

impl LogLevel {
    /// All of them, the least grave first.
    pub const ALL: [Self; 5] = [
        Self::Debug,
        Self::Info,
        Self::Warning,
        Self::Error,
        Self::Critical,
    ];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warning => Self::Warning,
            Level::Error => Self::Error,
        }
    }
}

/// One line. `Display` gives `[2026-11-23 18:51:42,187] host/INFO/logger: message`.
#[derive(Clone, Copy, Debug)]
pub struct LogLine<'a> {
    /// When, in local time.
    pub time: DateTime,
    /// The machine's name; what follows a dot is left out.
    pub host: &'a str,
    /// How much it matters.
    pub level: LogLevel,
    /// Which part of the program speaks, like `swarmdeck.main`.
    pub logger: &'a str,
    /// What it says.
    pub message: &'a str,
}

impl fmt::Display for LogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time;
        write!(
            f,
            "[{} {:02}:{:02}:{:02},{:03}] {}/{}/{}: {}",
            time.date(),
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond(),
            self.host.split('.').next().unwrap_or_default(),
            self.level.as_str(),
            self.logger,
            self.message
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_locusts() {
        let line = LogLine {
            time: jiff::civil::date(2026, 11, 23).at(18, 51, 2, 87_000_000),
            host: "box.example.org",
            level: LogLevel::Info,
            logger: "swarmdeck.main",
            message: "Starting",
        };
        let expected = "[2026-11-23 18:51:02,087] box/INFO/swarmdeck.main: Starting";
        assert_eq!(line.to_string(), expected);
    }

    #[test]
    fn levels_are_words() {
        assert_eq!(LogLevel::Warning.as_str(), "WARNING");
        assert!(LogLevel::Debug < LogLevel::Info);
    }
}
