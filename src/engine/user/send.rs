//! One request of a user: rendered, sent, judged, recorded.

use std::rc::Rc;

use crate::client::{End, Exchange, Outgoing, Session, Turns};
use crate::engine::shard::send_turns::SendTurns;
use crate::engine::shard::thread::Shard;
use crate::engine::user::User;
use crate::engine::user::interpreter::Performed;
use crate::model::{CopiedAnswer, Failure, Http2Code, Http2Failure};
use crate::program::{EvalContext, ReceivedResponse, Request, Scratch, Variables};
use crate::stats::{Counts, Sample};

impl User {
    /// Sends a request and waits for its answer.
    ///
    /// Cost beside the client's: no allocation and no clock reading, unless
    /// the request could not be sent.
    pub(crate) async fn request(
        &mut self,
        request: &Request,
        planned_us: Option<u64>,
    ) -> Performed {
        let shard = Rc::clone(&self.shard);
        let turns = SendTurns::new(&shard, &self.handle, &self.handle.sleep);
        if let Some(turns) = &turns {
            let turn = turns.wait(self.now_us).await;
            self.now_us = turn.unwrap_or_else(|| shard.clock.now_us());
            if turn.is_none() {
                return Performed::CutOff;
            }
        }
        shard.request_started();
        let started_us = self.now_us;
        let context = EvalContext {
            rng: &mut self.rng,
            unix_us: shard.clock.unix_us(started_us),
            sequences: &shard.setup.sequences,
        };
        let send_context = SendContext {
            shard: &shard,
            session: &mut self.session,
            scratch: &mut self.scratch,
            turns: turns.as_ref().map(|turns| turns as &dyn Turns),
        };
        let exchange = send(request, &self.variables, context, send_context, started_us).await;
        self.now_us = exchange.ended_us;
        self.conclude(request, &exchange, started_us, planned_us)
    }

    /// What a request came to: judged by the answer that the session holds,
    /// and recorded.
    pub(crate) fn conclude(
        &mut self,
        request: &Request,
        exchange: &Exchange,
        started_us: u64,
        planned_us: Option<u64>,
    ) -> Performed {
        let shard = Rc::clone(&self.shard);
        let (status, failure) = match exchange.end {
            End::Answered(status) => (status, self.judge(request, status, exchange, started_us)),
            End::Failed(failure) => (0, Some(failure)),
            End::CutOff => {
                shard.request_ended();
                shard.count(|counts| {
                    counts.cut_off += 1;
                    count_wire(counts, exchange);
                });
                return Performed::CutOff;
            }
        };
        self.trace_ended(request, exchange, started_us, failure);
        shard.request_ended();
        let mut recorder = shard.recorder.borrow_mut();
        count_wire(&mut recorder.counts, exchange);
        let sample = Sample {
            name: request.name,
            failure,
            status,
            ended_us: shard.setup.run_us(exchange.ended_us),
            service_us: (exchange.exchanges > 0 || failure.is_none_or(was_tried))
                .then(|| service_us(exchange, started_us)),
            response_us: planned_us.map(|due_us| exchange.ended_us.saturating_sub(due_us)),
            bytes: exchange.received_bytes,
            phases: exchange.phases,
        };
        recorder.record(&sample);
        if let Some(failure) = failure.filter(|failure| was_tried(*failure)) {
            recorder.sample(&sample, |head, body| CopiedAnswer {
                found: request.actual_value(
                    &answer_of(&self.session, status, exchange, started_us),
                    failure,
                ),
                compared: request.compared(
                    failure,
                    &self.variables,
                    shard.clock.unix_us(exchange.ended_us),
                ),
                hidden: shard.setup.program.credentials.values(&self.variables),
                ..self.session.copy_response(head, body)
            });
        }
        drop(recorder);
        self.session.release();
        let Some(failure) = failure else {
            return Performed::Succeeded;
        };
        // Only now: what is shown of the failure depends on them.
        request.forget(&mut self.variables);
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
        let answer = answer_of(&self.session, status, exchange, started_us);
        let mut context = EvalContext {
            rng: &mut self.rng,
            unix_us: self.shard.clock.unix_us(exchange.ended_us),
            sequences: &self.shard.setup.sequences,
        };
        let verdict = request.judge(answer, &mut self.variables, &mut context);
        verdict.err()
    }
}

/// The answer that the session holds.
pub(crate) fn answer_of<'s>(
    session: &'s Session,
    status: u16,
    exchange: &Exchange,
    started_us: u64,
) -> ReceivedResponse<'s> {
    ReceivedResponse {
        status,
        head: session.head(),
        earlier: session.earlier(),
        body: session.body(),
        body_size: session.body_size(),
        charset: session.charset(),
        url: session.url(),
        service_time_us: service_us(exchange, started_us),
    }
}

/// What a request is sent over.
pub(crate) struct SendContext<'o> {
    pub(crate) shard: &'o Shard,
    pub(crate) session: &'o mut Session,
    pub(crate) scratch: &'o mut Scratch,
    pub(crate) turns: Option<&'o dyn Turns>,
}

/// Renders a request and sends it over a session.
pub(crate) async fn send(
    request: &Request,
    variables: &Variables,
    mut context: EvalContext<'_>,
    send_context: SendContext<'_>,
    started_us: u64,
) -> Exchange {
    let message = match request.render(variables, &mut context, send_context.scratch) {
        Ok(message) => message,
        Err(failure) => return Exchange::not_sent(failure, started_us),
    };
    send_context.shard.trace_sent(request, &message);
    let outgoing = Outgoing {
        origin: request.origin,
        elsewhere: message.elsewhere,
        method: request.method,
        bytes: message.bytes,
        head_len: message.head_len,
        needs: request.needs,
        timeout_us: request.timeout_us,
        connect_timeout_us: request.connect_timeout_us,
        max_redirects: request.max_redirects,
        max_body: request.max_body,
        cookies: request.cookies,
        turns: send_context.turns,
    };
    send_context.session.send(outgoing, started_us).await
}

/// How long the target took: without what redirects waited for their turns.
fn service_us(exchange: &Exchange, started_us: u64) -> u64 {
    let took_us = exchange.ended_us.saturating_sub(started_us);
    took_us.saturating_sub(exchange.held_us)
}

fn count_wire(counts: &mut Counts, exchange: &Exchange) {
    counts.exchanges += u64::from(exchange.exchanges);
    counts.connections_opened += u64::from(exchange.connections_opened);
    counts.connections_replaced += u64::from(exchange.connections_replaced);
    // Ends a sample, so there is one at most.
    let refused = Failure::Http2(Http2Failure::Reset(Http2Code::RefusedStream));
    counts.streams_refused += u64::from(exchange.end == End::Failed(refused));
}

/// Whether a request that brought no message out was at least tried.
fn was_tried(failure: Failure) -> bool {
    !matches!(failure, Failure::Unset(_) | Failure::TooLarge(_))
}
