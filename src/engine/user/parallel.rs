//! Requests of one user at the same time.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::future::join_all;

use crate::client::{Deadline, End, Exchange, KeptResponse, Session, Turns};
use crate::engine::shard::send_turns::SendTurns;
use crate::engine::shard::user_handle::UserHandle;
use crate::engine::timer::SleepHandle;
use crate::engine::user::User;
use crate::engine::user::interpreter::Performed;
use crate::engine::user::send::{SendContext, send};
use crate::program::{EvalContext, Request, Scratch, Variables};

/// The most connections to one origin that a user opens, as browsers do.
const MOST_CONNECTIONS: usize = 6;

/// A connection of a user beside its first, with what a request on it needs.
#[derive(Debug)]
pub(crate) struct ExtraConnection {
    session: Session,
    scratch: Scratch,
}

/// A request that has ended and waits to be judged.
struct EndedRequest {
    started_us: u64,
    exchange: Exchange,
    answer: KeptResponse,
}

/// What the sessions of one step take their requests from.
struct Queue<'r> {
    requests: &'r [Request],
    variables: &'r Variables,
    next: Cell<usize>,
    ended: Vec<Cell<Option<EndedRequest>>>,
    handle: &'r UserHandle,
    /// Whether a request was cut off before its turn came.
    is_cut_off: Cell<bool>,
}

impl User {
    /// Sends requests over as many connections as there are requests, six at
    /// most; further requests begin when a connection is free. They are judged
    /// and their captures taken in the order of the file, when all have ended.
    ///
    /// Allocates a session and buffers for each connection once, a few small things
    /// each time.
    pub(crate) async fn parallel(
        &mut self,
        requests: &[Request],
        mut planned_us: Option<u64>,
    ) -> Performed {
        self.open_extras(requests.len().min(MOST_CONNECTIONS));
        let queue = Queue {
            requests,
            variables: &self.variables,
            next: Cell::new(0),
            ended: requests.iter().map(|_| Cell::default()).collect(),
            handle: &self.handle,
            is_cut_off: Cell::new(false),
        };
        let own = (&mut self.session, &mut self.scratch);
        let others = self.extras.iter_mut();
        let others = others.map(|extra| (&mut extra.session, &mut extra.scratch));
        let (shard, now_us, rng) = (&self.shard, self.now_us, &mut self.rng);
        let sessions = std::iter::once(own).chain(others).take(requests.len());
        let running = sessions.map(|session| -> Pin<Box<dyn Future<Output = ()> + '_>> {
            let (queue, rng) = (&queue, rng.fork());
            Box::pin(queue.drain(session, shard, (now_us, rng)))
        });
        join_all(running).await;
        let mut performed = match queue.is_cut_off.get() {
            true => Performed::CutOff,
            false => Performed::Succeeded,
        };
        let ended = queue.ended;
        for (request, ended) in requests.iter().zip(ended) {
            let Some(ended) = ended.take() else {
                continue;
            };
            self.now_us = self.now_us.max(ended.exchange.ended_us);
            self.session.put_response(ended.answer);
            let (exchange, started_us) = (&ended.exchange, ended.started_us);
            match self.conclude(request, exchange, started_us, planned_us.take()) {
                Performed::Succeeded => {}
                Performed::CutOff => performed = Performed::CutOff,
                Performed::Failed if performed == Performed::CutOff => {}
                Performed::Failed => performed = Performed::Failed,
            }
        }
        performed
    }

    /// Has so many sessions at least, the user's own session included.
    fn open_extras(&mut self, wanted: usize) {
        while self.extras.len() + 1 < wanted {
            let deadline = Rc::new(Deadline::new());
            self.extras.push(ExtraConnection {
                session: self.session.sibling(Rc::clone(&deadline)),
                scratch: Scratch::default(),
            });
            self.handle.add_deadline(deadline);
        }
    }
}

impl ExtraConnection {
    /// Closes its connections.
    pub(crate) fn close(&mut self) {
        self.session.close();
    }
}

impl Queue<'_> {
    /// Sends one request after the other over a session until none is left.
    async fn drain(
        &self,
        (session, scratch): (&mut Session, &mut Scratch),
        shard: &Rc<crate::engine::shard::thread::Shard>,
        (mut now_us, mut rng): (u64, fastrand::Rng),
    ) {
        let sleep = SleepHandle::default();
        let turns = SendTurns::new(shard, self.handle, &sleep);
        loop {
            let index = self.next.get();
            let Some(request) = self.requests.get(index) else {
                return;
            };
            self.next.set(index + 1);
            if shard.overrides.passes_over(request.name) {
                continue;
            }
            // Each on its own: requests that begin together are as many as one after
            // the other.
            if let Some(turns) = &turns {
                let Some(turn_us) = turns.wait(now_us).await else {
                    self.is_cut_off.set(true);
                    return;
                };
                now_us = turn_us;
            }
            shard.request_started();
            let started_us = now_us;
            let context = EvalContext {
                rng: &mut rng,
                unix_us: shard.clock.unix_us(started_us),
                sequences: &shard.setup.sequences,
            };
            let send_context = SendContext {
                shard,
                session: &mut *session,
                scratch: &mut *scratch,
                turns: turns.as_ref().map(|turns| turns as &dyn Turns),
            };
            let exchange = send(request, self.variables, context, send_context, started_us).await;
            now_us = exchange.ended_us;
            let is_cut_off = matches!(exchange.end, End::CutOff);
            self.ended[index].set(Some(EndedRequest {
                started_us,
                exchange,
                answer: session.take_response(),
            }));
            if is_cut_off {
                return;
            }
        }
    }
}
