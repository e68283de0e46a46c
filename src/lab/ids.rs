use std::hash::{BuildHasher, RandomState};

use uuid::Uuid;

/// Makes ids that look random and that it recognises without remembering
/// them: each carries a number, masked and sealed with a key that lives as long
/// as the lab. An id of another kind or of an earlier lab is not recognised.
pub(super) struct IdMaker {
    kind: Kind,
    key: RandomState,
}

/// The kinds of ids.
#[derive(Clone, Copy, Hash)]
pub(super) enum Kind {
    Token,
    Deployment,
    Approval,
}

/// Bits of a version 4 UUID's lower half that are free; the number fills them.
const NUMBER_MASK: u64 = (1 << 62) - 1;
const VARIANT: u64 = 1 << 63;
const VERSION_MASK: u64 = 0xF000;
const VERSION: u64 = 0x4000;

impl IdMaker {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            key: RandomState::new(),
        }
    }

    /// The id that carries `number`, of which 62 bits count.
    pub(super) fn seal(&self, number: u64) -> Uuid {
        let number = number & NUMBER_MASK;
        let seal = self.key.hash_one((self.kind, "seal", number));
        let upper = seal & !VERSION_MASK | VERSION;
        let lower = (number ^ self.mask(upper)) & NUMBER_MASK | VARIANT;
        Uuid::from_u64_pair(upper, lower)
    }

    /// The number that this mint sealed into `id`, if it did.
    pub(super) fn open(&self, id: Uuid) -> Option<u64> {
        let (upper, lower) = id.as_u64_pair();
        let number = (lower ^ self.mask(upper)) & NUMBER_MASK;
        (self.seal(number) == id).then_some(number)
    }

    /// The same for an id as written.
    pub(super) fn open_text(&self, id: &str) -> Option<u64> {
        self.open(Uuid::try_parse(id).ok()?)
    }

    fn mask(&self, upper: u64) -> u64 {
        self.key.hash_one((self.kind, "mask", upper))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_what_it_sealed() {
        let mint = IdMaker::new(Kind::Token);
        let other = IdMaker::new(Kind::Token);
        for number in [0, 1, 77, 1 << 40, NUMBER_MASK] {
            let id = mint.seal(number);
            assert_eq!(id.get_version_num(), 4);
            assert_eq!(mint.open(id), Some(number));
            assert_eq!(other.open(id), None);
            assert_eq!(mint.open(Uuid::from_u128(id.as_u128() ^ 1)), None);
        }
        assert_eq!(mint.open_text("not an id"), None);
    }
}
