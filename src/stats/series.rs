//! The run over time, in fixed memory.

pub(crate) mod archive;
pub(crate) mod heatmap;
pub(crate) mod name_windows;
pub(crate) mod slice;
pub(crate) mod window;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::model::float;
use crate::stats::{Histogram, Percentiles, Times};

/// One closed stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// The end of the stretch, in seconds since the start of the run.
    pub end_s: u64,
    /// How long it is, in seconds.
    pub width_s: u64,
    /// Samples in it, failures included.
    pub requests: u64,
    /// Failed samples in it.
    pub failures: u64,
    /// Percentiles of the service time in it.
    pub service: Percentiles,
    /// Percentiles of the response time in it.
    pub response: Percentiles,
    /// Task starts that open loads planned for it.
    pub scheduled: u64,
    /// Task starts of open loads in it.
    pub started: u64,
    /// Task starts of open loads given up in it.
    pub dropped: u64,
    /// Sum of the service times of the samples in it, in microseconds.
    pub sum_us: u64,
    /// The shortest service time in it.
    pub fastest_us: Option<u64>,
    /// Requests that waited for their answer at its end.
    pub in_flight: u64,
    /// Task starts planned in it by all plans: open loads and paced users.
    pub planned: u64,
    /// Planned task starts given up in it, for whatever reason.
    pub undelivered: u64,
    /// Planned task starts that have waited too long at its end.
    pub overdue: u64,
    /// Users running at its end.
    pub users: u64,
    /// Users planned for its end.
    pub planned_users: u64,
    /// The largest [delay](crate::stats::Delay) of the generator itself in it.
    pub delay_us: u64,
}

/// Every closed second since the start, coarser with age: 600 rows of 1 s,
/// 360 of 10 s, and 512 of 60 s that are merged in pairs (120 s, 240 s, ...)
/// when they are full; after eleven days the oldest are dropped. Rows are
/// merged as histograms.
#[derive(Debug)]
pub struct Series {
    /// The first seconds, which stay as they are.
    opening: Vec<Row>,
    fine: VecDeque<Row>,
    middle: VecDeque<Row>,
    coarse: Vec<(Row, CoarseTimes)>,
    coarse_width_s: u64,
    open_middle: OpenRow,
    open_coarse: OpenRow,
}

/// A stretch that is being gathered from seconds.
#[derive(Debug, Default)]
struct OpenRow {
    sum: Option<Row>,
    times: Times,
}

/// A histogram with a bucket per 1/32 of a power of two (3 % wide), for
/// stretches that are hours old: (lowest value in microseconds, count).
type Coarse = Vec<(u64, u64)>;

/// Service and response times.
type CoarseTimes = (Coarse, Coarse);

/// Seconds at the start that are never merged.
const OPENING: usize = 120;
const FINE: usize = 600;
const MIDDLE: usize = 360;
const MIDDLE_WIDTH_S: u64 = 10;
const COARSE: usize = 512;
const COARSE_WIDTH_S: u64 = 60;
/// The middle rows have to reach back further than one coarse row.
const COARSE_WIDTH_MAX_S: u64 = 1_920;

impl Default for Series {
    fn default() -> Self {
        Self::new()
    }
}

impl Series {
    /// An empty series.
    #[must_use]
    pub fn new() -> Self {
        Self {
            opening: Vec::with_capacity(OPENING),
            fine: VecDeque::with_capacity(FINE),
            middle: VecDeque::with_capacity(MIDDLE),
            coarse: Vec::with_capacity(COARSE),
            coarse_width_s: COARSE_WIDTH_S,
            open_middle: OpenRow::default(),
            open_coarse: OpenRow::default(),
        }
    }

    /// Appends a closed second. `row.width_s` is 1 and `row.end_s` rises by 1
    /// from call to call.
    pub fn push_second(&mut self, row: Row, times: &Times) {
        if self.opening.len() < OPENING {
            self.opening.push(row);
        }
        push_bounded(&mut self.fine, row, FINE);
        self.open_middle.add(&row, times);
        self.open_coarse.add(&row, times);
        if row.end_s.is_multiple_of(MIDDLE_WIDTH_S) {
            let closed = self.open_middle.close(&row);
            push_bounded(&mut self.middle, closed, MIDDLE);
        }
        if row.end_s.is_multiple_of(self.coarse_width_s) {
            let times = coarsen_both(&self.open_coarse.times);
            let closed = self.open_coarse.close(&row);
            self.coarse.push((closed, times));
            if self.coarse.len() >= COARSE {
                self.make_room();
            }
        }
    }

    /// All rows, oldest first: each moment once, in the finest width kept
    /// (a stretch that is kept only in part at one width is shown at the next).
    pub fn rows(&self) -> impl Iterator<Item = &Row> + '_ {
        let coarse = || self.coarse.iter().map(|(row, _)| row);
        let coarse_until_s = shown_until_s(coarse(), start_s(self.middle.front()));
        let middle_until_s =
            shown_until_s(self.middle.iter(), start_s(self.fine.front())).max(coarse_until_s);
        coarse()
            .filter(move |row| row.end_s <= coarse_until_s)
            .chain(
                self.middle
                    .iter()
                    .filter(move |row| coarse_until_s < row.end_s && row.end_s <= middle_until_s),
            )
            .chain(
                self.fine
                    .iter()
                    .filter(move |row| middle_until_s < row.end_s),
            )
    }

    /// The first 120 seconds, then the rows that begin after them: how a run
    /// took up its load is told apart however old it is. Where these rows are
    /// coarse, up to one of them is missing in between.
    pub fn rows_from_opening(&self) -> impl Iterator<Item = &Row> + '_ {
        let until_s = self.opening.last().map_or(0, |row| row.end_s);
        let later = self
            .rows()
            .filter(move |row| row.end_s >= until_s + row.width_s);
        self.opening.iter().chain(later)
    }

    /// The rows of closed seconds that end after `after_s`, oldest first.
    pub fn seconds_after(&self, after_s: u64) -> impl Iterator<Item = &Row> + '_ {
        let skip = self.fine.partition_point(|row| row.end_s <= after_s);
        self.fine.range(skip..)
    }

    /// Merges neighbouring coarse rows, or drops the oldest, so that there is room again.
    fn make_room(&mut self) {
        if self.coarse_width_s >= COARSE_WIDTH_MAX_S {
            self.coarse.remove(0);
            return;
        }
        self.coarse_width_s *= 2;
        let merged = self.coarse.chunks(2).map(merge_pair).collect();
        self.coarse = merged;
    }
}

impl Row {
    /// So many in it, per second.
    #[must_use]
    pub fn rate(&self, count: u64) -> f64 {
        float(count) / float(self.width_s.max(1))
    }

    /// This stretch and the one after it as one; the percentiles are those of `times`.
    fn joined(&self, next: &Self, times: &Times) -> Self {
        let (service, response) = times.percentiles();
        Self {
            width_s: self.width_s + next.width_s,
            requests: self.requests + next.requests,
            failures: self.failures + next.failures,
            scheduled: self.scheduled + next.scheduled,
            started: self.started + next.started,
            dropped: self.dropped + next.dropped,
            delay_us: self.delay_us.max(next.delay_us),
            sum_us: self.sum_us + next.sum_us,
            fastest_us: self.fastest_us.into_iter().chain(next.fastest_us).min(),
            planned: self.planned + next.planned,
            undelivered: self.undelivered + next.undelivered,
            service,
            response,
            ..*next
        }
    }
}

impl OpenRow {
    fn add(&mut self, row: &Row, times: &Times) {
        self.times.merge(times);
        let sum = self.sum.as_ref();
        // Percentiles are worth their cost only when the stretch is closed.
        self.sum = Some(sum.map_or(*row, |sum| sum.joined(row, &Times::default())));
    }

    fn close(&mut self, last: &Row) -> Row {
        let (service, response) = self.times.percentiles();
        self.times.clear();
        Row {
            service,
            response,
            ..self.sum.take().unwrap_or(*last)
        }
    }
}

/// When the kept stretch that begins with this row starts; 0 for none.
fn start_s(first: Option<&Row>) -> u64 {
    first.map_or(0, |row| row.end_s - row.width_s)
}

/// Until when coarser rows are shown: to the end of the one that reaches the
/// finer rows' start; 0 if they begin no earlier than these.
fn shown_until_s<'a>(mut coarser: impl Iterator<Item = &'a Row> + Clone, finer_from_s: u64) -> u64 {
    let begin_earlier = start_s(coarser.clone().next()) < finer_from_s;
    let reaching = coarser
        .find(|row| row.end_s >= finer_from_s)
        .filter(|_| begin_earlier);
    reaching.map_or(0, |row| row.end_s)
}

fn push_bounded(rows: &mut VecDeque<Row>, row: Row, capacity: usize) {
    if rows.len() >= capacity {
        rows.pop_front();
    }
    rows.push_back(row);
}

fn coarsen(histogram: &Histogram) -> Coarse {
    let mut coarse: Coarse = Vec::new();
    for (value_us, count) in histogram.buckets() {
        let shift = (63 - (value_us | 1).leading_zeros()).saturating_sub(5);
        let value_us = (value_us >> shift) << shift;
        match coarse.last_mut() {
            Some((last, sum)) if *last == value_us => *sum += count,
            _ => coarse.push((value_us, count)),
        }
    }
    coarse
}

fn coarsen_both(times: &Times) -> CoarseTimes {
    (coarsen(&times.service), coarsen(&times.response))
}

fn merge_pair(pair: &[(Row, CoarseTimes)]) -> (Row, CoarseTimes) {
    let [(first, first_times), (second, second_times)] = pair else {
        return pair[0].clone();
    };
    let mut sum = Times::default();
    for (service, response) in [first_times, second_times] {
        refine(service, &mut sum.service);
        refine(response, &mut sum.response);
    }
    (first.joined(second, &sum), coarsen_both(&sum))
}

fn refine(coarse: &Coarse, into: &mut Histogram) {
    for &(value_us, count) in coarse {
        into.add_bucket(crate::stats::bucket_of(value_us), count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bucket_of;

    fn feed(seconds: u64) -> Series {
        feed_from(1, seconds)
    }

    #[test]
    fn the_opening_stays_in_seconds() {
        for seconds in [0, 60, 120, 121, 600, 3_000] {
            let series = feed(seconds);
            let rows: Vec<&Row> = series.rows_from_opening().collect();
            let opening = rows.iter().take_while(|row| row.end_s <= 120);
            assert!(opening.clone().all(|row| row.width_s == 1));
            assert_eq!(opening.count() as u64, seconds.min(120), "{seconds}");
            let follows = |pair: &[&Row]| pair[0].end_s <= pair[1].end_s - pair[1].width_s;
            assert!(rows.windows(2).all(follows), "{seconds}");
            if seconds <= 600 {
                assert_eq!(rows, series.rows().collect::<Vec<_>>());
            }
        }
    }

    fn feed_from(first_s: u64, seconds: u64) -> Series {
        let mut series = Series::new();
        let mut times = Times::default();
        times.service.add_bucket(bucket_of(5_000), 3);
        for end_s in first_s..=seconds {
            let row = Row {
                end_s,
                width_s: 1,
                requests: 3,
                failures: 1,
                service: times.service.percentiles(),
                sum_us: 15_000,
                fastest_us: times.service.fastest_us(),
                in_flight: end_s,
                response: Percentiles::default(),
                scheduled: 5,
                started: 4,
                dropped: 1,
                planned: 6,
                undelivered: 2,
                overdue: 1,
                users: end_s,
                planned_users: end_s,
                delay_us: end_s,
            };
            series.push_second(row, &times);
        }
        series
    }

    #[test]
    fn every_moment_is_shown_once_however_long_the_run() {
        for seconds in [1, 9, 599, 600, 601, 3_600, 40_000, 200_000] {
            let series = feed(seconds);
            let rows: Vec<_> = series.rows().collect();
            assert!(rows.len() < 1_600, "{} rows", rows.len());
            let mut at_s = 0;
            for row in &rows {
                assert_eq!(
                    row.end_s - row.width_s,
                    at_s,
                    "no gap and no overlap at {at_s} of {seconds}"
                );
                assert_eq!(row.requests, 3 * row.width_s);
                assert_eq!(row.scheduled, 5 * row.width_s);
                assert_eq!(row.planned, 6 * row.width_s);
                assert_eq!(row.undelivered, 2 * row.width_s);
                let p50 = row.service.p50_us.expect("samples");
                assert!(
                    p50.abs_diff(5_000) <= 160,
                    "{p50} us in a row {} s wide",
                    row.width_s
                );
                at_s = row.end_s;
            }
            assert_eq!(at_s, seconds);
        }
    }

    #[test]
    fn a_series_that_begins_late_is_as_fine_as_any() {
        let series = feed_from(37, 130);
        assert!(series.rows().all(|row| row.width_s == 1));
        assert_eq!(series.rows().count(), 94);
        let long = feed_from(37, 5_000);
        let mut at_s = 36;
        for row in long.rows() {
            assert_eq!(row.end_s - row.width_s, at_s);
            at_s = row.end_s;
        }
        assert_eq!(at_s, 5_000);
    }

    #[test]
    fn a_reader_asks_for_what_it_has_not_seen() {
        let series = feed(20);
        let seen: Vec<_> = series.seconds_after(17).map(|row| row.end_s).collect();
        assert_eq!(seen, [18, 19, 20]);
    }
}
