//! Lines that a scenario writes into the log of the run.

/// The most lines of one shard and interval: about what a whole run may show.
const MOST_LINES: usize = 3;
/// The longest line, in characters.
const LONGEST: usize = 300;

/// The lines of one shard and interval. Bounded: what comes after the first
/// few is counted.
#[derive(Clone, Debug, Default)]
pub struct LogBuffer {
    /// When, on the run's axis, and what.
    pub(crate) lines: Vec<(u64, String)>,
    /// Lines that found no room.
    pub(crate) dropped: u64,
}

impl LogBuffer {
    /// Adds a line, which is worked out only if there is room for it.
    pub(crate) fn write(&mut self, at_us: u64, line: impl FnOnce() -> String) {
        if self.lines.len() >= MOST_LINES {
            self.dropped += 1;
            return;
        }
        let mut line = line();
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
        }
        self.lines.push((at_us, line));
    }
}
