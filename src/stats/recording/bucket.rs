//! The bucket layout of HdrHistogram with 3 significant digits.
//!
//! Values below 2,048 have a bucket each; above, every power of two is split
//! into 1,024 buckets, so a bucket is at most 0.1 % wide. The layout is the
//! one of <https://github.com/HdrHistogram/HdrHistogram>; a test holds it
//! against the `hdrhistogram` crate.

/// The highest value told apart, 1 h; larger ones count as this.
pub(crate) const MAX_US: u64 = 3_600_000_000;

/// How many buckets there are.
pub const BUCKETS: usize = bucket_of(MAX_US) as usize + 1;

const HALF_BITS: u32 = 10;

/// The bucket of a value in microseconds. Cost: a few instructions, no branch.
#[must_use]
pub const fn bucket_of(value_us: u64) -> u16 {
    let value = if value_us > MAX_US { MAX_US } else { value_us };
    let shift = (63 - (value | 1).leading_zeros()).saturating_sub(HALF_BITS);
    ((shift << HALF_BITS) as u64 + (value >> shift)) as u16
}

/// The lowest value of a bucket, in microseconds.
#[must_use]
pub const fn lowest_of(bucket: u16) -> u64 {
    let shift = ((bucket as u32) >> HALF_BITS).saturating_sub(1);
    ((bucket as u64) - ((shift as u64) << HALF_BITS)) << shift
}

/// The highest value in the bucket of a value, in microseconds.
#[must_use]
pub const fn highest_of(value_us: u64) -> u64 {
    lowest_of(bucket_of(value_us) + 1) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_fit_a_u16_and_saturate() {
        assert!(BUCKETS < usize::from(u16::MAX));
        assert_eq!(bucket_of(u64::MAX), bucket_of(MAX_US));
        assert_eq!(bucket_of(0), 0);
        assert_eq!(lowest_of(0), 0);
    }

    proptest! {
        #[test]
        fn agrees_with_the_hdrhistogram_crate(value in prop_oneof![0u64..10_000, 0u64..=MAX_US]) {
            let reference = hdrhistogram::Histogram::<u64>::new_with_bounds(1, MAX_US, 3).expect("valid bounds");
            prop_assert_eq!(lowest_of(bucket_of(value)), reference.lowest_equivalent(value));
        }
    }
}
