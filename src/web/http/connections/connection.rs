use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::limits::ConnectionLimits;
use crate::web::http::connections::table::{Id, NoLiveSocket, Stage, Table};

/// All connections of a dashboard.
#[derive(Debug)]
pub(super) struct Connections {
    table: Mutex<Table<Arc<Link>>>,
    pub(super) limits: ConnectionLimits,
    /// True if the connections use TLS.
    is_tls: bool,
}

/// One of them, for its stream and for those who answer its requests. Clones
/// are the same connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    all: Arc<Connections>,
    id: Id,
    link: Arc<Link>,
}

/// Instructions for a connection's stream.
#[derive(Debug)]
struct Link {
    /// True if it must end.
    is_closed: AtomicBool,
    /// Who waits for the stream.
    waker: AtomicWaker,
    progress: Mutex<Progress>,
}

/// The progress of a connection.
#[derive(Clone, Copy, Debug)]
struct Progress {
    phase: Phase,
    since: Instant,
    /// True once one of its requests was admitted.
    is_known: bool,
}

/// The next thing expected from a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The first byte of a request from a client that was not admitted.
    Silent,
    /// The rest of a head.
    Head,
    /// Nothing: its request is in progress.
    Request,
    /// The next request from a client that was admitted.
    Idle,
    /// Nothing: it watches.
    Live,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits, is_tls: bool) -> Arc<Self> {
        Arc::new(Self {
            table: Mutex::new(Table::new(limits.connections)),
            limits,
            is_tls,
        })
    }

    /// Takes a connection in. If all places are taken another one ends.
    pub(super) fn enter(self: &Arc<Self>, from: IpAddr) -> Connection {
        let link = Arc::new(Link {
            is_closed: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            progress: Mutex::new(Progress {
                phase: Phase::Silent,
                since: Instant::now(),
                is_known: false,
            }),
        });
        let (id, victim) = self.table().enter(from.into(), Arc::clone(&link));
        if let Some(victim) = victim {
            victim.close();
        }
        Connection {
            all: Arc::clone(self),
            id,
            link,
        }
    }

    /// Ends an idle connection; returns `true` if there was one.
    pub(super) fn give_up_one(&self) -> bool {
        let victim = self.table().give_up_one();
        victim.inspect(|victim| victim.close()).is_some()
    }

    fn table(&self) -> MutexGuard<'_, Table<Arc<Link>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.waker.wake();
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// True if it uses TLS.
    pub(crate) fn is_over_tls(&self) -> bool {
        self.all.is_tls
    }

    /// Marks its client as admitted: it has shown a token, or none is required.
    pub(crate) fn is_let_in(&self) {
        let mut progress = self.link.progress();
        if !std::mem::replace(&mut progress.is_known, true) {
            self.all.table().set(self.id, Stage::Busy);
        }
    }

    /// Makes a live socket of it. One of another address may end for that.
    ///
    /// # Errors
    /// There are as many live sockets as there may be.
    pub(crate) fn go_live(&self) -> Result<(), NoLiveSocket> {
        let victim = self.all.table().go_live(self.id)?;
        if let Some(victim) = victim {
            victim.close();
        }
        self.link.progress().enter(Phase::Live);
        Ok(())
    }

    /// Its client has sent something.
    pub(super) fn has_received(&self) {
        let mut progress = self.link.progress();
        if matches!(progress.phase, Phase::Silent | Phase::Idle) {
            progress.enter(Phase::Head);
        }
    }

    /// A request has begun, its head is there.
    pub(super) fn begin_request(&self) {
        let mut progress = self.link.progress();
        progress.enter(Phase::Request);
        if progress.is_known {
            self.all.table().set(self.id, Stage::Busy);
        }
    }

    /// Marks that its response is being sent.
    pub(super) fn end_request(&self) {
        let mut progress = self.link.progress();
        if progress.phase == Phase::Request {
            if progress.is_known {
                progress.enter(Phase::Idle);
                self.all.table().set(self.id, Stage::Idle);
            } else {
                progress.enter(Phase::Silent);
            }
            // Whoever waits for the next request has to learn of its limit.
            self.link.waker.wake();
        }
    }

    /// The next thing expected from its client, and since when.
    pub(super) fn awaits(&self) -> (Phase, Instant) {
        let progress = self.link.progress();
        (progress.phase, progress.since)
    }

    /// True if it must end; otherwise the task is woken when it must.
    pub(super) fn poll_closed(&self, context: &Context<'_>) -> bool {
        self.link.waker.register(context.waker());
        self.link.is_closed.load(Ordering::Acquire)
    }

    /// Its stream has ended.
    pub(super) fn leave(&self) {
        self.all.table().leave(self.id);
    }

    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.all.limits
    }
}

impl Progress {
    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = Instant::now();
    }
}
