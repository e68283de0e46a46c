//! Statistics of any window of a run.

use std::ops::Range;
use std::sync::Arc;

use crate::model::NameId;
use crate::program::Program;
use crate::run::stats::failure_line::failure_lines;
use crate::run::stats::samples::Samples;
use crate::run::stats::tables::float;
use crate::run::{FailureLine, StatRow};
use crate::stats::{
    Counted, Failures, Heatmap, Histogram, Moment, NameDelta, NameTotals, Slice, Times,
};

/// The closed slices of a run, or those of a stretch of it. Clones are cheap;
/// what is read from one does not change, and takes no lock. Reading may take
/// as long as some hundred milliseconds.
#[derive(Clone, Debug)]
pub struct WindowQuery {
    program: Arc<Program>,
    slices: Arc<[Arc<Slice>]>,
    samples: Samples,
    /// When the load ended, in seconds since the start: rates are over the time
    /// until then. Infinite while it lasts.
    load_ended_s: f64,
}

/// The tables of a stretch.
#[derive(Clone, Debug)]
pub struct WindowTables {
    /// A row a name that was requested in it, in the order of the program.
    /// Rates are over the whole stretch.
    pub requests: Vec<StatRow>,
    /// All names together.
    pub aggregated: StatRow,
    /// Failures, most frequent first.
    pub failures: Vec<FailureLine>,
    /// Failures that found no line.
    pub failures_dropped: u64,
}

impl WindowQuery {
    pub(crate) fn new(
        program: Arc<Program>,
        slices: Arc<[Arc<Slice>]>,
        samples: Samples,
        load_ended_s: f64,
    ) -> Self {
        Self {
            program,
            slices,
            samples,
            load_ended_s,
        }
    }

    /// The slices that lie between these moments at least in part, in seconds
    /// since the start of the run.
    #[must_use]
    pub fn between(&self, from_s: f64, to_s: f64) -> Self {
        let begins = |slice: &Arc<Slice>| seconds(slice.to_ms) <= from_s;
        let ends = |slice: &Arc<Slice>| seconds(slice.from_ms) < to_s;
        let from = self.slices.partition_point(begins);
        let to = self.slices.partition_point(ends).max(from);
        Self {
            program: Arc::clone(&self.program),
            slices: Arc::from(&self.slices[from..to]),
            samples: self.samples.clone(),
            load_ended_s: self.load_ended_s,
        }
    }

    /// When it begins and ends, in seconds since the start of the run; `None`
    /// where no slice was closed.
    #[must_use]
    pub fn span_s(&self) -> Option<(f64, f64)> {
        let (first, last) = (self.slices.first()?, self.slices.last()?);
        Some((seconds(first.from_ms), seconds(last.to_ms)))
    }

    /// The length of its longest slice, in seconds; 0 without any.
    #[must_use]
    pub fn step_s(&self) -> f64 {
        let lengths = self.slices.iter().map(|slice| length_s(slice));
        lengths.fold(0.0, f64::max)
    }

    /// The rows of this name: of one method, or of all that there are.
    #[must_use]
    pub fn rows_of(&self, name: &str, method: Option<&str>) -> Vec<NameId> {
        let names = self.program.names.iter().enumerate();
        let wanted = names.filter(|(_, one)| {
            one.name == name && method.is_none_or(|method| one.kind.as_str() == method)
        });
        wanted.map(|(index, _)| NameId::from(index)).collect()
    }

    /// The tables of the stretch; percentiles are read from merged histograms.
    #[must_use]
    pub fn tables(&self) -> WindowTables {
        let loaded_s = |(from_s, to_s): (f64, f64)| (to_s.min(self.load_ended_s) - from_s).max(0.0);
        let span_s = self.span_s().map_or(0.0, loaded_s);
        let all = self.totals(|slice| {
            let requests = slice.names().iter();
            requests.filter(|delta| delta.counted == Counted::InAll)
        });
        let ids = (0..self.program.names.len()).map(NameId::from);
        let rows = ids.chain([Slice::OTHER]).filter_map(|id| {
            let totals = self.totals(|slice| slice.name(id).into_iter());
            (totals.requests > 0).then(|| self.row(id, &totals, &all, span_s))
        });
        let mut kinds = Failures::default();
        let mut dropped = 0;
        for slice in self.slices.iter() {
            slice.failures().iter().for_each(|one| kinds.add(one));
            dropped += slice.failures_dropped();
        }
        let mut failures = failure_lines(&self.program, &kinds, &self.samples);
        for line in &mut failures {
            line.samples.retain(|one| self.covers(one.at_s));
        }
        WindowTables {
            requests: rows.collect(),
            aggregated: StatRow::new(&all, span_s).aggregated(),
            failures,
            failures_dropped: dropped + kinds.dropped(),
        }
    }

    /// Whether a moment lies in the stretch.
    fn covers(&self, at_s: f64) -> bool {
        let span_s = self.span_s();
        span_s.is_some_and(|(from_s, to_s)| (from_s..=to_s).contains(&at_s))
    }

    /// The stretch moment by moment: of these rows, or of all requests. The second
    /// in which the run ended is skipped, as in all charts: it is not a whole one.
    #[must_use]
    pub fn moments(&self, of: Option<&[NameId]>) -> Vec<Moment> {
        let mut times = Times::default();
        let is_partial = |slice: &Arc<Slice>| !slice.to_ms.is_multiple_of(1_000);
        let whole = match self.slices.split_last() {
            Some((last, before @ [_, ..])) if is_partial(last) => before,
            _ => &self.slices,
        };
        let moments = whole.iter().map(|slice| match of {
            Some(ids) => {
                let deltas = ids.iter().filter_map(|&id| slice.name(id));
                moment(slice, deltas, &mut times)
            }
            None => {
                let requests = |delta: &&NameDelta| delta.counted == Counted::InAll;
                moment(slice, slice.names().iter().filter(requests), &mut times)
            }
        });
        moments.collect()
    }

    /// How the service times of the stretch are spread: of these rows, or of
    /// all requests.
    #[must_use]
    pub fn heatmap(&self, of: Option<&[NameId]>) -> Heatmap {
        Heatmap::new(self.slices.iter().map(|slice| &**slice), of)
    }

    fn totals<'a, I: Iterator<Item = &'a NameDelta>>(
        &'a self,
        deltas: impl Fn(&'a Slice) -> I,
    ) -> NameTotals {
        let mut totals = NameTotals::default();
        for slice in self.slices.iter() {
            deltas(slice).for_each(|delta| totals.add_of(slice, delta));
        }
        totals
    }

    fn row(&self, id: NameId, totals: &NameTotals, all: &NameTotals, span_s: f64) -> StatRow {
        let name = self.program.names.get(id.index());
        let kind = name.map(|name| name.kind);
        let name = name.map_or("(other)", |name| name.name.as_str());
        StatRow::new(totals, span_s).named(kind, name, all.sum_us)
    }
}

/// One slice of these names; `times` is written over.
fn moment<'a>(
    slice: &Slice,
    deltas: impl Iterator<Item = &'a NameDelta>,
    times: &mut Times,
) -> Moment {
    times.clear();
    let (mut requests, mut failures) = (0, 0);
    let add = |range: &Range<usize>, into: &mut Histogram| {
        let buckets = slice.buckets(range);
        buckets.for_each(|one| into.add_bucket(one.bucket, u64::from(one.count)));
    };
    for delta in deltas {
        requests += delta.requests;
        failures += delta.failures;
        add(&delta.ok, &mut times.service);
        add(&delta.failed, &mut times.service);
        add(&delta.response, &mut times.response);
    }
    let (service, response) = times.percentiles();
    Moment {
        end_s: seconds(slice.to_ms),
        width_s: length_s(slice),
        rps: float(requests) / length_s(slice),
        fps: float(failures) / length_s(slice),
        service,
        response,
    }
}

fn length_s(slice: &Slice) -> f64 {
    seconds(slice.to_ms - slice.from_ms)
}

fn seconds(ms: u64) -> f64 {
    float(ms) / 1e3
}
