//! Live detection of what makes the generator late.

use serde::{Deserialize, Serialize};

use crate::model::latency_text;
use crate::stats::Delay;

/// A delay below this never matters.
const LEAST_US: f64 = 10_000.0;
/// Nor one below this part of the time that is judged.
const PART: f64 = 0.1;
/// The seconds that are looked back on.
const LOOK_BACK: usize = 10;
/// So many disturbed seconds of these begin a disturbance; none of them ends it.
const BEGINS: usize = 3;

/// The cause of generator delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisturbanceCause {
    /// It has more to compute than its threads can.
    ThisProcess,
    /// Other programs take the processors.
    OtherProcess,
    /// The hypervisor takes them: steal time.
    Hypervisor,
    /// It was not let run at all: stopped, throttled, or its machine was paused.
    Stopped,
}

/// The generator is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disturbed {
    /// Since the end of this second of the run.
    pub since_s: u64,
    /// The largest delay of the last ten seconds.
    pub delay_us: u64,
    /// The cause in the latest disturbed second.
    pub cause: DisturbanceCause,
}

/// The measurements of a closed second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Circumstances {
    /// The largest delay of all shards.
    pub delay: Delay,
    /// From which delay on it is disturbed.
    pub from_us: u64,
    /// Whether a shard did not run in it.
    pub has_gap: bool,
    /// Time that a hypervisor took in it.
    pub stolen_us: Option<u64>,
    /// The part of all usable processors that this process used, 0 to 1.
    pub process_share: Option<f64>,
}

/// Follows the seconds of a run, with hysteresis.
#[derive(Clone, Debug, Default)]
pub struct Disturbance {
    /// Of the last seconds, the latest last: the delay of those that were
    /// disturbed.
    seconds: Vec<Option<u64>>,
    now: Option<Disturbed>,
}

/// From which delay on a second is disturbed, where times of about
/// `judged_us` are judged or, without a criterion, shown.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; positive"
)]
pub fn disturbing_from_us(judged_us: f64) -> u64 {
    (judged_us * PART).max(LEAST_US) as u64
}

impl Disturbance {
    /// The second up to `end_s` is over.
    pub fn see(&mut self, end_s: u64, second: &Circumstances) {
        let delay_us = second.delay.largest_us;
        let is_disturbed = delay_us > second.from_us || second.has_gap;
        if self.seconds.len() >= LOOK_BACK {
            self.seconds.remove(0);
        }
        self.seconds.push(is_disturbed.then_some(delay_us));
        let disturbed = || self.seconds.iter().flatten();
        let count = disturbed().count();
        let largest_us = disturbed().copied().max();
        let Some(largest_us) = largest_us.filter(|_| self.now.is_some() || count >= BEGINS) else {
            self.now = None;
            return;
        };
        let known = self.now.filter(|_| !is_disturbed).map(|now| now.cause);
        self.now = Some(Disturbed {
            since_s: self.now.map_or(end_s, |now| now.since_s),
            delay_us: largest_us,
            cause: known.unwrap_or_else(|| second.cause()),
        });
    }

    /// The present disturbance, if there is one.
    #[must_use]
    pub fn now(&self) -> Option<Disturbed> {
        self.now
    }
}

/// From this part of the usable processors on this process has them all.
const ALL: f64 = 0.8;

impl Circumstances {
    /// The cause of a disturbed second.
    fn cause(&self) -> DisturbanceCause {
        let half_us = self.delay.largest_us / 2;
        let explains = |us: Option<u64>| us.is_some_and(|us| us > 0 && us >= half_us);
        let uses_all = self.process_share.is_some_and(|share| share >= ALL);
        if explains(self.stolen_us) {
            DisturbanceCause::Hypervisor
        } else if explains(self.delay.run_delay_us) {
            match uses_all {
                true => DisturbanceCause::ThisProcess,
                false => DisturbanceCause::OtherProcess,
            }
        } else if self.has_gap {
            DisturbanceCause::Stopped
        } else if self.delay.run_delay_us.is_none() && !uses_all {
            DisturbanceCause::OtherProcess
        } else {
            DisturbanceCause::ThisProcess
        }
    }
}

impl Disturbed {
    /// The cause and its remedy, in two sentences.
    #[must_use]
    pub fn text(&self) -> String {
        let late = latency_text(self.delay_us);
        let (what, remedy) = match self.cause {
            DisturbanceCause::ThisProcess => (
                "it needs more CPU than it has",
                "Use fewer users, more cores or another machine.",
            ),
            DisturbanceCause::OtherProcess => (
                "other programs use the CPU",
                "Close them, or run the generator on another machine.",
            ),
            DisturbanceCause::Hypervisor => (
                "the hypervisor takes CPU time (steal)",
                "Use a machine with dedicated CPUs.",
            ),
            DisturbanceCause::Stopped => (
                "its process was paused or throttled",
                "Check the CPU quota of its container, and the host.",
            ),
        };
        format!("The load generator is up to {late} late: {what}. {remedy}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(late_ms: u64, run_delay_ms: u64) -> Circumstances {
        Circumstances {
            delay: Delay {
                largest_us: late_ms * 1_000,
                run_delay_us: Some(run_delay_ms * 1_000),
                gap: None,
            },
            from_us: 10_000,
            has_gap: false,
            stolen_us: Some(0),
            process_share: Some(0.3),
        }
    }

    #[test]
    fn it_begins_after_three_of_ten_and_ends_after_ten_calm_ones() {
        let mut disturbance = Disturbance::default();
        let mut see = |end_s, late_ms| {
            disturbance.see(end_s, &second(late_ms, late_ms));
            disturbance.now()
        };
        for (end_s, late_ms) in [(1, 50), (2, 1), (3, 40), (4, 10), (5, 1)] {
            assert_eq!(see(end_s, late_ms), None, "{end_s}");
        }
        let begun = see(6, 20).expect("three of ten");
        let expected = Disturbed {
            since_s: 6,
            delay_us: 50_000,
            cause: DisturbanceCause::OtherProcess,
        };
        assert_eq!(begun, expected);
        for end_s in 7..16 {
            assert_eq!(see(end_s, 1).map(|now| now.since_s), Some(6), "{end_s}");
        }
        assert_eq!(see(16, 1), None, "ten calm ones");
        assert_eq!(see(17, 30), None, "and it begins anew");
    }

    #[test]
    fn the_cause_is_what_explains_the_delay() {
        assert_eq!(second(20, 15).cause(), DisturbanceCause::OtherProcess);
        assert_eq!(second(20, 2).cause(), DisturbanceCause::ThisProcess);
        let full = Circumstances {
            process_share: Some(0.95),
            ..second(20, 15)
        };
        assert_eq!(full.cause(), DisturbanceCause::ThisProcess);
        let stolen = Circumstances {
            stolen_us: Some(30_000),
            ..second(20, 15)
        };
        assert_eq!(stolen.cause(), DisturbanceCause::Hypervisor);
        let stopped = Circumstances {
            has_gap: true,
            ..second(3_000, 2)
        };
        assert_eq!(stopped.cause(), DisturbanceCause::Stopped);
        let mut untold = second(20, 0);
        untold.delay.run_delay_us = None;
        assert_eq!(untold.cause(), DisturbanceCause::OtherProcess);
        let said = Disturbed {
            since_s: 6,
            delay_us: 50_000,
            cause: DisturbanceCause::OtherProcess,
        };
        assert_eq!(
            said.text(),
            "The load generator is up to 50.0 ms late: other programs use the CPU. Close them, or run the generator on another machine."
        );
    }

    #[test]
    fn what_matters_grows_with_what_is_judged() {
        assert_eq!(disturbing_from_us(0.0), 10_000);
        assert_eq!(disturbing_from_us(99_000.0), 10_000);
        assert_eq!(disturbing_from_us(500_000.0), 50_000);
    }
}
