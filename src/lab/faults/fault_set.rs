use std::cell::{Cell, OnceCell};
use std::time::Duration;

use hyper::StatusCode;
use hyper::body::Bytes;
use tokio::time::{Instant, sleep};

use crate::lab::connection::Caller;
use crate::lab::faults::fault::{Fault, Leak};
use crate::lab::faults::pool::Pool;
use crate::lab::faults::work_queue::{AcceptQueue, Lock, RetriedService};
use crate::lab::reply::Reply;
use crate::lab::route::Route;
use crate::lab::routes::page;

/// The shortest service time that is multiplied: there is no multiple of none.
const SLOWED_MIN: Duration = Duration::from_millis(1);
/// The longest service time that faults make.
const SLOWED_MAX: Duration = Duration::from_secs(600);
const SECOND: Duration = Duration::from_secs(1);

/// The faults of a running lab. A request meets them in the order of their
/// options; the first that answers it ends the chain.
///
/// Health and logins are exempt from faults of all requests: users start, and
/// meet the fault in their tasks.
pub(crate) struct Faults {
    /// In the order of the options.
    asked: Vec<Fault>,
    strikes: Vec<Strike>,
    delays: Vec<Delay>,
    /// When the first request came.
    begun: OnceCell<Instant>,
    /// Requests that have computed their service time.
    requests: Cell<u64>,
}

/// A fault that answers in the place of the API.
enum Strike {
    LoginBroken,
    Missing(Route, Bytes),
    RateLimit(RateLimit),
    Errors(f64, Bytes),
    Pool(Pool),
    Lock(Lock),
    Pause(Pause),
    AcceptQueue(AcceptQueue),
    RetryStorm(RetriedService),
}

/// A fault that takes time.
enum Delay {
    SlowAfter(Duration, f64),
    Leak(Leak),
    SlowReplica(u64, Duration),
    Tail(f64, Duration),
}

/// What the delay of a fault depends on.
#[derive(Clone, Copy)]
struct Moment {
    /// Since the first request.
    elapsed: Duration,
    /// Requests before this one.
    requests: u64,
    /// The number of the request's connection, from 0 on.
    connection: u64,
}

/// Pauses in which nothing is served. The first starts `every` after the first
/// request.
struct Pause {
    every: Duration,
    length: Duration,
}

/// A limit of requests per second; a second starts with its first request.
struct RateLimit {
    per_second: u32,
    second: Cell<Option<Instant>>,
    taken: Cell<u32>,
}

impl Faults {
    /// `log` takes the lines that a backend would log.
    pub(crate) fn new(asked: Vec<Fault>, log: Option<fn(&str)>) -> Self {
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
                Fault::Leak(leak) => delays.push(Delay::Leak(leak)),
                Fault::Lock { hold } => strikes.push(Strike::Lock(Lock::new(hold))),
                Fault::Pause { every, length } => {
                    strikes.push(Strike::Pause(Pause { every, length }));
                }
                Fault::SlowReplica { one_in, extra } => {
                    delays.push(Delay::SlowReplica(one_in.into(), extra));
                }
                Fault::AcceptQueue { per_second } => {
                    strikes.push(Strike::AcceptQueue(AcceptQueue::new(per_second)));
                }
                Fault::Tail { share, extra } => delays.push(Delay::Tail(share, extra)),
                Fault::RetryStorm(storm) => {
                    strikes.push(Strike::RetryStorm(RetriedService::new(storm)));
                }
            }
        }
        Self {
            asked,
            strikes,
            delays,
            begun: OnceCell::new(),
            requests: Cell::new(0),
        }
    }

    /// The faults in the order of the options.
    pub(crate) fn asked(&self) -> &[Fault] {
        &self.asked
    }

    /// Lets a request to this route pass, or answers it in the API's place.
    pub(crate) async fn strike(&self, route: Route, caller: &Caller) -> Result<(), Reply> {
        for strike in &self.strikes {
            match strike {
                Strike::Pause(pause) => pause.sit_out(self.elapsed()).await,
                strike => strike.at(route, caller).await?,
            }
        }
        Ok(())
    }

    /// Waits until answers may leave.
    pub(crate) async fn sit_out_pauses(&self) {
        for strike in &self.strikes {
            if let Strike::Pause(pause) = strike {
                pause.sit_out(self.elapsed()).await;
            }
        }
    }

    /// The service time that a drawn one becomes.
    pub(crate) fn slowed(&self, drawn: Option<Duration>, caller: &Caller) -> Option<Duration> {
        if self.delays.is_empty() {
            return drawn;
        }
        let moment = Moment {
            elapsed: self.elapsed(),
            requests: self.requests.get(),
            connection: caller.number,
        };
        self.requests.set(moment.requests + 1);
        let slowed = |time, delay: &Delay| delay.applied(time, moment);
        let drawn = drawn.unwrap_or_default();
        let slowed = self.delays.iter().fold(drawn, slowed);
        (!slowed.is_zero()).then_some(slowed)
    }

    /// Since the first request.
    fn elapsed(&self) -> Duration {
        self.begun.get_or_init(Instant::now).elapsed()
    }
}

impl Strike {
    fn missing(path: Route) -> Self {
        Self::Missing(path, page::not_found())
    }

    async fn at(&self, route: Route, caller: &Caller) -> Result<(), Reply> {
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
            Self::Lock(lock) if !spared => {
                lock.hold().await;
                Ok(())
            }
            Self::AcceptQueue(queue) if !caller.accepted.replace(true) => {
                queue.turn().await;
                Ok(())
            }
            Self::RetryStorm(service) if !spared => service.ask().await,
            _ => Ok(()),
        }
    }
}

impl Delay {
    fn applied(&self, time: Duration, moment: Moment) -> Duration {
        let time_s = time.as_secs_f64();
        let seconds = match self {
            Self::SlowAfter(after, _) if moment.elapsed < *after => time_s,
            Self::SlowAfter(_, factor) => time.max(SLOWED_MIN).as_secs_f64() * factor,
            Self::Leak(Leak::PerMinute(growth)) => {
                time_s + growth.as_secs_f64() * moment.elapsed.as_secs_f64() / 60.0
            }
            #[expect(clippy::cast_precision_loss, reason = "2^53 requests are not served")]
            Self::Leak(Leak::PerRequest(growth)) => {
                time_s + growth.as_secs_f64() * moment.requests as f64
            }
            Self::SlowReplica(one_in, extra) if moment.connection.is_multiple_of(*one_in) => {
                time_s + extra.as_secs_f64()
            }
            Self::Tail(share, extra) if fastrand::f64() < *share => time_s + extra.as_secs_f64(),
            Self::SlowReplica(..) | Self::Tail(..) => time_s,
        };
        Duration::try_from_secs_f64(seconds).map_or(SLOWED_MAX, |time| time.min(SLOWED_MAX))
    }
}

impl Pause {
    /// The rest of the current pause, if any.
    fn left(&self, elapsed: Duration) -> Option<Duration> {
        let cycles = elapsed.as_nanos().checked_div(self.every.as_nanos())?;
        let begun = self.every.saturating_mul(u32::try_from(cycles).ok()?);
        let over = begun.checked_add(self.length)?;
        (cycles > 0).then(|| over.checked_sub(elapsed)).flatten()
    }

    /// Waits until the current pause is over.
    async fn sit_out(&self, elapsed: Duration) {
        if let Some(left) = self.left(elapsed) {
            sleep(left).await;
        }
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

    fn after(elapsed: Duration) -> Moment {
        Moment {
            elapsed,
            requests: 0,
            connection: 1,
        }
    }

    #[test]
    fn delays_change_service_times_when_their_moment_has_come() {
        let jump = Delay::SlowAfter(SECOND, 10.0);
        assert_eq!(jump.applied(20 * MS, after(999 * MS)), 20 * MS);
        assert_eq!(jump.applied(20 * MS, after(SECOND)), 200 * MS);
        assert_eq!(jump.applied(Duration::ZERO, after(SECOND)), 10 * MS);
        assert_eq!(jump.applied(SLOWED_MAX, after(SECOND)), SLOWED_MAX);
        let leak = Delay::Leak(Leak::PerMinute(600 * MS));
        assert_eq!(leak.applied(5 * MS, after(Duration::ZERO)), 5 * MS);
        assert_eq!(leak.applied(5 * MS, after(2 * SECOND)), 25 * MS);
    }

    #[test]
    fn delays_follow_requests_connections_and_chance() {
        let leak = Delay::Leak(Leak::PerRequest(MS));
        let requests = Moment {
            requests: 30,
            ..after(SECOND)
        };
        assert_eq!(leak.applied(5 * MS, requests), 35 * MS);
        let replica = Delay::SlowReplica(3, 200 * MS);
        let slow = (0..9).filter(|connection| {
            let moment = Moment {
                connection: *connection,
                ..after(SECOND)
            };
            replica.applied(5 * MS, moment) == 205 * MS
        });
        assert_eq!(slow.count(), 3);
        let tail = Delay::Tail(0.5, 200 * MS);
        let drawn = (0..200).map(|_| tail.applied(5 * MS, after(SECOND)));
        let slow = drawn.filter(|time| *time == 205 * MS).count();
        // Fewer than 50 of either come once in 10^12 times.
        assert!((50..=150).contains(&slow), "{slow}");
    }

    #[test]
    fn a_pause_comes_again_and_not_at_the_beginning() {
        let pause = Pause {
            every: 5 * SECOND,
            length: 300 * MS,
        };
        for (ms, left) in [
            (0, None),
            (200, None),
            (5_000, Some(300)),
            (5_100, Some(200)),
            (5_301, None),
            (9_999, None),
            (10_299, Some(1)),
        ] {
            let expected = left.map(|left: u32| left * MS);
            assert_eq!(pause.left(ms * MS), expected, "{ms}");
        }
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
