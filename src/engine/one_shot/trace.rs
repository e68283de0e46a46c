//! What a trial remembers of each request. In a run there is no witness.

use std::collections::HashSet;

use crate::client::{End, Exchange, Hop};
use crate::engine::shard::thread::Shard;
use crate::engine::user::User;
use crate::engine::user::send::answer_of;
use crate::model::{ActualValue, Failure, Method, NameId, Peer, Phases, SlotId};
use crate::program::{Program, Rendered, Request, Variables, is_page, visible_text};

/// How much of a body is kept, in characters.
const BODY_CHARS: usize = 200;
/// The most requests that are remembered of one part; a loop may send many.
const MAX_TRACES: usize = 1_000;
/// Requests of one name whose messages are kept, of one part.
const DETAILED: usize = 3;
/// And of those that failed beyond that, whatever their name.
const DETAILED_FAILURES: usize = 20;
/// And of all together.
const MOST_DETAILED: usize = 100;

/// What a request of a trial came to.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The row of the statistics it would be counted in.
    pub(crate) name: NameId,
    pub(crate) method: Method,
    /// Where it went: origin, path and query, secrets included; empty where
    /// nothing was sent.
    pub(crate) url: String,
    /// Bytes of the message, head and body.
    pub(crate) sent_bytes: usize,
    /// When the user wanted to send, on the process's clock.
    pub(crate) started_us: u64,
    /// From then to the last byte, or the failure.
    pub(crate) service_us: u64,
    /// Where the time went.
    pub(crate) phases: Phases,
    /// Whom the last message was sent to; `None` if no connection was made.
    pub(crate) peer: Option<Peer>,
    pub(crate) received_bytes: u64,
    /// The status of the answer, if there was one.
    pub(crate) status: Option<u16>,
    /// Why it failed, if it did.
    pub(crate) failure: Option<Failure>,
    /// What a failed expectation or capture found instead.
    pub(crate) found: Option<ActualValue>,
    /// What that was compared with, where it is the value of variables.
    pub(crate) compared: Option<ActualValue>,
    /// The messages and their answers, one for each redirect: of the first
    /// requests of a name, where they are recorded.
    pub(crate) hops: Vec<Hop>,
    /// The variables it captures, with what they hold now, secrets included.
    pub(crate) captured: Vec<(SlotId, Option<String>)>,
    /// The beginning of the body, where the request failed; of an HTML page its
    /// text, secrets included.
    pub(crate) body: String,
    /// Whether the body is a page with a field for a password.
    pub(crate) asks_for_password: bool,
}

impl Trace {
    /// When it ended, on the process's clock.
    pub(crate) fn ended_us(&self) -> u64 {
        self.started_us.saturating_add(self.service_us)
    }
}

/// Remembers the requests of one user.
#[derive(Debug, Default)]
pub(crate) struct TraceRecorder {
    /// Requests on their way, each by the place of its step in memory.
    sent: Vec<(usize, String, usize)>,
    traces: Vec<Trace>,
    /// What the last failure that is no request's found.
    pub(crate) found: Option<ActualValue>,
    /// Credentials that the user has held so far.
    hidden: Vec<String>,
    /// The requests that have ended, each by the place of its step in memory.
    ended: HashSet<usize>,
}

impl Shard {
    /// Lets the witness of a trial see a message that is about to be sent.
    pub(crate) fn trace_sent(&self, request: &Request, message: &Rendered<'_>) {
        if let Some(trace) = self.trace.get() {
            let program = &self.setup.program;
            trace.borrow_mut().sending(program, request, message);
        }
    }
}

impl User {
    /// Lets the witness of a trial see what a request came to. The session
    /// still holds the answer.
    pub(crate) fn trace_ended(
        &mut self,
        request: &Request,
        exchange: &Exchange,
        started_us: u64,
        failure: Option<Failure>,
    ) {
        let Some(trace) = self.shard.trace.get() else {
            return;
        };
        let hops = self.session.take_hops();
        let found = match (exchange.end, failure) {
            (End::Answered(status), Some(failure)) => {
                let answer = answer_of(&self.session, status, exchange, started_us);
                request.actual_value(&answer, failure)
            }
            _ => None,
        };
        let ended = EndedRequest {
            request,
            exchange,
            started_us,
            failure,
            found,
            compared: failure.and_then(|failure| {
                let unix_us = self.shard.clock.unix_us(exchange.ended_us);
                request.compared(failure, &self.variables, unix_us)
            }),
            variables: &self.variables,
            body: self.session.body(),
        };
        let mut trace = trace.borrow_mut();
        let credentials = &self.shard.setup.program.credentials;
        trace.hide(credentials.values(&self.variables));
        trace.ended(&ended, hops);
    }
}

/// A request that has ended, as the witness sees it.
struct EndedRequest<'e> {
    request: &'e Request,
    exchange: &'e Exchange,
    started_us: u64,
    failure: Option<Failure>,
    found: Option<ActualValue>,
    compared: Option<ActualValue>,
    variables: &'e Variables,
    body: &'e [u8],
}

impl EndedRequest<'_> {
    /// What the body says.
    fn message(&self) -> String {
        let body = String::from_utf8_lossy(self.body);
        if is_page("", &body) {
            excerpt(visible_text(&body).as_bytes())
        } else {
            excerpt(self.body)
        }
    }
}

impl TraceRecorder {
    /// A message is about to be sent.
    fn sending(&mut self, program: &Program, request: &Request, message: &Rendered<'_>) {
        let line = message
            .bytes
            .split(|byte| *byte == b'\r')
            .next()
            .unwrap_or(&[]);
        let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or(&[]);
        let planned = program.origins.get(request.origin.index());
        let origin = message.elsewhere.or(planned);
        let origin = origin.map(ToString::to_string).unwrap_or_default();
        let url = origin + &*String::from_utf8_lossy(target);
        self.sent.push((place(request), url, message.bytes.len()));
    }

    /// A request has ended, whether it was sent or not.
    fn ended(&mut self, ended: &EndedRequest<'_>, hops: Vec<Hop>) {
        let request = ended.request;
        let at = self.sent.iter().position(|(at, ..)| *at == place(request));
        let (_, url, sent_bytes) = at.map(|at| self.sent.remove(at)).unwrap_or_default();
        self.ended.insert(place(request));
        if self.traces.len() >= MAX_TRACES {
            return;
        }
        let exchange = ended.exchange;
        let captured = request.captured().map(|slot| {
            let value = ended.variables.text(slot);
            let value = value.filter(|_| ended.failure.is_none());
            (slot, value.map(|value| excerpt(value.as_bytes())))
        });
        self.traces.push(Trace {
            name: request.name,
            method: request.method,
            url,
            sent_bytes,
            started_us: ended.started_us,
            service_us: exchange.ended_us.saturating_sub(ended.started_us),
            phases: exchange.phases,
            peer: exchange.peer,
            received_bytes: exchange.received_bytes,
            status: match exchange.end {
                End::Answered(status) => Some(status),
                End::Failed(_) | End::CutOff => None,
            },
            failure: ended.failure,
            found: ended.found,
            compared: ended.compared,
            hops: match self.is_detailed(ended) {
                true => hops,
                false => Vec::new(),
            },
            captured: captured.collect(),
            body: if ended.failure.is_some() {
                ended.message()
            } else {
                String::new()
            },
            asks_for_password: asks_for_password(ended.body),
        });
    }

    /// Whether a request has ended at least once.
    pub(super) fn has_seen(&self, request: &Request) -> bool {
        self.ended.contains(&place(request))
    }

    /// These are credentials.
    pub(crate) fn hide(&mut self, values: Vec<String>) {
        let new = values
            .into_iter()
            .filter(|value| !self.hidden.contains(value));
        let new: Vec<_> = new.collect();
        self.hidden.extend(new);
    }

    /// Credentials that the user has held so far.
    pub(crate) fn hidden(&self) -> Vec<String> {
        self.hidden.clone()
    }

    /// Whether the messages of a request are kept: a loop repeats itself.
    fn is_detailed(&self, ended: &EndedRequest<'_>) -> bool {
        let kept = || self.traces.iter().filter(|trace| !trace.hops.is_empty());
        let of_name = kept()
            .filter(|trace| trace.name == ended.request.name)
            .count();
        let failed = kept().filter(|trace| trace.failure.is_some()).count();
        let is_wanted =
            of_name < DETAILED || (ended.failure.is_some() && failed < DETAILED_FAILURES);
        is_wanted && kept().count() < MOST_DETAILED
    }

    /// What was remembered since the last time.
    pub(crate) fn take(&mut self) -> (Vec<Trace>, Option<ActualValue>) {
        self.sent.clear();
        (std::mem::take(&mut self.traces), self.found.take())
    }
}

fn place(request: &Request) -> usize {
    std::ptr::from_ref(request).addr()
}

/// Whether a page has a field for a password.
fn asks_for_password(page: &[u8]) -> bool {
    const FIELDS: [&[u8]; 3] = [br#"type="password""#, b"type='password'", b"type=password"];
    let holds = |field: &[u8]| {
        let mut parts = page.windows(field.len());
        parts.any(|part| part.eq_ignore_ascii_case(field))
    };
    FIELDS.into_iter().any(holds)
}

/// The beginning of a text, on one line.
fn excerpt(bytes: &[u8]) -> String {
    // A character has at most four bytes; one that is cut in two is lost anyway.
    let head = &bytes[..bytes.len().min(BODY_CHARS * 4)];
    let text = String::from_utf8_lossy(head);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = line
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(BODY_CHARS)
        .collect();
    if shown.len() < line.len() || head.len() < bytes.len() {
        shown + "…"
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_for_a_password_is_found_however_it_is_written() {
        for page in [
            "<input name=p type=\"password\">",
            "<INPUT TYPE='Password' name=p>",
            "<input type=password>",
        ] {
            assert!(asks_for_password(page.as_bytes()), "{page}");
        }
        for page in ["", "<p>Your password was changed", "type=\"text\""] {
            assert!(!asks_for_password(page.as_bytes()), "{page}");
        }
    }
}
