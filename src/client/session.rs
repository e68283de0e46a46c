pub(crate) mod buffers;
pub(crate) mod deadline;
mod follow;
mod hops;
pub(crate) mod idle_pool;
mod kept_response;
pub(crate) mod location;
pub(crate) mod redirect;
pub(crate) mod shared_pool;

use kept_response::BodyFacts;
pub use kept_response::KeptResponse;

use std::cell::RefCell;
use std::rc::Rc;

use super::cookies::{CookieContext, Jar};
use super::http2::Http2Exchange;
use super::limits::PREVIEW_BYTES;
use crate::client::connect::destination::Destination;
use crate::client::connect::dial::Opening;
use crate::client::connect::loss;
use crate::client::connect::transport::Transport;
use crate::client::http1::decoding;
use crate::client::http1::excerpt::ResponseExcerpt;
use crate::client::http1::exchange::{Exchange, Outgoing, Stop};
use crate::client::http1::http1_exchange::{ExchangeResult, Http1Exchange};
use crate::client::http1::message::Message;
use crate::client::http1::response::{
    Codings, KeptBody, Reader, Redirects, ResponseOptions, Reuse, field_values,
};
use crate::client::session::deadline::Deadline;
use crate::client::session::idle_pool::{IdlePool, PoolHit};
use crate::client::shard_client::Client;
use crate::model::{
    BodyNeed, ConnectFailure, Connections, Cookies, Failure, Malformed, ResponseNeeds,
};

/// A user's connections and cookies.
///
/// It sends one message at a time. What went wrong is in the [`Exchange`]; the
/// session itself can always be used again.
#[derive(Debug)]
pub struct Session {
    client: Rc<Client>,
    deadline: Rc<Deadline>,
    /// Idle connections. The one in use is taken out, so that a send given up
    /// midway closes it.
    idle_pool: IdlePool,
    jar: Rc<RefCell<Jar>>,
    /// The last answer.
    response: KeptResponse,
}

/// What holds for all hops of a sample.
#[derive(Clone, Copy, Debug)]
struct Rules {
    needs: ResponseNeeds,
    redirects: Redirects,
    cookies: Cookies,
    max_body: usize,
    deadline_us: u64,
    connect_timeout_us: u64,
}

/// What a hop came to.
#[derive(Clone, Copy, Debug)]
enum HopEnd {
    Answered(u16),
    Redirected(u16),
}

impl Session {
    /// A session without connections or cookies.
    #[must_use]
    pub fn new(client: Rc<Client>, deadline: Rc<Deadline>) -> Self {
        Self {
            client,
            deadline,
            idle_pool: IdlePool::default(),
            jar: Rc::default(),
            response: KeptResponse::default(),
        }
    }

    /// A session of the same user with connections of its own: both send and
    /// keep the same cookies.
    pub(crate) fn sibling(&self, deadline: Rc<Deadline>) -> Self {
        let mut sibling = Self {
            jar: Rc::clone(&self.jar),
            ..Self::new(Rc::clone(&self.client), deadline)
        };
        if self.records_hops() {
            sibling.record_hops();
        }
        sibling
    }

    /// Sends a message and reads its answer, following redirects: one sample.
    ///
    /// `started_us` is when the user wanted to send. Head and body of the
    /// answer stay readable until the next `send` or [`Session::release`].
    pub async fn send(&mut self, request: Outgoing<'_>, started_us: u64) -> Exchange {
        self.release();
        let mut exchange = Exchange::begin(started_us);
        if self.deadline.is_cut_off() {
            return exchange;
        }
        let Some(destination) = self.client.destinations.planned(request.origin).cloned() else {
            exchange.end = Stop::from(Failure::Connect(ConnectFailure::Resolve)).into();
            return exchange;
        };
        let rules = Rules {
            needs: request.needs,
            redirects: if request.max_redirects == 0 {
                Redirects::Keep
            } else {
                Redirects::Follow
            },
            cookies: request.cookies,
            max_body: request.max_body,
            deadline_us: started_us.saturating_add(request.timeout_us),
            connect_timeout_us: request.connect_timeout_us,
        };
        let destination = match request.elsewhere {
            None => destination,
            // Boxed: most users never need the room.
            Some(origin) => {
                match Box::pin(self.find_destination(origin, &destination, rules, &mut exchange))
                    .await
                {
                    Ok(found) => found,
                    Err(stop) => {
                        self.deadline.disarm();
                        exchange.end = stop.into();
                        return exchange;
                    }
                }
            }
        };
        let message = Message {
            destination: &destination,
            method: request.method,
            bytes: request.bytes,
            head_len: request.head_len,
        };
        let outcome = match self.hop(message, rules, &mut exchange).await {
            Ok(HopEnd::Redirected(status)) => {
                let left = request.max_redirects;
                // Boxed: most users never need the room.
                let turns = request.turns;
                Box::pin(self.follow((message, status), rules, (left, turns), &mut exchange)).await
            }
            Ok(HopEnd::Answered(status)) => Ok(status),
            Err(stop) => Err(stop),
        };
        self.deadline.disarm();
        if !request.needs.head {
            self.client
                .buffers
                .give(std::mem::take(&mut self.response.head));
        }
        exchange.end = outcome.map_or_else(Into::into, super::End::Answered);
        exchange
    }

    /// Closes all connections. Cookies stay.
    pub(crate) fn close(&mut self) {
        self.idle_pool.close();
    }

    /// One message and its answer.
    async fn hop(
        &mut self,
        message: Message<'_>,
        rules: Rules,
        exchange: &mut Exchange,
    ) -> Result<HopEnd, Stop> {
        let opened_before = exchange.connections_opened;
        let mut transport = match self.idle_pool.take(message.destination, exchange.ended_us) {
            PoolHit::Usable(transport) => transport,
            found => {
                let opened = Box::pin(self.open(message.destination, rules, exchange)).await?;
                exchange.connections_opened += 1;
                exchange.connections_replaced += u32::from(matches!(found, PoolHit::Closed));
                opened
            }
        };
        let sent_us = exchange.ended_us;
        exchange.peer = Some(transport.peer());
        let stitched = match rules.cookies {
            Cookies::Kept => self.with_cookies(&message, sent_us),
            Cookies::Ignored => None,
        };
        exchange.exchanges += 1;
        let mut reader = Reader::new(ResponseOptions {
            method: message.method,
            needs: rules.needs,
            redirects: rules.redirects,
            max_body: rules.max_body,
        });
        self.deadline.arm(rules.deadline_us);
        let bytes = stitched.as_deref().unwrap_or(message.bytes);
        let sent = self
            .records_hops()
            .then(|| hops::copy_of(message.with_bytes(bytes)));
        let (client, deadline) = (&self.client, &self.deadline);
        let mut result = match &mut transport {
            Transport::Http1(connection) => {
                Http1Exchange::new(client, deadline, connection, &mut reader, bytes).await
            }
            Transport::Http2(channel) => {
                let exchange = Http2Exchange {
                    client,
                    deadline,
                    channel,
                    reader: &mut reader,
                    message: message.with_bytes(bytes),
                };
                // Boxed: most users never need the room.
                Box::pin(exchange.run()).await
            }
        };
        let ended_us = self.client.clock.now_us();
        exchange.add_timing(result.first_byte_us, sent_us, ended_us);
        if let Err(stop) = &mut result.end
            && !reader.has_begun()
        {
            let was_kept = exchange.connections_opened == opened_before;
            let took_us = ended_us.saturating_sub(sent_us);
            *stop = loss::explained(*stop, &transport, was_kept, took_us);
        }
        exchange.received_bytes += reader.received_bytes();
        if let Some(stitched) = stitched {
            self.client.buffers.give(stitched);
        }
        let hop = self.store_response(&message, rules, reader, result, (transport, ended_us));
        if let Some(sent) = sent {
            self.keep_hop(
                message.destination,
                sent,
                exchange.peer,
                (sent_us, ended_us),
            );
        }
        hop
    }

    /// Keeps what an answer left behind: cookies, head, body, the connection.
    fn store_response(
        &mut self,
        message: &Message<'_>,
        rules: Rules,
        mut reader: Reader,
        result: ExchangeResult,
        (transport, ended_us): (Transport, u64),
    ) -> Result<HopEnd, Stop> {
        let (status, codings) = (reader.status(), reader.codings());
        let kept = reader.kept_body();
        let (is_followed, sets_cookies) = (reader.is_followed(), reader.sets_cookies());
        // The buffers of the hop before, if this is not the first.
        self.release_response();
        if rules.needs.url {
            // Without a zone: it is read as a URL, which has none.
            let origin = &message.destination.origin;
            let url = &mut self.response.url;
            url.clear();
            for part in [
                origin.scheme.as_str(),
                "://",
                &origin.authority(),
                message.target(),
            ] {
                url.push_str(part);
            }
        }
        let excerpt = ResponseExcerpt {
            read: self.client.reads.get(),
            ..reader.take_glimpse()
        };
        self.response.facts = BodyFacts {
            charset: reader.charset(),
            size: reader.received_bytes(),
        };
        (self.response.head, self.response.body) = reader.into_parts();
        let reuse = match result.end {
            Ok(reuse) => reuse,
            Err(stop) => {
                self.release_response();
                self.response.excerpt = excerpt;
                // Of HTTP/2 only a stream has failed; should it be more, that
                // shows when the connection is taken again.
                if matches!((&transport, stop), (Transport::Http2(_), Stop::Failed(_))) {
                    self.idle_pool.give(message.destination, transport);
                }
                return Err(stop);
            }
        };
        self.response.excerpt = excerpt;
        if sets_cookies && rules.cookies == Cookies::Kept {
            let context = CookieContext::of(message);
            let now_unix_us = self.client.clock.unix_us(ended_us);
            field_values(&self.response.head, "set-cookie", |field| {
                self.jar.borrow_mut().store(field, context, now_unix_us);
            });
        }
        let mut decoded = Ok(());
        if !self.response.body.is_empty() {
            decoded = self.decode(codings, kept, rules);
        }
        // Of HTTP/2 a failure concerns one stream.
        let is_sound = decoded.is_ok() || matches!(transport, Transport::Http2(_));
        if reuse == Reuse::Allowed && is_sound {
            self.idle_pool.give(message.destination, transport);
        }
        decoded.map_err(malformed)?;
        Ok(if is_followed {
            HopEnd::Redirected(status)
        } else {
            HopEnd::Answered(status)
        })
    }

    /// Makes of what was kept of a body what was wanted of it.
    fn decode(&mut self, codings: Codings, kept: KeptBody, rules: Rules) -> Result<(), Malformed> {
        let (body, buffers) = (&mut self.response.body, &self.client.buffers);
        if kept == KeptBody::All && rules.needs.body == BodyNeed::Whole {
            decoding::decode(codings, body, rules.max_body, buffers)?;
            self.response.facts.size = body.len() as u64;
            return Ok(());
        }
        // First: to count the size undoes codings in place.
        let preview = rules.needs.preview;
        let preview = preview.then(|| decoding::beginning(codings, body, PREVIEW_BYTES));
        if kept == KeptBody::All {
            self.response.facts.size =
                decoding::decoded_size(codings, body, rules.max_body, buffers)?;
        }
        let shown = preview.flatten().unwrap_or_default();
        buffers.give(std::mem::replace(body, shown));
        Ok(())
    }

    /// Opens a connection; `exchange.ended_us` is moved to when it stood or failed.
    async fn open(
        &self,
        destination: &Destination,
        rules: Rules,
        exchange: &mut Exchange,
    ) -> Result<Transport, Stop> {
        let from_us = exchange.ended_us;
        let opened = self
            .opening(rules, from_us)
            .open(destination, from_us, &mut exchange.phases)
            .await;
        match opened {
            Ok((transport, ready_us)) => {
                exchange.ended_us = ready_us;
                if let Transport::Http2(channel) = &transport
                    && destination.route_state.connections == Connections::Shared
                {
                    // At once: it has room for others before it is given back.
                    destination.pool.give(Transport::Http2(channel.clone()));
                }
                Ok(transport)
            }
            Err(stop) => {
                self.deadline.disarm();
                exchange.ended_us = self.client.clock.now_us();
                Err(stop)
            }
        }
    }

    fn opening(&self, rules: Rules, from_us: u64) -> Opening<'_> {
        let connect_by_us = from_us.saturating_add(rules.connect_timeout_us);
        Opening {
            client: &self.client,
            deadline: &self.deadline,
            deadline_us: rules.deadline_us.min(connect_by_us),
        }
    }

    /// The message with the user's cookies, if any apply. An explicit `Cookie`
    /// field wins over the jar.
    fn with_cookies(&self, message: &Message<'_>, now_us: u64) -> Option<Vec<u8>> {
        let jar = self.jar.borrow();
        if jar.is_empty() {
            return None;
        }
        let now_unix_us = self.client.clock.unix_us(now_us);
        let context = CookieContext::of(message);
        if !jar.applies(context, now_unix_us) || message.field("Cookie").is_some() {
            return None;
        }
        let mut stitched = self.client.buffers.take();
        message.copy_with(
            |into| jar.write_line(context, now_unix_us, into),
            &mut stitched,
        );
        Some(stitched)
    }
}

fn malformed(what: Malformed) -> Stop {
    Stop::Failed(Failure::Malformed(what))
}
