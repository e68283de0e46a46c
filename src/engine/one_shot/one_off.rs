//! What is done once, by a user of its own, outside the statistics.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use tokio::sync::{oneshot, watch};

use crate::engine::one_shot::isolated::run_isolated;
use crate::engine::one_shot::trace::{Trace, TraceRecorder};
use crate::engine::shard::swarm::SwarmSetup;
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::user::User;
use crate::engine::user::interpreter::{Performed, Start};
use crate::model::{ActualValue, ClassId, Failure, FeedId, NameId};
use crate::program::{CodeAt, Variables};

/// One user that runs its steps once, beside the load.
#[derive(Clone, Debug)]
pub struct OneOff {
    /// The class of the user that does it.
    pub(crate) class: ClassId,
    /// Where its steps begin.
    pub(crate) entry: CodeAt,
    /// The feeds of which it needs a row.
    pub(crate) feeds: Vec<FeedId>,
    /// The row it is given of each, from 0, counted round; `None` leaves that to the feeds.
    pub(crate) row: Option<u32>,
    /// Whether its requests are remembered.
    pub(crate) is_traced: bool,
    /// The latest moment of its clock at which it is cut off, for who wants that
    /// sooner than its limit.
    pub(crate) cut_at_us: Option<watch::Receiver<u64>>,
}

/// The result of a one-off.
#[derive(Debug)]
pub struct OneOffEnd {
    /// The variables as they were at its end.
    pub(crate) variables: Variables,
    pub(crate) failure: Option<(NameId, Failure)>,
    /// Whether it was over in time.
    pub(crate) is_over: bool,
    pub(crate) took_us: u64,
    /// When it began, on the process's clock.
    pub(crate) started_us: u64,
    /// What its last failure found, where that is no request's.
    pub(crate) found: Option<ActualValue>,
    /// Its requests, in the order in which they ended, where they are remembered.
    pub(crate) traces: Vec<Trace>,
    /// Credentials that its user held then, which are not to be shown.
    pub(crate) hidden: Vec<String>,
}

/// Does a stretch of the program, on a thread of its own, within `limit_us`.
/// `setup` needs no workloads; its variables are where the one-off begins. Whoever
/// stops waiting ends it.
///
/// # Errors
/// The operating system gives no thread, descriptor or poll.
pub async fn run_one_off(
    setup: SwarmSetup,
    one_off: OneOff,
    limit_us: u64,
) -> io::Result<OneOffEnd> {
    let (mut answer, answered) = oneshot::channel();
    thread::Builder::new()
        .name("one-off".to_owned())
        .spawn(move || {
            let done = run_isolated(setup, one_off.class, async |user| {
                let handle = Rc::clone(&user.handle);
                tokio::select! {
                    biased;
                    done = run(user, &one_off, limit_us) => Some(done),
                    () = answer.closed() => None,
                    never = cut_off_early(&handle, one_off.cut_at_us.clone()) => match never {},
                }
            });
            if let Some(done) = done.transpose() {
                // Nobody may be waiting any more.
                let _ = answer.send(done);
            }
        })?;
    let lost = || io::Error::other("the thread ended without a result");
    answered.await.map_err(|_| lost())?
}

/// Has a user cut off as soon as somebody wants that.
async fn cut_off_early(handle: &UserHandle, cut_at_us: Option<watch::Receiver<u64>>) -> Infallible {
    if let Some(mut cut_at_us) = cut_at_us {
        while cut_at_us.changed().await.is_ok() {
            handle.cut_by(*cut_at_us.borrow_and_update());
        }
    }
    pending().await
}

async fn run(mut user: User, one_off: &OneOff, limit_us: u64) -> OneOffEnd {
    let clock = user.shard.clock;
    let began_us = clock.now_us();
    user.now_us = began_us;
    let shard = Rc::clone(&user.shard);
    if one_off.is_traced {
        // Nobody else has set it: the shard is this one-off's.
        let _ = shard.trace.set(RefCell::new(TraceRecorder::default()));
        user.session.record_hops();
    }
    user.handle.grant(began_us.saturating_add(limit_us));
    let program = Arc::clone(&user.shard.setup.program);
    for &feed in &one_off.feeds {
        let rows = program.feeds.get(feed.index()).map(|feed| feed.rows.len());
        let rows = rows.and_then(|rows| u32::try_from(rows).ok());
        if let (Some(row), Some(rows @ 1..)) = (one_off.row, rows) {
            user.variables.hold(feed, row % rows);
        }
    }
    user.take_rows(&one_off.feeds);
    let performed = user.perform(one_off.entry, Start::First).await;
    let failed = performed == Performed::Failed;
    let trace = shard.trace.get();
    let (seen, hidden) = trace.map_or_else(Default::default, |trace| {
        let mut trace = trace.borrow_mut();
        (trace.take(), trace.hidden())
    });
    let (traces, found) = seen;
    OneOffEnd {
        failure: user.last_failure.filter(|_| failed),
        variables: user.variables,
        is_over: performed != Performed::CutOff,
        took_us: clock.now_us().saturating_sub(began_us),
        started_us: began_us,
        found,
        traces,
        hidden,
    }
}
