//! What happened, in order: closed seconds and events.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::run::stats::tables::seconds;
use crate::run::{Author, WindowQuery};
use crate::stats::{Readings, Row, Series, Times};

/// The log of a run. Written by the controller, read by everybody else.
///
/// The series is bounded as [`Series`] says, the events by dropping the
/// oldest. The lock is held for copying only.
#[derive(Debug, Default)]
pub struct Log(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    series: Series,
    /// Replaced as a whole; `None` without a run.
    past: Option<WindowQuery>,
    readings: Readings,
    /// With their numbers, counted from 0.
    events: VecDeque<(u64, Event)>,
    /// The number of events ever appended.
    appended: u64,
    /// The number of events appended before the last clear.
    cleared: u64,
}

/// What came in of a reading.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPoints {
    /// `PROBE.READING`.
    pub name: Arc<str>,
    /// Its unit for people; may be empty.
    pub unit: Arc<str>,
    /// When, in seconds since the start of the run, and what; oldest first.
    pub points: Vec<(f64, f64)>,
}

/// The most events kept.
const EVENTS: usize = 1_000;

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, in seconds since the start of the run.
    pub t_s: f64,
    /// What kind of thing.
    pub kind: EventKind,
    /// How much it matters.
    pub level: Level,
    /// What, for people.
    pub text: String,
    /// Who did it, of what somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

impl Event {
    /// An event `at_us` into the run.
    pub(crate) fn new(at_us: u64, kind: EventKind, level: Level, text: String) -> Self {
        Self {
            t_s: seconds(at_us),
            kind,
            level,
            text,
            by: None,
        }
    }

    /// The same, done by somebody.
    pub(crate) fn by(self, author: Author) -> Self {
        self.by_if(Some(author))
    }

    /// The same, done by somebody if anybody did it.
    pub(crate) fn by_if(self, by: Option<Author>) -> Self {
        Self { by, ..self }
    }
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The run was started.
    Started,
    /// Every user that was asked for has been started or ended.
    Spawned,
    /// The operator changed the load.
    Edited,
    /// More users come for a while.
    Burst,
    /// How a burst was got over.
    Recovered,
    /// Users begin nothing any more.
    Paused,
    /// Users go on.
    Resumed,
    /// Nobody looks at it any more: its users are let go.
    Unattended,
    /// The statistics were zeroed.
    Reset,
    /// Users are finishing.
    Stopping,
    /// The final figures stand.
    Stopped,
    /// Users ended because their `on_start` failed.
    OnStartFailed,
    /// Which addresses of the target are used.
    Target,
    /// The health gate, `setup` or `teardown`.
    Setup,
    /// A probe reads nothing, or reads again.
    Probe,
    /// A criterion is broken, or is not any more.
    Criterion,
    /// A level of a search for the limit has been measured.
    Level,
    /// What a search for the limit has found.
    Limit,
    /// Something that the demo does to the run or to its target.
    Demo,
    /// A fact worth saying.
    Remark,
    /// A line that the scenario wrote.
    Log,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For the record.
    Info,
    /// Worth a look.
    Warning,
    /// Something is wrong.
    Error,
}

impl Log {
    /// Forgets everything; numbers of events go on rising.
    pub(crate) fn clear(&self) {
        let mut inner = self.lock();
        let appended = inner.appended;
        *inner = Inner {
            appended,
            cleared: appended,
            ..Inner::default()
        };
    }

    /// Forgets the closed seconds and what probes read; the events stay.
    pub(crate) fn clear_seconds(&self) {
        let mut inner = self.lock();
        inner.series = Series::default();
        inner.readings = Readings::default();
    }

    /// Appends a closed second.
    pub(crate) fn push_second(&self, row: Row, times: &Times) {
        self.lock().series.push_second(row, times);
    }

    /// Replaces what is known of the past.
    pub(crate) fn keep_past(&self, past: WindowQuery) {
        let before = self.lock().past.replace(past);
        // Outside of the lock: it may be the last of it.
        drop(before);
    }

    /// What was counted so far, slice by slice; `None` without a run.
    #[must_use]
    pub fn past(&self) -> Option<WindowQuery> {
        self.lock().past.clone()
    }

    /// Appends what a probe read `t_s` seconds into the run.
    pub(crate) fn push_reading(&self, name: &str, unit: &str, t_s: f64, value: f64) {
        self.lock().readings.push(name, unit, t_s, value);
    }

    /// What a probe read last, if that was `since_s` seconds into the run or later.
    pub(crate) fn reading(&self, name: &str, since_s: f64) -> Option<f64> {
        let inner = self.lock();
        let reading = inner.readings.find(name)?;
        (reading.latest_s() >= since_s).then(|| reading.latest())
    }

    /// What probes have read so far.
    #[must_use]
    pub fn readings(&self) -> Readings {
        self.lock().readings.clone()
    }

    /// What probes have read later than `t_s` seconds into the run.
    #[must_use]
    pub fn readings_after(&self, t_s: f64) -> Vec<NewPoints> {
        let inner = self.lock();
        let new = inner.readings.iter().map(|reading| NewPoints {
            name: Arc::clone(&reading.name),
            unit: Arc::clone(&reading.unit),
            points: reading.points_after(t_s).collect(),
        });
        new.filter(|new| !new.points.is_empty()).collect()
    }

    /// Appends an event; the oldest makes room.
    pub(crate) fn push_event(&self, event: Event) {
        let mut inner = self.lock();
        if inner.events.len() >= EVENTS {
            // What the scenario writes must not push out what happened.
            let written = |(_, event): &(u64, Event)| event.kind == EventKind::Log;
            let oldest = inner.events.iter().position(written).unwrap_or(0);
            inner.events.remove(oldest);
        }
        let number = inner.appended;
        inner.events.push_back((number, event));
        inner.appended += 1;
    }

    /// Every moment of the run so far, coarser with age.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        self.lock().series.rows().copied().collect()
    }

    /// The same with the first two minutes in seconds.
    pub(crate) fn rows_from_opening(&self) -> Vec<Row> {
        self.lock().series.rows_from_opening().copied().collect()
    }

    /// The closed seconds that end after `after_s`. A reader that is more
    /// than the finest stretch behind finds its first row later than it asked.
    #[must_use]
    pub fn seconds_after(&self, after_s: u64) -> Vec<Row> {
        self.lock().series.seconds_after(after_s).copied().collect()
    }

    /// The events kept that were appended after the first `seen`, and how
    /// many have been appended in all.
    #[must_use]
    pub fn events_after(&self, seen: u64) -> (Vec<Event>, u64) {
        let inner = self.lock();
        let skip = inner.events.partition_point(|(number, _)| *number < seen);
        let events = inner.events.iter().skip(skip);
        (
            events.map(|(_, event)| event.clone()).collect(),
            inner.appended,
        )
    }

    /// How many events of this run were dropped to make room.
    #[must_use]
    pub fn events_dropped(&self) -> u64 {
        let inner = self.lock();
        inner.appended - inner.cleared - inner.events.len() as u64
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while it is held; a poisoned log is still readable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: usize) -> Event {
        Event {
            by: None,
            t_s: 0.0,
            kind: EventKind::Remark,
            level: Level::Info,
            text: text.to_string(),
        }
    }

    #[test]
    fn events_are_bounded_and_readers_learn_what_they_lost() {
        let log = Log::default();
        (0..EVENTS + 5).for_each(|i| log.push_event(event(i)));
        let (events, appended) = log.events_after(0);
        assert_eq!((events.len(), appended), (EVENTS, EVENTS as u64 + 5));
        assert_eq!(events[0].text, "5");
        let (news, _) = log.events_after(appended - 1);
        assert_eq!(news.len(), 1);
        log.clear();
        assert_eq!(log.events_after(appended).0, []);
    }

    #[test]
    fn a_reading_stands_only_while_it_is_fresh() {
        let log = Log::default();
        log.push_reading("db.active", "", 3.0, 7.0);
        log.push_reading("db.active", "", 4.0, 8.0);
        assert_eq!(log.reading("db.active", 4.0), Some(8.0));
        assert_eq!(log.reading("db.active", 4.1), None);
        assert_eq!(log.reading("db.idle", 0.0), None);
    }

    #[test]
    fn what_a_scenario_writes_makes_room_first() {
        let log = Log::default();
        log.push_event(event(0));
        (1..EVENTS + 10).for_each(|i| {
            log.push_event(Event {
                kind: EventKind::Log,
                ..event(i)
            });
        });
        let (events, appended) = log.events_after(0);
        assert_eq!((events.len(), appended), (EVENTS, EVENTS as u64 + 10));
        assert_eq!(
            (events[0].text.as_str(), events[1].text.as_str()),
            ("0", "11")
        );
        assert_eq!(
            log.events_after(5).0[0].text,
            "11",
            "a reader is not told twice"
        );
        assert_eq!(log.events_after(appended - 2).0.len(), 2);
        assert_eq!(log.events_dropped(), 10);
    }
}
