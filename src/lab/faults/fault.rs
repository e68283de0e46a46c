use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::lab::faults::latency::duration;

/// Something that the lab does wrong on purpose, so that it can be seen what a
/// run against such a target looks like. Read from `NAME` or `NAME=VALUE`.
///
/// `Display` gives the text that it is read from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Every login is refused with 401.
    LoginBroken,
    /// The path of the login answers 404 with a page of 5 KiB.
    LoginMissing,
    /// The path that publishes answers 404 with a page of 5 KiB.
    PathMissing,
    /// More requests than this in a second are answered with 429.
    RateLimit {
        /// Requests per second, from 1 on.
        per_second: u32,
    },
    /// Some requests are answered with 500 and a page of 120 KiB.
    Errors {
        /// Their part of all, above 0 and at most 1.
        share: f64,
    },
    /// Requests share a pool of connections to a database.
    Pool(PoolFault),
    /// Service times are multiples of what they were, from some moment on.
    SlowAfter {
        /// When, from the first request on.
        after: Duration,
        /// By how much, above 1 and at most 1,000.
        factor: f64,
    },
    /// Service times grow for as long as the lab serves.
    Leak(Leak),
    /// Requests hold one lock in turn: they are served one after the other.
    Lock {
        /// How long each holds it.
        hold: Duration,
    },
    /// Nothing is served and nothing answered for a while, again and again.
    Pause {
        /// From the start of one pause to the start of the next.
        every: Duration,
        /// How long one takes, less than `every`.
        length: Duration,
    },
    /// One in so many connections leads to a replica that is slow.
    SlowReplica {
        /// One in how many, from 1 on.
        one_in: u32,
        /// How much longer it takes for each request.
        extra: Duration,
    },
    /// Connections are accepted at a limited rate; the others wait for their turn.
    AcceptQueue {
        /// Connections per second, from 1 on.
        per_second: u32,
    },
    /// Some requests take much longer than the others.
    Tail {
        /// Their part of all, above 0 and at most 1.
        share: f64,
        /// How much longer.
        extra: Duration,
    },
    /// Requests that time out are tried again by a caller within the target, so
    /// that overload makes work of its own and outlasts its cause.
    RetryStorm(RetryStorm),
}

/// How service times grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// By this much each minute from the first request on.
    PerMinute(Duration),
    /// By this much with each request.
    PerRequest(Duration),
}

/// A queue of work that grows by retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryStorm {
    /// Requests that are worked off in a second, from 1 on.
    pub per_second: u32,
    /// How often one that timed out is tried again.
    pub retries: u32,
    /// How long a request waits for its turn before it is answered with 503.
    pub timeout: Duration,
}

/// A pool of connections that may be too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolFault {
    /// Connections, from 1 on.
    pub size: u32,
    /// How long a request keeps one.
    pub hold: Duration,
    /// How long a request waits for one before it is answered with 500.
    pub timeout: Duration,
}

/// Why a text is no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No fault of this name.
    #[error("unknown fault {name:?}; available: {}", names())]
    Unknown {
        /// The part before `=`.
        name: String,
    },
    /// A value that this fault does not take, or none where one belongs.
    #[error("invalid fault {text:?}; use {usage}")]
    Value {
        /// The value as written.
        text: String,
        /// The expected syntax.
        usage: &'static str,
    },
}

/// The name of each fault, and how it is written.
const FAULTS: [(&str, &str); 14] = [
    ("login-broken", "login-broken, without a value"),
    ("login-missing", "login-missing, without a value"),
    ("path-missing", "path-missing, without a value"),
    (
        "rate-limit",
        "rate-limit=50/s, a whole number of requests a second",
    ),
    ("errors", "errors=20%, a share above 0 % and at most 100 %"),
    (
        "pool",
        "pool=5 or pool=5,20ms,500ms: the connections, how long a request keeps one, how long it waits for one (at most 600s)",
    ),
    (
        "slow-after",
        "slow-after=2m,10: after how long (at most 600s), and by what factor (above 1, at most 1000)",
    ),
    (
        "leak",
        "leak=100ms or leak=50us/request: by how much service times grow each minute or with each request (at most 600s)",
    ),
    (
        "lock",
        "lock=5ms, how long each request holds the one lock (above 0, at most 600s)",
    ),
    (
        "pause",
        "pause=5s,300ms: how often everything stalls (at most 600s), and for how long (above 0, and shorter)",
    ),
    (
        "slow-replica",
        "slow-replica=3,200ms: one in how many connections (1 to 20000) is slow, and how much longer its requests take (at most 600s)",
    ),
    (
        "accept-queue",
        "accept-queue=20/s, a whole number of connections a second",
    ),
    (
        "tail",
        "tail=1%,500ms: a share above 0 % and at most 100 %, and how much longer these requests take (at most 600s)",
    ),
    (
        "retry-storm",
        "retry-storm=100/s or retry-storm=100/s,3,300ms: a whole number of requests a second, how often one that timed out is tried again (at most 100), how long it waits (above 0, at most 600s)",
    ),
];

const HOLD: Duration = Duration::from_millis(20);
const TIMEOUT: Duration = Duration::from_millis(500);
/// More connections than requests that the lab serves at a time.
const POOL_MAX: u32 = 20_000;
const FACTOR_MAX: f64 = 1_000.0;
/// As many as connections that the lab serves.
const REPLICAS_MAX: u32 = 20_000;
const RETRIES: u32 = 3;
const RETRIES_MAX: u32 = 100;
const RETRY_TIMEOUT: Duration = Duration::from_millis(300);

fn names() -> String {
    FAULTS.map(|(name, _)| name).join(", ")
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let text = text.trim();
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (text, None),
        };
        let Some((name, usage)) = FAULTS.iter().find(|(known, _)| *known == name) else {
            return Err(FaultError::Unknown {
                name: name.to_owned(),
            });
        };
        let fault = match (*name, value) {
            ("login-broken", None) => Some(Self::LoginBroken),
            ("login-missing", None) => Some(Self::LoginMissing),
            ("path-missing", None) => Some(Self::PathMissing),
            ("rate-limit", Some(value)) => {
                per_second(value).map(|per_second| Self::RateLimit { per_second })
            }
            ("errors", Some(value)) => share(value).map(|share| Self::Errors { share }),
            ("pool", Some(value)) => pool(value).map(Self::Pool),
            ("slow-after", Some(value)) => slow_after(value),
            ("leak", Some(value)) => leak(value).map(Self::Leak),
            ("lock", Some(value)) => some_time(value).map(|hold| Self::Lock { hold }),
            ("pause", Some(value)) => pause(value),
            ("slow-replica", Some(value)) => slow_replica(value),
            ("accept-queue", Some(value)) => {
                per_second(value).map(|per_second| Self::AcceptQueue { per_second })
            }
            ("tail", Some(value)) => tail(value),
            ("retry-storm", Some(value)) => retry_storm(value).map(Self::RetryStorm),
            _ => None,
        };
        fault.ok_or_else(|| FaultError::Value {
            text: text.to_owned(),
            usage,
        })
    }
}

/// `50/s`
fn per_second(value: &str) -> Option<u32> {
    let number = value.strip_suffix("/s")?.trim().parse().ok()?;
    (number > 0).then_some(number)
}

/// `20%`
fn share(value: &str) -> Option<f64> {
    let percent: f64 = value.strip_suffix('%')?.trim().parse().ok()?;
    let share = percent / 100.0;
    (share > 0.0 && share <= 1.0).then_some(share)
}

fn pool(value: &str) -> Option<PoolFault> {
    let mut parts = value.split(',').map(str::trim);
    let size = parts.next()?.parse().ok()?;
    let hold = parts.next().map_or(Some(HOLD), time)?;
    let timeout = parts.next().map_or(Some(TIMEOUT), time)?;
    let whole = parts.next().is_none() && size > 0 && size <= POOL_MAX;
    whole.then_some(PoolFault {
        size,
        hold,
        timeout,
    })
}

fn slow_after(value: &str) -> Option<Fault> {
    let (after, factor) = value.split_once(',')?;
    let after = time(after)?;
    let factor: f64 = factor.trim().parse().ok()?;
    (factor > 1.0 && factor <= FACTOR_MAX).then_some(Fault::SlowAfter { after, factor })
}

fn leak(value: &str) -> Option<Leak> {
    match value.strip_suffix("/request") {
        Some(value) => time(value.trim_end()).map(Leak::PerRequest),
        None => time(value).map(Leak::PerMinute),
    }
}

fn pause(value: &str) -> Option<Fault> {
    let (every, length) = value.split_once(',')?;
    let (every, length) = (time(every)?, some_time(length)?);
    (length < every).then_some(Fault::Pause { every, length })
}

fn slow_replica(value: &str) -> Option<Fault> {
    let (one_in, extra) = value.split_once(',')?;
    let one_in = one_in.trim().parse().ok()?;
    let extra = time(extra)?;
    (1..=REPLICAS_MAX)
        .contains(&one_in)
        .then_some(Fault::SlowReplica { one_in, extra })
}

fn tail(value: &str) -> Option<Fault> {
    let (part, extra) = value.split_once(',')?;
    let (share, extra) = (share(part)?, time(extra)?);
    Some(Fault::Tail { share, extra })
}

fn retry_storm(value: &str) -> Option<RetryStorm> {
    let mut parts = value.split(',').map(str::trim);
    let per_second = per_second(parts.next()?)?;
    let retries = parts
        .next()
        .map_or(Some(RETRIES), |part| part.parse().ok())?;
    let timeout = parts.next().map_or(Some(RETRY_TIMEOUT), some_time)?;
    let whole = parts.next().is_none() && retries <= RETRIES_MAX;
    whole.then_some(RetryStorm {
        per_second,
        retries,
        timeout,
    })
}

fn time(value: &str) -> Option<Duration> {
    duration(value).ok()
}

/// A time that is not none at all.
fn some_time(value: &str) -> Option<Duration> {
    time(value).filter(|time| !time.is_zero())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginBroken => f.write_str("login-broken"),
            Self::LoginMissing => f.write_str("login-missing"),
            Self::PathMissing => f.write_str("path-missing"),
            Self::RateLimit { per_second } => write!(f, "rate-limit={per_second}/s"),
            Self::Errors { share } => write!(f, "errors={}%", share * 100.0),
            Self::Pool(pool) => write!(f, "pool={},{:?},{:?}", pool.size, pool.hold, pool.timeout),
            Self::SlowAfter { after, factor } => write!(f, "slow-after={after:?},{factor}"),
            Self::Leak(Leak::PerMinute(growth)) => write!(f, "leak={growth:?}"),
            Self::Leak(Leak::PerRequest(growth)) => write!(f, "leak={growth:?}/request"),
            Self::Lock { hold } => write!(f, "lock={hold:?}"),
            Self::Pause { every, length } => write!(f, "pause={every:?},{length:?}"),
            Self::SlowReplica { one_in, extra } => write!(f, "slow-replica={one_in},{extra:?}"),
            Self::AcceptQueue { per_second } => write!(f, "accept-queue={per_second}/s"),
            Self::Tail { share, extra } => write!(f, "tail={}%,{extra:?}", share * 100.0),
            Self::RetryStorm(storm) => write!(
                f,
                "retry-storm={}/s,{},{:?}",
                storm.per_second, storm.retries, storm.timeout
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_prints() {
        for text in [
            "login-broken",
            "login-missing",
            "path-missing",
            "rate-limit=50/s",
            "errors=12.5%",
            "pool=5,20ms,500ms",
            "slow-after=2.5s,10",
            "leak=100ms",
            "leak=50\u{b5}s/request",
            "lock=5ms",
            "pause=5s,300ms",
            "slow-replica=3,200ms",
            "accept-queue=20/s",
            "tail=1%,500ms",
            "retry-storm=100/s,3,300ms",
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
        }
        assert_eq!("pool=5".parse(), "pool=5,20ms,500ms".parse::<Fault>());
        assert_eq!(
            "retry-storm=9/s".parse(),
            "retry-storm=9/s,3,300ms".parse::<Fault>()
        );
        assert_eq!(
            "slow-after=2m,4".parse(),
            "slow-after=120s,4".parse::<Fault>()
        );
    }

    #[test]
    fn what_makes_no_sense_is_told_what_to_write() {
        for text in [
            "login-broken=1",
            "path-missing=/x",
            "rate-limit",
            "rate-limit=50",
            "rate-limit=0/s",
            "rate-limit=-1/s",
            "rate-limit=1.5/s",
            "errors=0%",
            "errors=101%",
            "errors=NaN%",
            "errors=0.5",
            "pool=0",
            "pool=20001",
            "pool=5,fast",
            "pool=5,20ms,500ms,1",
            "slow-after=2m",
            "slow-after=2m,1",
            "slow-after=2m,inf",
            "slow-after=601s,2",
            "leak=",
            "leak=5",
            "leak=5ms/s",
            "lock",
            "lock=0ms",
            "lock=5ms,2",
            "pause=5s",
            "pause=300ms,5s",
            "pause=5s,5s",
            "pause=5s,0s",
            "slow-replica=0,200ms",
            "slow-replica=20001,200ms",
            "slow-replica=3",
            "accept-queue=0/s",
            "accept-queue=20",
            "tail=1%",
            "tail=0%,1s",
            "tail=500ms,1%",
            "retry-storm=0/s",
            "retry-storm=100",
            "retry-storm=100/s,-1",
            "retry-storm=100/s,101",
            "retry-storm=100/s,3,0ms",
            "retry-storm=100/s,3,300ms,1",
        ] {
            let error = text.parse::<Fault>().unwrap_err();
            let name = text.split('=').next().unwrap();
            let said = error.to_string();
            assert!(
                said.contains(&format!("invalid fault {text:?}; use {name}")),
                "{said}"
            );
        }
        let said = "pol=5".parse::<Fault>().unwrap_err().to_string();
        assert!(
            said.starts_with("unknown fault \"pol\"; available: login-broken, "),
            "{said}"
        );
        assert!(said.contains("pool"), "{said}");
    }
}
