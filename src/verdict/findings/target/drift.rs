use crate::model::latency_text;
use crate::verdict::findings::data::estimators::{Trend, autocorrelation, median, trend};
use crate::verdict::findings::data::points::Point;
use crate::verdict::findings::target::jump::ADVICE;
use crate::verdict::findings::wording::{finding, float, span};
use crate::verdict::{Figure, Finding};

/// Rows from which on there may be a drift.
const ROWS_MIN: usize = 30;
/// Blocks of rows, at most; medians of blocks have less to do with each other.
const BLOCKS: usize = 60;
/// The statistic of Mann and Kendall for p < 0.0005 (two-sided).
const Z_MIN: f64 = 3.5;
/// The rise over the stretch, at least: by the median, and absolutely.
const RISE_MIN: f64 = 0.2;
const RISE_MIN_US: f64 = 10_000.0;

/// A median that rises all the time at steady load.
pub(crate) fn latency_drift(steady: &[Point]) -> Option<Finding> {
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
    let z = (z * fewer(&blocks, slope)).max(steps(&blocks));
    let level = median(blocks.iter().map(|(_, us)| *us))?;
    let (begin_s, end_s) = (steady.first()?.start_s, steady.last()?.end_s);
    let rise = slope * (end_s - begin_s);
    // Mann and Kendall alone cry wolf: it has to matter, too.
    if z < Z_MIN || rise < level * RISE_MIN || rise < RISE_MIN_US {
        return None;
    }
    let drift = Drift {
        begin_s,
        end_s,
        blocks: blocks.len(),
        size,
        slope,
        z,
        rise,
        level,
    };
    Some(drift.said())
}

/// By how much the statistic is less where neighbours are alike: noise that
/// wanders looks like a trend (von Storch).
fn fewer(blocks: &[(f64, f64)], slope: f64) -> f64 {
    let without_trend = blocks.iter().map(|(t_s, us)| us - slope * t_s);
    let correlated = autocorrelation(&without_trend.collect::<Vec<_>>());
    ((1.0 - correlated) / (1.0 + correlated)).sqrt()
}

/// How far the mean step from block to block is above what a series that
/// wanders at random steps, in standard errors: a rise that is steady but no
/// straight line leaves neighbours as alike as one that wanders.
fn steps(blocks: &[(f64, f64)]) -> f64 {
    let steps: Vec<f64> = blocks
        .windows(2)
        .map(|pair| pair[1].1 - pair[0].1)
        .collect();
    let count = float(steps.len() as u64);
    let mean = steps.iter().sum::<f64>() / count;
    let squares: f64 = steps.iter().map(|step| (step - mean).powi(2)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    let errors = mean / error;
    if errors.is_finite() { errors } else { 0.0 }
}

/// A rise of the median.
struct Drift {
    begin_s: f64,
    end_s: f64,
    /// The number of blocks, and their rows.
    blocks: usize,
    size: usize,
    /// Microseconds a second, and the statistic of Mann and Kendall.
    slope: f64,
    z: f64,
    /// Over the stretch, and the level around which, in microseconds.
    rise: f64,
    level: f64,
}

impl Drift {
    fn said(&self) -> Finding {
        let Self {
            begin_s,
            end_s,
            blocks,
            size,
            slope,
            z,
            rise,
            level,
        } = *self;
        let text = format!(
            "the median rises by {} per minute at constant load, {} in total, around {}",
            latency_text(slope * 60.0),
            latency_text(rise),
            latency_text(level)
        );
        Finding {
            evidence: vec![
                format!("{}, {blocks} blocks of {size} rows", span(begin_s, end_s)),
                format!(
                    "Theil-Sen slope {} per minute, Mann-Kendall Z {z:.1}",
                    latency_text(slope * 60.0)
                ),
            ],
            figures: vec![
                Figure::new("rise", rise, "us"),
                Figure::new("rise_per_minute", slope * 60.0, "us"),
                Figure::new("p50", level, "us"),
                Figure::new("z", z, ""),
            ],
            range_s: Some((begin_s, end_s)),
            ..finding("target.latency_drift", text, ADVICE)
        }
    }
}
