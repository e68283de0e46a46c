//! What a session keeps of the hops of a sample: the heads of redirects, and in
//! a trial everything.

use super::Session;
use crate::client::connect::destination::Destination;
use crate::client::http1::message::Message;
use crate::client::http1::redirect_chain::{Hop, HopMessage};
use crate::client::limits::HOP_BODY_BYTES;
use crate::model::{Peer, RedirectHop, SAMPLE_BODY_BYTES, SAMPLE_HEAD_BYTES};

impl Session {
    /// Keeps every message and its answer from now on, for [`Self::take_hops`].
    /// For trials: it copies what is sent and received.
    pub(crate) fn record_hops(&mut self) {
        self.response
            .redirect_chain
            .get_or_insert_default()
            .record_hops();
    }

    /// The hops of the last sample; empty unless they are recorded.
    pub(crate) fn take_hops(&mut self) -> Vec<Hop> {
        let redirect_chain = self.response.redirect_chain.as_mut();
        redirect_chain
            .map(|redirect_chain| redirect_chain.take_hops())
            .unwrap_or_default()
    }

    pub(super) fn records_hops(&self) -> bool {
        self.response
            .redirect_chain
            .as_ref()
            .is_some_and(|redirect_chain| redirect_chain.records_hops())
    }

    /// The redirects that led to the last answer, oldest first, if heads were
    /// wanted.
    #[must_use]
    pub fn earlier(&self) -> &[RedirectHop] {
        self.response
            .redirect_chain
            .as_ref()
            .map_or(&[], |redirect_chain| redirect_chain.earlier())
    }

    /// Keeps the hop whose answer this session holds.
    pub(super) fn keep_hop(
        &mut self,
        to: &Destination,
        sent: HopMessage,
        peer: Option<Peer>,
        (sent_us, ended_us): (u64, u64),
    ) {
        let mut answer = message_part(&self.response.head, &self.response.body);
        if answer.head.is_empty() {
            // It was not taken in; what can be seen of it may explain why.
            let (mut head, mut body) = ([0; SAMPLE_HEAD_BYTES], [0; SAMPLE_BODY_BYTES]);
            let copied = self.copy_response(&mut head, &mut body);
            answer = message_part(
                head.get(..copied.head_len).unwrap_or_default(),
                body.get(..copied.body_len).unwrap_or_default(),
            );
        }
        if let Some(redirect_chain) = &mut self.response.redirect_chain {
            redirect_chain.push_hop(Hop {
                origin: to.origin.clone(),
                peer,
                sent,
                answer,
                sent_us,
                ended_us,
            });
        }
    }
}

/// A message as it goes out, for a trial.
pub(super) fn copy_of(message: Message<'_>) -> HopMessage {
    message_part(message.head(), message.body())
}

fn message_part(head: &[u8], body: &[u8]) -> HopMessage {
    HopMessage {
        head: head.to_vec(),
        body: body.get(..HOP_BODY_BYTES).unwrap_or(body).to_vec(),
        body_bytes: body.len(),
    }
}
