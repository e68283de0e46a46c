//! Events, numbers and units in words: once for terminal, log, page and reports.

mod events;

pub use events::{EventLine, event_lines, event_text};
