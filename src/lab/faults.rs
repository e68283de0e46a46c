use std::cell::{Cell, OnceCell};
use std::time::Duration;

use hyper::StatusCode;
use hyper::body::Bytes;
use tokio::time::Instant;

use super::fault::Fault;
use super::page;
use super::pool::Pool;
use super::reply::Reply;
use super::route::Route;

/// The shortest service time that is multiplied: there is no multiple of none.
const SLOWED_MIN: Duration = Duration::from_millis(1);
/// The longest service time that faults make.
const SLOWED_MAX: Duration = Duration::from_secs(600);
const SECOND: Duration = Duration::from_secs(1);

/// The faults of a lab that serves. A request meets them in the order in which
/// they were asked for; the first that answers it keeps it from the others.
///
/// Health and logins are spared what befalls all requests: users start, and
/// meet the fault at their work.
pub(super) struct Faults {
    /// As they were asked for.
    asked: Vec<Fault>,
    strikes: Vec<Strike>,
    delays: Vec<Delay>,
    /// When the first request came.
    begun: OnceCell<Instant>,
}

/// A fault that answers in the place of the API.
enum Strike {
    LoginBroken,
    Missing(Route, Bytes),
    RateLimit(RateLimit),
    Errors(f64, Bytes),
    Pool(Pool),
}

/// A fault that takes time.
enum Delay {
    SlowAfter(Duration, f64),
    Leak(Duration),
}

/// So many requests in each second; a second begins with its first request.
struct RateLimit {
    per_second: u32,
    second: Cell<Option<Instant>>,
    taken: Cell<u32>,
}

impl Faults {
    /// `log` takes the lines that a backend would log.
    pub(super) fn new(asked: Vec<Fault>, log: Option<fn(&str)>) -> Self {
        let mut strikes = Vec::new();
        let mut delays = Vec::new();
        for fault in &asked {
            match *fault {
                Fault::LoginBroken => strikes.push(Strike::LoginBroken),
                Fault::LoginMissing => strikes.push(Strike::missing(Route::Login)),
                Fault::PathMissing => strikes.push(Strike::missing(Route::Publish)),
                Fault::RateLimit { per_second } => {
                    strikes.push(Strike::RateLimit(RateLimit::new(per_second)));
                }
                Fault::Errors { share } => {
                    strikes.push(Strike::Errors(share, page::server_error()));
                }
                Fault::Pool(pool) => strikes.push(Strike::Pool(Pool::new(pool, log))),
                Fault::SlowAfter { after, factor } => delays.push(Delay::SlowAfter(after, factor)),
                Fault::Leak { per_minute } => delays.push(Delay::Leak(per_minute)),
            }
        }
        Self {
            asked,
            strikes,
            delays,
            begun: OnceCell::new(),
        }
    }

    /// The faults as they were asked for.
    pub(super) fn asked(&self) -> &[Fault] {
        &self.asked
    }

    /// Lets a request to this route pass, or answers it in the API's place.
    pub(super) async fn strike(&self, route: Route) -> Result<(), Reply> {
        for strike in &self.strikes {
            strike.at(route).await?;
        }
        Ok(())
    }

    /// The service time that a drawn one becomes.
    pub(super) fn slowed(&self, drawn: Option<Duration>) -> Option<Duration> {
        if self.delays.is_empty() {
            return drawn;
        }
        let elapsed = self.begun.get_or_init(Instant::now).elapsed();
        let slowed = |time, delay: &Delay| delay.applied(time, elapsed);
        let drawn = drawn.unwrap_or_default();
        let slowed = self.delays.iter().fold(drawn, slowed);
        (!slowed.is_zero()).then_some(slowed)
    }
}

impl Strike {
    fn missing(path: Route) -> Self {
        Self::Missing(path, page::not_found())
    }

    async fn at(&self, route: Route) -> Result<(), Reply> {
        let spared = matches!(route, Route::Health | Route::Login);
        match self {
            Self::LoginBroken if route == Route::Login => {
                Err(Reply::unauthorized("Invalid username or password."))
            }
            Self::Missing(path, page) if route == *path => {
                Err(Reply::page(StatusCode::NOT_FOUND, page))
            }
            Self::RateLimit(limit) if !spared => limit.take(Instant::now()),
            Self::Errors(share, page) if !spared && fastrand::f64() < *share => {
                Err(Reply::page(StatusCode::INTERNAL_SERVER_ERROR, page))
            }
            Self::Pool(pool) if !spared => pool.query().await,
            _ => Ok(()),
        }
    }
}

impl Delay {
    fn applied(&self, time: Duration, elapsed: Duration) -> Duration {
        let seconds = match self {
            Self::SlowAfter(after, _) if elapsed < *after => time.as_secs_f64(),
            Self::SlowAfter(_, factor) => time.max(SLOWED_MIN).as_secs_f64() * factor,
            Self::Leak(per_minute) => {
                time.as_secs_f64() + per_minute.as_secs_f64() * elapsed.as_secs_f64() / 60.0
            }
        };
        Duration::try_from_secs_f64(seconds).map_or(SLOWED_MAX, |time| time.min(SLOWED_MAX))
    }
}

impl RateLimit {
    fn new(per_second: u32) -> Self {
        Self {
            per_second,
            second: Cell::new(None),
            taken: Cell::new(0),
        }
    }

    fn take(&self, now: Instant) -> Result<(), Reply> {
        let begun = self.second.get();
        if begun.is_none_or(|begun| now.duration_since(begun) >= SECOND) {
            self.second.set(Some(now));
            self.taken.set(0);
        }
        if self.taken.get() >= self.per_second {
            return Err(Reply::throttled());
        }
        self.taken.set(self.taken.get() + 1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn delays_change_service_times_when_their_moment_has_come() {
        let jump = Delay::SlowAfter(SECOND, 10.0);
        assert_eq!(jump.applied(20 * MS, 999 * MS), 20 * MS);
        assert_eq!(jump.applied(20 * MS, SECOND), 200 * MS);
        assert_eq!(jump.applied(Duration::ZERO, SECOND), 10 * MS);
        assert_eq!(jump.applied(SLOWED_MAX, SECOND), SLOWED_MAX);
        let leak = Delay::Leak(600 * MS);
        assert_eq!(leak.applied(5 * MS, Duration::ZERO), 5 * MS);
        assert_eq!(leak.applied(5 * MS, 2 * SECOND), 25 * MS);
    }

    #[test]
    fn a_limit_begins_anew_each_second() {
        let limit = RateLimit::new(2);
        let now = Instant::now();
        let taken = |after| limit.take(now + after).is_ok();
        assert!(taken(Duration::ZERO) && taken(500 * MS) && !taken(999 * MS));
        assert!(taken(SECOND) && taken(SECOND) && !taken(SECOND));
    }
}
