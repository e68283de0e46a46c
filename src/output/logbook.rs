//! The program's own log, bounded.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use utoipa::ToSchema;

use crate::run::Level;

/// The most lines kept; the oldest makes room.
const LINES: usize = 500;
/// A longer text is cut.
const TEXT_BYTES: usize = 4_096;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEntry {
    /// Lines are counted from 1 as they are written, for as long as the
    /// program runs.
    pub(crate) number: u64,
    pub(crate) at_unix_ms: u64,
    pub(crate) level: Level,
    pub(crate) source: LogSource,
    /// May have several lines.
    pub(crate) text: String,
}

/// The part of the program that writes a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) enum LogSource {
    /// The program, which also prints it.
    #[serde(rename = "swarmdeck.main")]
    Main,
    #[serde(rename = "swarmdeck.run")]
    Run,
    /// A scenario: its `log` steps.
    #[serde(rename = "swarmdeck.scenario")]
    Scenario,
}

impl LogSource {
    /// The name shown in the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Main => "swarmdeck.main",
            Self::Run => "swarmdeck.run",
            Self::Scenario => "swarmdeck.scenario",
        }
    }
}

/// The log of the program and all its runs. The lock is held only for copying.
#[derive(Debug, Default)]
pub(crate) struct Logbook(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    lines: VecDeque<LogEntry>,
    /// Lines ever written.
    written: u64,
}

impl Logbook {
    pub(crate) fn write(&self, level: Level, source: LogSource, text: impl Into<String>) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now_ms = since.map_or(0, |time| time.as_millis());
        let now_ms = u64::try_from(now_ms).unwrap_or(u64::MAX);
        self.write_at(now_ms, level, source, text);
    }

    /// Writes a line about another moment, in Unix milliseconds.
    pub(crate) fn write_at(
        &self,
        at_unix_ms: u64,
        level: Level,
        source: LogSource,
        text: impl Into<String>,
    ) {
        let mut text = text.into();
        if text.len() > TEXT_BYTES {
            text.truncate(text.floor_char_boundary(TEXT_BYTES));
            text.push('…');
        }
        let mut inner = self.lock();
        if inner.lines.len() >= LINES {
            inner.lines.pop_front();
        }
        inner.written += 1;
        let number = inner.written;
        inner.lines.push_back(LogEntry {
            number,
            at_unix_ms,
            level,
            source,
            text,
        });
    }

    /// The lines kept with a number above `seen`.
    pub(crate) fn after(&self, seen: u64) -> Vec<LogEntry> {
        let inner = self.lock();
        let skip = inner.lines.partition_point(|line| line.number <= seen);
        inner.lines.iter().skip(skip).cloned().collect()
    }

    /// The number of the newest line; 0 without one.
    pub(crate) fn last(&self) -> u64 {
        self.lock().written
    }

    /// How many lines were dropped to make room.
    pub(crate) fn dropped(&self) -> u64 {
        let inner = self.lock();
        inner.written - inner.lines.len() as u64
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while it is held; a poisoned log is still readable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_lines_make_room_and_numbers_go_on() {
        let book = Logbook::default();
        (1..=LINES + 3).for_each(|i| book.write(Level::Info, LogSource::Main, i.to_string()));
        let lines = book.after(0);
        assert_eq!((lines.len(), book.dropped()), (LINES, 3));
        assert_eq!((lines[0].number, lines[0].text.as_str()), (4, "4"));
        let seen = lines[LINES - 1].number;
        assert_eq!(book.after(seen), []);
        book.write(Level::Error, LogSource::Run, "more");
        assert_eq!(book.after(seen).len(), 1);
        assert!(lines[0].at_unix_ms > 1_700_000_000_000);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let book = Logbook::default();
        book.write(Level::Info, LogSource::Scenario, "ü".repeat(TEXT_BYTES));
        let text = &book.after(0)[0].text;
        assert!(text.len() <= TEXT_BYTES + '…'.len_utf8() && text.ends_with("ü…"));
    }
}
