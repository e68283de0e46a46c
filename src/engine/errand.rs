//! What is done once, by a user of its own, outside the statistics.

use std::io;
use std::thread;

use tokio::sync::oneshot;

use crate::engine::alone::alone;
use crate::engine::interpreter::{Performed, Start};
use crate::engine::swarm::SwarmSetup;
use crate::engine::user::User;
use crate::model::{ClassId, Failure, NameId};
use crate::program::{CodeAt, Variables};

/// What came of an errand.
#[derive(Debug)]
pub struct Errand {
    /// The variables as they were at its end.
    pub variables: Variables,
    /// Its first failure.
    pub failure: Option<(NameId, Failure)>,
    /// Whether it was over in time.
    pub is_over: bool,
    /// How long it took.
    pub took_us: u64,
}

/// Does a stretch of the program, on a thread of its own, within `limit_us`.
/// `setup` needs no workloads; its variables are where the errand begins. Whoever
/// stops waiting ends it.
///
/// # Errors
/// The operating system gives no thread, descriptor or poll.
pub async fn run_errand(setup: SwarmSetup, entry: CodeAt, limit_us: u64) -> io::Result<Errand> {
    let (mut answer, answered) = oneshot::channel();
    thread::Builder::new()
        .name("errand".to_owned())
        .spawn(move || {
            let done = alone(setup, ClassId(0), async |user| {
                tokio::select! {
                    done = go(user, entry, limit_us) => Some(done),
                    () = answer.closed() => None,
                }
            });
            if let Some(done) = done.transpose() {
                // Nobody may be waiting any more.
                let _ = answer.send(done);
            }
        })?;
    let lost = || io::Error::other("the errand ended without a word");
    answered.await.map_err(|_| lost())?
}

async fn go(mut user: User, entry: CodeAt, limit_us: u64) -> Errand {
    let clock = user.shard.clock;
    let began_us = clock.now_us();
    user.now_us = began_us;
    user.member.grant(began_us.saturating_add(limit_us));
    let program = std::sync::Arc::clone(&user.shard.setup.program);
    user.take_rows(&program.once.rows);
    let performed = user.perform(entry, Start::First).await;
    let failed = performed == Performed::Failed;
    Errand {
        failure: user.last_failure.filter(|_| failed),
        variables: user.variables,
        is_over: performed != Performed::CutOff,
        took_us: clock.now_us().saturating_sub(began_us),
    }
}
