//! Samples of failures: the bytes of a few answers, as they came.

use std::collections::HashMap;

use crate::model::{
    CopiedAnswer, Failure, NameId, Phases, SAMPLE_BODY_BYTES, SAMPLE_HEAD_BYTES, Samples,
};
use crate::stats::{MAX_FAILURES, Sample};

/// The most samples of one shard and interval.
pub const INTERVAL_SAMPLES: usize = 8;
/// Samples of one kind of failure of one name that a shard takes in a run.
const PER_KIND: u8 = 3;
/// Room of a sample's head and body.
const SLOT_BYTES: usize = SAMPLE_HEAD_BYTES + SAMPLE_BODY_BYTES;

/// A failing request that is shown, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawSample {
    pub(crate) name: NameId,
    /// Why it failed.
    pub(crate) failure: Failure,
    /// When it ended, on the run's axis.
    pub(crate) ended_us: u64,
    /// From wanting to send to the end; `None` where nothing was tried.
    pub(crate) service_us: Option<u64>,
    /// Where the time went.
    pub(crate) phases: Phases,
    /// What there is of its answer.
    pub(crate) answer: CopiedAnswer,
}

/// Samples with their bytes. The memory is made once and stays.
#[derive(Clone, Debug, Default)]
pub struct RawSamples {
    rows: Vec<RawSample>,
    /// A slot each.
    bytes: Vec<u8>,
}

impl RawSamples {
    /// Samples with room for an interval's.
    fn with_room() -> Self {
        let mut samples = Self::default();
        samples.make_room();
        samples
    }

    fn make_room(&mut self) {
        self.rows.reserve(INTERVAL_SAMPLES);
        self.bytes.resize(INTERVAL_SAMPLES * SLOT_BYTES, 0);
    }

    /// Forgets them and keeps their memory.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Each sample with the bytes of its head and of its body.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&RawSample, &[u8], &[u8])> {
        let slots = self.rows.iter().zip(self.bytes.chunks(SLOT_BYTES));
        slots.map(|(row, slot)| {
            let (head, body) = slot.split_at(SAMPLE_HEAD_BYTES.min(slot.len()));
            let head = head.get(..row.answer.head_len).unwrap_or_default();
            (
                row,
                head,
                body.get(..row.answer.body_len).unwrap_or_default(),
            )
        })
    }
}

/// The slots of a shard. A kind of failure is a failure of a name; the first of
/// each kind in a run has a slot before further ones of kinds that have been
/// seen.
#[derive(Debug, Default)]
pub(super) struct SampleSlots {
    filled: RawSamples,
    /// How many of each kind were taken; bounded as the table of failures is.
    taken: HashMap<(NameId, Failure), u8>,
    is_on: bool,
}

impl SampleSlots {
    pub(crate) fn new(samples: Samples) -> Self {
        match samples {
            Samples::Kept => Self {
                filled: RawSamples::with_room(),
                taken: HashMap::new(),
                is_on: true,
            },
            Samples::None => Self::default(),
        }
    }

    pub(crate) fn offer(
        &mut self,
        sample: &Sample,
        answer: impl FnOnce(&mut [u8], &mut [u8]) -> CopiedAnswer,
    ) {
        let Some(failure) = sample.failure.filter(|_| self.is_on) else {
            return;
        };
        let Some(at) = self.slot_for((sample.name, failure)) else {
            return;
        };
        let start = at * SLOT_BYTES;
        let Some(slot) = self.filled.bytes.get_mut(start..start + SLOT_BYTES) else {
            return;
        };
        let (head, body) = slot.split_at_mut(SAMPLE_HEAD_BYTES);
        let row = RawSample {
            name: sample.name,
            failure,
            ended_us: sample.ended_us,
            service_us: sample.service_us,
            phases: sample.phases,
            answer: answer(head, body),
        };
        match self.filled.rows.get_mut(at) {
            Some(place) => *place = row,
            None => self.filled.rows.push(row),
        }
    }

    /// The slot for one more sample of a kind, if it is worth one.
    fn slot_for(&mut self, kind: (NameId, Failure)) -> Option<usize> {
        let taken = self.taken.get(&kind).copied().unwrap_or_default();
        if taken >= PER_KIND || (taken == 0 && self.taken.len() >= MAX_FAILURES) {
            return None;
        }
        let free = self.filled.rows.len();
        let at = if free < INTERVAL_SAMPLES {
            free
        } else {
            let at = (taken == 0).then(|| self.a_repeated_one()).flatten()?;
            let row = &self.filled.rows[at];
            if let Some(taken) = self.taken.get_mut(&(row.name, row.failure)) {
                *taken -= 1;
            }
            at
        };
        *self.taken.entry(kind).or_default() += 1;
        Some(at)
    }

    /// The latest sample that is not the first of its kind.
    fn a_repeated_one(&self) -> Option<usize> {
        let kind = |row: &RawSample| (row.name, row.failure);
        let rows = &self.filled.rows;
        rows.iter().enumerate().rev().find_map(|(at, row)| {
            let is_again = rows[..at].iter().any(|before| kind(before) == kind(row));
            let was_before = self.taken.get(&kind(row)).is_some_and(|taken| {
                let here = rows.iter().filter(|one| kind(one) == kind(row)).count();
                usize::from(*taken) > here
            });
            (is_again || was_before).then_some(at)
        })
    }

    /// Moves the samples into an interval, whose own memory is used from now on.
    pub(crate) fn drain(&mut self, into: &mut RawSamples) {
        into.clear();
        if !self.filled.is_empty() {
            into.make_room();
            std::mem::swap(&mut self.filled, into);
        }
    }

    pub(crate) fn forget(&mut self) {
        self.taken.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::{Interval, Recorder};

    fn failing(name: u16, status: u16, ended_us: u64) -> Sample {
        Sample {
            name: NameId(name),
            failure: Some(Failure::Status(status)),
            status,
            ended_us,
            service_us: Some(5),
            response_us: None,
            bytes: 0,
            phases: Phases::default(),
        }
    }

    /// Says when it ended.
    fn offer(recorder: &mut Recorder, sample: &Sample) {
        recorder.sample(sample, |head, body| {
            head[..2].copy_from_slice(b"hd");
            let text = sample.ended_us.to_string();
            body[..text.len()].copy_from_slice(text.as_bytes());
            CopiedAnswer {
                status: sample.status,
                head_len: 2,
                body_len: text.len(),
                is_decoded: false,
                body_bytes: 9,
                found: None,
                compared: None,
                hidden: Vec::new(),
            }
        });
    }

    fn drained(recorder: &mut Recorder) -> Vec<(u16, String)> {
        let mut interval = Interval::default();
        recorder.drain(&mut interval);
        let samples = interval.samples.iter();
        let said = samples.map(|(row, head, body)| {
            assert_eq!(head, b"hd");
            let body = String::from_utf8(body.to_vec()).expect("text");
            (row.answer.status, body)
        });
        said.collect()
    }

    fn recorder() -> Recorder {
        Recorder::new(4).with_samples(Samples::Kept)
    }

    #[test]
    fn a_kind_has_a_few_samples_in_a_run() {
        let mut recorder = recorder();
        for at in 0..5 {
            offer(&mut recorder, &failing(0, 500, at));
        }
        let first = |until: u64| (0..until).map(|at| (500, at.to_string()));
        assert_eq!(drained(&mut recorder), first(3).collect::<Vec<_>>());
        offer(&mut recorder, &failing(0, 500, 9));
        assert_eq!(drained(&mut recorder), []);
        recorder.forget_samples();
        offer(&mut recorder, &failing(0, 500, 10));
        assert_eq!(drained(&mut recorder), [(500, "10".to_owned())]);
    }

    #[test]
    fn the_first_of_a_kind_takes_the_place_of_a_repeated_one() {
        let mut recorder = recorder();
        for at in 0..3 {
            for status in [500, 501, 502] {
                offer(&mut recorder, &failing(0, status, at));
            }
        }
        // 9 were offered, 8 are kept; three new kinds come.
        for status in [503, 504, 505] {
            offer(&mut recorder, &failing(0, status, 7));
        }
        let mut kept = drained(&mut recorder);
        kept.sort_unstable();
        let count = |status: u16| kept.iter().filter(|one| one.0 == status).count();
        assert_eq!([500, 501, 502].map(count).iter().sum::<usize>(), 5);
        assert!(
            [500, 501, 502, 503, 504, 505]
                .map(count)
                .iter()
                .all(|&n| n > 0)
        );
        // What gave way may come again.
        let before = count(502);
        for at in 0..3 {
            offer(&mut recorder, &failing(0, 502, 20 + at));
        }
        assert_eq!(drained(&mut recorder).len(), 3 - before);
    }

    #[test]
    fn without_room_a_first_one_comes_in_a_later_interval() {
        let mut recorder = recorder();
        for status in 500..509 {
            offer(&mut recorder, &failing(1, status, 0));
        }
        let statuses = |kept: Vec<(u16, String)>| kept.into_iter().map(|one| one.0);
        assert!(statuses(drained(&mut recorder)).eq(500..508));
        offer(&mut recorder, &failing(1, 508, 0));
        assert!(statuses(drained(&mut recorder)).eq([508]));
    }

    #[test]
    fn nothing_is_kept_unless_it_is_wanted() {
        for mut recorder in [
            Recorder::new(1),
            Recorder::new(1).with_samples(Samples::None),
        ] {
            offer(&mut recorder, &failing(0, 500, 0));
            assert_eq!(drained(&mut recorder), []);
        }
    }

    proptest! {
        /// Whatever comes: within the bounds, and every kind that was seen in
        /// an interval with a free slot has a sample.
        #[test]
        fn the_bounds_hold(intervals in proptest::collection::vec(
            proptest::collection::vec((0u16..3, 500u16..505), 0..40), 1..6,
        )) {
            let mut recorder = recorder();
            let mut taken: HashMap<(u16, u16), usize> = HashMap::new();
            for offered in intervals {
                for &(name, status) in &offered {
                    offer(&mut recorder, &failing(name, status, 1));
                }
                let mut interval = Interval::default();
                recorder.drain(&mut interval);
                prop_assert!(interval.samples.rows.len() <= INTERVAL_SAMPLES);
                for (row, ..) in interval.samples.iter() {
                    *taken.entry((row.name.0, row.answer.status)).or_default() += 1;
                }
                if interval.samples.rows.len() < INTERVAL_SAMPLES {
                    prop_assert!(offered.iter().all(|kind| taken.contains_key(kind)));
                }
            }
            prop_assert!(taken.values().all(|&n| n <= usize::from(PER_KIND)));
        }
    }
}
