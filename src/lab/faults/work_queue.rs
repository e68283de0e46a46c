use std::cell::Cell;
use std::time::Duration;

use hyper::StatusCode;
use tokio::time::{Instant, sleep, sleep_until};

use crate::lab::faults::fault::RetryStorm;
use crate::lab::reply::Reply;

/// The most work that waits, whatever arrives.
const BACKLOG_MAX: Duration = Duration::from_secs(600);
/// The most work of a retry storm, in time-outs: a queue has a bound.
const STORM_BACKLOG: u32 = 10;
const SECOND: Duration = Duration::from_secs(1);

/// Work that is done piece by piece, in the order in which it comes. All there
/// is of it is the moment at which the last piece will be done, so a piece whose
/// client has left is done all the same, and its rate is exact.
#[derive(Default)]
pub(super) struct WorkQueue {
    done_at: Cell<Option<Instant>>,
}

impl WorkQueue {
    /// How long a piece that comes now waits for its turn.
    fn backlog(&self, now: Instant) -> Duration {
        let done_at = self.done_at.get();
        done_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }

    /// Adds a piece; what would make the backlog longer than `most` is left out.
    /// Returns when it will be done.
    fn add(&self, now: Instant, work: Duration, most: Duration) -> Instant {
        let done_at = now + self.backlog(now).saturating_add(work).min(most);
        self.done_at.set(Some(done_at));
        done_at
    }
}

/// One lock that every request holds for a time.
pub(super) struct Lock {
    hold: Duration,
    queue: WorkQueue,
}

impl Lock {
    pub(crate) fn new(hold: Duration) -> Self {
        let queue = WorkQueue::default();
        Self { hold, queue }
    }

    /// Waits for the lock, and holds it.
    pub(crate) async fn hold(&self) {
        sleep_until(self.free_after(Instant::now())).await;
    }

    /// When a request that comes now has held it.
    fn free_after(&self, now: Instant) -> Instant {
        self.queue.add(now, self.hold, BACKLOG_MAX)
    }
}

/// Connections that wait to be accepted. The lab has to read a request to know
/// that it is not for its own pages, so what really waits is the first
/// request of a connection; its client can not tell the difference.
pub(super) struct AcceptQueue {
    gap: Duration,
    queue: WorkQueue,
}

impl AcceptQueue {
    pub(crate) fn new(per_second: u32) -> Self {
        Self {
            gap: SECOND / per_second,
            queue: WorkQueue::default(),
        }
    }

    /// Waits for the turn of a connection.
    pub(crate) async fn turn(&self) {
        let waits = self.queued(Instant::now());
        if !waits.is_zero() {
            sleep(waits).await;
        }
    }

    /// How long a connection waits that comes now.
    fn queued(&self, now: Instant) -> Duration {
        let waits = self.queue.backlog(now);
        self.queue.add(now, self.gap, BACKLOG_MAX);
        waits
    }
}

/// A service behind the lab, with callers that retry after a timeout. It still
/// completes the earlier tries, so that once its queue exceeds the timeout each
/// request multiplies the work.
pub(super) struct RetriedService {
    storm: RetryStorm,
    queue: WorkQueue,
}

impl RetriedService {
    pub(crate) fn new(storm: RetryStorm) -> Self {
        let queue = WorkQueue::default();
        Self { storm, queue }
    }

    /// Asks the service, as often as it takes.
    pub(crate) async fn ask(&self) -> Result<(), Reply> {
        if let Some(done) = self.taken(Instant::now()) {
            sleep_until(done).await;
            return Ok(());
        }
        let RetryStorm {
            retries, timeout, ..
        } = self.storm;
        sleep(timeout).await;
        let why = format!("The service did not answer within {timeout:?}, {retries} retries.");
        Err(Reply::detail(StatusCode::SERVICE_UNAVAILABLE, &why))
    }

    /// When it has done a request that comes now; `None` if that times out.
    fn taken(&self, now: Instant) -> Option<Instant> {
        let RetryStorm {
            per_second,
            retries,
            timeout,
        } = self.storm;
        let work = SECOND / per_second;
        if self.queue.backlog(now) <= timeout {
            return Some(self.queue.add(now, work, BACKLOG_MAX));
        }
        let all_tries = work.saturating_mul(1 + retries);
        let most = timeout.saturating_mul(STORM_BACKLOG).min(BACKLOG_MAX);
        self.queue.add(now, all_tries, most);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const STORM: RetryStorm = RetryStorm {
        per_second: 100,
        retries: 3,
        timeout: Duration::from_millis(300),
    };

    #[test]
    fn a_lock_serves_one_after_the_other() {
        let (lock, begun) = (Lock::new(5 * MS), Instant::now());
        let done = [0, 0, 1, 100].map(|ms| lock.free_after(begun + ms * MS) - begun);
        assert_eq!(done, [5 * MS, 10 * MS, 15 * MS, 105 * MS]);
    }

    #[test]
    fn connections_are_accepted_at_their_rate_without_a_burst_after_a_rest() {
        let (queue, begun) = (AcceptQueue::new(20), Instant::now());
        let waits = [0, 0, 10, 1_000, 1_000].map(|ms| queue.queued(begun + ms * MS));
        assert_eq!(waits, [0, 50, 90, 0, 50].map(|ms: u32| ms * MS));
    }

    #[test]
    fn overload_outlasts_the_wave_that_caused_it_until_load_drops() {
        let service = RetriedService::new(STORM);
        let mut now = Instant::now();
        // How many of so many requests at these distances it does.
        let mut done = |requests: u32, every: Duration| {
            let done = (0..requests).filter(|_| {
                now += every;
                service.taken(now).is_some()
            });
            done.count()
        };
        // It can do 100 a second, and does 62.
        assert_eq!(done(100, 16 * MS), 100);
        assert!(done(400, MS) < 100);
        assert_eq!(done(100, 16 * MS), 0);
        // 20 a second are fewer than it can do with all retries.
        assert!((1..400).contains(&done(400, 50 * MS)));
        assert_eq!(done(100, 16 * MS), 100);
    }
}
