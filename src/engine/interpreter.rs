//! Runs a stretch of the program for one user.

use std::rc::Rc;

use crate::client::{End, Exchange, Outgoing};
use crate::engine::user::User;
use crate::model::{Failure, Phases};
use crate::program::{Answer, Around, CodeAt, Instruction, Request};
use crate::stats::Sample;

/// How a stretch of the program went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Performed {
    /// Every request succeeded.
    Succeeded,
    /// A request failed.
    Failed,
    /// The user was cut off.
    CutOff,
}

/// What a stretch of the program is to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// `on_start`: the first failure ends it.
    First,
    /// A task: goes on after a failure, as Locust's do.
    Task {
        /// When it was planned to start, if there is a plan.
        due_us: Option<u64>,
    },
    /// `on_stop`: goes on after a failure.
    Last,
}

impl User {
    /// Runs from `entry` to the end of its stretch, beginning at `self.now_us`.
    pub(super) async fn perform(&mut self, entry: CodeAt, start: Start) -> Performed {
        let shard = Rc::clone(&self.shard);
        let program = &shard.setup.program;
        let mut planned_us = match start {
            Start::Task { due_us } => due_us,
            Start::First | Start::Last => None,
        };
        let mut performed = Performed::Succeeded;
        for instruction in &program.code[entry.index()..] {
            match *instruction {
                Instruction::Request(id) => {
                    match self
                        .request(&program.requests[id.index()], planned_us.take())
                        .await
                    {
                        Performed::Succeeded => {}
                        Performed::Failed if start == Start::First => return Performed::Failed,
                        Performed::Failed => performed = Performed::Failed,
                        Performed::CutOff => return Performed::CutOff,
                    }
                }
                Instruction::End => break,
            }
        }
        performed
    }

    /// One request: render, send, judge, record.
    ///
    /// Cost beside the client's: no allocation and no clock reading, unless
    /// the request could not be sent.
    async fn request(&mut self, request: &Request, planned_us: Option<u64>) -> Performed {
        let shard = Rc::clone(&self.shard);
        shard.request_started();
        let started_us = self.now_us;
        let mut around = Around {
            rng: &mut self.rng,
            unix_us: shard.clock.unix_us(started_us),
        };
        let exchange = match request.render(&self.variables, &mut around, &mut self.scratch) {
            Ok(message) => {
                shard.witness_sending(request, message.bytes);
                let outgoing = Outgoing {
                    origin: request.origin,
                    method: request.method,
                    bytes: message.bytes,
                    head_len: message.head_len,
                    wants: request.wants,
                    timeout_us: request.timeout_us,
                    connect_timeout_us: request.connect_timeout_us,
                    max_redirects: request.max_redirects,
                };
                self.session.send(outgoing, started_us).await
            }
            Err(failure) => not_sent(failure, started_us),
        };
        self.now_us = exchange.ended_us;
        let (status, failure) = match exchange.end {
            End::Answered(status) => (status, self.judge(request, status, &exchange, started_us)),
            End::Failed(failure) => {
                request.forget(&mut self.variables);
                (0, Some(failure))
            }
            End::CutOff => {
                shard.request_ended();
                shard.count(|counts| {
                    counts.cut_off += 1;
                    count_wire(counts, &exchange);
                });
                return Performed::CutOff;
            }
        };
        self.witness_ended(request, &exchange, started_us, failure);
        self.session.release();
        let origin_us = shard.setup.origin_us;
        shard.request_ended();
        let mut recorder = shard.recorder.borrow_mut();
        count_wire(&mut recorder.counts, &exchange);
        recorder.record(&Sample {
            name: request.name,
            failure,
            status,
            ended_us: exchange.ended_us.saturating_sub(origin_us),
            service_us: (exchange.exchanges > 0 || failure.is_none_or(was_tried))
                .then(|| exchange.ended_us.saturating_sub(started_us)),
            response_us: planned_us.map(|due_us| exchange.ended_us.saturating_sub(due_us)),
            bytes: exchange.received_bytes,
            phases: exchange.phases,
        });
        drop(recorder);
        let Some(failure) = failure else {
            return Performed::Succeeded;
        };
        self.last_failure = Some((request.name, failure));
        Performed::Failed
    }

    fn judge(
        &mut self,
        request: &Request,
        status: u16,
        exchange: &Exchange,
        started_us: u64,
    ) -> Option<Failure> {
        let answer = Answer {
            status,
            head: self.session.head(),
            body: self.session.body(),
            service_time_us: exchange.ended_us.saturating_sub(started_us),
        };
        request.judge(answer, &mut self.variables).err()
    }
}

fn count_wire(counts: &mut crate::stats::Counts, exchange: &Exchange) {
    counts.exchanges += u64::from(exchange.exchanges);
    counts.connections_opened += u64::from(exchange.connections_opened);
    counts.connections_replaced += u64::from(exchange.connections_replaced);
}

fn not_sent(failure: Failure, at_us: u64) -> Exchange {
    Exchange {
        end: End::Failed(failure),
        ended_us: at_us,
        received_bytes: 0,
        phases: Phases::default(),
        exchanges: 0,
        connections_opened: 0,
        connections_replaced: 0,
    }
}

/// Whether a request that brought no message out was at least tried.
fn was_tried(failure: Failure) -> bool {
    !matches!(failure, Failure::Unset(_))
}
