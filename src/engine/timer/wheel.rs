//! A hashed timer wheel: the data structure alone, no clock and no wakers' runtime.

use std::task::Waker;

/// The width of a slot. What is due in one slot fires together, at its end.
pub(super) const SLOT_US: u64 = 100;
const SLOTS: usize = 8192;
const WORDS: usize = SLOTS / 64;
const NONE: u32 = u32::MAX;

/// A timer in the wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(u32);

#[derive(Debug)]
struct Entry {
    tick: u64,
    previous: u32,
    next: u32,
    waker: Option<Waker>,
    fired: bool,
}

/// Timers by due time. Insert and remove cost a few pointer writes; nothing
/// is allocated once as many timers as ever exist at a time have existed.
#[derive(Debug)]
pub(super) struct Wheel {
    entries: Vec<Entry>,
    free: Vec<u32>,
    heads: Box<[u32]>,
    occupied: [u64; WORDS],
    /// The first slot that may hold something due.
    cursor: u64,
}

impl Wheel {
    pub(crate) fn new(now_us: u64) -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
            heads: vec![NONE; SLOTS].into_boxed_slice(),
            occupied: [0; WORDS],
            cursor: now_us / SLOT_US,
        }
    }

    /// Adds a timer. One that is due already fires with the next slot.
    pub(crate) fn insert(&mut self, due_us: u64, waker: Waker) -> Key {
        let tick = (due_us / SLOT_US).max(self.cursor);
        let entry = Entry {
            tick,
            previous: NONE,
            next: NONE,
            waker: Some(waker),
            fired: false,
        };
        let id = match self.free.pop() {
            Some(id) => {
                self.entries[id as usize] = entry;
                id
            }
            None => {
                self.entries.push(entry);
                u32::try_from(self.entries.len() - 1).unwrap_or(NONE)
            }
        };
        self.link(id);
        Key(id)
    }

    /// Whether the timer has fired.
    pub(super) fn has_fired(&self, key: Key) -> bool {
        self.entries[key.0 as usize].fired
    }

    /// Makes the timer wake this task from now on.
    pub(super) fn set_waker(&mut self, key: Key, waker: &Waker) {
        let entry = &mut self.entries[key.0 as usize];
        if !entry.waker.as_ref().is_some_and(|old| old.will_wake(waker)) {
            entry.waker = Some(waker.clone());
        }
    }

    /// Takes a timer out, fired or not; its key is void from here on.
    pub(crate) fn remove(&mut self, key: Key) {
        if !self.entries[key.0 as usize].fired {
            self.unlink(key.0);
        }
        self.entries[key.0 as usize].waker = None;
        self.free.push(key.0);
    }

    /// Fires one timer now, whatever it is due.
    pub(crate) fn fire(&mut self, key: Key) -> Option<Waker> {
        if self.entries[key.0 as usize].fired {
            return None;
        }
        self.unlink(key.0);
        let entry = &mut self.entries[key.0 as usize];
        entry.fired = true;
        entry.waker.take()
    }

    /// Fires everything in slots that have ended; wakers go to `woken`.
    pub(crate) fn expire(&mut self, now_us: u64, woken: &mut Vec<Waker>) {
        let now = now_us / SLOT_US;
        while self.cursor < now {
            let Some(tick) = self.next_occupied(now) else {
                break;
            };
            let mut id = self.heads[slot_of(tick)];
            while id != NONE {
                let next = self.entries[id as usize].next;
                if self.entries[id as usize].tick <= tick {
                    woken.extend(self.fire(Key(id)));
                }
                id = next;
            }
            self.cursor = tick + 1;
        }
        self.cursor = self.cursor.max(now);
    }

    /// When to call [`expire`](Self::expire) next; a timer far away may make
    /// this earlier than necessary, never later. `None` without timers.
    pub(super) fn next_expiry_us(&self) -> Option<u64> {
        let horizon = self.cursor + SLOTS as u64;
        let mut from = self.cursor;
        while let Some(tick) = self.occupied_from(from, horizon) {
            if self.has_due(tick) {
                return Some((tick + 1) * SLOT_US);
            }
            from = tick + 1;
        }
        // Everything left is beyond one turn of the wheel.
        (self.entries.len() > self.free.len()).then_some(horizon * SLOT_US)
    }

    fn has_due(&self, tick: u64) -> bool {
        let mut id = self.heads[slot_of(tick)];
        while id != NONE {
            let entry = &self.entries[id as usize];
            if entry.tick <= tick {
                return true;
            }
            id = entry.next;
        }
        false
    }

    fn next_occupied(&self, before: u64) -> Option<u64> {
        // One turn visits every slot: looking further would repeat it.
        self.occupied_from(self.cursor, before.min(self.cursor + SLOTS as u64))
    }

    fn occupied_from(&self, from: u64, before: u64) -> Option<u64> {
        let mut tick = from;
        while tick < before {
            let slot = slot_of(tick);
            let word = self.occupied[slot / 64] >> (slot % 64);
            if word != 0 {
                let found = tick + u64::from(word.trailing_zeros());
                return (found < before).then_some(found);
            }
            tick += 64 - (slot % 64) as u64;
        }
        None
    }

    fn link(&mut self, id: u32) {
        let slot = slot_of(self.entries[id as usize].tick);
        let head = self.heads[slot];
        self.entries[id as usize].next = head;
        if head != NONE {
            self.entries[head as usize].previous = id;
        }
        self.heads[slot] = id;
        self.occupied[slot / 64] |= 1 << (slot % 64);
    }

    fn unlink(&mut self, id: u32) {
        let Entry {
            tick,
            previous,
            next,
            ..
        } = self.entries[id as usize];
        if next != NONE {
            self.entries[next as usize].previous = previous;
        }
        if previous != NONE {
            self.entries[previous as usize].next = next;
            return;
        }
        let slot = slot_of(tick);
        self.heads[slot] = next;
        if next == NONE {
            self.occupied[slot / 64] &= !(1 << (slot % 64));
        }
    }
}

fn slot_of(tick: u64) -> usize {
    (tick % SLOTS as u64) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Wake;

    use proptest::prelude::*;

    use super::*;

    struct Flag(AtomicBool);
    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    proptest! {
        /// Every timer fires once, never before it is due, and no later than
        /// the end of its slot when `expire` is called as `next_expiry_us` asks.
        #[test]
        fn fires_on_time(ops in proptest::collection::vec((0u64..3_000_000, 0u64..200_000, proptest::bool::weighted(0.2)), 1..200)) {
            let mut now = 12_345u64;
            let mut wheel = Wheel::new(now);
            let mut alive: HashMap<u32, (u64, Arc<Flag>)> = HashMap::new();
            let mut woken = Vec::new();
            for (delay, pause, cancel) in ops {
                let flag = Arc::new(Flag(AtomicBool::new(false)));
                let key = wheel.insert(now + delay, Arc::clone(&flag).into());
                if cancel {
                    wheel.remove(key);
                } else {
                    alive.insert(key.0, (now + delay, flag));
                }
                let until = now + pause;
                while let Some(at) = wheel.next_expiry_us().filter(|&at| at <= until) {
                    now = now.max(at);
                    wheel.expire(now, &mut woken);
                    woken.drain(..).for_each(Waker::wake);
                    let fired: Vec<u32> = alive.iter().filter(|(_, (_, flag))| flag.0.load(Ordering::Relaxed)).map(|(id, _)| *id).collect();
                    for id in fired {
                        let (due, _) = alive.remove(&id).expect("alive");
                        prop_assert!(due <= now, "fired early");
                        prop_assert!(now <= due + SLOT_US, "due {} fired {}", due, now);
                        prop_assert!(wheel.has_fired(Key(id)));
                        wheel.remove(Key(id));
                    }
                }
                now = until;
                wheel.expire(now, &mut woken);
                woken.drain(..).for_each(Waker::wake);
                alive.retain(|id, (_, flag)| {
                    let fired = flag.0.load(Ordering::Relaxed);
                    if fired { wheel.remove(Key(*id)); }
                    !fired
                });
                for (due, _) in alive.values() {
                    prop_assert!(*due + SLOT_US > now, "due {} missed at {}", due, now);
                }
            }
        }
    }
}
