use super::jump::ADVICE;
use super::points::Point;
use super::robust::{Trend, median, trend};
use super::words::{finding, time};
use crate::verdict::Finding;

/// Rows from which on there may be a drift.
const ROWS_MIN: usize = 30;
/// Blocks of rows, at most; medians of blocks have less to do with each other.
const BLOCKS: usize = 60;
/// The statistic of Mann and Kendall for p < 0.01.
const Z_MIN: f64 = 2.58;
/// The rise over the stretch, at least: by the median, and absolutely.
const RISE_MIN: f64 = 0.2;
const RISE_MIN_US: f64 = 10_000.0;

/// A median that rises all the time at steady load.
pub(super) fn latency_drift(steady: &[Point]) -> Option<Finding> {
    if steady.len() < ROWS_MIN {
        return None;
    }
    let size = steady.len().div_ceil(BLOCKS);
    let blocks: Vec<(f64, f64)> = steady
        .chunks(size)
        .filter_map(|block| {
            let us = median(block.iter().filter_map(|point| point.p50_us))?;
            Some((block.first()?.start_s, us))
        })
        .collect();
    let Trend { slope, z } = trend(&blocks)?;
    let level = median(blocks.iter().map(|(_, us)| *us))?;
    let (begin_s, end_s) = (steady.first()?.start_s, steady.last()?.end_s);
    let rise = slope * (end_s - begin_s);
    // Mann and Kendall alone cry wolf: it has to matter, too.
    if z < Z_MIN || rise < level * RISE_MIN || rise < RISE_MIN_US {
        return None;
    }
    let text = format!(
        "the median rises by {} a minute at the same load, {} in all around {}",
        time(slope * 60.0),
        time(rise),
        time(level)
    );
    Some(Finding {
        evidence: vec![
            format!(
                "{begin_s:.0} s to {end_s:.0} s, {} blocks of {size} rows",
                blocks.len()
            ),
            format!(
                "Theil-Sen slope {} a minute, Mann-Kendall Z {z:.1}",
                time(slope * 60.0)
            ),
        ],
        range_s: Some((begin_s, end_s)),
        ..finding("target.latency_drift", text, ADVICE)
    })
}
