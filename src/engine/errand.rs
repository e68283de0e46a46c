//! What is done once, by a user of its own, outside the statistics.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::{mpsc, oneshot};

use crate::engine::interpreter::{Performed, Start};
use crate::engine::member::Member;
use crate::engine::shard::Shard;
use crate::engine::swarm::SwarmSetup;
use crate::engine::timer::Nap;
use crate::engine::user::{Seat, User};
use crate::model::{ClassId, Failure, NameId};
use crate::program::{Claims, CodeAt, Variables};

/// How often an errand looks whether its time is up.
const SWEEP_US: u64 = 25_000;

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
    let (answer, answered) = oneshot::channel();
    thread::Builder::new()
        .name("errand".to_owned())
        .spawn(move || {
            let mut answer = answer;
            let done = on_this_thread(setup, entry, limit_us, &mut answer);
            if let Some(done) = done.transpose() {
                // Nobody may be waiting any more.
                let _ = answer.send(done);
            }
        })?;
    let lost = || io::Error::other("the errand ended without a word");
    answered.await.map_err(|_| lost())?
}

type Answer = oneshot::Sender<io::Result<Errand>>;

fn on_this_thread(
    setup: SwarmSetup,
    entry: CodeAt,
    limit_us: u64,
    answer: &mut Answer,
) -> io::Result<Option<Errand>> {
    let mut builder = Builder::new_current_thread();
    builder.enable_io();
    #[cfg(not(target_os = "linux"))]
    builder.enable_time();
    let runtime = builder.build_local(LocalOptions::default())?;
    let (reports, _) = mpsc::channel(1);
    let setup = SwarmSetup { shards: 1, ..setup };
    let claims = Arc::new(Claims::new(&setup.program.feeds));
    let done = runtime.block_on(async move {
        let shard = Shard::new(0, setup, claims, reports)?;
        let timer = Rc::clone(&shard);
        tokio::task::spawn_local(async move { timer.timer.run().await });
        tokio::select! {
            done = go(shard, entry, limit_us) => Ok(Some(done)),
            () = answer.closed() => Ok(None),
        }
    });
    runtime.shutdown_background();
    done
}

async fn go(shard: Rc<Shard>, entry: CodeAt, limit_us: u64) -> Errand {
    let member = Member::new();
    let seat = Seat {
        lane: 0,
        class: ClassId(0),
        number: 0,
    };
    let mut user = User::new(Rc::clone(&shard), Rc::clone(&member), seat);
    let began_us = shard.clock.now_us();
    user.now_us = began_us;
    user.take_rows(&shard.setup.program.once.rows);
    member.grant(began_us.saturating_add(limit_us));
    let watch = async {
        let nap = Nap::default();
        loop {
            let now_us = shard.clock.now_us();
            member.sweep(now_us);
            shard.timer.sleep_until(now_us + SWEEP_US, &nap).await;
        }
    };
    let performed = tokio::select! {
        performed = user.perform(entry, Start::First) => performed,
        () = watch => Performed::CutOff,
    };
    let failed = performed == Performed::Failed;
    Errand {
        failure: user.last_failure.filter(|_| failed),
        variables: user.variables,
        is_over: performed != Performed::CutOff,
        took_us: shard.clock.now_us().saturating_sub(began_us),
    }
}
