//! Waiting before the server: where requests are when a target answers no more.

use crate::model::{Failure, Outcome, TimedOut, latency_text, percent_text};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::target::limit::Level;
use crate::verdict::findings::wording::{count_of, finding, float, rate, share};
use crate::verdict::{Figure, Finding};

/// So many answers of a name took no longer than what counts as its fastest.
const FASTEST: u64 = 3;
/// Successes from which on a name has a fastest.
const SUCCESSES_MIN: u64 = 20;
/// Requests that wait, at least, and which part of an answer's time it is.
const WAITING_MIN: f64 = 5.0;
const WAITING_SHARE: f64 = 0.8;
/// A connection takes no longer than this anywhere on earth.
const CONNECT_US: f64 = 400_000.0;
/// Connections from which on their mean says something.
const CONNECTIONS_MIN: u64 = 50;
/// Time-outs while connecting, at least, and their share of all requests.
const TIME_OUTS_MIN: u64 = 10;
const TIME_OUTS_SHARE: f64 = 0.01;

/// Requests in flight, against those that the target can be working on.
#[derive(Clone, Copy, Debug)]
struct Queue {
    load: f64,
    is_open: bool,
    /// Requests that wait for their answer, on average.
    in_flight: f64,
    /// Answers per second.
    rate: f64,
    /// What an answer takes by Little's law, and what the fastest took.
    answer_us: f64,
    fastest_us: f64,
    /// The phase in which requests wait, and its part of their time.
    phase: (Phase, f64),
    range_s: (f64, f64),
}

/// A phase of a request, as far as it says where requests wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Before the connection is there.
    Connect,
    /// Before the first byte of the answer.
    FirstByte,
    /// Within the answer.
    Transfer,
}

/// Whether most requests at a limit wait for the target to begin with them:
/// Little's law says what an answer takes, and the fastest of the same requests
/// how long the target needs for one.
pub(crate) fn queueing(case: &Case<'_>, after: &Level, is_open: bool) -> Option<Finding> {
    let in_flight = after.in_flight;
    let answer_us = in_flight / after.rate * 1e6;
    let fastest_us = fastest_us(case)?;
    let waiting = in_flight * (1.0 - fastest_us / answer_us);
    let is_queue =
        answer_us.is_finite() && waiting >= WAITING_MIN && waiting >= in_flight * WAITING_SHARE;
    is_queue.then(|| {
        let queue = Queue {
            load: after.load,
            is_open,
            in_flight,
            rate: after.rate,
            answer_us,
            fastest_us,
            phase: longest_phase(case),
            range_s: (after.start_s, after.end_s),
        };
        queue.said(waiting)
    })
}

/// What the fastest answers took, over the names as they were mixed; `None`
/// where too little succeeded.
fn fastest_us(case: &Case<'_>) -> Option<f64> {
    let (mut sum, mut successes) = (0.0, 0.0);
    for row in &case.evidence.totals.names {
        // A group is no request: it has no answers of its own.
        if row.statuses.pairs().is_empty() {
            continue;
        }
        let Some(times) = row.service(Outcome::Ok) else {
            continue;
        };
        let count = times.len();
        if count < SUCCESSES_MIN {
            continue;
        }
        let fastest = times.quantile_us(float(FASTEST) / float(count))?;
        sum += float(fastest) * float(count);
        successes += float(count);
    }
    (successes > 0.0).then(|| sum / successes)
}

fn longest_phase(case: &Case<'_>) -> (Phase, f64) {
    let all = &case.evidence.totals.all;
    let [resolve, connect, tls, first_byte, transfer] = all.phases_us;
    let phases = [
        (Phase::Connect, resolve + connect + tls),
        (Phase::FirstByte, first_byte),
        (Phase::Transfer, transfer),
    ];
    let all: u64 = phases.iter().map(|(_, us)| us).sum();
    let longest = phases.into_iter().max_by_key(|(_, us)| *us);
    longest.map_or((Phase::FirstByte, 0.0), |(phase, us)| {
        (phase, share(us, all))
    })
}

impl Queue {
    fn said(&self, waiting: f64) -> Finding {
        let load = crate::verdict::findings::target::limit::load_text(self.load, self.is_open);
        let text = format!(
            "requests queue before the target handles them: at {load}, {:.0} are in flight and {} complete, so each takes {} (fastest: {}); about {waiting:.0} of them are queued",
            self.in_flight,
            rate(self.rate),
            latency_text(self.answer_us),
            latency_text(self.fastest_us),
        );
        let (phase, part) = self.phase;
        let place = match phase {
            Phase::Connect => "connecting",
            Phase::FirstByte => "waiting for the first byte of the response",
            Phase::Transfer => "receiving the response",
        };
        let unit = if self.is_open { "per_second" } else { "users" };
        Finding {
            evidence: vec![
                format!(
                    "Little's law: {:.0} in flight / {} = {}",
                    self.in_flight,
                    rate(self.rate),
                    latency_text(self.answer_us)
                ),
                format!("{} of the time was spent {place}", percent_text(part)),
            ],
            figures: vec![
                Figure::new("load", self.load, unit),
                Figure::new("in_flight", self.in_flight, ""),
                Figure::new("rate", self.rate, "per_second"),
                Figure::new("answer", self.answer_us, "us"),
                Figure::new("fastest", self.fastest_us, "us"),
                Figure::new("waiting", waiting, ""),
                Figure::new("phase_share", part, "share"),
            ],
            range_s: Some(self.range_s),
            ..finding("target.queueing", text, advice(phase))
        }
    }
}

fn advice(phase: Phase) -> &'static str {
    match phase {
        Phase::Connect => ACCEPT_ADVICE,
        Phase::FirstByte => {
            "The target handles few requests at a time: check its worker processes and threads, the pools they wait for, and queues and connection limits of a proxy in front of it. Its own log shows shorter times than users see, because it does not include the waiting."
        }
        Phase::Transfer => {
            "Responses arrive slowly: check the bandwidth between target and generator, response sizes, and proxies that buffer or throttle."
        }
    }
}

/// Connections that take longer than any network: the target is late to accept
/// them.
#[derive(Clone, Copy, Debug)]
struct SlowAccept {
    connections: u64,
    mean_us: f64,
    time_outs: u64,
    requests: u64,
}

/// A queue of connections that the target does not accept in time.
pub(crate) fn accept_queue(case: &Case<'_>) -> Option<Finding> {
    let totals = case.evidence.totals;
    let [_, connect_us, ..] = totals.all.phases_us;
    let connections = totals.counts.connections_opened;
    let while_connecting = |_, failure| failure == Failure::TimedOut(TimedOut::Connect);
    let slow = SlowAccept {
        connections,
        mean_us: float(connect_us) / float(connections.max(1)),
        time_outs: totals.failures.count(while_connecting),
        requests: totals.all.requests,
    };
    let is_slow = connections >= CONNECTIONS_MIN && slow.mean_us >= CONNECT_US;
    let gives_up =
        slow.time_outs >= TIME_OUTS_MIN && share(slow.time_outs, slow.requests) >= TIME_OUTS_SHARE;
    (is_slow || gives_up).then(|| slow.said())
}

impl SlowAccept {
    fn said(&self) -> Finding {
        let Self {
            connections,
            mean_us,
            time_outs,
            requests,
        } = *self;
        let text = format!(
            "connections are accepted slowly: {connections} took {} each, {} requests timed out while connecting",
            latency_text(mean_us),
            count_of(time_outs, requests),
        );
        Finding {
            figures: vec![
                Figure::count("connections", connections),
                Figure::new("connect_mean", mean_us, "us"),
                Figure::count("time_outs", time_outs),
                Figure::count("requests", requests),
            ],
            ..finding("target.accept_queue", text, ACCEPT_ADVICE)
        }
    }
}

const ACCEPT_ADVICE: &str = "The target, or a proxy in front of it, accepts connections late: check the listen backlog (ss -ltn) and connection limits of proxies and firewalls, and keep connections open between requests.";
