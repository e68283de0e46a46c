//! The acts of the demo.

use std::time::Duration;

use serde::Serialize;

/// Load and pace of the demo.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Users before the burst.
    pub users: u32,
    /// The unit of every act's length; the demo takes 60 of them.
    pub beat: Duration,
}

impl Default for Script {
    /// A minute with 60 users.
    fn default() -> Self {
        Self {
            users: 60,
            beat: Duration::from_secs(1),
        }
    }
}

/// The acts, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Ramp,
    Hold,
    Burst,
    Break,
    Recover,
}

pub(super) const ACTS: [Act; 5] = [Act::Ramp, Act::Hold, Act::Burst, Act::Break, Act::Recover];

/// Beats that users take to come.
pub(super) const RAMP: u32 = 10;
/// How many times the users a burst has.
pub(super) const FACTOR: f64 = 5.0;
/// Beats that a burst stays; it rises and falls in one each.
pub(super) const BURST: u32 = 8;

impl Act {
    pub(super) const fn beats(self) -> u32 {
        match self {
            Self::Ramp => RAMP,
            Self::Hold => 12,
            Self::Burst => BURST + 6,
            Self::Break => 10,
            Self::Recover => 14,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Ramp => "Ramp",
            Self::Hold => "Hold",
            Self::Burst => "Burst",
            Self::Break => "Break",
            Self::Recover => "Recover",
        }
    }

    fn text(self, script: Script) -> String {
        match self {
            Self::Ramp => {
                let users = script.users;
                format!("{users} users ramp up, and throughput rises with them")
            }
            Self::Hold => "steady load: the healthy baseline".to_owned(),
            Self::Burst => {
                let lasts_s = (script.beat * BURST).as_secs_f64();
                format!("a ×{FACTOR} burst for {lasts_s} s, the same as one click on the burst pad")
            }
            Self::Break => {
                "the target is broken on purpose: 30 % of requests now return 500".to_owned()
            }
            Self::Recover => {
                "fault removed: the target recovers, but its failures stay in the verdict"
                    .to_owned()
            }
        }
    }
}

/// The current act, for display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Scene {
    /// Which it is, from 1.
    pub(crate) act: usize,
    pub(crate) of: usize,
    pub(crate) title: &'static str,
    /// One sentence, without a capital and a full stop.
    pub(crate) text: String,
}

impl Scene {
    pub(super) fn new(act: Act, script: Script) -> Self {
        Self {
            act: act as usize + 1,
            of: ACTS.len(),
            title: act.title(),
            text: act.text(script),
        }
    }
}
