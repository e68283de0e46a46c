//! Where redirects and links lead.

use std::rc::Rc;

use super::{HopEnd, Rules, Session, malformed};
use crate::client::connect::destination::Destination;
use crate::client::http1::exchange::{Exchange, Stop, Turns};
use crate::client::http1::message::Message;
use crate::client::session::redirect;
use crate::client::session::redirect::RedirectRequest;
use crate::model::{Failure, Origin, RedirectHop};

impl Session {
    /// Goes where a redirect leads, until it leads nowhere else.
    pub(super) async fn follow(
        &mut self,
        (first, status): (Message<'_>, u16),
        mut rules: Rules,
        (mut left, turns): (u8, Option<&dyn Turns>),
        exchange: &mut Exchange,
    ) -> Result<u16, Stop> {
        let mut next = self.next((&first, &first), status, rules)?;
        let mut from = Rc::clone(first.destination);
        loop {
            left = left
                .checked_sub(1)
                .ok_or(Stop::Failed(Failure::TooManyRedirects))?;
            self.forget_glimpse();
            if let Some(turns) = turns {
                self.deadline.disarm();
                let turn = turns.next_turn(exchange.ended_us).await;
                let turn_us = turn.ok_or(Stop::CutOff)?;
                let held_us = turn_us.saturating_sub(exchange.ended_us);
                exchange.held_us += held_us;
                exchange.ended_us = turn_us;
                rules.deadline_us = rules.deadline_us.saturating_add(held_us);
            }
            let destination = self
                .find_destination(&next.origin, &from, rules, exchange)
                .await?;
            let message = Message {
                destination: &destination,
                method: next.method,
                bytes: &next.bytes,
                head_len: next.head_len,
            };
            match self.hop(message, rules, exchange).await? {
                HopEnd::Answered(status) => return Ok(status),
                HopEnd::Redirected(status) => {
                    next = self.next((&first, &message), status, rules)?;
                }
            }
            from = destination;
        }
    }

    /// An origin that the run did not plan, by the route of another; looked up
    /// if it is new. `exchange.ended_us` is moved to when it was found, or not.
    pub(super) async fn find_destination(
        &self,
        origin: &Origin,
        route_of: &Destination,
        rules: Rules,
        exchange: &mut Exchange,
    ) -> Result<Rc<Destination>, Stop> {
        let from_us = exchange.ended_us;
        let found = self
            .opening(rules, from_us)
            .find(origin.clone(), route_of, from_us, &mut exchange.phases)
            .await;
        exchange.ended_us = match &found {
            Ok((_, found_us)) => *found_us,
            Err(_) => self.client.clock.now_us(),
        };
        Ok(found?.0)
    }

    /// The message that a redirect of `message` asks for, of a sample that began
    /// with `first`; its head is kept where heads are wanted.
    fn next(
        &mut self,
        (first, message): (&Message<'_>, &Message<'_>),
        status: u16,
        rules: Rules,
    ) -> Result<RedirectRequest, Stop> {
        let next =
            redirect::next(first, message, status, &self.response.head).map_err(malformed)?;
        if rules.needs.head {
            let redirect_chain = self.response.redirect_chain.get_or_insert_default();
            redirect_chain.push_earlier(RedirectHop {
                url: std::mem::take(&mut self.response.url),
                head: std::mem::take(&mut self.response.head),
            });
        }
        Ok(next)
    }
}
