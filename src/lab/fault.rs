use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::latency::duration;

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
    Leak {
        /// By how much each minute.
        per_minute: Duration,
    },
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
    #[error("{name:?} is no fault; there are {}", names())]
    Unknown {
        /// What stands before the `=`.
        name: String,
    },
    /// A value that this fault does not take, or none where one belongs.
    #[error("{text:?} makes no sense: write {usage}")]
    Value {
        /// What was written.
        text: String,
        /// What to write instead.
        usage: &'static str,
    },
}

/// The name of each fault, and how it is written.
const FAULTS: [(&str, &str); 8] = [
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
        "leak=100ms, by how much service times grow each minute (at most 600s)",
    ),
];

const HOLD: Duration = Duration::from_millis(20);
const TIMEOUT: Duration = Duration::from_millis(500);
/// More connections than requests that the lab serves at a time.
const POOL_MAX: u32 = 20_000;
const FACTOR_MAX: f64 = 1_000.0;

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
            ("rate-limit", Some(value)) => rate_limit(value),
            ("errors", Some(value)) => errors(value),
            ("pool", Some(value)) => pool(value).map(Self::Pool),
            ("slow-after", Some(value)) => slow_after(value),
            ("leak", Some(value)) => time(value).map(|per_minute| Self::Leak { per_minute }),
            _ => None,
        };
        fault.ok_or_else(|| FaultError::Value {
            text: text.to_owned(),
            usage,
        })
    }
}

fn rate_limit(value: &str) -> Option<Fault> {
    let per_second = value.strip_suffix("/s")?.trim().parse().ok()?;
    (per_second > 0).then_some(Fault::RateLimit { per_second })
}

fn errors(value: &str) -> Option<Fault> {
    let percent: f64 = value.strip_suffix('%')?.trim().parse().ok()?;
    let share = percent / 100.0;
    (share > 0.0 && share <= 1.0).then_some(Fault::Errors { share })
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

fn time(value: &str) -> Option<Duration> {
    duration(value).ok()
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
            Self::Leak { per_minute } => write!(f, "leak={per_minute:?}"),
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
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
        }
        assert_eq!("pool=5".parse(), "pool=5,20ms,500ms".parse::<Fault>());
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
        ] {
            let error = text.parse::<Fault>().unwrap_err();
            let name = text.split('=').next().unwrap();
            let said = error.to_string();
            assert!(
                said.contains(&format!("makes no sense: write {name}")),
                "{said}"
            );
        }
        let said = "pol=5".parse::<Fault>().unwrap_err().to_string();
        assert!(
            said.starts_with("\"pol\" is no fault; there are login-broken, "),
            "{said}"
        );
        assert!(said.contains("pool"), "{said}");
    }
}
