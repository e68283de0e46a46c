//! Touched buckets in few bytes: for each its distance to the one before and
//! its count, in groups of seven bits. Two bytes are usual.

use crate::stats::BucketCount;

/// Appends buckets, each higher than the one before.
pub(crate) fn pack(buckets: &[BucketCount], into: &mut Vec<u8>) {
    let mut last = 0;
    for &BucketCount { bucket, count } in buckets {
        push(u32::from(bucket - last), into);
        push(count, into);
        last = bucket;
    }
}

/// What was packed, in its order.
pub(crate) fn unpack(bytes: &[u8]) -> impl Iterator<Item = BucketCount> + '_ {
    let mut bytes = bytes.iter().copied();
    let mut last = 0;
    std::iter::from_fn(move || {
        let distance = u16::try_from(next(&mut bytes)?).ok()?;
        last += distance;
        Some(BucketCount {
            bucket: last,
            count: next(&mut bytes)?,
        })
    })
}

fn push(mut number: u32, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    into.push(number.to_le_bytes()[0]);
}

fn next(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let byte = bytes.next()?;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            counts in proptest::collection::btree_map(0u16.., prop_oneof![1u32..200, 1u32..], 0..200),
        ) {
            let counts: BTreeMap<u16, u32> = counts;
            let buckets: Vec<_> = counts
                .into_iter()
                .map(|(bucket, count)| BucketCount { bucket, count })
                .collect();
            let mut bytes = vec![7];
            pack(&buckets, &mut bytes);
            prop_assert_eq!(unpack(&bytes[1..]).collect::<Vec<_>>(), buckets);
        }
    }
}
