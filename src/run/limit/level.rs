//! The statistics of a level of a search.

use crate::model::LevelOutcome;
use crate::run::stats::tables::float;
use crate::stats::{Delays, Interval, Row, Totals};
use crate::verdict::{CriteriaMonitor, disturbing_from_us, generator_gaps};

/// One in so many planned task starts may be given up.
pub(crate) const UNDELIVERED: u64 = 100;

/// A level that is measured from the end of a second on.
///
/// Memory: the totals of one run, and a row a second of a level, of which
/// there are 1,200 at most.
#[derive(Debug)]
pub(crate) struct LevelStats {
    /// It is measured from the end of this second on.
    pub(crate) begin_s: u64,
    pub(crate) totals: Totals,
    pub(crate) watch: CriteriaMonitor,
    /// The closed seconds in which it was measured.
    pub(crate) seconds: Vec<Row>,
    /// The number of planned task starts that the generator gave up by itself.
    own_undelivered: f64,
}

impl LevelStats {
    pub(crate) fn new(begin_s: u64, names: usize, watch: CriteriaMonitor) -> Self {
        Self {
            begin_s,
            totals: Totals::new(names),
            watch,
            seconds: Vec::new(),
            own_undelivered: 0.0,
        }
    }

    /// Takes in an interval of the second that is open.
    pub(crate) fn add(&mut self, open_s: u64, interval: &Interval) {
        if open_s > self.begin_s {
            self.totals.add(interval);
            self.watch.add(interval);
        }
    }

    /// The generator gave up so many planned task starts by itself in a second.
    pub(crate) fn add_own_undelivered(&mut self, open_s: u64, undelivered: f64) {
        if open_s > self.begin_s {
            self.own_undelivered += undelivered;
        }
    }

    /// The second that ends at `end_s` is over.
    pub(crate) fn close_second(
        &mut self,
        end_s: u64,
        is_full: bool,
        reading: &dyn Fn(&str) -> Option<f64>,
        delays: &Delays,
    ) {
        self.watch.close_second(end_s, is_full, reading, delays);
    }

    /// Takes in closed seconds.
    pub(crate) fn add_rows(&mut self, rows: &[Row]) {
        let begin_s = self.begin_s;
        self.seconds
            .extend(rows.iter().filter(|row| row.end_s > begin_s));
    }

    /// The last second that was measured.
    pub(crate) fn end_s(&self) -> u64 {
        self.seconds.last().map_or(self.begin_s, |row| row.end_s)
    }

    /// Users running at the end.
    pub(crate) fn users(&self) -> u64 {
        self.seconds.last().map_or(0, |row| row.users)
    }

    /// Why it says nothing of the target, if the generator stood still in it.
    pub(crate) fn stalled(&self, delays: &Delays) -> Option<String> {
        let stalled = generator_gaps(delays, float(self.begin_s), float(self.end_s()))?;
        Some(stalled.text)
    }

    /// The outcome of a level that fails by something measured only once: not
    /// judged if the generator was late, since it may be the cause.
    pub(super) fn broken_unless_late(&self, why: String) -> (LevelOutcome, String) {
        let disturbed = self.seconds.iter().filter(|row| {
            let p95_us = row.service.p95_us.map_or(0.0, float);
            row.delay_us > disturbing_from_us(p95_us)
        });
        match disturbed.map(|row| row.delay_us).max() {
            None => (LevelOutcome::Broken, why),
            Some(late_us) => {
                let why = format!("generator up to {} ms late; {why}", late_us / 1_000);
                (LevelOutcome::NotJudged, why)
            }
        }
    }

    /// Task starts that were planned, and those given up.
    pub(crate) fn starts(&self) -> (u64, u64) {
        let sum = |part: fn(&Row) -> u64| self.seconds.iter().map(part).sum();
        (sum(|row| row.planned), sum(|row| row.undelivered))
    }

    /// Whether more task starts were given up than may be, most of them by the
    /// generator.
    pub(super) fn is_own_fault(&self) -> bool {
        let (planned, undelivered) = self.starts();
        undelivered * UNDELIVERED > planned && self.own_undelivered * 2.0 > float(undelivered)
    }

    /// Requests per second, and the part of them that failed.
    pub(crate) fn throughput(&self) -> (f64, f64) {
        let sum = |part: fn(&Row) -> u64| self.seconds.iter().map(part).sum::<u64>();
        let requests = float(sum(|row| row.requests));
        let seconds = float(sum(|row| row.width_s)).max(1.0);
        let failed = float(sum(|row| row.failures)) / requests.max(1.0);
        (requests / seconds, failed)
    }
}
