//! Throughput that is lost though the load stays the same.

use crate::model::{clock_text, latency_text, percent_text};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::data::points::Point;
use crate::verdict::findings::data::readings;
use crate::verdict::findings::data::shift::shift;
use crate::verdict::findings::target::jump::Jump;
use crate::verdict::findings::target::limit::load_text;
use crate::verdict::findings::wording::{finding, float, rate, share, span};
use crate::verdict::{Figure, Finding};

/// Blocks of rows, at most: all stretches of them are compared.
const BLOCKS: usize = 120;
/// Blocks before the loss and in it, at least.
const BLOCKS_MIN: usize = 5;
/// Requests before the loss, at least.
const REQUESTS_MIN: u64 = 100;
/// What matters: this part is lost, and at least this part with 99 % confidence.
const LOST: f64 = 0.2;
const LOST_MIN: f64 = 0.1;
/// Throughput that a target loses leaves its users waiting for longer: by this
/// factor, at least. Where it does not, users asked for less.
const SLOWER: f64 = 1.1;
/// More failures than this beside those of before: they are what happened.
const FAILED: f64 = 0.2;
/// A jump of the times explains a loss that is less than this part of it, on a
/// scale of factors.
const EXPLAINED: f64 = 0.5;

/// Throughput at steady load, before and after some moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Loss {
    pub(crate) begin_s: f64,
    pub(crate) at_s: f64,
    pub(crate) end_s: f64,
    /// Whether it lasted until the end of what was looked at.
    lasts: bool,
    /// Successes per second.
    before: f64,
    after: f64,
    /// The part that is lost at least, with 99 % confidence.
    lost_min: f64,
    /// Users, or task starts planned per second.
    load: f64,
    /// Mean time of an answer by Little's law, in microseconds; `None` where
    /// nothing was answered any more.
    mean_us: (f64, Option<f64>),
}

/// Rows that are looked at together.
#[derive(Clone, Copy, Debug)]
struct Block {
    start_s: f64,
    end_s: f64,
    rate: f64,
    in_flight: f64,
    requests: u64,
    failures: u64,
}

/// The stretch of a steady load in which most throughput is lost, if that is
/// beyond chance and matters.
pub(crate) fn throughput_loss(steady: &[Point]) -> Option<Loss> {
    let blocks = blocks(steady);
    let (at, end) = lowest_stretch(&blocks)?;
    let (before, during) = (&blocks[..at], &blocks[at..end]);
    let rates = |side: &[Block]| side.iter().map(|block| block.rate).collect::<Vec<_>>();
    let shift = shift(&rates(before), &rates(during))?;
    let usual = mean(before, |block| block.rate);
    let lost = -shift.difference / usual;
    let lost_min = (-shift.difference - shift.margin) / usual;
    let requests: u64 = before.iter().map(|block| block.requests).sum();
    if !shift.is_certain || lost < LOST || lost_min < LOST_MIN || requests < REQUESTS_MIN {
        return None;
    }
    let waits = |side: &[Block]| mean(side, |block| block.in_flight) / mean(side, |b| b.rate);
    let (waited, wait) = (waits(before), waits(during));
    let failed = |side: &[Block]| {
        let sum = |part: fn(&Block) -> u64| side.iter().map(part).sum();
        share(sum(|block| block.failures), sum(|block| block.requests))
    };
    let is_slower = wait >= waited * SLOWER;
    if !is_slower || failed(during) > failed(before) + FAILED {
        return None;
    }
    Some(Loss {
        begin_s: before.first()?.start_s,
        at_s: during.first()?.start_s,
        end_s: during.last()?.end_s,
        lasts: end == blocks.len(),
        before: usual,
        after: usual + shift.difference,
        lost_min,
        load: steady.first()?.load,
        mean_us: (waited * 1e6, Some(wait * 1e6).filter(|us| us.is_finite())),
    })
}

fn blocks(steady: &[Point]) -> Vec<Block> {
    let size = steady.len().div_ceil(BLOCKS).max(1);
    let block = |rows: &[Point]| {
        let rows_count = float(rows.len() as u64);
        let mean = |part: fn(&Point) -> f64| rows.iter().map(part).sum::<f64>() / rows_count;
        let sum = |part: fn(&Point) -> u64| rows.iter().map(part).sum();
        Some(Block {
            start_s: rows.first()?.start_s,
            end_s: rows.last()?.end_s,
            rate: mean(|point| point.ok_rate),
            in_flight: mean(|point| point.in_flight),
            requests: sum(|point| point.requests),
            failures: sum(|point| point.failures),
        })
    };
    // What is left over at the end is too short for a block.
    steady.chunks_exact(size).filter_map(block).collect()
}

/// The stretch with something before it whose mean is below that of the rest
/// by most, measured by its own chance deviation.
fn lowest_stretch(blocks: &[Block]) -> Option<(usize, usize)> {
    let count = blocks.len();
    let mut sums = vec![0.0];
    for block in blocks {
        sums.push(sums[sums.len() - 1] + block.rate);
    }
    let all = *sums.last()?;
    let mut lowest: Option<(f64, usize, usize)> = None;
    for at in BLOCKS_MIN..=count.saturating_sub(BLOCKS_MIN) {
        for end in at + BLOCKS_MIN..=count {
            let (inside, outside) = (float((end - at) as u64), float((count - end + at) as u64));
            let sum = sums[end] - sums[at];
            let deficit = (all - sum) / outside - sum / inside;
            let weight = deficit * (inside * outside).sqrt();
            if lowest.is_none_or(|(most, ..)| weight > most) {
                lowest = Some((weight, at, end));
            }
        }
    }
    let (weight, at, end) = lowest?;
    (weight > 0.0).then_some((at, end))
}

fn mean(blocks: &[Block], part: impl Fn(&Block) -> f64) -> f64 {
    blocks.iter().map(part).sum::<f64>() / float(blocks.len().max(1) as u64)
}

impl Loss {
    /// Whether it is what a jump of the times at that moment leads to: users
    /// that think between requests send less when answers take longer.
    pub(crate) fn follows_from(&self, jump: &Jump) -> bool {
        let near_s = (self.end_s - self.begin_s) * 0.1;
        let is_then = (self.at_s - jump.at_s).abs() <= near_s.max(3.0);
        let lost = (self.before / self.after.max(f64::MIN_POSITIVE)).ln();
        is_then && lost < (jump.high_us / jump.low_us).ln() * EXPLAINED
    }

    /// In words.
    pub(crate) fn said(&self, case: &Case<'_>, open: bool) -> Finding {
        let Self {
            begin_s,
            at_s,
            end_s,
            before,
            after,
            lost_min,
            load,
            ..
        } = *self;
        let lost = 1.0 - after / before;
        let at_load = load_text(load, open);
        let until = if self.lasts {
            String::new()
        } else {
            format!(" until {}", clock_text(end_s))
        };
        let text = format!(
            "throughput fell from {} to {} at {}{until}, at a constant load of {at_load}: {} lost",
            rate(before),
            rate(after),
            clock_text(at_s),
            percent_text(lost),
        );
        let moved = readings::between(case, (begin_s, at_s), (at_s, end_s));
        let mut evidence = vec![
            format!(
                "{}: {}, mean service time {}",
                span(begin_s, at_s),
                rate(before),
                latency_text(self.mean_us.0)
            ),
            match self.mean_us.1 {
                Some(us) => format!(
                    "{}: {}, mean service time {}",
                    span(at_s, end_s),
                    rate(after),
                    latency_text(us)
                ),
                None => format!("{}: nothing succeeds", span(at_s, end_s)),
            },
            format!("at least {} lost (99% confidence)", percent_text(lost_min)),
        ];
        evidence.extend(readings::lines_of_moved(&moved));
        let mut figures = vec![
            Figure::new("rate_before", before, "per_second"),
            Figure::new("rate_after", after, "per_second"),
            Figure::new("lost", lost, "share"),
            Figure::new("lost_min", lost_min, "share"),
            Figure::new("mean_before", self.mean_us.0, "us"),
            Figure::new("at", at_s, "s"),
            Figure::new("load", load, if open { "per_second" } else { "users" }),
        ];
        let mean_after = self.mean_us.1.map(|us| Figure::new("mean_after", us, "us"));
        figures.extend(mean_after);
        figures.extend(readings::figures(&moved));
        Finding {
            evidence,
            figures,
            range_s: Some((at_s, end_s)),
            ..finding("target.throughput_loss", text, ADVICE)
        }
    }
}

const ADVICE: &str = "Part of the target stopped responding or slowed down: check whether an instance, worker or replica went away, was throttled or left the load balancer then, and whether a job, backup or lock started. Its log of this time says why.";
