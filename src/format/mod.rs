//! Events as text, once for terminal, log, page and reports. Numbers and units are
//! in `model`, because verdicts and findings need them too.

mod events;

pub use events::{EventLine, event_lines, event_text};
