//! The log of a run, in order: closed seconds and events.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::run::WindowQuery;
use crate::run::events::event::{Event, EventKind};
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

/// The values of a reading.
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

impl Log {
    /// Forgets everything; event numbers keep rising.
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

    /// The statistics so far, slice by slice; `None` without a run.
    #[must_use]
    pub fn past(&self) -> Option<WindowQuery> {
        self.lock().past.clone()
    }

    /// Appends what a probe read `t_s` seconds into the run.
    pub(crate) fn push_reading(&self, name: &str, unit: &str, t_s: f64, value: f64) {
        self.lock().readings.push(name, unit, t_s, value);
    }

    /// The last reading of a probe, if that was `since_s` seconds into the run or later.
    pub(crate) fn reading(&self, name: &str, since_s: f64) -> Option<f64> {
        let inner = self.lock();
        let reading = inner.readings.find(name)?;
        (reading.latest_s() >= since_s).then(|| reading.latest())
    }

    /// The readings of probes so far.
    #[must_use]
    pub fn readings(&self) -> Readings {
        self.lock().readings.clone()
    }

    /// The readings of probes later than `t_s` seconds into the run.
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
            let written = |(_, event): &(u64, Event)| event.data.kind() == EventKind::Log;
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
    /// many have been appended in total.
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

    /// The number of events of this run that were dropped to make room.
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
    use crate::run::events::event::EventData;

    fn event(number: usize) -> Event {
        Event::info(0, EventData::Remark(number.to_string()))
    }

    fn line(number: usize) -> Event {
        Event::info(0, EventData::Log(number.to_string()))
    }

    #[test]
    fn events_are_bounded_and_readers_learn_what_they_lost() {
        let log = Log::default();
        (0..EVENTS + 5).for_each(|i| log.push_event(event(i)));
        let (events, appended) = log.events_after(0);
        assert_eq!((events.len(), appended), (EVENTS, EVENTS as u64 + 5));
        assert_eq!(events[0], event(5));
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
        (1..EVENTS + 10).for_each(|i| log.push_event(line(i)));
        let (events, appended) = log.events_after(0);
        assert_eq!((events.len(), appended), (EVENTS, EVENTS as u64 + 10));
        assert_eq!(events[..2], [event(0), line(11)]);
        let next = log.events_after(5).0.swap_remove(0);
        assert_eq!(next, line(11), "a reader is not told twice");
        assert_eq!(log.events_after(appended - 2).0.len(), 2);
        assert_eq!(log.events_dropped(), 10);
    }
}
