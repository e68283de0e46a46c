//! Gaps in which the generator did not run, and whether they are too long.

use crate::model::latency_text;
use crate::stats::{Delays, Gap};
use crate::verdict::criteria::may_be_left_out_s;
use crate::verdict::findings::wording::float;
use crate::verdict::{Unsound, UnsoundKind};

/// The most gaps that are named.
const NAMED: usize = 3;

/// Why a run, or a stretch of it, says nothing of its target: for too much of
/// it a shard did not turn. Both ends are in seconds of the run.
#[must_use]
pub fn generator_gaps(delays: &Delays, from_s: f64, to_s: f64) -> Option<Unsound> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "moments of the run"
    )]
    let [from_us, to_us] = [from_s, to_s].map(|at_s| (at_s.max(0.0) * 1e6) as u64);
    let all_us = delays.gaps_between_us(from_us, to_us);
    if float(all_us) / 1e6 <= may_be_left_out_s(to_s - from_s) {
        return None;
    }
    let gaps: Vec<_> = delays
        .gaps()
        .iter()
        .filter(|gap| gap.to_us > from_us && gap.from_us < to_us)
        .collect();
    let named = gaps.iter().take(NAMED).map(|gap| span_text(**gap));
    let mut named: Vec<_> = named.collect();
    if gaps.len() > NAMED {
        named.push(format!("and {} more", gaps.len() - NAMED));
    }
    Some(Unsound {
        kind: UnsoundKind::Generator,
        id: "generator.gaps",
        text: format!(
            "the load generator did not run for {} in total ({}): check its CPU quota, other programs, and whether the machine was suspended",
            latency_text(all_us),
            named.join(", ")
        ),
    })
}

/// The range of a gap, in seconds of the run.
fn span_text(gap: Gap) -> String {
    let [from_s, to_s] = [gap.from_us, gap.to_us].map(|us| float(us) / 1e6);
    format!("from {from_s:.1} s to {to_s:.1} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(from_ms: u64, to_ms: u64) -> Gap {
        Gap {
            from_us: from_ms * 1_000,
            to_us: to_ms * 1_000,
        }
    }

    #[test]
    fn one_second_or_five_percent_is_let_pass() {
        let mut delays = Delays::default();
        delays.add_gap(gap(3_200, 4_200));
        assert_eq!(generator_gaps(&delays, 0.0, 8.0), None);
        delays.add_gap(gap(6_000, 6_300));
        let found = generator_gaps(&delays, 0.0, 8.0).expect("1.3 s");
        assert_eq!(found.id, "generator.gaps");
        assert_eq!(
            found.text,
            "the load generator did not run for 1.30 s in total (from 3.2 s to 4.2 s, from 6.0 s to 6.3 s): check its CPU quota, other programs, and whether the machine was suspended"
        );
        assert_eq!(generator_gaps(&delays, 0.0, 26.0), None, "5 % of 26 s");
        assert_eq!(
            generator_gaps(&delays, 5.0, 13.0),
            None,
            "what came before does not count"
        );
    }
}
