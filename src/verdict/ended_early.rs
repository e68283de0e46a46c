//! A load that ended before its plan did.

use serde::{Deserialize, Serialize};

use crate::model::clock_text;

/// The end of a load before its planned end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndedEarly {
    /// Its cause.
    pub how: EarlyEnd,
    /// Its duration in seconds.
    pub at_s: f64,
    /// The planned duration in seconds; `None` without a planned end.
    pub of_s: Option<f64>,
}

/// The cause of an early end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyEnd {
    /// An operator stopped or drained it: what was measured is judged.
    Stopped,
    /// It was killed, or ended by a signal or the dead man's switch: it cannot
    /// pass.
    CutShort,
    /// All of its users ended before the plan did: it cannot pass either.
    NoUserLeft,
}

impl EndedEarly {
    /// `stopped at 3:05 of 4:00`.
    #[must_use]
    pub fn text(&self) -> String {
        let (how, why) = match self.how {
            EarlyEnd::Stopped => ("stopped", ""),
            EarlyEnd::CutShort => ("cut short", ""),
            EarlyEnd::NoUserLeft => ("ended", ", no users left"),
        };
        let of = self.of_s.map(|of_s| format!(" of {}", clock(of_s)));
        format!(
            "{how} at {}{}{why}",
            clock(self.at_s),
            of.unwrap_or_default()
        )
    }
}

/// `3:05`, `1:00:00`; below ten seconds with a tenth, if there is one: `0:04.2`.
fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round();
    let clock = clock_text(tenths / 10.0);
    match tenths % 10.0 {
        tenth if tenth > 0.0 && tenths < 100.0 => format!("{clock}.{tenth}"),
        _ => clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_clock_time() {
        let early = |how, at_s, of_s| EndedEarly { how, at_s, of_s }.text();
        let stopped = early(EarlyEnd::Stopped, 185.4, Some(240.0));
        assert_eq!(stopped, "stopped at 3:05 of 4:00");
        let cut = early(EarlyEnd::CutShort, 9.0, Some(40.0));
        assert_eq!(cut, "cut short at 0:09 of 0:40");
        let left = early(EarlyEnd::NoUserLeft, 0.75, Some(4.0));
        assert_eq!(left, "ended at 0:00.8 of 0:04, no users left");
        assert_eq!(early(EarlyEnd::CutShort, 4.2, None), "cut short at 0:04.2");
        assert_eq!(early(EarlyEnd::CutShort, 1.996, None), "cut short at 0:02");
        let long = early(EarlyEnd::Stopped, 3_661.0, Some(7_200.0));
        assert_eq!(long, "stopped at 1:01:01 of 2:00:00");
    }
}
