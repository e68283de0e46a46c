//! How service times are spread, moment by moment.

use crate::model::NameId;
use crate::stats::{Counted, NameDelta, Slice, bucket_of, lowest_of};

/// Bands of time: each power of two in four, of equal width. A histogram's
/// buckets lie in one band each, so that counts are exact.
pub const BANDS: usize = band_of(bucket_of(u64::MAX)) as usize + 1;

/// A power of two has `1 << QUARTERS` bands.
const QUARTERS: u32 = 2;

/// How many samples took how long, over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heatmap {
    /// When each column begins and ends, in milliseconds since the start of
    /// the run; oldest first.
    pub(crate) columns: Vec<(u64, u64)>,
    /// The cells that hold samples, column by column, from fast to slow.
    pub(crate) cells: Vec<HeatCell>,
}

/// Samples of one column in one band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatCell {
    pub(crate) column: usize,
    /// Which band, see [`band_from_us`].
    pub(crate) band: u8,
    pub(crate) count: u64,
}

impl Heatmap {
    /// The service times of these names, a column a slice; of all requests
    /// where no names are given.
    pub(crate) fn new<'a>(slices: impl Iterator<Item = &'a Slice>, of: Option<&[NameId]>) -> Self {
        let mut heat = Self::default();
        for slice in slices {
            let mut counts = [0u64; BANDS];
            match of {
                Some(ids) => {
                    let deltas = ids.iter().filter_map(|&id| slice.name(id));
                    deltas.for_each(|delta| count(slice, delta, &mut counts));
                }
                None => {
                    let requests = |delta: &&NameDelta| delta.counted == Counted::InAll;
                    let deltas = slice.names().iter().filter(requests);
                    deltas.for_each(|delta| count(slice, delta, &mut counts));
                }
            }
            let column = heat.columns.len();
            heat.columns.push((slice.from_ms, slice.to_ms));
            let filled = (0u8..).zip(counts).filter(|&(_, count)| count > 0);
            heat.cells.extend(filled.map(|(band, count)| HeatCell {
                column,
                band,
                count,
            }));
        }
        heat
    }
}

/// Where a band begins, in microseconds; it ends where the next begins.
#[must_use]
pub const fn band_from_us(band: u8) -> u64 {
    let shift = ((band as u32) >> QUARTERS).saturating_sub(1);
    ((band as u64) - ((shift as u64) << QUARTERS)) << shift
}

const fn band_of(bucket: u16) -> u8 {
    let value = lowest_of(bucket);
    let shift = (63 - (value | 1).leading_zeros()).saturating_sub(QUARTERS);
    ((shift << QUARTERS) as u64 + (value >> shift)) as u8
}

fn count(slice: &Slice, delta: &NameDelta, counts: &mut [u64; BANDS]) {
    for range in [&delta.ok, &delta.failed] {
        for bucket in slice.buckets(range) {
            counts[usize::from(band_of(bucket.bucket))] += u64::from(bucket.count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::BUCKETS;

    #[test]
    fn every_bucket_lies_in_one_band() {
        let last = u16::try_from(BUCKETS - 1).expect("a bucket");
        for bucket in 0..=last {
            let band = band_of(bucket);
            assert!(usize::from(band) < BANDS);
            let (from_us, to_us) = (band_from_us(band), band_from_us(band + 1));
            let (lowest, next) = (lowest_of(bucket), lowest_of(bucket + 1));
            assert!(from_us <= lowest && next <= to_us, "{bucket} in {band}");
        }
        assert_eq!(
            (band_from_us(0), band_from_us(4), band_from_us(9)),
            (0, 4, 10)
        );
    }
}
