//! What is kept of the hops of a redirect chain beside its last answer.

use crate::client::limits::{CHAIN_HEAD_BYTES, HOPS};
use crate::model::{Origin, Peer, RedirectHop};

/// One message of a sample and its answer, kept for a trial.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Where it was sent.
    pub(crate) origin: Origin,
    /// The address it was sent to, and the protocol negotiated.
    pub(crate) peer: Option<Peer>,
    /// The message as it was sent, cookies included.
    pub(crate) sent: HopMessage,
    /// The answer, its body decoded; empty where none came.
    pub(crate) answer: HopMessage,
    /// When it was sent and when it ended, in microseconds on the process's clock.
    pub(crate) sent_us: u64,
    /// See `sent_us`.
    pub(crate) ended_us: u64,
}

/// One direction of a hop.
#[derive(Clone, Debug, Default)]
pub struct HopMessage {
    /// The whole head, blank line included.
    pub(crate) head: Vec<u8>,
    /// The beginning of the body.
    pub(crate) body: Vec<u8>,
    /// Bytes of the whole body.
    pub(crate) body_bytes: usize,
}

/// What a session keeps of the hops of its latest sample. Bounded: the oldest
/// redirects are forgotten first, later hops are not kept.
#[derive(Debug, Default)]
pub(crate) struct RedirectChain {
    /// The redirects that led to the last answer, oldest first.
    earlier: Vec<RedirectHop>,
    /// `None` outside trials.
    hops: Option<Vec<Hop>>,
}

impl RedirectChain {
    /// Keeps every hop from now on.
    pub(crate) fn record_hops(&mut self) {
        self.hops = Some(Vec::new());
    }

    pub(crate) fn records_hops(&self) -> bool {
        self.hops.is_some()
    }

    pub(crate) fn earlier(&self) -> &[RedirectHop] {
        &self.earlier
    }

    pub(crate) fn push_earlier(&mut self, answer: RedirectHop) {
        self.earlier.push(answer);
        let len = |one: &RedirectHop| one.head.len() + one.url.len();
        let mut bytes: usize = self.earlier.iter().map(len).sum();
        while bytes > CHAIN_HEAD_BYTES {
            bytes -= len(&self.earlier.remove(0));
        }
    }

    pub(crate) fn push_hop(&mut self, hop: Hop) {
        if let Some(hops) = &mut self.hops
            && hops.len() < HOPS
        {
            hops.push(hop);
        }
    }

    /// Forgets what it holds; the buffers of heads are given away.
    pub(crate) fn forget(&mut self, mut give: impl FnMut(Vec<u8>)) {
        self.earlier.drain(..).for_each(|one| give(one.head));
        self.take_hops();
    }

    /// The hops kept since the last time.
    pub(crate) fn take_hops(&mut self) -> Vec<Hop> {
        self.hops.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_redirects_are_forgotten_first() {
        let mut redirect_chain = RedirectChain::default();
        for number in 0..5 {
            redirect_chain.push_earlier(RedirectHop {
                url: String::new(),
                head: vec![number; CHAIN_HEAD_BYTES / 3],
            });
        }
        let kept: Vec<u8> = redirect_chain
            .earlier()
            .iter()
            .map(|one| one.head[0])
            .collect();
        assert_eq!(kept, [2, 3, 4]);
        let mut given = 0;
        redirect_chain.forget(|_| given += 1);
        assert_eq!(given, 3);
        assert!(redirect_chain.earlier().is_empty());
    }
}
