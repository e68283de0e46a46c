//! Lines that the scenario writes, as far as a run shows them.

use crate::engine::LogBuffer;
use crate::run::events::event::{Event, EventData};
use crate::run::events::log::Log;

/// The most lines a second.
const MOST_A_SECOND: u32 = 10;

/// Takes in what shards report and keeps within so many lines a second.
#[derive(Debug, Default)]
pub(crate) struct LogThrottle {
    waiting: Vec<(u64, String)>,
    /// The second of the latest line, and the lines in it.
    second: (u64, u32),
    dropped: u64,
    dropped_said: u64,
}

impl LogThrottle {
    /// Takes in the lines of one shard and interval.
    pub(crate) fn add(&mut self, buffer: LogBuffer) {
        self.dropped += buffer.dropped;
        for (at_us, line) in buffer.lines {
            // Shards are a little apart: a late line counts in the present second.
            let second = (at_us / 1_000_000).max(self.second.0);
            if second > self.second.0 {
                self.second = (second, 0);
            }
            if self.second.1 < MOST_A_SECOND {
                self.second.1 += 1;
                self.waiting.push((at_us, line));
            } else {
                self.dropped += 1;
            }
        }
    }

    /// Writes them down in order. How many were left out is said when their
    /// number has doubled, and at the end.
    pub(crate) fn write(&mut self, log: &Log, now_us: u64, has_ended: bool) {
        self.waiting.sort_by_key(|(at_us, _)| *at_us);
        for (at_us, line) in self.waiting.drain(..) {
            log.push_event(Event::info(at_us, EventData::Log(line)));
        }
        let due = if has_ended {
            self.dropped_said + 1
        } else {
            self.dropped_said * 2
        };
        if self.dropped >= due.max(1) {
            let dropped = EventData::LogLinesDropped {
                lines: self.dropped,
                most_a_second: MOST_A_SECOND,
            };
            log.push_event(Event::info(now_us, dropped));
            self.dropped_said = self.dropped;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_so_many_a_second_and_says_what_it_left_out() {
        let log = Log::default();
        let mut scribe = LogThrottle::default();
        let buffer = |second: u64, lines: usize| LogBuffer {
            lines: (0..lines)
                .map(|i| (second * 1_000_000 + i as u64, format!("{second}")))
                .collect(),
            dropped: 0,
        };
        scribe.add(buffer(1, 8));
        scribe.add(buffer(1, 8));
        scribe.add(buffer(2, 4));
        scribe.add(buffer(1, 8));
        scribe.write(&log, 3_000_000, false);
        let (events, seen) = log.events_after(0);
        let count = |text: &str| {
            let line = EventData::Log(text.to_owned());
            events.iter().filter(|event| event.data == line).count()
        };
        let dropped = |lines| EventData::LogLinesDropped {
            lines,
            most_a_second: 10,
        };
        assert_eq!((count("1"), count("2")), (16, 4), "10 in each second");
        assert!(events.windows(2).all(|pair| pair[0].t_s <= pair[1].t_s));
        assert_eq!(events.last().map(|event| &event.data), Some(&dropped(8)));
        scribe.add(buffer(9, 11));
        scribe.write(&log, 9_000_000, false);
        assert_eq!(log.events_after(seen).0.len(), 10, "not said again yet");
        scribe.write(&log, 9_000_000, true);
        let (events, _) = log.events_after(seen);
        assert_eq!(events.last().map(|event| &event.data), Some(&dropped(9)));
    }
}
