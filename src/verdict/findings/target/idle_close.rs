//! Keep-alive connections that the target closes without notice.

use crate::model::{Failure, LostAt, percent_text};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{count_of, finding, share};
use crate::verdict::{Figure, Finding};

/// Losses from which on they are a finding, and their share of all requests.
const FEWEST: u64 = 5;
const SHARE: f64 = 0.001;
/// Connections per message from which on the target keeps none.
const NEVER_KEPT: f64 = 0.4;

struct Closed {
    count: u64,
    requests: u64,
    /// Those that were noticed in time and replaced.
    replaced: u64,
    /// Connections opened, for each message sent.
    opened_share: f64,
    range_s: (f64, f64),
}

/// Requests that met a connection which the target was closing.
pub(crate) fn closes_idle(case: &Case<'_>) -> Option<Finding> {
    let totals = case.evidence.totals;
    let (count, range_s) = case.failed_with(Failure::Lost(LostAt::Idle));
    let counts = &totals.counts;
    let closed = Closed {
        count,
        requests: totals.all.requests,
        replaced: counts.connections_replaced,
        opened_share: share(counts.connections_opened, counts.exchanges),
        range_s,
    };
    let matters = count >= FEWEST && share(count, closed.requests) >= SHARE;
    matters.then(|| closed.said())
}

impl Closed {
    fn said(&self) -> Finding {
        let text = format!(
            "the target closes keep-alive connections without notice: {} requests ({}) were sent on a closing connection",
            count_of(self.count, self.requests),
            percent_text(share(self.count, self.requests)),
        );
        let advice = if self.opened_share >= NEVER_KEPT {
            NEVER_KEPT_ADVICE
        } else {
            IDLE_ADVICE
        };
        Finding {
            evidence: vec![
                format!(
                    "{} requests: {}",
                    count_of(self.count, self.requests),
                    LostAt::Idle
                ),
                format!("{} closed connections were replaced in time", self.replaced),
            ],
            figures: vec![
                Figure::count("lost", self.count),
                Figure::count("requests", self.requests),
                Figure::count("replaced", self.replaced),
            ],
            range_s: Some(self.range_s),
            ..finding("target.closes_idle", text, advice)
        }
    }
}

const NEVER_KEPT_ADVICE: &str = "The target seems to close each connection after one or a few responses; it should send `Connection: close`. Until it does, set `http: {connections: close}` to open a connection per request.";
const IDLE_ADVICE: &str = "Its keep-alive timeout is about as long as users wait between requests. Raise it above their longest wait (and above the timeout of a proxy in front of it), or set `http: {max_connection_age: 4s}` below it, so that connections are replaced first.";
